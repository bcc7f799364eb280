"""What does a workspace of more than 50,000 files cost? See `scale_tree` for what it is made of.

Cold: from nothing, with a file open. Warm: a new server in front of the index that is there, with nothing changed.
Numbers are wall times unless they say CPU; compare them within one run only. COLD and WARM are the numbers of runs.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from index import DESCRIPTIONS, lateness, percentile
from scale_tree import COPIES, RELEASES, large_tree

from context.index import Index
from context.processes.workers import IDLE_SECONDS
from context.retrieval.select import Query
from context.snapshot import Place, Snapshot

COLD = int(os.environ.get("COLD", "2"))
WARM = int(os.environ.get("WARM", "5"))
OPEN = "team3/django/django/core/cache/backends/filebased.py"
CAPABILITIES = {"window": {"workDoneProgress": True}}

Found = dict[str, list[float]]


def resident_mb(process: int | str = "self") -> float:
    """The memory of a process; 0 where the system has no /proc."""
    file = Path(f"/proc/{process}/statm")
    return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if file.exists() else 0.0


def children(process: int) -> int:
    """How many child processes a process has."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return sum(len(task.read_text().split()) for task in tasks)


async def cold(root: Path, cache: Path, found: Found) -> None:
    """From nothing, until the files beside an open one answer, and until all is there."""
    shutil.rmtree(cache, ignore_errors=True)
    started = time.perf_counter()
    index = Index(root, cache, ())
    index.focus([OPEN])
    late: list[float] = []
    watching = asyncio.create_task(lateness(late))
    refreshing = asyncio.create_task(index.refresh())
    query = Query("cull expired entries of the cache", 8000, Place(OPEN, 1, 1))
    folder = OPEN.rpartition("/")[0]
    while True:
        context = await index.select(query, Snapshot(root))
        if any(piece.path.startswith(folder) and piece.path != OPEN for piece in context.pieces):
            break
        await asyncio.sleep(0.01)
    found.setdefault("cold: first answers from beside the open file, s", []).append(time.perf_counter() - started)
    stats = await refreshing
    watching.cancel()
    found.setdefault("cold: all, s", []).append(stats.seconds)
    found.setdefault("cold: all, CPU s", []).append(stats.cpu_seconds)
    found.setdefault("cold: loop lateness, ms, p99", []).append(percentile(late, 99))
    found.setdefault("cold: memory of the indexing process, MB", []).append(resident_mb())
    found.setdefault("files", []).append(stats.files)
    found.setdefault("store, MB", []).append(stats.store_bytes / 1e6)
    await used(index, root, found)
    await asyncio.sleep(IDLE_SECONDS + 2)
    found.setdefault("worker processes when idle", []).append(children(os.getpid()))
    await index.close()


async def used(index: Index, root: Path, found: Found) -> None:
    """Files that change one by one, a new one, and descriptions."""
    await asyncio.sleep(0.2)
    await index.refresh()
    for name, paths in (("changed", _some_files(root)), ("new", [f"team2/new{n}.py" for n in range(40)])):
        times: list[float] = []
        for path in paths:
            with (root / path).open("a") as file:
                file.write("")
            os.utime(root / path)
            started = time.perf_counter()
            await index.update([path])
            times.append((time.perf_counter() - started) * 1000)
        found.setdefault(f"one file {name}, ms, p50", []).append(percentile(times, 50))
        found.setdefault(f"one file {name}, ms, p99", []).append(percentile(times, 99))
    for path in (root / "team2").glob("new*.py"):
        path.unlink()
    await index.refresh()
    times = [(await index.select(Query(text, 8000), Snapshot(root))).ms for text in DESCRIPTIONS for _ in range(2)]
    found.setdefault("select, 8k tokens, ms, p50", []).append(percentile(times, 50))
    found.setdefault("select, 8k tokens, ms, p95", []).append(percentile(times, 95))


def _some_files(root: Path) -> list[str]:
    folder = root / "team1" / "django" / "django" / "db"
    return [path.relative_to(root).as_posix() for path in sorted(folder.rglob("*.py"))[:100]]


class Server:
    """A server process, spoken to as an editor does that shows progress."""

    def __init__(self, root: Path, cache: Path) -> None:
        command = [sys.executable, "-I", "-m", "lsp_server", "serve"]
        environment = os.environ | {"PATCHWRIGHT_CACHE": str(cache), "PATCHWRIGHT_ENDPOINT": ""}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self.send({"id": 1, "method": "initialize", "params": _parameters(root)})

    def send(self, message: dict[str, Any]) -> None:
        """Sends a message."""
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def until_indexed(self) -> None:
        """Answers what the server asks until its progress of indexing ends."""
        while True:
            message = self._next()
            if message.get("id") == 1 and "result" in message:
                self.send({"method": "initialized", "params": {}})
            elif "id" in message and "method" in message:
                self.send({"id": message["id"], "result": None})
            elif message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "end":
                return

    def _next(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = int(self.process.stdout.readline().split(b":")[1])
        while self.process.stdout.readline() != b"\r\n":
            pass
        return json.loads(self.process.stdout.read(length))

    def stop(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.communicate()


def _parameters(root: Path) -> dict[str, Any]:
    folder = {"uri": root.as_uri(), "name": root.name}
    return {
        "processId": os.getpid(),
        "rootUri": root.as_uri(),
        "workspaceFolders": [folder],
        "capabilities": CAPABILITIES,
    }


def warm(root: Path, cache: Path, found: Found) -> None:
    """A new server, from its start until the index is ready, and what it holds then."""
    started = time.perf_counter()
    server = Server(root, cache)
    try:
        server.until_indexed()
        found.setdefault("warm: server start until the index is ready, s", []).append(time.perf_counter() - started)
        found.setdefault("warm: CPU s of the server until then", []).append(_cpu_seconds(server.process.pid))
        time.sleep(4)
        found.setdefault("warm: memory of the server, MB", []).append(resident_mb(server.process.pid))
    finally:
        server.stop()


def _cpu_seconds(process: int) -> float:
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(root: Path, cache: Path) -> Found:
    """All numbers, run by run."""
    found: Found = {}
    for _ in range(COLD):
        await cold(root, cache, found)
    for _ in range(WARM + 1):
        await asyncio.to_thread(warm, root, cache, found)
    for name, values in found.items():
        if name.startswith("warm"):
            del values[0]
    return found


def main() -> None:
    """Prints one line for each number."""
    root = large_tree()
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(os.environ.get("CACHE", folder)) / "cache"
        found = asyncio.run(measure(root, cache))
    names = ", ".join(f"{name} {release}" for name, release in RELEASES)
    print(f"{COPIES} edited copies of {names}; {os.cpu_count()} cores, n={COLD} cold, n={WARM} warm after one more")
    for name, values in found.items():
        print(f"  {name:50} median {statistics.median(values):9.2f}  min {min(values):9.2f}  max {max(values):9.2f}")


if __name__ == "__main__":
    main()
