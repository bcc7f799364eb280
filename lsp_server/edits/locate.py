"""Where in a file are the lines that a block searches for? In exactly one place, or nowhere.

A ladder of three rungs: the lines exactly; without trailing blanks; with one indent shift that is equal on every line.
Each rung must give exactly one place. None: the next rung. More than one: refused, because what is ambiguous exactly
must not be decided by a looser comparison.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lsp_server.edits.change import Hunk, Rung
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.hunks import line_hunks
from lsp_server.edits.indent import Shift, find_shift, shifted

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
class Lookup:
    """A file's lines, and where each is: exactly, and without the blanks around it."""

    lines: Sequence[str]
    exact: Mapping[str, Sequence[int]]
    stripped: Mapping[str, Sequence[int]]


def lookup(lines: Sequence[str]) -> Lookup:
    """Prepares the lines of a file, without their ends, for many searches."""
    return Lookup(lines, _places_by(lines), _places_by([line.strip() for line in lines]))


def locate(file: Lookup, old: Sequence[str], new: Sequence[str]) -> Located | Ambiguous | Unshiftable | None:
    """The place of the lines `old` and the hunks that make them `new`; None if they are nowhere.

    `old` must hold a line with text: blank lines alone are no place.
    """
    size = len(old)
    places = [start for start in _candidates(file.exact, old) if list(file.lines[start : start + size]) == list(old)]
    if places:
        return _single(places, "exact") or Located(
            places[0], places[0] + size, "exact", line_hunks(old, new, places[0], "exact")
        )
    near = [
        start for start in _candidates(file.stripped, [line.strip() for line in old]) if start + size <= len(file.lines)
    ]
    return _without_trailing_blanks(file, old, new, near) or _re_indented(file, old, new, near)


def _without_trailing_blanks(
    file: Lookup, old: Sequence[str], new: Sequence[str], near: Sequence[int]
) -> Located | Ambiguous | None:
    """Lines that the reply leaves as they are keep the file's own blanks."""
    bare_old = [line.rstrip() for line in old]
    places = [start for start in near if [line.rstrip() for line in file.lines[start : start + len(old)]] == bare_old]
    if not places:
        return None
    hunks = _hunks(bare_old, [line.rstrip() for line in new], new, places[0], "trailing-space")
    return _single(places, "trailing-space") or Located(places[0], places[0] + len(old), "trailing-space", hunks)


def _re_indented(
    file: Lookup, old: Sequence[str], new: Sequence[str], near: Sequence[int]
) -> Located | Ambiguous | Unshiftable | None:
    places: list[int] = []
    shifts: list[Shift] = []
    bare_old = [line.strip() for line in old]
    for start in near:
        found = file.lines[start : start + len(old)]
        if [line.strip() for line in found] == bare_old and (shift := find_shift(old, found, new)):
            places.append(start)
            shifts.append(shift)
    if not places:
        return None
    if several := _single(places, "re-indented"):
        return several
    moved = shifted(new, shifts[0])
    if moved is None:
        return Unshiftable(places[0])
    keys = [line.rstrip() for line in old], [line.rstrip() for line in new]
    hunks = _hunks(*keys, moved, places[0], "re-indented")
    return Located(places[0], places[0] + len(old), "re-indented", hunks)


def _hunks(
    old_keys: Sequence[str], new_keys: Sequence[str], new: Sequence[str], start: int, rung: Rung
) -> tuple[Hunk, ...]:
    """Hunks for the lines whose keys differ, with the lines of `new` in place of its keys."""
    return tuple(
        Hunk(start + span.start, start + span.end, tuple(new[span.new_start : span.new_end]), rung)
        for span in changed_spans(old_keys, new_keys)
    )


def _single(places: Sequence[int], rung: Rung) -> Ambiguous | None:
    """None for one place."""
    return Ambiguous(tuple(places[:MAX_PLACES]), rung) if len(places) > 1 else None


def _candidates(places: Mapping[str, Sequence[int]], old: Sequence[str]) -> list[int]:
    """Where `old` could begin, by the rarest of its lines."""
    rarest = min(range(len(old)), key=lambda at: len(places.get(old[at], ())))
    return [place - rarest for place in places.get(old[rarest], ()) if place >= rarest]


def _places_by(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for number, key in enumerate(keys):
        places.setdefault(key, []).append(number)
    return places
