"""How are files read for the index, whatever they hold? Runs in a worker process.

No file may end the indexing of the others, and none may be taken for empty because it could not be read.
"""

import hashlib
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from context.parsing.extract import Extracted, Source, content_key, extract_symbols, rows_of, words_only
from context.parsing.languages import language_of
from context.parsing.symbols import Symbols, symbols_of
from context.parsing.words import words
from context.snapshot import BINARY_PROBE_BYTES, BYTE_ORDER_MARK, MAX_FILE_BYTES, Unreadable, read_bytes

Result = TypeVar("Result")

TICK_NS = 100_000_000
"""How coarse a file system's clock may be."""

TOO_SLOW = "the parser took too long: found by its words only"
CRASHED = "the parser crashed or took too long: found by its words only"
LARGE = f"larger than {MAX_FILE_BYTES // 2**20} MB: known by its words only"
BINARY = "binary: left out"
UNREADABLE = "cannot be read: left out"
GONE = "gone while it was read"

MOST_LARGE_BYTES = 64 * MAX_FILE_BYTES
LONGEST_WORD = 1000
_LAST_WORD = re.compile(rb"[A-Za-z0-9_\x80-\xff]*\Z")


def extract_files(root: str, sources: tuple[Source, ...], *, parsed: bool = True) -> list[Extracted]:
    """Reads and extracts files. A file that is gone or binary is skipped; see `unread` for one that cannot be read.

    All are parsed before the terms of the first are worked out: both need all of the processor's cache.
    """
    read = [_survived(partial(_parsed_file, Path(root), parsed=parsed), source) for source in sources]
    return [each if isinstance(each, Extracted) else _survived(partial(_extracted, each), each.source) for each in read]


def hash_files(root: str, sources: tuple[Source, ...]) -> list[Extracted]:
    """Reads files and names their contents, for a store that may know them from another branch."""
    return [_survived(partial(_hash_file, Path(root)), source) for source in sources]


def extract_known(root: str, source: Source, known: Callable[[bytes], Symbols | None]) -> Extracted | None:
    """As `extract_files` of one file, without parsing it; None where `known` has no symbols of just these bytes."""
    found = _survived(partial(_known_file, Path(root), known), source)
    return None if found is None or found.unread else found


class _Parsed(NamedTuple):
    """A file that is read and parsed: what is left to do needs nothing but this."""

    source: Source
    data: bytes
    sha: str
    symbols: Symbols
    why: str


def _parsed_file(root: Path, source: Source, *, parsed: bool) -> _Parsed | Extracted:
    """Reads and parses one file; `parsed=False` is for one that crashed the parser."""
    content = _content(root, source)
    if isinstance(content, Extracted):
        return content
    source, data, sha = content
    found = symbols_of(source.path, data) if parsed else None
    why = "" if found is not None else TOO_SLOW if parsed else CRASHED
    return _Parsed(source, data, sha, found or Symbols(), why)


def _known_file(root: Path, known: Callable[[bytes], Symbols | None], source: Source) -> Extracted | None:
    content = _content(root, source)
    if isinstance(content, Extracted):
        return None
    symbols = known(content[1])
    return _extracted(_Parsed(*content, symbols, ""), source) if symbols is not None else None


def _extracted(file: _Parsed, source: Source) -> Extracted:
    """What is kept of a file; only its words, where it is not parsed."""
    found = extract_symbols(file.data, file.sha, file.symbols, private=source.private)
    return Extracted(source, content_key(source, file.sha), file.sha, rows_of(found), why=file.why)


def unread(source: Source, why: str) -> Extracted:
    """A file of which it is not known what it holds. Source code of that kind counts as mentioning every name."""
    return Extracted(source, None, "", None, unread=language_of(source.path) is not None, why=why)


def _survived(work: Callable[[Source], Result], source: Source) -> Result | Extracted:
    try:
        return work(source)
    except Exception:  # noqa: BLE001 - one odd file may not end the indexing of all
        return unread(source, UNREADABLE)


def _hash_file(root: Path, source: Source) -> Extracted:
    content = _content(root, source)
    if isinstance(content, Extracted):
        return content
    source, _, sha = content
    return Extracted(source, content_key(source, sha), sha, None)


def _content(root: Path, source: Source) -> tuple[Source, bytes, str] | Extracted:
    """The source as it is to be trusted, its bytes and their sha256; what became of it where it is not read whole."""
    source = _settled(source)
    if source.size > MAX_FILE_BYTES:
        return _large_file(root, source)
    data = _read(root, source)
    if isinstance(data, Extracted):
        return data
    return source, data, hashlib.sha256(data).hexdigest()


def _settled(source: Source) -> Source:
    """What is read of a file that has just changed is not trusted for long. A time in the future is a mistake."""
    return source if abs(time.time_ns() - source.changed_ns) > TICK_NS else source._replace(changed_ns=0)


def _large_file(root: Path, source: Source) -> Extracted:
    """The words of a source file that is too large for all else, so that an exact edit can say that it is."""
    if source.size > MOST_LARGE_BYTES:
        return unread(source, f"larger than {MOST_LARGE_BYTES // 2**20} MB: not read")
    distinct: set[str] = set()
    sha, rest = hashlib.sha256(), b""
    try:
        with (root / source.path).open("rb") as file:
            while block := file.read(MAX_FILE_BYTES):
                sha.update(block)
                text, rest = _cut_at_word(rest + block)
                distinct.update(words(text.decode("utf-8", "replace")))
    except FileNotFoundError:
        return Extracted(source, None, "", None, why=GONE)
    except OSError:
        return unread(source, UNREADABLE)
    distinct.update(words(rest.decode("utf-8", "replace")))
    found = words_only(sha.hexdigest(), distinct)
    return Extracted(source, f"{sha.hexdigest()}:large", sha.hexdigest(), rows_of(found), why=LARGE)


def _cut_at_word(data: bytes) -> tuple[bytes, bytes]:
    """Data up to its last ASCII space or sign, and what may go on in the next block."""
    last = _LAST_WORD.search(data, max(0, len(data) - LONGEST_WORD))
    return (data[: last.start()], data[last.start() :]) if last else (data, b"")


def _read(root: Path, source: Source) -> bytes | Extracted:
    """The bytes without a byte-order mark, or what becomes of a file that has none to give."""
    data = read_bytes(root, source.path)
    if isinstance(data, Unreadable):
        return unread(source, UNREADABLE) if data.exists else Extracted(source, None, "", None, why=GONE)
    if b"\0" in data[:BINARY_PROBE_BYTES]:
        return Extracted(source, None, "", None, why=BINARY)
    return data.removeprefix(BYTE_ORDER_MARK)
