"""Into which pieces is a file cut for search? Along the spans of its definitions, so that pieces are whole symbols.

A definition of up to `MOST_LINES` stays whole; a larger one is cut along the definitions within it, and where there
are none into windows. Small neighbours are joined up to `JOINED_LINES`. The chunks of a file cover all of its lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from context.symbols import Definition

MOST_LINES = 80
JOINED_LINES = 50
LEADING_LINES = 12
"""A gap of up to so many lines before a definition belongs to it; of a longer one its comment and attributes do."""

_COMMENT_MARKS = ("#", "//", "/*", "*", "@", "--", "template <", "template<", "[")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines of a file, 1-based, both ends included, and the names defined in them, separated by spaces."""

    start_line: int
    end_line: int
    symbols: str


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    names: tuple[str, ...]


def chunks(lines: Sequence[str], definitions: Sequence[Definition]) -> tuple[Chunk, ...]:
    """The chunks of a file whose definitions are given in source order."""
    joined: list[_Span] = []
    for span in _spans(lines, definitions):
        last = joined[-1] if joined else None
        if last is not None and span.end - last.start < JOINED_LINES:
            joined[-1] = _Span(last.start, span.end, last.names + span.names)
        else:
            joined.append(span)
    return tuple(Chunk(span.start, span.end, " ".join(dict.fromkeys(span.names))) for span in joined)


def _spans(lines: Sequence[str], definitions: Sequence[Definition]) -> list[_Span]:
    """Spans that follow each other without holes."""
    spans: list[_Span] = []
    line = 1
    for position, definition in enumerate(definitions):
        if definition.start_line < line:
            continue
        if _is_cut(definition, definitions, position):
            # Its first lines go with what follows, under its own name.
            start = _with_comment(lines, definition.start_line, line)
            spans += _windows(line, start - 1, ())
            spans.append(_Span(start, definition.start_line, _names(definition)))
            line = definition.start_line + 1
            continue
        gap = definition.start_line - line
        start = line if gap <= LEADING_LINES else _with_comment(lines, definition.start_line, line)
        spans += _windows(line, start - 1, ())
        names = [definition]
        for inner in definitions[position + 1 :]:
            if inner.start_line > definition.end_line:
                break
            names.append(inner)
        spans += _windows(start, definition.end_line, tuple(name for each in names for name in _names(each)))
        line = definition.end_line + 1
    return spans + _windows(line, len(lines), ())


def _with_comment(lines: Sequence[str], start: int, first: int) -> int:
    """The line where the comment and the attributes right above a definition begin, not before line `first`."""
    lowest = max(first, start - MOST_LINES // 2)
    while start > lowest and lines[start - 2].lstrip().startswith(_COMMENT_MARKS):
        start -= 1
    return start


def _is_cut(definition: Definition, definitions: Sequence[Definition], position: int) -> bool:
    following = definitions[position + 1] if position + 1 < len(definitions) else None
    return (
        definition.end_line - definition.start_line >= MOST_LINES
        and following is not None
        and definition.start_line < following.start_line <= definition.end_line
    )


def _windows(start: int, end: int, names: tuple[str, ...]) -> list[_Span]:
    if start > end:
        return []
    if end - start < MOST_LINES:
        return [_Span(start, end, names)]
    return [
        _Span(line, min(line + JOINED_LINES - 1, end), names[:1] if line > start else names)
        for line in range(start, end + 1, JOINED_LINES)
    ]


def _names(definition: Definition) -> tuple[str, ...]:
    return (*definition.container.split("."), definition.name) if definition.container else (definition.name,)
