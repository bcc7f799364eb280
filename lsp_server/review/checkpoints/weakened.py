"""Does the change make the checks weaker? Tests and asserts that go, words that silence a checker, its settings.

What only moves within the change is not counted: lines are compared over all of its files together.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, cast

from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.asserting import Asserts, Test, tests_in
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.checkpoints.weakened_tables import (
    PACKAGE_SECTIONS,
    SECTIONS,
    SETTINGS,
    SILENCED_SUFFIXES,
    SILENCERS,
    SKIPS,
)
from lsp_server.review.verdict import Concern, Level

RULE = "tests"


def weakened(scene: Scene) -> Iterator[Concern]:
    """What the change takes from tests and checkers."""
    yield from _silenced(scene, SILENCERS, "tells a checker to look away", lambda _: "approve")
    # A skeleton that is still to be filled in weakens nothing, unless tests that were there went into it.
    yield from _silenced(
        scene, SKIPS, "passes a test over", lambda pair: "approve" if _held_tests(scene, pair) else "confirm"
    )
    yield from _deleted_tests(scene)
    for pair in scene.pairs:
        if name := _changed_settings(pair):
            message = f"{pair.path} changes the settings of {name}, which decide what is found."
            yield Concern(RULE, "approve", pair.path, message)


def _held_tests(scene: Scene, pair: Pair) -> bool:
    """Whether tests that were there before, in this file or in one that loses some, may be what is passed over."""
    if pair.path_before is not None:
        return True
    return any(
        {test.name for test in _tests(scene, each.path_before, each.before)}
        - {test.name for test in _tests(scene, each.path_after, each.after)}
        for each in scene.pairs
    )


def _silenced(scene: Scene, words: re.Pattern[str], what: str, level: Callable[[Pair], Level]) -> Iterator[Concern]:
    """Words that the change has more often after it than before, each at its line."""
    left = Counter(found for pair in scene.pairs for _, line in pair.removed() for found in words.findall(line))
    for pair in scene.pairs:
        more: list[tuple[int, str]] = []
        for number, line in pair.added() if _is_code(scene, pair) else ():
            for found in words.findall(line):
                if left[found] > 0:
                    left[found] -= 1
                else:
                    more.append((number, found))
        yield from _told(pair, more, what, level)


def _told(pair: Pair, more: list[tuple[int, str]], what: str, level: Callable[[Pair], Level]) -> Iterator[Concern]:
    """A concern for each place; one for all where a person only has to look: tests to be filled in are many."""
    if not more:
        return
    found_level = level(pair)
    is_small = found_level == "confirm"
    for number, found in more[:1] if is_small else more:
        others = f" This new file has {len(more) - 1} more." if is_small and len(more) > 1 else ""
        yield Concern(RULE, found_level, pair.path, f"{pair.path}, line {number}: “{found}” {what}.{others}", number)


def _is_code(scene: Scene, pair: Pair) -> bool:
    """Whether the text is of a known language: a document may speak of these words."""
    place = PurePosixPath(pair.path)
    is_code = place.suffix in SILENCED_SUFFIXES or place.name.lower().startswith(("dockerfile", ".env"))
    return is_code or bool(scene.symbols(pair.path, pair.after or "").definitions)


def _deleted_tests(scene: Scene) -> Iterator[Concern]:
    """Tests that are gone, and tests that assert less than they did."""
    before = [(pair, test) for pair in scene.pairs for test in _tests(scene, pair.path_before, pair.before)]
    after = [(pair, test) for pair in scene.pairs for test in _tests(scene, pair.path_after, pair.after)]
    left = Counter(test.name for _, test in after)
    gone: dict[Pair, list[Test]] = {}
    # Of tests with one name those count as gone whose file has fewer of them.
    here = Counter((pair.path_after, test.name) for pair, test in after)
    for pair, test in sorted(before, key=lambda each: not here[each[0].path_after, each[1].name]):
        left[test.name] -= 1
        if left[test.name] < 0:
            gone.setdefault(pair, []).append(test)
    for pair, tests in gone.items():
        names = [test.name for test in tests]
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        yield Concern(RULE, "approve", pair.path, f"{pair.path}: tests are gone: {shown}.", tests[0].line, "before")
    was, now = _asserts(test for _, test in before), _asserts(test for _, test in after)
    told = {test.name for tests in gone.values() for test in tests}
    for pair, test in before:
        less = now[test.name].less_than(was[test.name]) if test.name in now else ""
        if less and test.name not in told:
            told.add(test.name)
            yield Concern(RULE, "approve", pair.path, f"{pair.path}: {test.name} {less}.", test.line, "before")


def _asserts(tests: Iterable[Test]) -> dict[str, Asserts]:
    """How much the tests of each name assert together."""
    found: dict[str, Asserts] = {}
    for test in tests:
        found[test.name] = found.get(test.name, Asserts()) + test.asserts
    return found


def _tests(scene: Scene, path: str | None, text: str | None) -> tuple[Test, ...]:
    """The tests of a file."""
    if path is None or text is None or not scene.reading.is_test(path):
        return ()
    return tests_in(text, scene.symbols(path, text).definitions)


def _changed_settings(pair: Pair) -> str:
    """Of which checker the change makes or changes the settings; empty for none."""
    names = [PurePosixPath(path).name for path in (pair.path_before, pair.path_after) if path]
    for name in names:
        if any(fnmatchcase(name.lower(), pattern) for pattern in SETTINGS):
            return name
    sections, read = _SECTIONED.get(names[0], (frozenset[str](), _tools))
    old, new = read(pair.before), read(pair.after)
    return ", ".join(sorted(each for each in sections if old.get(each) != new.get(each)))


def _tools(text: str | None) -> Mapping[str, Any]:
    try:
        tools: Any = tomllib.loads(text or "").get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", tools) if isinstance(tools, dict) else {}


def _package(text: str | None) -> Mapping[str, Any]:
    try:
        package: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", package) if isinstance(package, dict) else {}


def _ini_sections(text: str | None) -> Mapping[str, list[str]]:
    """The lines of each section, by the first word of its name."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in contents(text or ""):
        if head := re.match(r"\[(?:tool:)?(\w+)", line):
            section = head[1]
        found.setdefault(section, []).append(line)
    return found


_SECTIONED: Mapping[str, tuple[frozenset[str], Callable[[str | None], Mapping[str, Any]]]] = {
    "pyproject.toml": (SECTIONS, _tools),
    "package.json": (PACKAGE_SECTIONS, _package),
    "setup.cfg": (SECTIONS, _ini_sections),
    "tox.ini": (SECTIONS, _ini_sections),
}
"""Manifests that hold other things too, with the sections in them that set checkers."""
