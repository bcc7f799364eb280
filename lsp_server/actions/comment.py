"""Which comment is at a place, and what does it say?

Found by the language's comment markers, line by line, so that the code-action menu needs no parser. A line that begins
with `patchwright:` speaks to us: it and the lines of the comment below it are the description, whatever stands above.

    # Greets a user.
    # patchwright: use the nickname where there is one
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from context.parsing.languages import Language, language_of
from context.snapshot import FileText, Place
from lsp_server.edits.indent import depth_of
from lsp_server.edits.lines import contents

BLOCK_COMMENT_LINES = 80
TEXT = Language(name="text", line_comment="#", block_comment=None)

_DIRECTIVE = re.compile(
    r"^(!|-\*-|type:|noqa|pyright:|pylint:|mypy:|ruff:|fmt:|isort:|pragma|region|endregion"
    r"|eslint|prettier|@ts-|go:|nolint|\+build|copyright|spdx-)",
    re.IGNORECASE,
)
"""Comments that speak to a tool or a lawyer describe no change."""


_REQUEST = re.compile(r"patchwright:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment block of whole lines: what it says without its markers, and the lines it stands on.

    `is_request` says that it spoke to us by name. `is_whole`: its lines hold nothing else, and may go.
    """

    text: str
    place: Place
    is_request: bool = False
    is_whole: bool = True

    @property
    def removable(self) -> Place | None:
        """Its lines, where all of them go with it."""
        return self.place if self.is_whole else None


def comment_at(file: FileText, place: Place) -> Comment | None:
    """The comment block that holds the first line of `place`; None where that line is no comment of its own."""
    language = language_of(file.path) or TEXT
    lines = _lines(file.text)
    if not 1 <= place.start_line <= len(lines):
        return None
    # Before line comments, since one of Lua's blocks begins like a line comment.
    markers = language.block_comment
    block = _block_comment(lines, place.start_line - 1, markers) if markers else None
    found = block or _line_comments(lines, place.start_line - 1, language.line_comment)
    if found is None:
        return None
    start, end, said = found
    whole = Comment("\n".join(said).strip(), Place(file.path, start + 1, end + 1))
    if request := _requested(whole, said, place.start_line, is_block=block is not None):
        return request
    return whole if whole.text and not _DIRECTIVE.match(whole.text) else None


def request_in(file: FileText, place: Place) -> Comment | None:
    """The first `patchwright:` request in the lines of a place, in a comment of its own or behind code."""
    lines = _lines(file.text)
    language = language_of(file.path) or TEXT
    for number in range(place.start_line, min(place.end_line, len(lines)) + 1):
        line = lines[number - 1]
        if not _REQUEST.search(line):
            continue
        here = Place(file.path, number, number)
        comment = comment_at(file, here)
        if comment is not None and comment.is_request:
            return comment
        if comment is None and (said := _behind_code(line, language)):
            return Comment(said, here, is_request=True, is_whole=False)
    return None


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    """The lines of a text that a menu asks for again and again."""
    return contents(text)


def _requested(comment: Comment, said: list[str], line: int, *, is_block: bool) -> Comment | None:
    """The request in a comment that holds `line`, or else the first one; it goes on up to the next."""
    starts = [at for at, text in enumerate(said) if _REQUEST.match(text)]
    if not starts:
        return None
    first = comment.place.start_line
    start = next((at for at in reversed(starts) if at <= line - first), starts[0])
    end = next((at for at in starts if at > start), len(said))
    text = _REQUEST.sub("", "\n".join(said[start:end]), count=1).strip()
    if not text:
        return None
    if is_block:
        alone = not any(said[:start]) and not any(said[end:])
        return Comment(text, comment.place, is_request=True, is_whole=alone)
    return Comment(text, Place(comment.place.path, first + start, first + end - 1), is_request=True)


def _behind_code(line: str, language: Language) -> str:
    """What a comment behind code asks for; a marker within a string, as far as its quotes tell, begins none."""
    marked = re.search(rf"{re.escape(language.line_comment)}+\s*{_REQUEST.pattern}(.*)", line, re.IGNORECASE)
    if marked is None or any(line[: marked.start()].count(quote) % 2 for quote in "\"'`"):
        return ""
    return marked[1].strip()


def _line_comments(lines: list[str], line: int, marker: str) -> tuple[int, int, list[str]] | None:
    """The run of line comments around `line` that share its indentation (0-based, both ends included)."""
    indent = depth_of(lines[line])

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
