"""What does the index keep of one text? Runs in a worker process; what it returns is plain data that pickles fast."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, count
from operator import add
from typing import NamedTuple

from context.parsing.chunks import chunks
from context.parsing.languages import language_of
from context.parsing.symbols import Definition, Symbols
from context.parsing.words import TermCache, tokens, words

EXTRACT_VERSION = 5
"""Raised with every change to what an extract holds: it is part of the store's folder name."""

_terms = TermCache()
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Source(NamedTuple):
    """A file to extract. `changed_ns` tells one content from the next.

    Of `private` files, which are never to be sent, no text is kept for search.
    """

    path: str
    changed_ns: int
    size: int
    private: bool = False


class SearchChunk(NamedTuple):
    """A chunk, and its terms in the fields that search weighs: the names defined in it, and all of its text."""

    start_line: int
    end_line: int
    symbols: str
    symbol_terms: str
    text_terms: str


class Extract(NamedTuple):
    """What is kept of one content. `sha` is the sha256 of the text as in `snapshot`.

    `references` is a JSON object of name -> count. `words` are the distinct identifiers of a content without chunks,
    separated by spaces; of one with chunks the terms tell.
    """

    sha: str
    definitions: tuple[Definition, ...]
    references: str
    reference_count: int
    words: str
    chunks: tuple[SearchChunk, ...]


class Rows(NamedTuple):
    """An extract as it is carried to the store: plain tuples, which are pickled and read in a third of the time."""

    definitions: tuple[tuple[str, str, int, int, int, str, bool], ...]
    references: str
    reference_count: int
    words: str
    chunks: tuple[tuple[int, int, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one file: `key` names its content in the store, None for one that is skipped.

    `rows` is None for a skipped file, and for one whose content the store knows already; `unread` is said of one that
    was skipped although it may hold anything. `why` says why it was not parsed or not read, empty where it was.
    """

    source: Source
    key: str | None
    sha: str
    rows: Rows | None
    unread: bool = False
    why: str = ""


def extract_symbols(data: bytes, sha: str, found: Symbols, *, private: bool = False) -> Extract:
    """The extract of a text in UTF-8 whose symbols are known; what is not UTF-8 is still searched for words."""
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    # Where each line ends, and the next one starts.
    ends = [0, *map(add, accumulate(map(len, lines)), count(1))]
    cut = () if private else chunks(lines, found.definitions)
    return Extract(
        sha,
        tuple([each._replace(docstring="") if each.docstring else each for each in found.definitions]),
        _json(found.references),
        sum(found.references.values()),
        "" if cut else _distinct(words(data.decode("utf-8", "replace"))),
        tuple(
            [
                SearchChunk(
                    start,
                    end,
                    names,
                    _terms.text(tokens(names.encode())),
                    _terms.text(tokens(data[ends[start - 1] : ends[end]])),
                )
                for start, end, names in cut
            ]
        ),
    )


def rows_of(extract: Extract) -> Rows:
    """What the store takes of an extract."""
    return Rows(
        tuple([each[:7] for each in extract.definitions]),
        extract.references,
        extract.reference_count,
        extract.words,
        tuple([each[:] for each in extract.chunks]),
    )


def words_only(sha: str, distinct: Iterable[str]) -> Extract:
    """The extract of a text of which nothing but its distinct words is known."""
    return Extract(sha, (), "{}", 0, _distinct(distinct), ())


def _distinct(found: Iterable[str]) -> str:
    return " ".join(sorted(set(found)))


def content_key(source: Source, sha: str) -> str:
    """The name of a content in the store. The same text is another content in another language."""
    language = language_of(source.path)
    return f"{sha}:{language.name if language else ''}{'!' if source.private else ''}"
