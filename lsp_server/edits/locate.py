"""Where in a file are the lines that a block searches for? In exactly one place, or nowhere.

A ladder: the lines exactly; without trailing blanks; with one indent shift that is equal on every line; with
characters that look alike; without what the reply added, as line numbers and doubled backslashes on every line or stray
fences; in pieces between lines of dots; nearly the same, which is never certain. Each rung must give exactly one place.
None: the next rung. More than one: refused, because what is ambiguous exactly must not be decided by a looser
comparison.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from lsp_server.edits.aim import places_in_scope
from lsp_server.edits.blocks import Aim
from lsp_server.edits.change import Hunk, Rung
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.elided import is_inside, paired_pieces
from lsp_server.edits.hunks import line_hunks
from lsp_server.edits.indent import find_shift, shifted
from lsp_server.edits.lookalike import folded, in_the_files_characters
from lsp_server.edits.mend import MENDINGS
from lsp_server.edits.search import (
    MAX_PLACES,
    Ambiguous,
    Elsewhere,
    Located,
    Lookup,
    Place,
    Search,
    Unshiftable,
    only_place,
)
from lsp_server.edits.similar import most_similar


def locate(file: Lookup, old: Sequence[str], new: Sequence[str], aim: Aim | None = None) -> Place | None:
    """The place of the lines `old` and the hunks that make them `new`; None if they are nowhere.

    `old` must hold a line with text: blank lines alone are no place. An `aim` chooses among several places.
    """
    search = Search(file, tuple(old), tuple(new), aim)
    return next((place for rung in LADDER if (place := rung(search)) is not None), None)


def _exactly(search: Search) -> Place | None:
    found = search.file.exact.find(search.old)
    places = list(found if search.aim else islice(found, MAX_PLACES))
    place = only_place(search, places, "exact")
    if not isinstance(place, int):
        return place
    return Located(place, place + len(search.old), "exact", line_hunks(search.old, search.new, place, "exact"))


def _without_trailing_blanks(search: Search) -> Place | None:
    """Lines that the reply leaves as they are keep the file's own blanks."""
    size, wanted = len(search.old), [line.rstrip() for line in search.old]
    lines = search.file.exact.lines
    near = search.file.stripped.find([line.strip() for line in search.old])
    places = [start for start in near if [line.rstrip() for line in lines[start : start + size]] == wanted]
    place = only_place(search, places, "trailing-space")
    if not isinstance(place, int):
        return place
    hunks = hunks_by_key(wanted, [line.rstrip() for line in search.new], search.new, place, "trailing-space")
    return Located(place, place + size, "trailing-space", hunks)


def _re_indented(search: Search) -> Place | None:
    size, lines = len(search.old), search.file.exact.lines
    near = search.file.stripped.find([line.strip() for line in search.old])
    shifts = {start: find_shift(search.old, lines[start : start + size], search.new) for start in near}
    place = only_place(search, [start for start, shift in shifts.items() if shift is not None], "re-indented")
    if not isinstance(place, int):
        return place
    shift = shifts[place]
    moved = shifted(search.new, shift) if shift is not None else None
    if moved is None or _lacks_signs(search, place):
        return Unshiftable(place)
    bare_old, bare_new = ([line.rstrip() for line in lines] for lines in (search.old, search.new))
    hunks = hunks_by_key(bare_old, bare_new, moved, place, "re-indented")
    return Located(place, place + size, "re-indented", hunks)


def _lacks_signs(search: Search, place: int) -> bool:
    """Whether the lines of a hunk lack one blank: perhaps a forgotten sign, and then the new lines do not lack it."""
    pairs = zip(search.old, search.file.exact.lines[place : place + len(search.old)], strict=True)
    return search.aim is not None and any(f" {ours.rstrip()}" == theirs.rstrip() for ours, theirs in pairs)


def _mended(search: Search) -> Place | None:
    """The same lines without what a reply added to every one of them; each way on the rungs above."""
    for rung, mend in MENDINGS:
        if (lines := mend(search.old, search.new)) is None:
            continue
        mended = replace(search, old=lines[0], new=lines[1])
        for find in (_exactly, _without_trailing_blanks, _re_indented):
            if (place := find(mended)) is not None:
                return _renamed(place, rung) if isinstance(place, Located) else place
    return None


def _renamed(place: Located, rung: Rung) -> Located:
    return replace(place, rung=rung, hunks=tuple(replace(hunk, rung=rung) for hunk in place.hunks))


def _look_alike(search: Search) -> Place | None:
    """The lines with quotes, dashes and blanks that look alike taken for the same."""
    wanted = [folded(line) for line in search.old]
    lines = search.file.exact.lines
    place = only_place(search, list(search.file.folded.find(wanted)), "look-alike")
    if not isinstance(place, int):
        return place
    end = place + len(wanted)
    mended = in_the_files_characters(search.old, lines[place:end], search.new)
    if mended is None:
        return None
    keys = [folded(line) for line in search.new]
    return Located(place, end, "look-alike", hunks_by_key(wanted, keys, mended, place, "look-alike"))


def _elided(search: Search) -> Place | None:
    """Pieces between lines of dots, of which both parts have as many: each piece in one place, in their order."""
    pairs = paired_pieces(search.old, search.new)
    if pairs is None:
        return None
    lines = search.file.exact.lines
    hunks: list[Hunk] = []
    starts: list[int] = []
    end = 0
    for old, new in pairs:
        places = list(islice(search.file.exact.find(old), MAX_PLACES))
        if len(places) > 1:
            return Ambiguous(tuple(places), "elided")
        if not places or (starts and (places[0] < end or not is_inside(lines, end, places[0]))):
            return None
        starts.append(places[0])
        end = places[0] + len(old)
        hunks += line_hunks(old, new, places[0], "elided")
    if search.aim and not places_in_scope(lines, starts[:1], end - starts[0], search.aim):
        return Elsewhere((starts[0],), "elided")
    return Located(starts[0], end, "elided", tuple(hunks))


def _similar(search: Search) -> Place | None:
    """Lines that are nearly the same. Never certain: a person must see them."""
    place = most_similar(search.file.stripped, search.old)
    if place is None:
        return None
    start, score = place
    only = only_place(search, [start], "similar")
    end = start + len(search.old)
    shift = find_shift(search.old, search.file.exact.lines[start:end], search.new)
    if not isinstance(only, int) or shift is None:
        return None if isinstance(only, int) else only
    moved = shifted(search.new, shift)
    if moved is None:
        return None
    bare_old, bare_new = ([line.rstrip() for line in lines] for lines in (search.old, search.new))
    hunks = hunks_by_key(bare_old, bare_new, moved, start, "similar")
    why = f"{score:.0%} of the text is the same"
    return Located(start, end, "similar", tuple(replace(hunk, why=why, certain=False) for hunk in hunks))


LADDER: tuple[Callable[[Search], Place | None], ...] = (
    _exactly,
    _without_trailing_blanks,
    _re_indented,
    _look_alike,
    _mended,
    _elided,
    _similar,
)


def hunks_by_key(
    old_keys: Sequence[str], new_keys: Sequence[str], new: Sequence[str], start: int, rung: Rung
) -> tuple[Hunk, ...]:
    """Hunks for the lines whose keys differ, with the lines of `new` in place of its keys."""
    return tuple(
        Hunk(start + span.start, start + span.end, tuple(new[span.new_start : span.new_end]), rung)
        for span in changed_spans(old_keys, new_keys)
    )
