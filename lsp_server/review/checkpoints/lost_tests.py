"""Which tests are gone, and which demand less than they did? A test is known again by its name, in its file or another.

Only tests whose lines differ, or name a constant that differs, are read further.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from lsp_server.edits.indent import depth_of
from lsp_server.review.checkpoints.asserting import Asserts, Test, asserts_in
from lsp_server.review.checkpoints.demands.constants import Constants
from lsp_server.review.checkpoints.demands.demand import Demands, total
from lsp_server.review.checkpoints.demands.other_test import other_demands
from lsp_server.review.checkpoints.demands.patched import patched
from lsp_server.review.checkpoints.demands.python_test import python_demands
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.checkpoints.test_files import Side, is_under_a_condition, side_of
from lsp_server.review.verdict import Concern

RULE = "tests"

_COLLECTED = re.compile(r"tests?(?:_|$)|.*_tests?$")
"""Names of files in which pytest and Django look for tests."""


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A test with the side of the pair that it stands on."""

    pair: Pair
    side: Side
    test: Test


@dataclass(frozen=True, slots=True)
class _Group:
    """The tests of one name on both sides."""

    before: list[_Place]
    after: list[_Place]


def lost_tests(scene: Scene) -> Iterator[Concern]:
    """Tests that are gone, and tests that demand less than they did."""
    sides = [
        (pair, side_of(scene, pair.path_before, pair.before), side_of(scene, pair.path_after, pair.after))
        for pair in scene.pairs
    ]
    yield from _patched(sides)
    before = [_Place(pair, side, test) for pair, side, _ in sides for test in side.tests]
    after = [_Place(pair, side, test) for pair, _, side in sides if _is_collected(pair) for test in side.tests]
    gone = _gone(before, after)
    for pair, tests in gone.items():
        names = [test.name for test in tests]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Concern(RULE, "approve", pair.path, f"{pair.path}: tests are gone: {shown}.", tests[0].line, "before")
    told = {test.name for tests in gone.values() for test in tests}
    tables = _groups(
        [_Place(pair, side, table) for pair, side, _ in sides for table in side.tables],
        [_Place(pair, side, table) for pair, _, side in sides for table in side.tables],
    )
    groups = _groups(before, after)

    @cache
    def elsewhere() -> Collection[str]:
        return _new_cases([*groups, *tables])

    for group in (*groups, *tables):
        if not group.before or not group.after or group.before[0].test.name in told or not _differs(group):
            continue
        if less := _less(group, elsewhere):
            place = group.before[0]
            told.add(place.test.name)
            message = f"{place.pair.path}: {place.test.name} asserts less than it did ({less})."
            yield Concern(RULE, "approve", place.pair.path, message, place.test.line, "before")


def _is_collected(pair: Pair) -> bool:
    """Whether a runner finds what is in a file by its name; one that keeps its name is found as it was."""
    path = PurePosixPath(pair.path)
    return pair.path_before == pair.path_after or path.suffix != ".py" or bool(_COLLECTED.match(path.stem))


def _patched(sides: Sequence[tuple[Pair, Side, Side]]) -> Iterator[Concern]:
    """What is replaced for all tests of a file that had tests, and was not."""
    for pair, old, new in sides:
        was = {target for helper in old.helpers for target in patched(helper.lines)} if old.tests else set[str]()
        for helper in new.helpers if old.tests else ():
            if helper in old.helpers or not (more := patched(helper.lines) - was):
                continue
            message = f"{pair.path}: {helper.name} replaces {', '.join(sorted(more))} for every test."
            yield Concern(RULE, "approve", pair.path, message, helper.line)


def _gone(before: Sequence[_Place], after: Sequence[_Place]) -> dict[Pair, list[Test]]:
    """The tests that no test of their name is left for."""
    left = Counter(place.test.name for place in after)
    # Of tests with one name those count as gone whose file has fewer of them.
    here = Counter((place.pair.path_after, place.test.name) for place in after)
    gone: dict[Pair, list[Test]] = {}
    for place in sorted(before, key=lambda each: not here[each.pair.path_after, each.test.name]):
        left[place.test.name] -= 1
        if left[place.test.name] < 0:
            gone.setdefault(place.pair, []).append(place.test)
    return gone


def _groups(before: Sequence[_Place], after: Sequence[_Place]) -> list[_Group]:
    """What belongs together: by file and name where a file has as many as before, else by name."""
    was = Counter((place.pair.path, place.test.name) for place in before)
    now = Counter((place.pair.path, place.test.name) for place in after)
    found: dict[tuple[str, str], _Group] = {}
    for places, is_after in ((before, False), (after, True)):
        for place in places:
            key = (place.pair.path, place.test.name)
            group = found.setdefault(key if was[key] == now[key] else ("", place.test.name), _Group([], []))
            (group.after if is_after else group.before).append(place)
    return list(found.values())


def _differs(group: _Group) -> bool:
    """Whether the tests' lines differ, or those of a constant that they name."""
    old, new = ([place.test.lines for place in places] for places in (group.before, group.after))
    if old != new or len({id(place.side) for place in group.before}) > 1:
        return True
    was, now = group.before[0], group.after[0]
    if depth_of(was.test.lines[0]) != depth_of(now.test.lines[0]):
        return True
    return any(
        lines != now.side.constants.get(name) and any(name in line for each in old for line in each)
        for name, lines in was.side.constants.items()
    )


def _less(group: _Group, elsewhere: Callable[[], Collection[str]]) -> str:
    """How the tests of a group demand less than they did, in words."""
    was, now = [_weighed(each) for each in group.before], [_weighed(each) for each in group.after]
    old, new = total(each for _, each in was), total(each for _, each in now)
    less = new.less_than(old, elsewhere)
    less = less or sum((each for each, _ in now), Asserts()).less_than(sum((each for each, _ in was), Asserts()))
    if less:
        return less
    is_moved_in = any(is_under_a_condition(each.side, each.test) for each in group.after if each.side.is_python)
    if is_moved_in and not any(is_under_a_condition(each.side, each.test) for each in group.before):
        return "it is there only on a condition"
    return ""


def _weighed(place: _Place) -> tuple[Asserts, Demands]:
    """What a test asserts in the lines that say something, and what it demands.

    What is never run says nothing, and what cannot fail no more than `assert True`.
    """
    lines, constants = place.test.lines, place.side.constants
    demands = python_demands(lines, Constants(constants)) if place.side.is_python else other_demands(lines, constants)
    silent, vacuous = demands.reach.silent, demands.reach.vacuous
    kept = ["assert True" if at in vacuous else line for at, line in enumerate(lines, 1) if at not in silent]
    return asserts_in(kept), demands


def _new_cases(groups: Sequence[_Group]) -> frozenset[str]:
    """The cases that tests of the change have now and had not."""
    found: set[str] = set()
    for group in groups:
        if not group.before or not group.after or _differs(group):
            old, new = (
                total(each for place in places if (each := _weighed(place)[1]))
                for places in (group.before, group.after)
            )
            found.update(new.cases.written - old.cases.written)
    return frozenset(found)
