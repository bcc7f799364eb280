"""What does a server that is measured tell of itself? A real one with one more command, and the system's own counts.

{"tasks": 4, "late": [1.2, …]}     asyncio tasks, and by how many ms the loop was late at each of its ticks
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.lsp.editor import Editor

SERVER = (
    "-c",
    """
import asyncio, sys
from lsp_server import server
from lsp_server.session import Session
from lsp_server.features import undo

TICK = 0.02
late = []

async def tick():
    clock = asyncio.get_running_loop().time
    while True:
        due = clock() + TICK
        await asyncio.sleep(TICK)
        late.append(1000 * (clock() - due))

def register(session: Session):
    ticking = []
    async def state(params):
        if not ticking:
            ticking.append(asyncio.create_task(tick()))
        told, late[:] = list(late), []
        return {"tasks": len(asyncio.all_tasks()), "late": told}
    session.server.command("test.state")(state)
    registered(session)

registered, undo.register = undo.register, register
sys.exit(server.serve_stdio())
""",
)


@dataclass(frozen=True)
class State:
    """A server at one moment. Sizes are in MB; `children` are processes below it."""

    tasks: int
    late: list[float]
    resident: float
    descriptors: int
    threads: int
    children: int


async def state(editor: Editor) -> State:
    """Asks the server, and the system about it."""
    told: dict[str, Any] = await editor.request("workspace/executeCommand", {"command": "test.state"})
    folder = Path(f"/proc/{editor.process.pid}")
    pages = int((folder / "statm").read_text().split()[1])
    threads = len(list((folder / "task").iterdir()))
    return State(
        told["tasks"],
        told["late"],
        pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        len(os.listdir(folder / "fd")),
        threads,
        len(children(editor.process.pid)),
    )


def children(process: int) -> set[int]:
    """All processes below one."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def percentile(values: list[float], share: float) -> float:
    """The value that so many of them do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def load() -> str:
    """What else the machine does."""
    return "load " + " ".join(f"{each:.1f}" for each in os.getloadavg())
