"""Where do copies lie that are needed for a moment? In a folder below the system's temporary one, gone afterwards.

A server that is killed leaves its own. They hold what the user works on, so the next one removes them.
"""

import asyncio
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from functools import cache, partial
from pathlib import Path

PREFIX = "patchwright-scratch-"
FORGOTTEN_SECONDS = 24 * 3600
"""No work takes that long: what is older is nobody's any more, whatever process made it, and in whatever container."""

_OURS = re.compile(rf"{PREFIX}[a-z0-9_]{{8}}")
"""As `mkdtemp` names them: a folder that a user named so is hardly thinkable."""


@asynccontextmanager
async def scratch_folder() -> AsyncGenerator[Path]:
    """A new folder that nobody else can read. Raises OSError where there is no room for one."""
    folder = await asyncio.to_thread(_made)
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(partial(shutil.rmtree, folder, ignore_errors=True)))


def _made() -> Path:
    place = Path(tempfile.gettempdir())
    _removed_once(place)
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)).resolve()


@cache
def _removed_once(place: Path) -> None:
    remove_forgotten(place)


def remove_forgotten(place: Path) -> None:
    """Removes the scratch folders of this user that a process of yesterday left; never through a link."""
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if _OURS.fullmatch(entry.name) and _is_forgotten(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_forgotten(entry: "os.DirEntry[str]") -> bool:
    with suppress(OSError):
        status = entry.stat(follow_symlinks=False)
        is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        age = time.time() - status.st_mtime
        return is_ours and entry.is_dir(follow_symlinks=False) and age > FORGOTTEN_SECONDS
    return False
