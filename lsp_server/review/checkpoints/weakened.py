"""Does the change make the checks weaker? Tests and asserts that go, words that silence a checker, its settings.

What only moves within the change is not counted: lines are compared over all of its files together.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, cast

from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.scene import Definition, Pair, Scene
from lsp_server.review.verdict import Concern, Level

RULE = "tests"

SILENCERS = re.compile(
    r"#\s*noqa\b|#\s*type:\s*ignore|#\s*(?:based)?pyright:\s*(?:ignore|basic)|#\s*nosec\b|#\s*pragma:\s*no\s*cover"
    r"|#\s*pylint:\s*disable|#\s*mypy:|#\s*ruff:\s*noqa|\bnosemgrep\b|\bNOSONAR\b|#\s*pragma:\s*allowlist"
    r"|\beslint-disable|@ts-(?:ignore|expect-error|nocheck)\b|\b(?:istanbul|c8|v8) ignore\b|\bbiome-ignore\b"
    r"|//\s*nolint\b|//\s*#nosec"
    r"|#!?\[allow\(|@Suppress(?:Warnings)?\b|#pragma\s+warning\s+disable|//\s*noinspection\b|@phpstan-ignore|@psalm-suppress"
    r"|#\s*rubocop:\s*disable|#\s*shellcheck\s+disable|//\s*swiftlint:disable|\bNOLINT\b|--\s*luacheck:"
)
"""Words in code that tell a checker to look away, in any language."""

SKIPS = re.compile(
    r"@(?:pytest\.mark\.|unittest\.)(?:skip|xfail|expectedFailure)|\bpytest\.(?:skip|xfail)\(|\bself\.skipTest\("
    r"|\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe|test)\(|@(?:Disabled|Ignore)\b|\bt\.Skip(?:f|Now)?\("
    r"|#\[ignore|\bmarkTestSkipped\(|\[Ignore"
)

ASSERTS = re.compile(
    r"\bassert(?:_?\w*)?\b|\bself\.fail\(|\bpytest\.raises\b|\bexpect\(|\bt\.(?:Error|Fatal)f?\(|\brequire\.\w+\("
    r"|\bshould\b|\bEXPECT_\w+\(|\bASSERT_\w+\(|\bXCTAssert\w*\("
)

SETTINGS = frozenset(
    [
        "ruff.toml",
        ".ruff.toml",
        "ty.toml",
        "mypy.ini",
        ".mypy.ini",
        ".flake8",
        ".pylintrc",
        "pylintrc",
        ".bandit",
        ".coveragerc",
        "pytest.ini",
        "pyrightconfig.json",
        ".eslintrc",
        ".eslintrc.json",
        ".eslintrc.js",
        ".eslintrc.cjs",
        ".eslintrc.yml",
        ".eslintrc.yaml",
        ".eslintignore",
        "eslint.config.js",
        "eslint.config.mjs",
        "eslint.config.cjs",
        "eslint.config.ts",
        "biome.json",
        "tsconfig.json",
        "jest.config.js",
        "jest.config.ts",
        "vitest.config.ts",
        ".golangci.yml",
        ".golangci.yaml",
        "clippy.toml",
        ".clippy.toml",
        ".rubocop.yml",
        "phpstan.neon",
        "phpstan.neon.dist",
        "psalm.xml",
        ".shellcheckrc",
        ".clang-tidy",
        "detekt.yml",
        "sonar-project.properties",
        "sgconfig.yml",
        ".importlinter",
        ".secrets.baseline",
        ".swiftlint.yml",
        ".scalafix.conf",
        ".luacheckrc",
    ]
)
"""Settings of checkers by their file's name."""

SECTIONS = frozenset(
    [
        "ruff",
        "mypy",
        "pyright",
        "basedpyright",
        "ty",
        "pytest",
        "coverage",
        "bandit",
        "pylint",
        "flake8",
        "importlinter",
        "pylsp",
        "isort",
        "vulture",
    ]
)
"""Sections `tool.NAME` of pyproject.toml, and of setup.cfg and tox.ini without `tool`."""


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
        _tests(scene, each.path_before, each.before).keys() - _tests(scene, each.path_after, each.after).keys()
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
    return bool(scene.symbols(pair.path, pair.after or "").definitions) or PurePosixPath(pair.path).suffix in (
        ".py",
        ".js",
        ".ts",
        ".tsx",
        ".go",
        ".rs",
        ".sh",
    )


def _deleted_tests(scene: Scene) -> Iterator[Concern]:
    """Tests that are gone, and tests that assert less than they did."""
    before = {pair: _tests(scene, pair.path_before, pair.before) for pair in scene.pairs}
    after = Counter[str]()
    asserts_after: dict[str, int] = {}
    for pair in scene.pairs:
        for name, (_, count) in _tests(scene, pair.path_after, pair.after).items():
            after[name] += 1
            asserts_after[name] = asserts_after.get(name, 0) + count
    for pair, tests in before.items():
        gone = [name for name in tests if not after[name]]
        if gone:
            shown = ", ".join(gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
            line = tests[gone[0]][0].start_line
            message = f"{pair.path}: tests are gone: {shown}."
            yield Concern(RULE, "approve", pair.path, message, line, "before")
        for name, (definition, count) in tests.items():
            if after[name] and asserts_after[name] < count:
                message = f"{pair.path}: {name} asserts less than it did ({count} places, now {asserts_after[name]})."
                yield Concern(RULE, "approve", pair.path, message, definition.start_line, "before")


def _tests(scene: Scene, path: str | None, text: str | None) -> Mapping[str, tuple[Definition, int]]:
    """The tests of a file by name, each with how often it asserts."""
    if path is None or text is None or not scene.reading.is_test(path):
        return {}
    lines = contents(text)
    found: dict[str, tuple[Definition, int]] = {}
    for each in scene.symbols(path, text).definitions:
        if each.kind in ("function", "method") and re.match(
            r"(?:test|Test|should|it_|spec)|.*(?:Test|_test)$", each.name
        ):
            body = lines[each.start_line - 1 : each.end_line]
            name = f"{each.container}.{each.name}" if each.container else each.name
            found[name] = (each, sum(len(ASSERTS.findall(line)) for line in body))
    return found


def _changed_settings(pair: Pair) -> str:
    """Of which checker the change changes the settings; empty for none."""
    name = PurePosixPath(pair.path_before or pair.path).name
    if pair.path_before is None:
        return ""
    if name in SETTINGS:
        return name
    if name == "pyproject.toml":
        old, new = _tools(pair.before), _tools(pair.after)
        return ", ".join(sorted(each for each in SECTIONS if old.get(each) != new.get(each)))
    if name in ("setup.cfg", "tox.ini"):
        old_parts, new_parts = _ini_sections(pair.before), _ini_sections(pair.after)
        return ", ".join(sorted(each for each in SECTIONS if old_parts.get(each) != new_parts.get(each)))
    return ""


def _tools(text: str | None) -> Mapping[str, Any]:
    try:
        tools: Any = tomllib.loads(text or "").get("tool", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", tools) if isinstance(tools, dict) else {}


def _ini_sections(text: str | None) -> Mapping[str, list[str]]:
    """The lines of each section, by the first word of its name."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in contents(text or ""):
        if head := re.match(r"\[(?:tool:)?(\w+)", line):
            section = head[1]
        found.setdefault(section, []).append(line)
    return found
