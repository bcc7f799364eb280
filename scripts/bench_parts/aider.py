"""How much less does a cold index cost than another tool's cold map of the same tree?

aider-chat is installed into an environment of its own in `.cache/bench`, once. Its repository map is made from nothing,
in turn with our index, over the same files of Django's source distribution. The two are not equal work: its map ranks
and renders, our index stores and can be searched. It uses one core, so CPU seconds are compared beside wall time.

A second run that is started meanwhile waits: both would use one environment, and keep tags in one tree.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from index import FOLDER, RELEASE, django

from context.index import Index
from context.workspace.files import FileFilter

RUNS = int(os.environ.get("RUNS", "3"))
VERSION = "0.86.2"
ENVIRONMENT = FOLDER / f"aider-{VERSION}"
MOST_WAIT_SECONDS = 3600
TAGS = ".aider.tags.cache.*"
MAP = """
import json, sys, time
from aider.io import InputOutput
from aider.repomap import RepoMap

class Model:
    def token_count(self, text):
        return len(text) // 4

root, files = json.load(sys.stdin)
started, cpu_started = time.perf_counter(), time.process_time()
maps = RepoMap(1024, root, Model(), InputOutput(yes=True, pretty=False, fancy_input=False))
made = maps.get_repo_map([], files) or ""
json.dump([time.perf_counter() - started, time.process_time() - cpu_started, len(made)], sys.__stdout__)
"""


@contextmanager
def alone() -> Iterator[None]:
    """Holds a lock that goes with its process: a database that one transaction has for itself."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(FOLDER / "aider.lock", timeout=MOST_WAIT_SECONDS, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def environment() -> Path:
    """Its interpreter, installed when it is not there yet."""
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (ENVIRONMENT / "complete").exists():
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"aider-chat=={VERSION}"], check=True)
        (ENVIRONMENT / "complete").touch()
    return python


def forget_tags(root: Path) -> None:
    """What it remembers of a tree lies in the tree."""
    for each in root.glob(TAGS):
        shutil.rmtree(each, ignore_errors=True)


def cold_map(root: Path, files: list[str]) -> tuple[float, float]:
    """Seconds and CPU seconds of a map made from nothing, without the program's start."""
    forget_tags(root)
    done = subprocess.run(
        [environment(), "-c", MAP],
        input=json.dumps([str(root), files]),
        capture_output=True,
        text=True,
        cwd=root,
        check=False,
    )
    forget_tags(root)
    if done.returncode:
        raise SystemExit(f"aider's map failed: {done.stderr[-2000:]}")
    seconds, cpu_seconds, length = json.loads(done.stdout[done.stdout.rindex("[") :])
    if not length:
        raise SystemExit("aider made an empty map")
    return seconds, cpu_seconds


async def cold_index(root: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of an index made from nothing, the start of its processes included."""
    with tempfile.TemporaryDirectory() as cache:
        index = Index(root, Path(cache), ())
        stats = await index.refresh()
        await index.close()
    return stats.seconds, stats.cpu_seconds


def main() -> None:
    """Runs when no other does."""
    with alone():
        compare(django())


def compare(root: Path) -> None:
    """Prints one line for each number."""
    environment()
    files = sorted(str(root / source.path) for source in FileFilter(root, ()).walk())
    found: dict[str, list[float]] = {}
    for _ in range(RUNS):
        (theirs, theirs_cpu), (ours, ours_cpu) = cold_map(root, files), asyncio.run(cold_index(root))
        for name, value in (
            ("aider's cold map, s", theirs),
            ("aider's cold map, CPU s", theirs_cpu),
            ("cold index, s", ours),
            ("cold index, CPU s", ours_cpu),
            ("times faster", theirs / ours),
            ("times less CPU", theirs_cpu / ours_cpu),
        ):
            found.setdefault(name, []).append(value)
    print(f"aider-chat {VERSION} over Django {RELEASE}, {len(files)} files, n={RUNS}")
    for name, values in found.items():
        print(f"  {name:40} median {statistics.median(values):8.2f}  min {min(values):8.2f}  max {max(values):8.2f}")


if __name__ == "__main__":
    main()
