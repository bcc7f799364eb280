"""Is there a change to finish that has to do with this file, as far as that can be said at once? For the menu.

What was begun since the last commit is found out in the background, now and then while menus are asked for. Until it is
known, nothing is there to finish.
"""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.protocol import log_failure

if TYPE_CHECKING:
    from lsp_server.actions.begun import Begun
    from lsp_server.actions.git_base import Base
    from lsp_server.actions.services import Services

SECONDS = 5.0
"""What is known holds so long, and twenty times as long as it took to find out."""

MOST_OPEN = 64


@dataclass(slots=True)
class _Look:
    """The last look at a workspace: what it found, at which base, until when that holds, and the one under way."""

    found: "Begun | None" = None
    base: "Base | None" = None
    until: float = 0.0
    task: "asyncio.Task[None] | None" = None


@dataclass(frozen=True, slots=True)
class _Here:
    """An open text beside its file: whether they differ, the time and size of that, and where git is."""

    text: str
    file: tuple[int, int]
    differs: bool
    base: "Base"


@dataclass(slots=True)
class Begins:
    """The looks by root, and by URI the open texts."""

    _looks: dict[Path, _Look] = field(default_factory=dict[Path, _Look])
    _here: dict[str, _Here] = field(default_factory=dict[str, _Here])

    async def soon(self, services: "Services", uri: str, path: str, text: str, seconds: float) -> bool:
        """Whether something was begun that concerns a file, if that is known in so many seconds."""
        began = time.monotonic()
        before = self._here.get(uri)
        looking = asyncio.create_task(asyncio.to_thread(_here, services.root, path, text, before))
        await asyncio.wait({looking}, timeout=seconds)
        if not looking.done() or looking.cancelled() or looking.exception() is not None:
            return False
        here = looking.result()
        self._keep(uri, here)
        look = self._looks.setdefault(services.root, _Look())
        is_saved = before is not None and before.differs and not here.differs
        if look.task is None and (here.base != look.base or is_saved or time.monotonic() > look.until):
            look.task = asyncio.create_task(_look(look, services, here.base))
        if here.differs:
            # What was typed and not saved is begun as well.
            return True
        if look.task is not None and (look.found is None or here.base != look.base):
            await asyncio.wait({look.task}, timeout=max(0.0, began + seconds - time.monotonic()))
        return look.found is not None and here.base == look.base and look.found.concerns(path)

    def close(self) -> None:
        """Ends what is being looked at."""
        for look in self._looks.values():
            if look.task is not None:
                look.task.cancel()

    def _keep(self, uri: str, here: _Here) -> None:
        self._here.pop(uri, None)
        self._here[uri] = here
        while len(self._here) > MOST_OPEN:
            del self._here[next(iter(self._here))]


async def _look(look: _Look, services: "Services", base: "Base") -> None:
    from lsp_server.actions.begun import Begun, begun_in

    started = time.monotonic()
    try:
        look.found = await begun_in(services, look.found or Begun())
    except Exception as error:  # noqa: BLE001 - the edge: without it the menu lacks one entry
        look.found = Begun()
        log_failure("what was begun", error)
    finally:
        look.task = None
        now = time.monotonic()
        look.base, look.until = base, now + max(SECONDS, 20 * (now - started))


def _here(root: Path, path: str, text: str, before: _Here | None) -> _Here:
    from context.snapshot import FileText, read_file
    from lsp_server.actions.git_base import base_of

    try:
        found = (root / path).lstat()
        file = found.st_mtime_ns, found.st_size
    except OSError:
        file = 0, 0
    if before is not None and (before.text, before.file) == (text, file):
        differs = before.differs
    else:
        read = read_file(root, path)
        differs = not isinstance(read, FileText) or read.text != text
    return _Here(text, file, differs, base_of(root))
