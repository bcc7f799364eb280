"""Which of several places does a reply mean? By the lines above it, its line number, or the end of the file.

A scope (`@@ def load(path):`) must hold the place. A heading or a line number only chooses among places whose lines are
right, and only where it leaves exactly one.
"""

import re
from collections.abc import Sequence

from lsp_server.edits.blocks import Aim
from lsp_server.edits.indent import indent_of

REACH = 20
"""A counted line may be wrong by so many lines."""

FLAT = ("#", "[")
"""How a heading of Markdown or of a settings file begins: what it holds is not indented, and the next one ends it."""

CLEARANCE = 60
"""So far from the counted line must every other place be, unless one is hit exactly."""

_OPENS = re.compile(r"\{|\).*[:{]")
"""The end of a head that takes several lines."""


def places_in_scope(lines: Sequence[str], places: Sequence[int], size: int, aim: Aim) -> list[int]:
    """The places of `size` lines, by their first line, that are where the aim demands."""
    kept = list(places)
    if aim.at_end:
        last = _lines_with_text(lines)
        kept = [place for place in kept if place + size >= last]
    for scope in aim.scopes:
        heads = scope_lines(lines, scope)
        kept = [place for place in kept if any(_holds(lines, head, place, size) for head in heads)]
    return kept


def chosen(lines: Sequence[str], places: Sequence[int], size: int, aim: Aim) -> list[int]:
    """The one place that the heading or the line number leaves, else all of them."""
    if aim.heading:
        heads = scope_lines(lines, aim.heading)
        under = [place for place in places if any(_holds(lines, head, place, size) for head in heads)]
        if len(under) == 1:
            return under
    if aim.line is None:
        return list(places)
    if aim.line in places and not aim.miscounts:
        return [aim.line]
    near = [place for place in places if abs(place - aim.line) <= REACH]
    clear = all(place in near or abs(place - aim.line) >= CLEARANCE for place in places)
    return near if len(near) == 1 and clear else list(places)


def scope_lines(lines: Sequence[str], scope: str) -> list[int]:
    """The 0-based lines that a scope means: those that equal it but for blanks, else those that begin with it."""
    wanted = scope.strip()
    holding = [number for number, line in enumerate(lines) if wanted in line]
    equal = [number for number in holding if lines[number].strip() == wanted]
    if equal:
        return equal
    beginning = re.compile(re.escape(wanted) + r"(?!\w)")
    return [number for number in holding if beginning.match(lines[number].strip())]


def _holds(lines: Sequence[str], head: int, place: int, size: int) -> bool:
    """Whether a place holds the line `head`, or lies below it with nothing between that ends what begins there."""
    if place <= head < place + size:
        return True
    depth, mark = len(indent_of(lines[head])), lines[head].strip()[:1]
    between = [line for line in lines[head + 1 : place] if line.strip()]
    if mark in FLAT:
        return head < place and not any(line.strip().startswith(mark) for line in between)
    between += [line for line in lines[place : place + size] if line.strip()][:1]
    return head < place and all(len(indent_of(line)) > depth or _OPENS.fullmatch(line.strip()) for line in between)


def _lines_with_text(lines: Sequence[str]) -> int:
    """How many lines there are without the blank ones at the end."""
    count = len(lines)
    while count and not lines[count - 1].strip():
        count -= 1
    return count
