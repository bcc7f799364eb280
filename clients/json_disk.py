"""How does diskcache keep nothing but text? A codec without pickle and without files beside the database.

diskcache's own codecs, its JSON one too, unpickle a row that says that it is a pickle, and delete the file that a row
names. Here a row is text or nothing, whatever the database says.
"""
# The parent has no types, so strict checks of what is overridden say nothing.
# pyright: reportIncompatibleMethodOverride=false

import sqlite3
from pathlib import Path
from typing import Any

from diskcache import Cache, Disk, Timeout  # pyright: ignore[reportMissingTypeStubs]: it has none

__all__ = ["BROKEN", "Cache", "JsonDisk", "Timeout", "open_cache"]

BROKEN = (sqlite3.Error, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
"""All that a damaged or hostile file has been seen to raise; a `Timeout` says that another holds a sound one."""

_RAW = 1


class JsonDisk(Disk):
    """Keys and values are text in the database; anything else in it is an error."""

    def put(self, key: Any) -> tuple[str, bool]:
        """A key as it stands in the database."""
        if not isinstance(key, str):
            raise TypeError("a key is text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """A key from the database."""
        if not isinstance(key, str) or not raw:
            raise TypeError("a key is text")
        return key

    def store(self, value: Any, read: Any, key: Any = None) -> tuple[int, int, None, str]:
        """A value as it stands in the database: its size there, how it is kept, its file, and itself."""
        if read or not isinstance(value, str):
            raise TypeError("a value is text")
        return 0, _RAW, None, value

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> str:
        """A value from the database."""
        if mode != _RAW or filename is not None or read or not isinstance(value, str):
            raise ValueError("a value is text")
        return value

    def remove(self, file_path: Any) -> None:
        """Does nothing: no value has a file, and a name in the database could lead anywhere."""


PAGES = 64
"""So many pages of the file stay in memory, for each thread that has opened it."""


def open_cache(folder: Path, most_bytes: int) -> Cache:
    """Opens the store in a folder; raises what diskcache and SQLite raise."""
    # A file that someone shortens under a memory map ends the process.
    sqlite = {"sqlite_mmap_size": 0, "sqlite_cache_size": PAGES}
    return Cache(str(folder), timeout=1, disk=JsonDisk, size_limit=most_bytes, tag_index=0, statistics=0, **sqlite)
