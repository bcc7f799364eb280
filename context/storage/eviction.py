"""How much may the index take, and which stores go when there is too much?

Each workspace has a folder below `index/` in the user's cache, with a folder for each version of the store in it. Those
of other versions go first, then those of other workspaces, each the least recently used first. The store in use stays,
and so does one that was used a moment ago: another server may have it open.
"""

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

SPARED_SECONDS = 600.0
"""Servers say every few minutes at least that a store is in use."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most files of one workspace that are indexed, and the most bytes that the stores of all may take."""

    most_files: int = 200_000
    cache_bytes: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class _Kept:
    folder: Path
    size: int
    used: float


def mark_used(store: Path) -> None:
    """Notes that a store is in use now. Blocks."""
    with contextlib.suppress(OSError):
        os.utime(store)


def evict(store: Path, most_bytes: int) -> int:
    """Deletes stores beside the one in use until all take no more than `most_bytes`; the bytes that are left. Blocks.

    `store` is the folder `index/WORKSPACE/VERSION`. What cannot be deleted is left.
    """
    kept = [found for folder in _stores(store.parent.parent) if (found := _looked_at(folder)) is not None]
    total = sum(each.size for each in kept)
    now = time.time()
    # A time in the future says nothing: the clock was wrong once.
    old = [each for each in kept if each.folder != store and not 0 <= now - each.used < SPARED_SECONDS]
    for each in sorted(old, key=lambda each: (each.folder.name == store.name, each.used)):
        if total <= most_bytes:
            break
        shutil.rmtree(each.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            each.folder.parent.rmdir()
        if not each.folder.exists():
            total -= each.size
    return total


def _stores(index: Path) -> list[Path]:
    """The folders of all versions of all workspaces; links are none of ours."""
    try:
        return [
            version
            for workspace in index.iterdir()
            if workspace.is_dir() and not workspace.is_symlink()
            for version in workspace.iterdir()
            if version.is_dir() and not version.is_symlink()
        ]
    except OSError:
        return []


def _looked_at(folder: Path) -> _Kept | None:
    try:
        size = sum(file.lstat().st_size for file in folder.iterdir())
        return _Kept(folder, size, folder.stat().st_mtime)
    except OSError:
        return None
