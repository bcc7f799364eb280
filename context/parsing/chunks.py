"""Into which pieces is a file cut for search? Along the spans of its definitions, so that pieces are whole symbols.

A definition of up to `MOST_LINES` stays whole; a larger one is cut along the definitions within it, and where there
are none into windows. Small neighbours are joined up to `JOINED_LINES`. The chunks of a file cover all of its lines.
"""

from collections.abc import Sequence
from typing import NamedTuple

from context.parsing.symbols import Definition

MOST_LINES = 80
JOINED_LINES = 50
LEADING_LINES = 12
"""A gap of up to so many lines before a definition belongs to it; of a longer one its comment and attributes do."""

_COMMENT_MARKS = (b"#", b"//", b"/*", b"*", b"@", b"--", b"template <", b"template<", b"[")

_Span = tuple[int, int, tuple[str, ...]]
"""First line, last line, and the names defined in them."""


class Chunk(NamedTuple):
    """Lines of a file, 1-based, both ends included, and the names defined in them, separated by spaces."""

    start_line: int
    end_line: int
    symbols: str


def chunks(lines: Sequence[bytes], definitions: Sequence[Definition]) -> list[Chunk]:
    """The chunks of a file whose definitions are given in source order."""
    joined: list[Chunk] = []
    first, last = 0, 0
    names: list[str] = []
    for start, end, defined in _spans(lines, definitions):
        if first and end - first >= JOINED_LINES:
            joined.append(Chunk(first, last, " ".join(dict.fromkeys(names))))
            first, names = start, []
        first, last = first or start, end
        names += defined
    if first:
        joined.append(Chunk(first, last, " ".join(dict.fromkeys(names))))
    return joined


def _spans(lines: Sequence[bytes], definitions: Sequence[Definition]) -> list[_Span]:
    """Spans that follow each other without holes."""
    spans: list[_Span] = []
    line = 1
    for position, definition in enumerate(definitions):
        first, last = definition.start_line, definition.end_line
        if first < line:
            continue
        if last - first >= MOST_LINES and _is_cut(definition, definitions, position):
            # Its first lines go with what follows, under its own name.
            start = _with_comment(lines, first, line)
            spans += _windows(line, start - 1, ())
            spans.append((start, first, _names(definition)))
            line = first + 1
            continue
        start = line if first - line <= LEADING_LINES else _with_comment(lines, first, line)
        spans += _windows(line, start - 1, ())
        spans += _windows(start, last, _names_within(definition, definitions, position))
        line = last + 1
    return spans + _windows(line, len(lines), ())


def _with_comment(lines: Sequence[bytes], start: int, first: int) -> int:
    """The line where the comment and the attributes right above a definition begin, not before line `first`."""
    lowest = max(first, start - MOST_LINES // 2)
    while start > lowest and lines[start - 2].lstrip().startswith(_COMMENT_MARKS):
        start -= 1
    return start


def _is_cut(definition: Definition, definitions: Sequence[Definition], position: int) -> bool:
    following = definitions[position + 1] if position + 1 < len(definitions) else None
    return following is not None and definition.start_line < following.start_line <= definition.end_line


def _windows(start: int, end: int, names: tuple[str, ...]) -> list[_Span]:
    if start > end:
        return []
    if end - start < MOST_LINES:
        return [(start, end, names)]
    return [
        (line, min(line + JOINED_LINES - 1, end), names[:1] if line > start else names)
        for line in range(start, end + 1, JOINED_LINES)
    ]


def _names(definition: Definition) -> tuple[str, ...]:
    return (*definition.container.split("."), definition.name) if definition.container else (definition.name,)


def _names_within(definition: Definition, definitions: Sequence[Definition], position: int) -> tuple[str, ...]:
    """The names of a definition and of all that stand in it."""
    names = _names(definition)
    for inner in range(position + 1, len(definitions)):
        if definitions[inner].start_line > definition.end_line:
            break
        names += _names(definitions[inner])
    return names
