"""How do byte-range replacements become an `Edit`? Bytes outside the ranges stay as they are."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from context.snapshot import FileText
from lsp_server.edits.change import Edit, Hunk

LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """Bytes [start, end) of a text in UTF-8 become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the lines of a text begin, in bytes; the last entry is the end of the text if it ends with a line end."""

    starts: tuple[int, ...]
    size: int

    def at(self, offset: int) -> int:
        """The 0-based line that holds a byte."""
        return bisect_right(self.starts, offset) - 1

    def start(self, line: int) -> int:
        """The byte where a 0-based line begins; the size of the text for a line behind the last."""
        return self.starts[line] if line < len(self.starts) else self.size


def source_of(text: str) -> bytes:
    """The bytes that offsets count: a buffer may hold half of a surrogate pair, which stays as it is."""
    return text.encode("utf-8", "surrogatepass")


def lines_of(source: bytes) -> Lines:
    """The lines of a text, ended by CRLF, LF or CR."""
    return Lines((0, *(end.end() for end in LINE_END.finditer(source))), len(source))


def spliced(source: bytes, splices: Iterable[Splice], offset: int = 0) -> bytes:
    """The text after all splices; `offset` is where `source` begins in the text that they count from."""
    parts: list[bytes] = []
    position = offset
    for splice in sorted(splices):
        parts += (source[position - offset : splice.start - offset], source_of(splice.text))
        position = splice.end
    parts.append(source[position - offset :])
    return b"".join(parts)


def edit_of(
    file: FileText, splices: Iterable[Splice], why: str = "", doubts: Mapping[Splice, str] | None = None
) -> Edit:
    """The edit that carries out some splices, which must not overlap; lines that touch share a hunk.

    A hunk with one of the `doubts` is not certain; its reason is the doubt's.
    """
    doubts = doubts or {}
    source = source_of(file.text)
    lines = lines_of(source)
    groups: list[tuple[int, int, list[Splice]]] = []
    for splice in sorted(set(splices)):
        start, end = _touched_lines(splice, lines)
        if groups and start < max(groups[-1][1], groups[-1][0] + 1):
            first, last, members = groups[-1]
            groups[-1] = (first, max(last, end), [*members, splice])
        else:
            groups.append((start, end, [splice]))
    hunks: list[Hunk] = []
    for start, end, members in groups:
        doubt = next((doubts[splice] for splice in members if splice in doubts), "")
        text = _lines_after(source, lines, start, end, members)
        hunks.append(Hunk(start, end, text, why=doubt or why, certain=not doubt))
    after = spliced(source, [splice for group in groups for splice in group[2]]).decode("utf-8", "surrogatepass")
    return Edit(file.path, file.sha, file.text, after, tuple(hunks), file.eol, file.bom)


def _touched_lines(splice: Splice, lines: Lines) -> tuple[int, int]:
    """The 0-based lines [start, end) that a splice changes; none for whole lines that are put between two others."""
    first, last = lines.at(splice.start), lines.at(splice.end)
    whole = splice.start == lines.start(first) and splice.end == lines.start(last)
    if whole and (splice.text.endswith(("\n", "\r")) or (not splice.text and splice.end > splice.start)):
        return first, last
    return first, last + 1


def _lines_after(source: bytes, lines: Lines, start: int, end: int, splices: list[Splice]) -> tuple[str, ...]:
    """What becomes of lines [start, end), without line ends."""
    segment = spliced(source[lines.start(start) : lines.start(end)], splices, lines.start(start))
    if not segment:
        return ()
    parts = LINE_END.split(segment)
    return tuple(part.decode("utf-8", "surrogatepass") for part in (parts[:-1] if not parts[-1] else parts))
