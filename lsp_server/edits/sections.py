"""Where can three long texts be cut, so that each part is compared alone? At lines that are unique in all of them.

Such a line stands in the same order in all three (patience diff, Bram Cohen). It may still have been moved itself, past
lines that repeat: then these seem to go on one side of the cut and to come on the other. See `torn_sections`.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part in which the three texts are not the same, and the 0-based line of ours where it begins."""

    base: Lines
    ours: Lines
    theirs: Lines
    our_start: int


def sections(base: Lines, ours: Lines, theirs: Lines) -> Iterator[Section]:
    """The parts between the cuts, without those that are equal in all three texts."""
    at = our = their = 0
    for cut in (*_cuts(base, ours, theirs), (len(base), len(ours), len(theirs))):
        if cut != (at, our, their):
            parts = base[at : cut[0]], ours[our : cut[1]], theirs[their : cut[2]]
            if not parts[0] == parts[1] == parts[2]:
                yield Section(*parts, our)
        at, our, their = cut[0] + 1, cut[1] + 1, cut[2] + 1


def torn_sections(cut: Sequence[Section]) -> frozenset[int]:
    """The indexes of sections that both sides change and where one has lines come or go that go or come in another.

    Whether these lines were moved or the line of the cut was cannot be told, and the other side's change depends on it.
    """
    ours, theirs = [_moves(each.base, each.ours) for each in cut], [_moves(each.base, each.theirs) for each in cut]
    changed_by_ours = [each.ours != each.base for each in cut]
    changed_by_theirs = [each.theirs != each.base for each in cut]
    return _torn(ours, changed_by_theirs) | _torn(theirs, changed_by_ours)


def _moves(before: Lines, after: Lines) -> tuple[frozenset[str], frozenset[str]]:
    """The lines that come and those that go."""
    old, new = Counter(before), Counter(after)
    return frozenset(new - old), frozenset(old - new)


def _torn(moves: Sequence[tuple[frozenset[str], frozenset[str]]], changed: Sequence[bool]) -> frozenset[int]:
    all_come = frozenset[str]().union(*(come for come, _ in moves))
    all_gone = frozenset[str]().union(*(gone for _, gone in moves))
    return frozenset(
        at
        for at, ((come, gone), is_changed) in enumerate(zip(moves, changed, strict=True))
        if is_changed and (come & all_gone or gone & all_come)
    )


def increasing(numbers: Sequence[int]) -> list[int]:
    """The indexes of a longest run of numbers that increase (Fredman 1975), all of them where they do already."""
    if all(first < second for first, second in pairwise(numbers)):
        return list(range(len(numbers)))
    tails: list[int] = []
    last_of_length: list[int] = []
    previous: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tails, number)
        previous.append(last_of_length[length - 1] if length else -1)
        if length == len(tails):
            tails.append(number)
            last_of_length.append(at)
        else:
            tails[length], last_of_length[length] = number, at
    run: list[int] = []
    at = last_of_length[-1]
    while at >= 0:
        run.append(at)
        at = previous[at]
    return run[::-1]


def unique_places(lines: Lines) -> dict[str, int]:
    """Where each line that stands only once is."""
    places: dict[str, int] = {}
    twice: set[str] = set()
    for at, line in enumerate(lines):
        if places.setdefault(line, at) != at:
            twice.add(line)
    for line in twice:
        del places[line]
    return places


def _cuts(base: Lines, ours: Lines, theirs: Lines) -> list[tuple[int, int, int]]:
    in_ours, in_theirs = unique_places(ours), unique_places(theirs)
    cuts = [
        (at, our, their)
        for line, at in unique_places(base).items()
        if (our := in_ours.get(line)) is not None and (their := in_theirs.get(line)) is not None
    ]
    for side in (1, 2):
        cuts = [cuts[at] for at in increasing([cut[side] for cut in cuts])]
    return cuts
