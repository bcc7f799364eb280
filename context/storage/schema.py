"""What does the store hold, and when is it another store? The tables, and the version that names their folder.

A content (`blob`) is kept once, however many paths and branches have it; `file` says which path has which now. Terms
are in a full-text table without their texts; the words of a content that has no chunks (it is private, or too large) in
another. They need no deletion: rows of contents that no path has any more are passed over, and when they are most of
the store it is built anew.
"""

import hashlib
from functools import lru_cache
from importlib import metadata, resources

from context.parsing.extract import EXTRACT_VERSION
from context.parsing.languages import LANGUAGES

APPLICATION_ID = 0x50415457
"""Marks the file as ours, so that a foreign database is told from an old one."""

TABLES = """
CREATE TABLE blob(
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  definition_count INTEGER NOT NULL,
  reference_count INTEGER NOT NULL,
  reference_names TEXT NOT NULL
);
CREATE TABLE file(
  path TEXT PRIMARY KEY,
  changed_ns INTEGER NOT NULL,
  size INTEGER NOT NULL,
  blob INTEGER,
  sha TEXT NOT NULL,
  rank INTEGER NOT NULL,
  private INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  why TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE unparsed(blob INTEGER PRIMARY KEY, why TEXT NOT NULL);
CREATE INDEX file_blob ON file(blob);
CREATE INDEX file_unread ON file(path) WHERE unread;
CREATE TABLE definition(
  blob INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  name_line INTEGER NOT NULL,
  container TEXT NOT NULL,
  stub INTEGER NOT NULL
);
CREATE INDEX definition_name ON definition(name, blob);
CREATE TABLE chunk(
  id INTEGER PRIMARY KEY,
  blob INTEGER NOT NULL,
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  symbols TEXT NOT NULL
);
CREATE INDEX chunk_blob ON chunk(blob);
CREATE VIRTUAL TABLE chunk_terms USING fts5(symbols, body, content='', tokenize="ascii tokenchars '_'");
CREATE VIRTUAL TABLE chunk_vocabulary USING fts5vocab(chunk_terms, 'row');
CREATE VIRTUAL TABLE chunk_columns USING fts5vocab(chunk_terms, 'col');
CREATE VIRTUAL TABLE blob_words USING fts5(
  words, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'"
);
INSERT INTO chunk_terms(chunk_terms, rank) VALUES('hashsize', 8000000);
INSERT INTO blob_words(blob_words, rank) VALUES('hashsize', 8000000);
"""


@lru_cache
def version() -> str:
    """A short hash of all that decides what an extract of a given file holds."""
    folder = resources.files("context.parsing") / "queries"
    names = sorted({name for language in LANGUAGES for name in language.query_files})
    parts = [TABLES, str(EXTRACT_VERSION), repr(LANGUAGES)]
    parts += [(folder / f"{name}.scm").read_text("utf-8") for name in names]
    for module in sorted({language.module for language in LANGUAGES} | {"tree_sitter"}):
        parts.append(f"{module} {metadata.version(module.replace('_', '-'))}")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
