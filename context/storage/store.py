"""Where is the index kept? In one SQLite file per workspace in the user's cache folder; in memory where it cannot be.

It is derived data that heals itself: what cannot be read is moved aside and built anew, and a folder that cannot be
written, or is not the user's own, costs one warning. Nothing in it is executable: plain rows and JSON. One thread at a
time writes; looking up names on the event loop and searching in a thread have connections of their own.
"""

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from context.errors import StoreError
from context.parsing.extract import Extracted
from context.parsing.symbols import Definition
from context.parsing.words import cased, whole_term, words
from context.storage.database import CACHE_SIZE, Connection, is_whole, make_private, prepare
from context.storage.rows import FileRow, write_files
from context.storage.schema import version

FILE_NAME = "index.db"
MOST_NEAR = 2
MOST_FOUND = 200
"""The most definitions that one name gives: some names stand in every file."""

MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in the store."""

    files: int
    skipped: int
    symbols: int
    references: int
    store_bytes: int


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A reason in words, of how many files, and some of their paths."""

    why: str
    files: int
    examples: tuple[str, ...]


class Store:
    """An open store. Methods block and raise StoreError; `warning` says why it is in memory, empty where it is not."""

    def __init__(self, cache: Path, root: Path) -> None:
        self._folder = cache / "index" / hashlib.sha256(os.fsencode(root)).hexdigest()[:24] / version()
        self.warning = ""
        try:
            make_private(cache, self._folder)
            self._connect()
        except (OSError, sqlite3.OperationalError) as error:
            self._in_memory(str(getattr(error, "strerror", None) or error))
        except sqlite3.DatabaseError:
            self._move_aside()

    def _connect(self) -> None:
        file = self._folder / FILE_NAME
        self._writer = Connection(file)
        try:
            prepare(self._writer.sqlite)
            self._reader, self._searcher = Connection(file), Connection(file)
            self._searcher.sqlite.execute(f"PRAGMA cache_size = {CACHE_SIZE}")
        except BaseException:
            self._writer.close()
            raise

    def _in_memory(self, reason: str) -> None:
        self.warning = f"The index is kept in memory only: {self._folder} cannot be used ({reason})."
        self._writer = self._reader = self._searcher = Connection(":memory:")
        try:
            prepare(self._writer.sqlite)
        except sqlite3.Error as error:
            raise StoreError(f"SQLite of this Python cannot keep an index ({error})") from error

    def _move_aside(self) -> None:
        """Only one broken store is kept, for whoever wants to look at it."""
        file = self._folder / FILE_NAME
        try:
            file.replace(self._folder / "broken.db")
            for suffix in ("-wal", "-shm"):
                (self._folder / (FILE_NAME + suffix)).unlink(missing_ok=True)
            self._connect()
        except (OSError, sqlite3.DatabaseError) as error:
            self._in_memory(str(getattr(error, "strerror", None) or error))

    def rebuild(self) -> None:
        """Starts from nothing, after a StoreError."""
        self.close()
        if self.warning:
            self._in_memory("it broke")
        else:
            self._move_aside()

    def keep_in_memory(self, reason: str) -> None:
        """Goes on in memory, from nothing, where the disk takes no more."""
        self.close()
        self._in_memory(reason)

    def files(self) -> dict[str, FileRow]:
        """Every path that the store knows."""
        with self._writer.used() as connection:
            rows = connection.execute("SELECT path, changed_ns, size, blob, sha, private FROM file")
            return {
                path: FileRow(changed, size, blob, sha, bool(private))
                for path, changed, size, blob, sha, private in rows
            }

    def below(self, folder: str) -> list[str]:
        """The paths in a folder and in all folders in it; a name that SQLite could not be told is of none."""
        if not folder.isprintable():
            return []
        with self._writer.used() as connection:
            # The sign after "/" is "0".
            query = "SELECT path FROM file WHERE path > ? AND path < ?"
            return [path for (path,) in connection.execute(query, (f"{folder}/", f"{folder}0"))]

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of some contents that the store has."""
        with self._writer.used() as connection:
            query = "SELECT 1 FROM blob WHERE key = ?"
            return {key for key in keys if connection.execute(query, (key,)).fetchone()}

    def write(self, extracted: Iterable[Extracted], removed: Iterable[str] = ()) -> dict[str, FileRow]:
        """Takes files in and others out, in one transaction; returns the new rows. Raises OSError for a full disk."""
        with self._writer.used() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                rows = write_files(connection, extracted)
                connection.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in removed])
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        return rows

    def counts(self) -> Counts:
        """How much is in the store, of the files that are there now."""
        with self._writer.used() as connection:
            files, skipped, symbols, references = connection.execute(
                """SELECT count(blob), count(*) - count(blob), coalesce(sum(definition_count), 0),
                          coalesce(sum(reference_count), 0) FROM file LEFT JOIN blob ON blob.id = file.blob"""
            ).fetchone()
            pages, page_bytes = (
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
            return Counts(files, skipped, symbols, references, pages * page_bytes)

    def unparsed(self) -> tuple[Unparsed, ...]:
        """Why files were not parsed or not read, the most frequent reason first."""
        with self._searcher.used() as connection:
            found = connection.execute(
                """SELECT coalesce(unparsed.why, file.why) AS reason, count(*) FROM file
                   LEFT JOIN unparsed USING (blob) WHERE reason != '' GROUP BY reason ORDER BY 2 DESC, 1"""
            ).fetchall()
            return tuple(
                Unparsed(
                    reason,
                    files,
                    tuple(
                        path
                        for (path,) in connection.execute(
                            """SELECT path FROM file LEFT JOIN unparsed USING (blob)
                               WHERE coalesce(unparsed.why, file.why) = ? ORDER BY path LIMIT ?""",
                            (reason, MOST_EXAMPLES),
                        )
                    ),
                )
                for reason, files in found
            )

    def is_wasteful(self) -> bool:
        """Whether most contents belong to no file any more."""
        with self._writer.used() as connection:
            blobs = connection.execute("SELECT count(*) FROM blob").fetchone()[0]
            live = connection.execute("SELECT count(DISTINCT blob) FROM file").fetchone()[0]
            return blobs > 5000 and blobs > 3 * live

    def is_whole(self) -> bool:
        """Whether the file is in order. What is broken is met at the latest when it is used; this looks everywhere."""
        return bool(self.warning) or is_whole(self._folder / FILE_NAME)

    def definitions(self, name: str) -> list[tuple[str, Definition]]:
        """Where a name is defined: source before tests, then by path; at most `MOST_FOUND`, without docstrings."""
        with self._reader.used() as connection:
            rows = connection.execute(
                """SELECT path, name, kind, start_line, end_line, name_line, container, stub
                   FROM definition JOIN file USING (blob) WHERE name = ? ORDER BY rank, path, start_line LIMIT ?""",
                (name, MOST_FOUND),
            )
            return [
                (path, Definition(name, kind, start, end, line, container, bool(stub)))
                for path, name, kind, start, end, line, container, stub in rows
            ]

    def near(self, name: str) -> list[str]:
        """Defined names that are spelled nearly like another, the nearest first; at most `MOST_NEAR`."""
        with self._reader.used() as connection:
            rows = connection.execute(
                "SELECT DISTINCT name FROM definition JOIN file USING (blob) WHERE length(name) BETWEEN ? AND ?",
                (len(name) - 2, len(name) + 2),
            )
            names = [found for (found,) in rows if found != name]
        near = process.extract(name, names, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=MOST_NEAR)
        return [found for found, _, _ in near]

    def mentions(self, name: str) -> list[str]:
        """All paths whose text may have an identifier, and source that could not be read; in order and without limit.

        They are told by the terms of search: a name of one part is answered with all identifiers that it is a part of,
        and a name too common to be a term with every file.
        """
        with self._reader.used() as connection:
            found = [_mentioning(connection, word) for word in words(name)]
            unread = connection.execute("SELECT path FROM file WHERE unread") if found else ()
            return sorted(
                set[str]().union((path for (path,) in unread), set[str].intersection(*found) if found else ())
            )

    def query(self, sql: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        """Rows for `search`, which holds its own queries."""
        with self._searcher.used() as connection:
            return connection.execute(sql, parameters).fetchall()

    @property
    def folder(self) -> Path:
        """Where the store lies, or would."""
        return self._folder

    def close(self) -> None:
        """Gives the file back."""
        for connection in (self._searcher, self._reader, self._writer):
            connection.close()


_BY_TERM = """
SELECT path FROM chunk_terms JOIN chunk ON chunk.id = chunk_terms.rowid JOIN file ON file.blob = chunk.blob
WHERE chunk_terms MATCH ?
"""
_WITH_CHUNKS = "SELECT path FROM chunk JOIN file USING (blob) GROUP BY path"
_BY_WORD = "SELECT path FROM blob_words JOIN file ON file.blob = blob_words.rowid WHERE blob_words MATCH ?"
"""Of contents without chunks."""


def _mentioning(connection: sqlite3.Connection, word: str) -> set[str]:
    """The paths of contents that may hold a word."""
    term = whole_term(word)
    of_chunks = connection.execute(_BY_TERM, (f'"{term}"',)) if term else connection.execute(_WITH_CHUNKS)
    found = {path for (path,) in of_chunks}
    return found.union(path for (path,) in connection.execute(_BY_WORD, (f'"{cased(word)}"',)))
