"""How long does a scaffold take, from the sentence to the exact change? The reach is 50 ms.

Measured in one process on files of this project as the recipes see them in a worker; each run reads texts that it has
not seen before, so that no parsed tree is found again. Times are the CPU's: those of the clock depend on the load.

    scripts/bench scaffolds
    RUNS=50 scripts/bench scaffolds
"""

import fnmatch
import os
import re
import statistics
import sys
import time
from pathlib import Path

from context.snapshot import Place, Snapshot, from_buffer
from lsp_server.recipes.plan import Done, Material, Refused, Wanted
from lsp_server.recipes.registry import understand

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("RUNS", "15"))
REACH_MS = 50
ACROSS = ("add field", "remove unused")
"""What looks through other files has no such reach: it takes as long as they are many."""

FILE = "lsp_server/recipes/rename/rename.py"
STORE = """from abc import ABC, abstractmethod


class Store(ABC):
    @abstractmethod
    def load(self, n: int = 1) -> bytes: ...
"""
PLAIN = """import os
import sys

__all__ = ['f']


def f(a=1):
    return str(a)


def g(x):
    print(x)
"""
EXTRA = {
    "extra/store.py": STORE,
    "extra/disk.py": "from extra.store import Store\n\n\nclass DiskStore(Store):\n    pass\n",
    "extra/plain.py": PLAIN,
}
SENTENCES = {
    "dataclass Point with x: int, y: int = 0": FILE,
    "TypedDict User with id: int, name: str": FILE,
    "add field note: str = '' to Removal in lsp_server/recipes/move/move.py": "lsp_server/recipes/move/move.py",
    "implement the abstract methods of DiskStore": "extra/disk.py",
    f"tests for {FILE}": FILE,
    "add docstring skeletons to extra/plain.py": "extra/plain.py",
    "add type hints to extra/plain.py": "extra/plain.py",
    f"import Counter from collections in {FILE}": FILE,
    "add g to __all__ of extra/plain.py": "extra/plain.py",
    "remove unused imports in extra/plain.py": "extra/plain.py",
    "replace print($X) with log($X) in extra/plain.py": "extra/plain.py",
    "upgrade httpx to >=0.28.1,<0.29": FILE,
}


def texts() -> dict[str, str]:
    """The files that the recipes may see."""
    paths = [*ROOT.glob("lsp_server/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "pyproject.toml"]
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in paths} | EXTRA


def carried_out(sentence: str, path: str, files: dict[str, str]) -> tuple[float, Done | Refused]:
    """The milliseconds of CPU that a sentence takes with the files that mention its names, which the index finds."""
    snapshot = Snapshot(ROOT, {each: from_buffer(each, text, 1) for each, text in files.items()})
    spent = 0.0
    started = time.process_time()
    steps = understand(sentence)
    spent += time.process_time() - started
    if not isinstance(steps, tuple):
        raise SystemExit(f"not understood: {sentence}")
    names, patterns = steps[0].plan.names(), tuple[str, ...]()
    while True:
        words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names) or r"(?!)")
        shown = tuple(
            each
            for each, text in files.items()
            if words.search(text) or any(fnmatch.fnmatchcase(each, pattern) for pattern in patterns)
        )
        material = Material(snapshot, Place(path, 20, 20), None, shown, names, patterns)
        started = time.process_time()
        outcome = steps[0].recipe.carry_out(steps[0].plan, material)
        spent += time.process_time() - started
        if not isinstance(outcome, Wanted):
            return spent * 1000, outcome
        names, patterns = (*names, *outcome.names), (*patterns, *outcome.patterns)


def main() -> int:
    """Prints a row for each scaffold; the exit code says whether all reach the goal."""
    files = texts()
    worst = 0.0
    print(f"{'median':>8} {'p90':>8}   {RUNS} runs, milliseconds of CPU; {len(files)} files")
    for sentence, path in SENTENCES.items():
        times: list[float] = []
        for run in range(RUNS + 1):
            changed = {each: f"{text}\n# {run}\n" for each, text in files.items() if each.endswith(".py")}
            spent, outcome = carried_out(sentence, path, files | changed)
            if not isinstance(outcome, Done):
                raise SystemExit(f"refused: {sentence}: {outcome.problems[0].message}")
            times += [spent] if run else []
        median = statistics.median(times)
        is_across = sentence.startswith(ACROSS)
        worst = worst if is_across else max(worst, median)
        p90 = statistics.quantiles(times, n=10)[-1]
        said = "   (across files)" if is_across else "" if median <= REACH_MS else "   OVER"
        print(f"{median:8.1f} {p90:8.1f}   {sentence}{said}")
    return int(worst > REACH_MS)


if __name__ == "__main__":
    sys.exit(main())
