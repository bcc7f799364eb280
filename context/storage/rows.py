"""Which rows does a file become? Written batch by batch, table by table, inside the store's transaction."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from context.parsing.extract import Extracted, Rows
from context.parsing.words import cased
from context.workspace.rank import rank_of


@dataclass(frozen=True, slots=True)
class FileRow:
    """What the store knows of one path. `blob` is None for a file that is skipped; `rank` orders kinds of files."""

    changed_ns: int
    size: int
    blob: int | None
    sha: str
    private: bool


def write_files(connection: sqlite3.Connection, extracted: Iterable[Extracted]) -> dict[str, FileRow]:
    """Writes files and the contents that are new; returns what is known of each path now."""
    rows: dict[str, FileRow] = {}
    files: list[tuple[object, ...]] = []
    unparsed: list[tuple[int, str]] = []
    fresh: dict[str, tuple[int, Rows]] = {}
    next_blob = _next_id(connection, "blob")
    for found in extracted:
        blob = _known(connection, found, fresh)
        if blob is None and found.key is not None:
            if found.rows is None:
                # The content was known a moment ago: someone rebuilt the store. The next sweep reads it.
                continue
            blob = next_blob + len(fresh)
            fresh[found.key] = blob, found.rows
        source = found.source
        row = FileRow(source.changed_ns, source.size, blob, found.sha, source.private)
        rows[source.path] = row
        kind = rank_of(source.path)
        files.append((source.path, row.changed_ns, row.size, blob, row.sha, kind, row.private, found.unread, found.why))
        if found.why and blob is not None and found.key in fresh:
            unparsed.append((blob, found.why))
    _write_contents(connection, fresh)
    connection.executemany("INSERT OR REPLACE INTO file VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", files)
    connection.executemany("INSERT OR REPLACE INTO unparsed VALUES(?, ?)", unparsed)
    return rows


def _known(connection: sqlite3.Connection, found: Extracted, fresh: dict[str, tuple[int, Rows]]) -> int | None:
    if found.key is None:
        return None
    if found.key in fresh:
        return fresh[found.key][0]
    known = connection.execute("SELECT id FROM blob WHERE key = ?", (found.key,)).fetchone()
    return int(known[0]) if known else None


def _write_contents(connection: sqlite3.Connection, fresh: dict[str, tuple[int, Rows]]) -> None:
    contents = list(fresh.values())
    connection.executemany(
        "INSERT INTO blob VALUES(?, ?, ?, ?, ?)",
        [
            (blob, key, len(rows.definitions), rows.reference_count, rows.references)
            for key, (blob, rows) in fresh.items()
        ],
    )
    connection.executemany(
        "INSERT INTO blob_words(rowid, words) VALUES(?, ?)",
        [(blob, cased(rows.words)) for blob, rows in contents if not rows.chunks],
    )
    connection.executemany(
        "INSERT INTO definition VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        [(blob, *each) for blob, rows in contents for each in rows.definitions],
    )
    chunks = list(
        enumerate(((blob, chunk) for blob, rows in contents for chunk in rows.chunks), _next_id(connection, "chunk"))
    )
    connection.executemany(
        "INSERT INTO chunk VALUES(?, ?, ?, ?, ?)",
        [(number, blob, start, end, symbols) for number, (blob, (start, end, symbols, _, _)) in chunks],
    )
    connection.executemany(
        "INSERT INTO chunk_terms(rowid, symbols, body) VALUES(?, ?, ?)",
        [(number, chunk[3], chunk[4]) for number, (_, chunk) in chunks],
    )


def _next_id(connection: sqlite3.Connection, table: str) -> int:
    rows = connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608 - a name of ours
    return int(rows.fetchone()[0])
