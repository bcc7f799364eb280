"""What is looked for in a file, and what can be found? The values that the ladder works with.

A place is the one where the lines stand, or the reason why there is not exactly one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lsp_server.edits.aim import chosen, places_in_scope
from lsp_server.edits.blocks import Aim
from lsp_server.edits.change import Hunk, Rung
from lsp_server.edits.lookalike import folded_lines

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
class Elsewhere:
    """The lines stand at these 0-based lines, and not where the reply says that they are."""

    starts: tuple[int, ...]
    rung: Rung


Place = Located | Ambiguous | Unshiftable | Elsewhere


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


@dataclass(frozen=True)
class Lookup:
    """The lines of a file, exactly and without the blanks around them."""

    exact: Table
    stripped: Table

    @cached_property
    def folded(self) -> Table:
        """The lines in plain characters, made when the first block asks for them."""
        return table_of(folded_lines(self.exact.lines))


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: the lines `old` of a file, which become `new`."""

    file: Lookup
    old: tuple[str, ...]
    new: tuple[str, ...]
    aim: Aim | None = None


def lookup(lines: list[str]) -> Lookup:
    """Prepares the lines of a file, without their ends, for many searches."""
    return Lookup(table_of(lines), table_of([line.strip() for line in lines]))


def table_of(lines: list[str]) -> Table:
    """Lines, prepared for many searches."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line, []).append(number)
    return Table(lines, places)


def only_place(search: Search, places: Sequence[int], rung: Rung) -> int | Ambiguous | Elsewhere | None:
    """The one of some places that is left, by its 0-based first line, or why there is none."""
    if not places or search.aim is None:
        several = Ambiguous(tuple(places[:MAX_PLACES]), rung)
        return None if not places else places[0] if len(places) == 1 else several
    lines, size = search.file.exact.lines, len(search.old)
    kept = places_in_scope(lines, places, size, search.aim)
    if not kept:
        return Elsewhere(tuple(places[:MAX_PLACES]), rung)
    if len(kept) > 1:
        kept = chosen(lines, kept, size, search.aim)
    return kept[0] if len(kept) == 1 else Ambiguous(tuple(kept[:MAX_PLACES]), rung)
