"""Does a watched index stay right, and as small as it was, through twenty thousand changes of its files?

Writes, deletes, moves and folders that come and go in a copy of Django's sources, in bursts, with the watcher on. At
the end the index is compared with a new one, and the memory, threads and open files with those of the beginning.
"""

import asyncio
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from index import django

from context.index import Index

OPERATIONS = int(os.environ.get("PATCHWRIGHT_SOAK", "20000"))
BURST = 100


def resident_mb() -> float:
    """Memory of this process; Linux tells."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def change(root: Path, files: list[Path], chance: random.Random) -> None:
    """One thing that a person or a tool does."""
    kind, file = chance.random(), chance.choice(files)
    if kind < 0.6 and file.exists():
        file.write_text(f"{file.read_text('utf-8', 'replace')[:20_000]}\ndef soak_{chance.randrange(500)}(): ...\n")
    elif kind < 0.75:
        file.unlink(missing_ok=True)
    elif kind < 0.95:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def soak_{chance.randrange(500)}():\n    return soak_{chance.randrange(500)}()\n")
    elif kind < 0.98:
        shutil.copytree(root / "django" / "core" / "cache", root / f"copy{chance.randrange(20)}", dirs_exist_ok=True)
    else:
        shutil.rmtree(root / f"copy{chance.randrange(20)}", ignore_errors=True)


async def soak(root: Path, cache: Path) -> None:
    """Prints the numbers; fails where the index differs from a new one."""
    chance = random.Random(7)
    files = sorted((root / "django").rglob("*.py"))
    index = Index(root, cache, ())
    await index.refresh()
    watching = asyncio.create_task(index.watch())
    await asyncio.sleep(3)
    states: dict[int, tuple[float, int, int]] = {}
    started = time.perf_counter()
    for done in range(0, OPERATIONS, BURST):
        for _ in range(BURST):
            change(root, files, chance)
            await asyncio.sleep(0)
        await asyncio.sleep(chance.choice((0.0, 0.05, 0.3, 1.0)))
        if done in (OPERATIONS // 10, OPERATIONS // 2):
            states[done] = _state()
    seconds = time.perf_counter() - started
    await asyncio.sleep(6)
    states[OPERATIONS] = _state()
    fresh = Index(root, cache.parent / "fresh", ())
    await fresh.refresh()
    wrong = sum(index.mentions(f"soak_{number}") != fresh.mentions(f"soak_{number}") for number in range(500))
    ours = {path: row.sha for path, row in index._catalogue.files.items()}  # pyright: ignore[reportPrivateUsage]
    theirs = {path: row.sha for path, row in fresh._catalogue.files.items()}  # pyright: ignore[reportPrivateUsage]
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    await asyncio.gather(index.close(), fresh.close())
    print(f"{OPERATIONS:,} changes in {seconds:.0f} s, {len(ours):,} files at the end")
    for done, state in states.items():
        print(f"  after {done:6,}: {state[0]:6.1f} MB resident, {state[1]} threads, {state[2]} open files")
    print(f"  warnings: {index.warnings or 'none'}")
    print(f"  files that differ from a new index: {len(set(ours.items()) ^ set(theirs.items()))}; names: {wrong}")
    assert ours == theirs
    assert not wrong


def _state() -> tuple[float, int, int]:
    return resident_mb(), threading.active_count(), len(os.listdir("/proc/self/fd"))


def main() -> None:
    """Runs it on a copy of the tree."""
    if sys.platform != "linux":
        print("soak: needs Linux, which tells of memory and open files in /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        shutil.copytree(django() / "django", root / "django")
        asyncio.run(soak(root, Path(folder) / "cache"))


if __name__ == "__main__":
    main()
