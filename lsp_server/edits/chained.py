"""What if a block searches for lines that an earlier block of the reply makes? Then the blocks are read in their order.

All blocks refer to the file as it was shown; so the model is told. Some write their blocks one after the other, each
for the text that the one before it leaves. Where only that reading gives every block its place, exactly, it is what was
meant. Where a block has a place in the file and one in what an earlier block makes, nobody can say which is meant.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lsp_server.edits.change import Hunk
from lsp_server.edits.hunks import line_hunks
from lsp_server.edits.search import Located, Lookup, Place, lookup, table_of

B = TypeVar("B")
Find = Callable[[Lookup, B], Place | None]
MAX_COST = 1_000_000
"""So many lines are looked through at most: each block costs those of the whole file."""


def chained(
    lines: Sequence[str], blocks: Sequence[B], found: Sequence[Located | None], find: Find[B]
) -> Located | None:
    """The change that blocks make one after the other, as one place that holds all lines.

    `found` is where each stands in the file itself. None unless each has one exact place in what the ones before it
    leave, and those that stand in the file stand at the same place there.
    """
    if len(blocks) * len(lines) > MAX_COST:
        return None
    now = list(lines)
    origins: list[int | None] = list(range(len(now)))
    for block, place in zip(blocks, found, strict=True):
        there = find(lookup(now), block)
        if not isinstance(there, Located) or there.rung != "exact":
            return None
        if place is not None and origins[there.start : there.end] != list(range(place.start, place.end)):
            return None
        for hunk in reversed(there.hunks):
            now[hunk.start : hunk.end] = hunk.lines
            origins[hunk.start : hunk.end] = [None] * len(hunk.lines)
    hunks = line_hunks(lines, now, 0, "exact", "one block makes what another searches for")
    return Located(0, len(lines), "exact", hunks) if hunks else None


def made_again(lines: Sequence[str], placed: Sequence[tuple[Sequence[str], Sequence[Hunk]]]) -> tuple[int, int] | None:
    """A block whose lines an earlier one makes at another place: the indexes of the earlier and of the later one.

    `placed` are the lines that each block searches for, and its hunks.
    """
    ordered = sorted(
        ((hunk, index) for index, (_, hunks) in enumerate(placed) for hunk in hunks),
        key=lambda entry: (entry[0].start, entry[0].end),
    )
    after: list[str] = []
    makers: list[int | None] = []
    position = 0
    for hunk, index in ordered:
        kept = lines[position : hunk.start]
        after += (*kept, *hunk.lines)
        makers += [*([None] * len(kept)), *([index] * len(hunk.lines))]
        position = hunk.end
    after += lines[position:]
    made = {line for hunk, _ in ordered for line in hunk.lines if line.strip()}
    table = table_of(after)
    for later, (old, _) in enumerate(placed):
        if not old or made.isdisjoint(old):
            continue
        for start in table.find(old):
            for line, maker in zip(old, makers[start : start + len(old)], strict=False):
                if maker is not None and maker < later and line.strip():
                    return maker, later
    return None
