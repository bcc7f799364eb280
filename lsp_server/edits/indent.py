"""Is one text another with a different indentation? Then by which shift, so that new lines can be shifted alike.

Either the same blanks stand before every line (or are missing from it), or one side indents by tabs and the other by a
fixed number of spaces. Blank lines have no indentation.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from math import gcd

Shift = Callable[[str], str | None]
"""The file's indentation for one of the reply; None where there is none."""


def indent_of(line: str) -> str:
    """The blanks at the beginning of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def depth_of(line: str) -> int:
    """How many characters a line is indented by, whatever blanks they are."""
    return len(line) - len(line.lstrip())


def shifted(lines: Sequence[str], shift: Shift) -> tuple[str, ...] | None:
    """The lines with another indentation, None if one of them cannot have it."""
    result: list[str] = []
    for line in lines:
        indent = indent_of(line)
        moved = shift(indent) if line.strip() else indent
        if moved is None:
            return None
        result.append(moved + line[len(indent) :])
    return tuple(result)


def find_shift(old: Sequence[str], found: Sequence[str], new: Sequence[str]) -> Shift | None:
    """The one shift that makes every line of `old` the line of `found`, which it equals but for the blanks around it.

    None too where the two have blank lines at different places. `new` only helps to see how many spaces make a level in
    the reply.
    """
    olds, founds, news = _indents(old), _indents(found), _indents(new)
    if not olds or len(olds) != len(founds):
        return None
    reply, file = {*"".join(olds + news)}, {*"".join(founds)}
    if reply == {" "} and file == {"\t"}:
        shift = _spaces_to_tabs(olds, founds, news)
    elif reply == {"\t"} and file == {" "}:
        shift = _tabs_to_spaces(olds, founds, news)
    else:
        shift = _other_beginning(olds[0], founds[0])
    fits = shift is not None and all(shift(indent) == wanted for indent, wanted in zip(olds, founds, strict=True))
    return shift if fits else None


def _indents(lines: Sequence[str]) -> list[str]:
    return [indent_of(line) for line in lines if line.strip()]


def _other_beginning(old: str, found: str) -> Shift | None:
    if found.endswith(old):
        added = found.removesuffix(old)
        return lambda indent: added + indent
    if old.endswith(found):
        missing = old.removesuffix(found)
        return lambda indent: indent.removeprefix(missing) if indent.startswith(missing) else None
    return None


def _spaces_to_tabs(olds: Sequence[str], founds: Sequence[str], news: Sequence[str]) -> Shift | None:
    """Spaces = width * tabs + offset, by the lines that differ in depth, else by how the new lines differ."""
    width = _width([len(tabs) for tabs in founds], [len(spaces) for spaces in olds])
    if width is None:
        differences = [abs(len(a) - len(b)) for a, b in pairwise([*olds, *news])]
        width = reduce(gcd, differences) if any(differences) else len(olds[0]) or 1
        if founds[0] and olds[0] and any(differences) and len(olds[0]) != width * len(founds[0]):
            return None
    offset = len(olds[0]) - width * len(founds[0])
    return lambda spaces: _tabs(len(spaces) - offset, width)


def _tabs(spaces: int, width: int) -> str | None:
    return "\t" * (spaces // width) if spaces >= 0 and width > 0 and spaces % width == 0 else None


def _tabs_to_spaces(olds: Sequence[str], founds: Sequence[str], news: Sequence[str]) -> Shift | None:
    """The same the other way; a width that no two lines show is that of the first line."""
    width = _width([len(tabs) for tabs in olds], [len(spaces) for spaces in founds])
    if width is None and olds[0] and len(founds[0]) % len(olds[0]) == 0:
        width = len(founds[0]) // len(olds[0])
    if width is None:
        return (lambda tabs: founds[0] if tabs == olds[0] else None) if {*news} <= {olds[0]} else None
    offset = len(founds[0]) - width * len(olds[0])
    return lambda tabs: " " * (width * len(tabs) + offset) if width * len(tabs) + offset >= 0 else None


def _width(tabs: Sequence[int], spaces: Sequence[int]) -> int | None:
    """How many spaces a tab is, seen from two lines that differ in depth."""
    for at in range(1, len(tabs)):
        if tabs[at] != tabs[0]:
            width, odd = divmod(spaces[at] - spaces[0], tabs[at] - tabs[0])
            return width if width > 0 and not odd else None
    return None
