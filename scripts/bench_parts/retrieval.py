"""How well does `context` find the code that a description is about, and what does each signal add?

    scripts/bench retrieval                      the tasks that `retrieval_parts/releases.py` makes of real releases
    PATCHWRIGHT_TASKS=DIR scripts/bench retrieval    your own tasks

DIR/tasks.jsonl has one task per line: {"id", "repo", "description", "gold_lines": {path: [[first, last], ...]}}, with
lines 1-based and inclusive, and "tree": the folder of its files below DIR, `trees/ID` where it is not said.

Prints a row for what is shipped, one for each signal when it is left out and one for each when all others are, and one
that is fitted from neutral values by the tasks of the other repositories alone. ROWS="shipped fitted" prints only
those; the others are "without" and "only".
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from context.index import Index
from context.retrieval.select import Query
from context.retrieval.selection import Material, selected
from context.retrieval.signals import SIGNALS, Signals
from context.snapshot import Snapshot
from context.storage.store import Store
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "retrieval_parts"))
releases = __import__("releases")
scoring = __import__("scoring")
fitting = __import__("fitting")

ROWS = os.environ.get("ROWS", "shipped without only fitted").split()

OWN = Path(__file__).resolve().parents[2] / ".cache" / "bench" / "releases"

OFF = {
    "title": 1.0,
    "code": 1.0,
    "fenced": 1.0,
    "report": 1.0,
    "noise": 1.0,
    "repeat": 0.0,
    "prose": 1.0,
    "symbol": 1.0,
}
"""What a signal is when it does nothing, where that is not 0."""

ABLATED = tuple(
    field.name for field in fields(Signals) if field.name not in ("here", "opened", "recent", "best", "file")
)
"""The place, open files and recent edits are not part of a task; without the other two there is no search."""

FITTED = (*ABLATED, "file")
"""A file's best chunk stays at 1: the others of a file are measured against it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task, with the index of its tree open."""

    name: str
    repository: str
    description: str
    gold: Any
    snapshot: Snapshot
    material: Material


def read_tasks(folder: Path, cache: Path) -> list[Task]:
    """The tasks of a folder; indexes each tree."""
    tasks: list[Task] = []
    for line in (folder / "tasks.jsonl").read_text("utf-8").splitlines():
        task = json.loads(line)
        root = (folder / task.get("tree", f"trees/{task['id']}")).resolve()
        asyncio.run(index(root, cache))
        store, names = Store(cache, root), PathNames()
        for path in store.files():
            names.add(path)
        material = Material(store, names, FileFilter(root, ()), {}, None)
        snapshot = Snapshot(root)
        tasks.append(Task(task["id"], task["repo"], task["description"], task["gold_lines"], snapshot, material))
    return tasks


async def index(root: Path, cache: Path) -> None:
    """Brings the index of a tree up to date."""
    opened = Index(root, cache, ())
    await opened.refresh()
    await opened.close()


def evaluated(task: Task, signals: Signals) -> dict[str, float]:
    """The numbers of one task, and the median time of a selection in ms."""
    selections: dict[int, Any] = {}
    times: list[float] = []
    for budget in (*scoring.BUDGETS, scoring.RANKED_BUDGET):
        started = time.process_time()
        selections[budget] = selected(Query(task.description, budget), task.snapshot, task.material, signals)
        times.append((time.process_time() - started) * 1000)
    return {**scoring.scores(task.gold, selections), "ms": sorted(times)[len(times) // 2]}


def without(names: Iterable[str]) -> Signals:
    """What is shipped, with some signals off."""
    return replace(SIGNALS, **{name: OFF.get(name, 0.0) for name in names})


def held_out(tasks: Sequence[Task]) -> list[dict[str, float]]:
    """Each task's numbers, with the values that the tasks of the other repositories chose; see `fitting`."""
    trials = [
        fitting.Trial(
            task.repository,
            task.description,
            task.gold,
            task.snapshot,
            fitting.RememberingStore(task.material.store),
            task.material.names,
            task.material.file_filter,
        )
        for task in tasks
    ]
    begin = fitting.neutral(SIGNALS, FITTED)
    show("all signals at 1", [evaluated(task, begin) for task in tasks])
    chosen = fitting.held_out(trials, begin, FITTED)
    for repository, signals in chosen.items():
        show(f"  without {repository}", [evaluated(task, signals) for task in tasks if task.repository == repository])
        values = (f"{name} {getattr(signals, name):g}" for name in FITTED if getattr(signals, name) != 1)
        print(f"    {', '.join(values)}, others 1")
    return [evaluated(task, chosen[task.repository]) for task in tasks]


def show(name: str, rows: Sequence[dict[str, float]]) -> None:
    """One line of the table, in percent."""
    mean = scoring.means(rows)
    print(f"  {name:26}" + "".join(f"{100 * mean[column]:8.1f}" for column in scoring.COLUMNS), flush=True)


def main() -> None:
    """Prints the table."""
    named = os.environ.get("PATCHWRIGHT_TASKS")
    folder = Path(named) if named else OWN
    if not named and not (folder / "tasks.jsonl").exists():
        releases.build(folder)
    with tempfile.TemporaryDirectory() as temporary:
        tasks = read_tasks(folder, Path(temporary))
        shipped = [evaluated(task, SIGNALS) for task in tasks]
        repositories: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
        for task, row in zip(tasks, shipped, strict=True):
            repositories[task.repository].append(row)
        print(f"retrieval, {len(tasks)} tasks of {len(repositories)} repositories, percent")
        print(" " * 28 + "".join(f"{column:>8}" for column in scoring.COLUMNS))
        show("as shipped", shipped)
        for repository, rows in sorted(repositories.items()):
            show(f"  {repository} ({len(rows)})", rows)
        if "without" in ROWS:
            for name in ABLATED:
                show(f"without {name}", [evaluated(task, without([name])) for task in tasks])
            show("none of these", [evaluated(task, without(ABLATED)) for task in tasks])
        if "only" in ROWS:
            for name in ABLATED:
                others = [each for each in ABLATED if each != name]
                show(f"only {name}", [evaluated(task, without(others)) for task in tasks])
        if "fitted" in ROWS and len(repositories) > 1:
            show("fitted without the own", held_out(tasks))
        times = sorted(row["ms"] for row in shipped)
        print(f"  select, CPU ms: median {times[len(times) // 2]:.0f}, most {times[-1]:.0f}")
        for task in tasks:
            task.material.store.close()


if __name__ == "__main__":
    main()
