r"""How are our values told to an editor, and its values to us? Positions, ranges, URIs: here and nowhere else.

An LSP column counts code units of the agreed encoding; ours count code points, so that they index a Python text:

    "é𝒳|"    utf-8: 6    utf-16: 3    utf-32 and Python: 2

Lines end at `\n`, `\r\n` and `\r`, and a text that ends in one has an empty last line.
"""

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlsplit

from lsprotocol import types

from context.snapshot import Place
from lsp_server.client import Encoding

if TYPE_CHECKING:
    from lsp_server.edits.diff import TextEdit

_LINE_END = re.compile(r"\r\n|\n|\r")
_DRIVE = re.compile(r"^/[A-Za-z]:(/|$)")


def line_starts(text: str) -> list[int]:
    """The offset of each line's first character."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def units(text: str, encoding: Encoding) -> int:
    """How many code units a text has."""
    if encoding == Encoding.Utf32 or text.isascii():
        return len(text)
    if encoding == Encoding.Utf8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(character > "\uffff" for character in text)


def offset_at(
    text: str, position: types.Position, encoding: Encoding, starts: Sequence[int] | None = None
) -> int | None:
    """The offset of a position; None for a line that is not there or a column within a character.

    A column beyond the end of its line means that end, as the specification says; so does the line after the last.
    """
    starts = starts or line_starts(text)
    if position.line == len(starts) and position.character == 0:
        return len(text)
    if position.line >= len(starts):
        return None
    start = starts[position.line]
    end = starts[position.line + 1] if position.line + 1 < len(starts) else len(text)
    column = _column(text[start:end].rstrip("\r\n"), position.character, encoding)
    return None if column is None else start + column


def _column(line: str, character: int, encoding: Encoding) -> int | None:
    """Code units to code points."""
    if encoding == Encoding.Utf32 or line.isascii():
        return min(character, len(line))
    passed = 0
    for column, letter in enumerate(line):
        if passed >= character:
            return column if passed == character else None
        passed += units(letter, encoding)
    return None if passed > character else len(line)


def position_at(text: str, offset: int, encoding: Encoding, starts: Sequence[int] | None = None) -> types.Position:
    """The position of an offset."""
    starts = starts or line_starts(text)
    line = bisect_right(starts, offset) - 1
    return types.Position(line=line, character=units(text[starts[line] : offset], encoding))


def to_text_edits(before: str, edits: "Iterable[TextEdit]", encoding: Encoding) -> list[types.TextEdit]:
    """Edits of a text, for an editor."""
    starts = line_starts(before)

    def position(line: int, column: int) -> types.Position:
        offset = starts[line] + column if line < len(starts) else len(before)
        return position_at(before, min(offset, len(before)), encoding, starts)

    return [
        types.TextEdit(
            range=types.Range(
                start=position(edit.start_line, edit.start_column), end=position(edit.end_line, edit.end_column)
            ),
            new_text=edit.text,
        )
        for edit in edits
    ]


def to_place(path: str, span: types.Range) -> Place:
    """The lines that a range touches; a selection that ends before a line's first character leaves that line out."""
    last = span.end.line
    if span.end.character == 0 and last > span.start.line:
        last -= 1
    return Place(path, span.start.line + 1, max(last, span.start.line) + 1)


def to_path(uri: str) -> Path | None:
    """The file that a URI names, as it was spelled; None for another scheme or host and for what is no file name."""
    path = path_text(uri, windows=os.name == "nt")
    return None if path is None else Path(path)


def path_text(uri: str, *, windows: bool) -> str | None:
    """The absolute path in a `file:` URI; a drive letter is one on Windows only."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = unquote_to_bytes(parts.path).decode("utf-8", "surrogateescape")
    if parts.scheme.lower() != "file" or parts.netloc not in ("", "localhost") or "\0" in path:
        return None
    if windows:
        return path[1:] if _DRIVE.match(path) else None
    return path if path.startswith("/") and not path.startswith("//") else None


def to_uri(path: PurePath) -> str:
    """The URI of an absolute file path."""
    text = path.as_posix()
    drive = f"/{text[:2]}" if re.match(r"^[A-Za-z]:", text) else ""
    return f"file://{drive}{quote(text[2:] if drive else text, errors='surrogateescape')}"
