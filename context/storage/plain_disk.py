"""How is `diskcache` kept from doing what a hostile file says? By a codec of plain bytes, and by looking at it first.

By itself it unpickles what a row calls a pickle (CVE-2025-69872), reads and removes files that a row names, and takes
attributes and pragmas from the file's table of settings. Here none of that is reached.
"""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from diskcache import Cache, Disk, Timeout
from diskcache.core import DBNAME, DEFAULT_SETTINGS, METADATA, MODE_RAW

from context.storage.database import make_private

LOCK_SECONDS = 1

PAGES = 64
"""So many pages of the file stay in memory: what is read once is remembered by who asked."""

BROKEN = (
    sqlite3.Error,
    OSError,
    Timeout,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    OverflowError,
)
"""What a damaged or hostile file, or a full disk, makes `diskcache` raise."""

_OURS = {"Settings", "Cache"}


class PlainDisk(Disk):
    """Text keys and bytes for values, within the database alone: no pickle is read and no row names a file."""

    def __init__(self, directory: str, **_settings: object) -> None:
        super().__init__(directory)

    def put(self, key: object) -> Any:
        """The key as it is kept."""
        return str(key), True

    def get(self, key: object, raw: object) -> Any:
        """The key of a row."""
        return key if isinstance(key, str) else ""

    def store(self, value: object, read: object, key: object = None) -> Any:
        """Size on disk besides the row, mode, file name and value of a row. Raises TypeError for other than bytes."""
        if not isinstance(value, bytes):
            raise TypeError("only bytes are kept")
        return 0, MODE_RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: object) -> Any:
        """The value of a row; empty for one that we would not have written."""
        return value if mode == MODE_RAW and filename is None and isinstance(value, bytes) else b""

    def filename(self, key: object = None, value: object = None) -> Any:
        """No value has a file: raises ValueError."""
        raise ValueError("values are kept in the database")

    def remove(self, file_path: object) -> None:
        """Removes nothing: a row may name any file of the user's."""


def open_cache(root: Path, folder: Path, most_bytes: int) -> Any:
    """The `diskcache.Cache` in a private folder below the user's cache folder `root`; begins anew where it is not ours.

    Raises what is in `BROKEN`.
    """
    make_private(root, folder)
    if not is_ours(folder / DBNAME):
        remove_cache(folder)
    settings = {**DEFAULT_SETTINGS, "size_limit": most_bytes, "sqlite_cache_size": PAGES}
    # A file that someone shortens under a memory map ends the process.
    settings["sqlite_mmap_size"] = 0
    return Cache(str(folder), timeout=LOCK_SECONDS, disk=PlainDisk, **settings)


def remove_cache(folder: Path) -> None:
    """Removes a cache file, which is derived data."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            (folder / f"{DBNAME}{suffix}").unlink()


def is_ours(file: Path) -> bool:
    """Whether a file holds no more than `diskcache` would have put there, or does not exist."""
    if not os.path.lexists(file):
        return True
    if file.is_symlink():
        return False
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=LOCK_SECONDS)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall()
            tables = {name for (name,) in rows}
            if not tables:
                return True
            settings = {key for (key,) in connection.execute("SELECT key FROM Settings")}
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
    except (sqlite3.Error, TypeError):
        return False
    return sound and tables == _OURS and settings <= DEFAULT_SETTINGS.keys() | METADATA.keys()
