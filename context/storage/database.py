"""How is one SQLite file opened, checked and shared between threads, and what do its errors mean?"""

import contextlib
import os
import sqlite3
import stat
import threading
from collections.abc import Generator
from pathlib import Path

from context.errors import BusyError, StoreError
from context.storage.schema import APPLICATION_ID, TABLES

CACHE_SIZE = -16_000
"""Pages that a connection with much to do keeps: SQLite takes a negative number as KiB."""

BUSY_SECONDS = 5.0
"""How long SQLite waits for another program before it says that the store is busy."""


class Connection:
    """A connection that one thread at a time uses."""

    def __init__(self, file: Path | str) -> None:
        self.sqlite = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Gives the file back, when no other thread is in the middle of a query: that would crash the process."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self.sqlite.close()

    @contextlib.contextmanager
    def used(self) -> Generator[sqlite3.Connection]:
        """The connection; what SQLite raises becomes OSError, StoreError or BusyError, by who is at fault."""
        try:
            with self._lock:
                yield self.sqlite
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _BUSY:
                raise BusyError(str(error)) from error
            if code in _DISK_ERRORS:
                raise OSError(str(error)) from error
            raise StoreError(str(error)) from error


_DISK_ERRORS = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def prepare(connection: sqlite3.Connection) -> None:
    """Checks what is there, or makes the tables. Raises DatabaseError for what is not ours or not whole."""
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = {CACHE_SIZE}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        problem = _make_or_check(connection)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    if problem:
        raise sqlite3.DatabaseError(problem)


def _make_or_check(connection: sqlite3.Connection) -> str:
    """What is wrong with the database; empty where nothing is."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        return ""
    # Looking at every page would take longer than all the rest of a warm start: see `is_whole`.
    return "" if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID else "not an index of ours"


def is_whole(file: Path) -> bool:
    """Whether each page of a store is what its neighbours take it for; a second for every few hundred megabytes."""
    try:
        with contextlib.closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError as error:
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DISK_ERRORS | _BUSY


def make_private(cache: Path, folder: Path) -> None:
    """Makes the folder for the user alone. Raises PermissionError for one that belongs to someone else."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in (folder, folder.parent, folder.parent.parent):
        status = each.lstat()
        if not stat.S_ISDIR(status.st_mode):
            raise PermissionError(f"{each} is a link")
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            raise PermissionError(f"{each} belongs to another user")
        if status.st_mode & 0o077:
            each.chmod(0o700)
