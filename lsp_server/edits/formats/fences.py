"""Where are the fenced blocks of a reply? Fences as in CommonMark, except that a fence inside one may be as long.

A model that writes a Markdown file into a fence often forgets to make the outer one longer. So a fence with an info
string inside an open one begins a nested block, and the next bare fence ends that one.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"(`{3,}|~{3,})([^`]*)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block: 0-based lines of its two fences. `end` is behind the last line where no fence closes it."""

    start: int
    end: int
    info: str
    closed: bool


def fence_at(line: str) -> tuple[str, str] | None:
    """The fence's characters and its info string, None for a line that is no fence."""
    found = _FENCE.fullmatch(line)
    return (found[1], found[2].strip()) if found else None


def fence_around(text: str) -> str:
    """The shortest fence of backticks that nothing in a text can end."""
    fence = "`" * 3
    while fence in text:
        fence += "`"
    return fence


def fences(lines: Sequence[str], closing_only: Container[int] = ()) -> list[Fence]:
    """The outer fenced blocks, in order. Bare fences at the lines `closing_only` begin none."""
    found: list[Fence] = []
    opening: tuple[int, str, str] | None = None
    depth = 0
    for number, line in enumerate(lines):
        fence = fence_at(line)
        if fence is None:
            continue
        characters, info = fence
        if opening is None:
            if not info and number in closing_only:
                continue
            opening, depth = (number, characters, info), 0
            continue
        start, outer, outer_info = opening
        if not characters.startswith(outer):
            continue
        if info:
            depth += 1
        elif depth:
            depth -= 1
        else:
            found.append(Fence(start, number, outer_info, closed=True))
            opening = None
    if opening is not None:
        found.append(Fence(opening[0], len(lines), opening[2], closed=False))
    return found


def openings(lines: Sequence[str]) -> Iterator[int]:
    """The lines where a reply's own format would show: outside of fences, or the first with text inside one."""
    position = 0
    for fence in fences(lines):
        yield from range(position, fence.start)
        first = next((number for number in range(fence.start + 1, fence.end) if lines[number].strip()), None)
        if first is not None:
            yield first
        position = fence.end + 1
    yield from range(position, len(lines))
