"""Which paths do ignore files name? Git's rules, by `pathspec`: nested files, negation, the innermost word counts."""

import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from context.workspace.repository import repository_of

GIT_IGNORE, OUR_IGNORE = ".gitignore", ".patchwrightignore"
IGNORE_FILES = (GIT_IGNORE, OUR_IGNORE)
IGNORE_FILE_BYTES = 262_144
_PLAIN_PATTERN = re.compile(r"[^!#\\\s\[][^\\\s\[]*")
"""A pattern without escapes, sets and spaces: between its slashes stand the patterns of single names."""


class Patterns:
    """Gitignore patterns. One expression for all of them tells quickly of most paths that none speaks of them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._spec = GitIgnoreSpec.from_lines(lines)
        compiled: Sequence[Any] = self._spec.patterns
        expressions = [str(pattern.regex.pattern) for pattern in compiled if pattern.regex is not None]
        # The patterns' group of one name could not stand twice in one expression.
        self._any = re.compile("|".join(each.replace("(?P<ps_d>", "(?:") for each in expressions) or r"(?!)")

    def say(self, path: str) -> bool | None:
        """Whether a path (a folder's ends in `/`) matches; None where no pattern speaks of it."""
        return self._spec.check_file(path).include if self._any.match(path) else None


class PatternsOfTree:
    """Patterns that are asked of a whole tree: most names tell by themselves that no pattern matches them."""

    def __init__(self, lines: Iterable[str]) -> None:
        kept = tuple(lines)
        self._all = Patterns(kept)
        self._names = Patterns(name for line in kept if (name := _needed_name(line)) is not None)

    def say(self, path: str) -> bool | None:
        """Whether a path matches; None where no pattern speaks of it."""
        return self._all.say(path)

    def may_match(self, name: str) -> bool:
        """Whether a path may match for having a part of this name; one matches only if this holds of some part."""
        return self._names.say(name) is not None


def _needed_name(line: str) -> str | None:
    """A pattern that matches some part of every path that a line matches; None for a line that matches nothing."""
    if not line.strip() or line.startswith(("#", "!")):
        return None
    if not _PLAIN_PATTERN.fullmatch(line):
        return "*"
    return next((part for part in line.split("/") if part.strip("*")), "*")


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns of one ignore file. They hold for paths below `base` (empty, or ending in `/`).

    `inside` is where the workspace lies below the folder that `base` is relative to: empty but for rules above it.
    """

    base: str
    patterns: Patterns
    inside: str = ""

    def say(self, path: str) -> bool | None:
        """What the patterns say of a path of the workspace."""
        whole = self.inside + path
        return self.patterns.say(whole[len(self.base) :]) if whole.startswith(self.base) else None


@dataclass(frozen=True, slots=True)
class Ignores:
    """The rules that hold in one folder, outermost first: git's, and our own that may only ignore more."""

    git: tuple[Rules, ...] = ()
    ours: tuple[Rules, ...] = ()

    def ignore(self, path: str) -> bool:
        """Whether a path is ignored; the innermost file that speaks of it decides."""
        return _last_word(self.git, path) or _last_word(self.ours, path)


def read_rules(file: Path | str, base: str) -> Rules | None:
    """The rules of an ignore file; None where there is none that can be read."""
    try:
        status = os.stat(file)  # noqa: PTH116 - most are not there, and making a path costs more than looking
        if not stat.S_ISREG(status.st_mode) or status.st_size > IGNORE_FILE_BYTES:
            return None
        return Rules(base, _compiled(Path(file).read_text("utf-8", "replace")))
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=512)
def _compiled(text: str) -> Patterns:
    """Compiled patterns; a line that is no pattern is passed over, like git does."""
    lines = text.splitlines()
    try:
        return Patterns(lines)
    except (ValueError, re.error):
        return Patterns(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        Patterns([line])
    except (ValueError, re.error):
        return False
    return True


def rules_above(root: Path) -> tuple[Rules, ...]:
    """The rules of the repository that the root lies in. They do not count where they ignore the root itself."""
    repository = repository_of(root)
    if repository is None:
        return ()
    top = repository.top
    prefix = root.relative_to(top).as_posix()
    parts = [] if prefix == "." else prefix.split("/")
    found = [read_rules(repository.exclude, "")]
    for depth in range(len(parts)):
        base = "".join(f"{part}/" for part in parts[:depth])
        found.append(read_rules(top / base / GIT_IGNORE, base))
    inside = "".join(f"{part}/" for part in parts)
    rules = tuple(each for each in found if each is not None)
    parents = ("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))
    if any(_last_word(rules, parent) for parent in parents):
        return ()
    return tuple(replace(each, inside=inside) for each in rules)


def _last_word(rules: tuple[Rules, ...], path: str) -> bool:
    for each in reversed(rules):
        said = each.say(path)
        if said is not None:
            return said
    return False
