"""Where in a file are the lines that a block searches for? In exactly one place, or nowhere.

A ladder of three rungs: the lines exactly; without trailing blanks; with one indent shift that is equal on every line.
Each rung must give exactly one place. None: the next rung. More than one: refused, because what is ambiguous exactly
must not be decided by a looser comparison.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from lsp_server.edits.change import Hunk, Rung
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.hunks import line_hunks
from lsp_server.edits.indent import find_shift, shifted

MAX_PLACES = 20
"""So many places of an ambiguous text are counted and named."""


@dataclass(frozen=True, slots=True)
class Located:
    """The one place: lines [start, end) of the file, and the hunks inside it that really change something."""

    start: int
    end: int
    rung: Rung
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places: the 0-based first line of each, at most `MAX_PLACES`."""

    starts: tuple[int, ...]
    rung: Rung


@dataclass(frozen=True, slots=True)
class Unshiftable:
    """One place, but with an indentation that the new lines cannot be given; `start` is its 0-based first line."""

    start: int


@dataclass(frozen=True, slots=True)
class Table:
    """Lines, and where each of them is."""

    lines: list[str]
    places: Mapping[str, Sequence[int]]

    def find(self, lines: Sequence[str]) -> Iterator[int]:
        """Where the lines stand one below the other, by the rarest of them."""
        size = len(lines)
        wanted, last = list(lines), lines[-1]
        rarest = min(range(size), key=lambda at: len(self.places.get(lines[at], ())))
        for place in self.places.get(lines[rarest], ()):
            start = place - rarest
            if start < 0 or start + size > len(self.lines) or self.lines[start + size - 1] != last:
                continue
            if self.lines[start : start + size] == wanted:
                yield start


@dataclass(frozen=True, slots=True)
class Lookup:
    """The lines of a file, exactly and without the blanks around them."""

    exact: Table
    stripped: Table


def lookup(lines: list[str]) -> Lookup:
    """Prepares the lines of a file, without their ends, for many searches."""
    return Lookup(_table(lines), _table([line.strip() for line in lines]))


def locate(file: Lookup, old: Sequence[str], new: Sequence[str]) -> Located | Ambiguous | Unshiftable | None:
    """The place of the lines `old` and the hunks that make them `new`; None if they are nowhere.

    `old` must hold a line with text: blank lines alone are no place.
    """
    places = list(islice(file.exact.find(old), MAX_PLACES))
    if len(places) > 1:
        return Ambiguous(tuple(places), "exact")
    if places:
        return Located(places[0], places[0] + len(old), "exact", line_hunks(old, new, places[0], "exact"))
    near = list(file.stripped.find([line.strip() for line in old]))
    return _without_trailing_blanks(file, old, new, near) or _re_indented(file, old, new, near)


def _without_trailing_blanks(
    file: Lookup, old: Sequence[str], new: Sequence[str], near: Sequence[int]
) -> Located | Ambiguous | None:
    """Lines that the reply leaves as they are keep the file's own blanks."""
    size, wanted = len(old), [line.rstrip() for line in old]
    lines = file.exact.lines
    places = [start for start in near if [line.rstrip() for line in lines[start : start + size]] == wanted]
    if len(places) > 1:
        return Ambiguous(tuple(places[:MAX_PLACES]), "trailing-space")
    if not places:
        return None
    hunks = _hunks(wanted, [line.rstrip() for line in new], new, places[0], "trailing-space")
    return Located(places[0], places[0] + size, "trailing-space", hunks)


def _re_indented(
    file: Lookup, old: Sequence[str], new: Sequence[str], near: Sequence[int]
) -> Located | Ambiguous | Unshiftable | None:
    size = len(old)
    found = [(start, find_shift(old, file.exact.lines[start : start + size], new)) for start in near]
    places = [(start, shift) for start, shift in found if shift is not None]
    if len(places) > 1:
        return Ambiguous(tuple(start for start, _ in places[:MAX_PLACES]), "re-indented")
    if not places:
        return None
    ((start, shift),) = places
    moved = shifted(new, shift)
    if moved is None:
        return Unshiftable(start)
    bare_old, bare_new = ([line.rstrip() for line in lines] for lines in (old, new))
    return Located(start, start + size, "re-indented", _hunks(bare_old, bare_new, moved, start, "re-indented"))


def _hunks(
    old_keys: Sequence[str], new_keys: Sequence[str], new: Sequence[str], start: int, rung: Rung
) -> tuple[Hunk, ...]:
    """Hunks for the lines whose keys differ, with the lines of `new` in place of its keys."""
    return tuple(
        Hunk(start + span.start, start + span.end, tuple(new[span.new_start : span.new_end]), rung)
        for span in changed_spans(old_keys, new_keys)
    )


def _table(lines: list[str]) -> Table:
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line, []).append(number)
    return Table(lines, places)
