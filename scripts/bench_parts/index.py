"""How fast is the index, against reading and parsing alone on as many processes in the same run?

The tree is Django's source distribution (2,818 Python files), fetched once with pip into `.cache/bench`. Each number is
the median of RUNS runs, taken in turn with the baseline, with the least and the most beside it.
"""

import asyncio
import importlib
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from context.index import Index
from context.parsing.extract import Source
from context.parsing.languages import language_of
from context.parsing.parse import parse
from context.processes.workers import Workers
from context.retrieval.select import Query
from context.snapshot import Snapshot
from context.workspace.files import FileFilter

RUNS = 5
RELEASE = "5.2.8"
FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "bench"
DESCRIPTIONS = (
    "retry the database connection when it was closed by the server",
    "add a timeout option to the cache backends",
    "the admin changelist should remember its filters",
    "format dates in templates with the user's locale",
    "validate uploaded images before they are saved",
    "QuerySet.bulk_create ignores the batch size when update_conflicts is set",
    "log a warning when a migration is not reversible",
    "session cookies should be renewed after login",
)


def django() -> Path:
    """The unpacked source distribution."""
    tree = FOLDER / f"django-{RELEASE}"
    if not tree.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "Django"]
        subprocess.run([*download, f"Django=={RELEASE}", "--dest", str(FOLDER)], check=True)
        with tarfile.open(next(FOLDER.glob("*.tar.gz"))) as archive:
            archive.extractall(FOLDER, filter="data")
    return tree


def read_and_parse(root: str, sources: tuple[Source, ...]) -> int:
    """The baseline's job: what no index of syntax can do without."""
    for source in sources:
        language = language_of(source.path)
        if language is not None:
            parse(language, (Path(root) / source.path).read_bytes())
    return len(sources)


async def baseline(root: Path, sources: list[Source]) -> tuple[float, float]:
    """Seconds to read and parse everything on all workers, their start included, and of their CPUs."""
    # A worker process can import this file by its name, but not as the program that it is here.
    job = importlib.import_module("index").read_and_parse
    workers = Workers()
    started = time.perf_counter()
    batches = [(str(root), tuple(sources[start : start + 64])) for start in range(0, len(sources), 64)]
    await asyncio.gather(*(workers.run(job, *batch) for batch in batches))
    seconds = time.perf_counter() - started
    await workers.close()
    return seconds, workers.cpu_seconds


async def lateness(late: list[float]) -> None:
    """How late a sleep of 10 ms wakes, in ms, until it is cancelled."""
    while True:
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        late.append((time.perf_counter() - started - 0.01) * 1000)


async def measure(root: Path, cache: Path) -> dict[str, list[float]]:
    """All numbers, run by run."""
    found: dict[str, list[float]] = {}
    sources = sorted(FileFilter(root, ()).walk(), key=lambda source: source.path)
    for _ in range(RUNS):
        bare, bare_cpu = await baseline(root, sources)
        found.setdefault("read and parse, s", []).append(bare)
        found.setdefault("read and parse, CPU s", []).append(bare_cpu)
        shutil.rmtree(cache, ignore_errors=True)
        index = Index(root, cache, ())
        late: list[float] = []
        watching = asyncio.create_task(lateness(late))
        stats = await index.refresh()
        watching.cancel()
        await asyncio.sleep(0.2)
        found.setdefault("cold index, s", []).append(stats.seconds)
        found.setdefault("cold index, CPU s", []).append(stats.cpu_seconds)
        found.setdefault("cold index, peak MB of all processes", []).append(stats.peak_rss_mb)
        found.setdefault("store, MB", []).append(stats.store_bytes / 1e6)
        found.setdefault("loop lateness while indexing, ms, p99", []).append(percentile(late, 99))
        await index.refresh()
        found.setdefault("warm index, nothing changed, s", []).append((await index.refresh()).seconds)
        await update(index, root, found)
        await select(index, root, found)
        await index.close()
    found["ratio of cold index to read and parse"] = [
        cold / bare for cold, bare in zip(found["cold index, s"], found["read and parse, s"], strict=True)
    ]
    found["the same of CPU s"] = [
        cold / bare for cold, bare in zip(found["cold index, CPU s"], found["read and parse, CPU s"], strict=True)
    ]
    return found


async def update(index: Index, root: Path, found: dict[str, list[float]]) -> None:
    """One file is touched after another."""
    times: list[float] = []
    for source in list(FileFilter(root, ()).walk("django/db"))[:40]:
        os.utime(root / source.path)
        started = time.perf_counter()
        await index.update([source.path])
        times.append((time.perf_counter() - started) * 1000)
    found.setdefault("one file changed, ms, p50", []).append(percentile(times, 50))
    found.setdefault("one file changed, ms, p99", []).append(percentile(times, 99))


async def select(index: Index, root: Path, found: dict[str, list[float]]) -> None:
    """Each description, with a budget of 8,000 tokens. The first ask about a place counts the conventions near it."""
    snapshots = Snapshot(root)
    for which in ("first", "again"):
        times = [(await index.select(Query(text, 8000), snapshots)).ms for text in DESCRIPTIONS]
        found.setdefault(f"select, 8k tokens, {which}, ms, p50", []).append(percentile(times, 50))
        found.setdefault(f"select, 8k tokens, {which}, ms, p95", []).append(percentile(times, 95))


def percentile(values: Iterable[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main() -> None:
    """Prints one line for each number."""
    root = django()
    with tempfile.TemporaryDirectory() as cache:
        found = asyncio.run(measure(root, Path(cache) / "cache"))
    print(f"index of Django {RELEASE}, {os.cpu_count()} cores, n={RUNS}")
    for name, values in found.items():
        print(f"  {name:40} median {statistics.median(values):8.2f}  min {min(values):8.2f}  max {max(values):8.2f}")


if __name__ == "__main__":
    main()
