"""Which values would some tasks have chosen, had nobody looked at the others? Coordinate search from neutral values.

All signals begin at 1, which prefers none of them. Each in turn is tried at some multiples of what it is, and keeps the
best; that is done twice. What is maximised is fixed: the sum of hit@1, R@10, all@10, H@8k and H@16k. Answers of the
store that the values do not change are remembered, so that a trial is little more than arithmetic. While fitting, files
rank in the order of their chunks, and no signatures are packed of what does not fit; what is reported is scored fully.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scoring import FIRST, shown_share

from context.retrieval.search import Workplace, search
from context.retrieval.select import Query, Wanted, pack
from context.retrieval.signals import Signals
from context.snapshot import Snapshot
from context.storage.store import Store
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames
from context.workspace.rank import SOURCE, rank_of

FITTED_BUDGETS = (8000, 16000)
FACTORS = (0.0, 0.25, 0.5, 2.0)
SWEEPS = 2

LEAST_TASKS, MOST_BEHIND = 10, 1.0
"""Values that are behind by so much, summed up over so many tasks or more, are tried on no further ones."""

MOST_PACKED = 150
"""So many of the best chunks are packed while fitting; no more fit into the budgets, but for very short ones."""

LONG = 900
MOST_LONG = 16
"""Questions of more than `LONG` characters seldom come again: only so many of the last are remembered."""


class RememberingStore:
    """A store that nobody writes to, and that remembers what it was asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._short: dict[tuple[str, tuple[Any, ...]], list[Any]] = {}
        self._long: OrderedDict[tuple[str, tuple[Any, ...]], list[Any]] = OrderedDict()

    def query(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """As `Store.query`."""
        key = (statement, values)
        is_long = len(statement) + sum(len(value) for value in values if isinstance(value, str)) > LONG
        known = self._long if is_long else self._short
        if key not in known:
            known[key] = self._store.query(statement, values)
            if len(self._long) > MOST_LONG:
                self._long.popitem(last=False)
        return known[key]


@dataclass(frozen=True, slots=True)
class Trial:
    """One task as it is fitted on; `scores` and `shown` remember what was tried."""

    repository: str
    description: str
    gold: Any
    snapshot: Snapshot
    store: Any
    names: PathNames
    file_filter: FileFilter
    sendable: dict[str, bool] = field(default_factory=dict[str, bool])
    scores: dict[Signals, float] = field(default_factory=dict[Signals, float])
    shown: dict[tuple[tuple[str, int, int], ...], float] = field(
        default_factory=dict[tuple[tuple[str, int, int], ...], float]
    )


def score(task: Trial, signals: Signals) -> float:
    """The sum of what is maximised, for one task."""
    if signals not in task.scores:
        task.scores[signals] = _score(task, signals)
    return task.scores[signals]


def _score(task: Trial, signals: Signals) -> float:
    hits, _ = search(task.description, task.store, task.names, {}, Workplace(), signals)
    sendable = task.sendable
    for hit in hits:
        if hit.path not in sendable:
            sendable[hit.path] = task.file_filter.sendable(hit.path)
    kept = [hit for hit in hits if sendable[hit.path]]
    ranked = list(dict.fromkeys(hit.path for hit in kept if rank_of(hit.path) == SOURCE))
    found = sum(path in ranked[:FIRST] for path in task.gold)
    total = (bool(ranked) and ranked[0] in task.gold) + found / len(task.gold) + (found == len(task.gold))
    return total + _shown(task, tuple([(hit.path, hit.start_line, hit.end_line) for hit in kept[:MOST_PACKED]]))


def _shown(task: Trial, chunks: tuple[tuple[str, int, int], ...]) -> float:
    """What some chunks show within the budgets, which is the same for the same chunks in the same order."""
    if chunks not in task.shown:
        wanted = [Wanted(*chunk, 0.0, _no_reason) for chunk in chunks]
        packed = [pack(Query("", budget), task.snapshot, None, wanted) for budget in FITTED_BUDGETS]
        task.shown[chunks] = sum(shown_share(task.gold, each) for each in packed)
    return task.shown[chunks]


def _no_reason(_text: str) -> str:
    return ""


def neutral(signals: Signals, names: Sequence[str]) -> Signals:
    """The same with some signals at 1."""
    return replace(signals, **dict.fromkeys(names, 1.0))


def fitted(begin: Signals, names: Sequence[str], tasks: Sequence[Trial]) -> Signals:
    """The best values that a coordinate search from some others finds. One that was dropped may come back."""
    # In an order that mixes repositories, so that a bad value is soon given up.
    mixed = [tasks[number] for number in sorted(range(len(tasks)), key=lambda number: (number * 7) % len(tasks))]
    best, reached = begin, [score(task, begin) for task in mixed]
    for _ in range(SWEEPS):
        for name in names:
            value = getattr(best, name) or 1.0
            for tried in [replace(best, **{name: value * factor}) for factor in FACTORS]:
                scores = _raced(tried, mixed, reached)
                if sum(scores) > sum(reached) + 1e-9:
                    best, reached = tried, scores
    return best


def _raced(signals: Signals, tasks: Sequence[Trial], reached: Sequence[float]) -> list[float]:
    """The scores of some values: none where they fall far behind what was reached."""
    scores: list[float] = []
    ahead = 0.0
    for task, before in zip(tasks, reached, strict=True):
        scores.append(score(task, signals))
        ahead += scores[-1] - before
        if len(scores) >= LEAST_TASKS and ahead < -MOST_BEHIND:
            return []
    return scores


def held_out(tasks: Sequence[Trial], begin: Signals, names: Sequence[str]) -> dict[str, Signals]:
    """For each repository, the values that the tasks of the others choose."""
    return {
        repository: fitted(begin, names, [task for task in tasks if task.repository != repository])
        for repository in sorted({task.repository for task in tasks})
    }
