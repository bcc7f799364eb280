"""What does the index keep of one text? Runs in a worker process; what it returns is plain data that pickles fast."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from context.chunks import chunks
from context.languages import language_of
from context.parse import PARSE_SECONDS, parse_within
from context.symbols import Symbols, symbols
from context.words import WordCache, cased, term_text, words

EXTRACT_VERSION = 5
"""Raised with every change to what an extract holds: it is part of the store's folder name."""

_terms = WordCache(term_text)


@dataclass(frozen=True, slots=True)
class Source:
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


class DefinitionRow(NamedTuple):
    """A definition as it is stored and carried between processes, where a dataclass would cost thrice as much."""

    name: str
    kind: str
    start_line: int
    end_line: int
    name_line: int
    container: str
    stub: bool


class Extract(NamedTuple):
    """What is kept of one content. `sha` is the sha256 of the text as in `snapshot`.

    `words` are its distinct identifiers, `cased`, separated by spaces. `references` is a JSON object of name -> count.
    """

    sha: str
    definitions: tuple[DefinitionRow, ...]
    references: str
    reference_count: int
    words: str
    chunks: tuple[SearchChunk, ...]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one file: `key` names its content in the store, None for one that is skipped.

    `extract` is None for a skipped file, and for one whose content the store knows already; `unread` is said of one
    that was skipped although it may hold anything.
    """

    source: Source
    key: str | None
    sha: str
    extract: Extract | None
    unread: bool = False


def extract_text(path: str, data: bytes, sha: str, *, private: bool = False, parsed: bool = True) -> Extract:
    """The extract of a file's bytes in UTF-8; what is not UTF-8 is still searched for words."""
    language = language_of(path)
    found = Symbols()
    if language is not None and parsed:
        tree = parse_within(language, data, PARSE_SECONDS)
        found = symbols(language, tree, data) if tree is not None else found
    return extract_symbols(data, sha, found, private=private)


def extract_symbols(data: bytes, sha: str, found: Symbols, *, private: bool = False) -> Extract:
    """The extract of a text in UTF-8 whose symbols are known."""
    text = data.decode("utf-8", "replace")
    lines = text.removesuffix("\n").split("\n") if text else []
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    cut = () if private else chunks(lines, found.definitions)
    per_chunk = [words(text[starts[chunk.start_line - 1] : starts[chunk.end_line]]) for chunk in cut]
    distinct = set[str]().union(*per_chunk) if cut else set(words(text))
    return Extract(
        sha,
        tuple(
            DefinitionRow(
                each.name, each.kind, each.start_line, each.end_line, each.name_line, each.container, each.stub
            )
            for each in found.definitions
        ),
        json.dumps(dict(found.references), ensure_ascii=False, separators=(",", ":")),
        sum(count for _, count in found.references),
        cased(" ".join(distinct)),
        tuple(
            SearchChunk(
                chunk.start_line,
                chunk.end_line,
                chunk.symbols,
                _terms.text(words(chunk.symbols)),
                _terms.text(each),
            )
            for chunk, each in zip(cut, per_chunk, strict=True)
        ),
    )


def words_only(sha: str, distinct: Iterable[str]) -> Extract:
    """The extract of a text of which nothing but its distinct words is known."""
    return Extract(sha, (), "{}", 0, cased(" ".join(distinct)), ())


def content_key(source: Source, sha: str) -> str:
    """The name of a content in the store. The same text is another content in another language."""
    language = language_of(source.path)
    return f"{sha}:{language.name if language else ''}{'!' if source.private else ''}"
