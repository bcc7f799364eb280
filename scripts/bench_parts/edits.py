"""How long does it take to find many blocks in a long file, to compute its minimal edits, and to merge it?

Prints medians of N runs in processor time and, from the same run, the time that `difflib` takes for the same comparison
of the lines alone, and `rapidfuzz` bare.
"""

import difflib
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz.distance import Indel

from context.snapshot import Snapshot, from_buffer
from lsp_server.edits.change import ChangeSet, Edit
from lsp_server.edits.diff import text_edits
from lsp_server.edits.merge import merge
from lsp_server.edits.reply import to_change

RUNS = 5
EDITS = 50
SIZES = (5_000, 40_000)
DIFFLIB_LINES = 10_000
"""On longer files it takes a minute."""


def source(lines: int) -> list[str]:
    """A text with many lines that repeat, as code has."""
    text: list[str] = []
    while len(text) < lines:
        name = len(text)
        text += [f"def function_{name}(value):", f"    total = value + {name}", "    if total:", "        return 0"]
        text += ["    return total", "", ""]
    return text[:lines]


def reply(lines: list[str], chosen: random.Random) -> str:
    """A block for each of `EDITS` functions, spread over the file."""
    parts: list[str] = []
    for head in sorted(chosen.sample(range(0, len(lines) - 7, 7), EDITS)):
        old = lines[head : head + 3]
        new = [old[0], old[1] + " * 2", "    log(total)", old[2]]
        parts.append("\n".join(("a.py", "<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE")))
    return "\n".join(parts) + "\n"


def otherwise(lines: list[str]) -> str:
    """The text with as many other edits, none where the reply makes one."""
    changed = list(lines)
    for tail in random.Random(2).sample(range(4, len(lines) - 7, 7), EDITS):
        changed[tail] = "    return -total"
    return "".join(f"{line}\n" for line in changed)


def median_ms(work: Callable[[], object]) -> tuple[float, float, float]:
    """Median, least and most of some runs, after one to warm up."""
    times: list[float] = []
    for _ in range(RUNS + 1):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times[1:]), min(times[1:]), max(times[1:])


def measure(size: int) -> None:
    """Prints a table for one size of file."""
    lines = source(size)
    text = "".join(f"{line}\n" for line in lines)
    snapshot = Snapshot(Path("/nowhere"), {"a.py": from_buffer("a.py", text, 1)})
    answer = reply(lines, random.Random(1))
    change = to_change(answer, snapshot)
    assert isinstance(change, ChangeSet), change
    (edit,) = change.operations
    assert isinstance(edit, Edit)
    after, after_lines = edit.after, edit.after.split("\n")

    other_side = otherwise(lines)
    assert isinstance(merge(text, other_side, after), str)

    def locate_and_diff() -> None:
        to_change(answer, snapshot)
        text_edits(text, after)

    def compare_by_difflib() -> None:
        difflib.SequenceMatcher(None, lines, after_lines, autojunk=False).get_opcodes()

    rows: list[tuple[str, Callable[[], object]]] = [
        ("locate and diff", locate_and_diff),
        ("diff alone", lambda: text_edits(text, after)),
        ("merge, 50 edits each side", lambda: merge(text, other_side, after)),
        ("rapidfuzz opcodes, bare", lambda: Indel.opcodes(lines, after_lines)),
    ]
    if size <= DIFFLIB_LINES:
        rows.append(("difflib opcodes, bare", compare_by_difflib))
    print(f"{size:,} lines, {EDITS} edits, ms, n={RUNS} after one warm-up")
    ours = 0.0
    for name, work in rows:
        median, least, most = median_ms(work)
        ours = ours or median
        ratio = median / ours
        print(f"  {name:25} median {median:8.1f}  min {least:8.1f}  max {most:8.1f}  ratio to ours {ratio:6.2f}")


def main() -> None:
    """Prints a table for each size of file."""
    for size in SIZES:
        measure(size)


if __name__ == "__main__":
    main()
