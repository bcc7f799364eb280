"""Which comment is at a place, and what does it say?

Found by the language's comment markers, line by line, so that the code-action menu needs no parser.
"""

import re
from dataclasses import dataclass

from context.parsing.languages import Language, language_of
from context.snapshot import FileText, Place
from lsp_server.edits.lines import contents

BLOCK_COMMENT_LINES = 80

_DIRECTIVE = re.compile(
    r"^(!|-\*-|type:|noqa|pyright:|pylint:|mypy:|ruff:|fmt:|isort:|pragma|region|endregion"
    r"|eslint|prettier|@ts-|go:|nolint|\+build|copyright|spdx-)",
    re.IGNORECASE,
)
"""Comments that speak to a tool or a lawyer describe no change."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment block of whole lines: what it says without its markers, and the lines it stands on."""

    text: str
    place: Place


def comment_at(file: FileText, place: Place) -> Comment | None:
    """The comment block that holds the first line of `place`; None where that line is no comment of its own."""
    language = language_of(file.path) or Language(name="text", line_comment="#", block_comment=None)
    lines = contents(file.text)
    if not 1 <= place.start_line <= len(lines):
        return None
    found = None
    if language.block_comment:
        # Before line comments, since one of Lua's blocks begins like a line comment.
        found = _block_comment(lines, place.start_line - 1, language.block_comment)
    found = found or _line_comments(lines, place.start_line - 1, language.line_comment)
    if found is None:
        return None
    start, end, said = found
    text = "\n".join(said).strip()
    if not text or _DIRECTIVE.match(text):
        return None
    return Comment(text, Place(file.path, start + 1, end + 1))


def _line_comments(lines: list[str], line: int, marker: str) -> tuple[int, int, list[str]] | None:
    """The run of line comments around `line` that share its indentation (0-based, both ends included)."""
    indent = len(lines[line]) - len(lines[line].lstrip())

    def is_comment(index: int) -> bool:
        text = lines[index]
        written = text.lstrip()
        return written.startswith(marker) and not written.startswith("#!") and len(text) - len(written) == indent

    if not is_comment(line):
        return None
    start = end = line
    while start > 0 and is_comment(start - 1):
        start -= 1
    while end + 1 < len(lines) and is_comment(end + 1):
        end += 1
    return start, end, [lines[index].strip().lstrip(marker[0] + "!").strip() for index in range(start, end + 1)]


def _block_comment(lines: list[str], line: int, markers: tuple[str, str]) -> tuple[int, int, list[str]] | None:
    """The block comment around `line`, if it starts and ends with whole lines."""
    opening, closing = markers
    start = line
    while not lines[start].lstrip().startswith(opening):
        start -= 1
        if start < 0 or line - start > BLOCK_COMMENT_LINES or closing in lines[start]:
            return None
    end = start
    while closing not in lines[end]:
        end += 1
        if end >= len(lines) or end - start > BLOCK_COMMENT_LINES:
            return None
    if end < line or not lines[end].rstrip().endswith(closing):
        return None
    said = "\n".join(lines[start : end + 1]).strip()[len(opening) : -len(closing)]
    return start, end, [text.strip().lstrip("*").strip() for text in said.split("\n")]
