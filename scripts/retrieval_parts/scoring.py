"""How much of what a change needs does a selection show? All numbers are shares, from 0 to 1.

hit@1: the first file is one to change. R@10, all@10: the share of the files to change among the first ten, and whether
all are. H@8k and so on: the share of the lines to change that are shown within so many tokens. Only source counts: what
a selection shows of tests and documents costs budget but is neither right nor wrong.
"""

from collections.abc import Mapping, Sequence

from context.retrieval.select import Context
from context.workspace.rank import SOURCE, rank_of

BUDGETS = (8000, 16000, 32000)
RANKED_BUDGET = 64_000
"""Files rank in the order of the pieces of a selection with this budget, in tokens."""

COLUMNS = ("hit@1", "R@10", "all@10", "H@8k", "H@16k", "H@32k")
FIRST = 10

Lines = Mapping[str, Sequence[Sequence[int]]]
"""Ranges of lines by path: 1-based, both ends included."""


def scores(gold: Lines, selections: Mapping[int, Context]) -> dict[str, float]:
    """The numbers of one task, given its selections by budget."""
    ranked = list(dict.fromkeys(each.path for each in selections[RANKED_BUDGET].pieces if rank_of(each.path) == SOURCE))
    found = sum(path in ranked[:FIRST] for path in gold)
    shares = {
        "hit@1": float(bool(ranked) and ranked[0] in gold),
        "R@10": found / len(gold),
        "all@10": float(found == len(gold)),
    }
    for budget in BUDGETS:
        shares[f"H@{budget // 1000}k"] = shown_share(gold, selections[budget])
    return shares


def shown_share(gold: Lines, selection: Context) -> float:
    """The share of the lines to change that a selection shows."""
    lines = {(path, line) for path, ranges in gold.items() for first, last in ranges for line in range(first, last + 1)}
    shown = {
        (piece.path, line)
        for piece in selection.pieces
        if piece.path in gold
        for line in range(piece.start_line, piece.end_line + 1)
    }
    return len(lines & shown) / len(lines)


def means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each number over tasks."""
    return {column: sum(row[column] for row in rows) / len(rows) for column in COLUMNS}
