"""Does the change make the checks weaker? Words that silence a checker or pass a test over, and settings of checkers.

What only moves within the change is not counted: lines are compared over all of its files together.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import PurePosixPath
from typing import Any, cast

from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.checkpoints.test_files import side_of
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
    loses_tests = cache(partial(_loses_tests, scene))
    # A skeleton that is still to be filled in weakens nothing, unless tests that were there went into it.
    yield from _silenced(
        scene,
        SKIPS,
        "passes a test over",
        lambda pair: "approve" if pair.path_before is not None or loses_tests() else "confirm",
    )
    for pair in scene.pairs:
        if name := _changed_settings(pair):
            message = f"{pair.path} changes the settings of {name}, which decide what is found."
            yield Concern(RULE, "approve", pair.path, message)


def _loses_tests(scene: Scene) -> bool:
    """Whether a file has lost tests, which may be what a new one passes over."""
    return any(
        {test.name for test in side_of(scene, each.path_before, each.before).tests}
        - {test.name for test in side_of(scene, each.path_after, each.after).tests}
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
