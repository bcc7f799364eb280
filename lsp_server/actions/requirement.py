"""Which dependency does a line of a manifest name, and in which version? A table of manifests; pure functions on text.

httpx>=0.27        "react": "^18.2.0"        serde = { version = "1.0" }        github.com/x/y v1.2.3
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """A dependency as its manifest names it, and the version that it asks for, empty where any does."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Files by their path, how a line of theirs names a dependency, and below which headings such lines stand.

    Without headings they stand anywhere. The pattern's groups are `name` and `version`.
    """

    file: re.Pattern[str]
    line: re.Pattern[str]
    headings: re.Pattern[str] | None = None


_PYTHON = r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?P<version>(?:[<>=!~]=?|===)[^;#\"']*)?"
_TOML = r"^\s*\"?(?P<name>[A-Za-z0-9][\w.-]*)\"?\s*=\s*(?:\{[^}]*?version\s*=\s*)?[\"'](?P<version>[^\"']+)[\"']"
_ANY_TOML_HEADING = re.compile(r"^\s*\[+([^\]]+)\]+")

MANIFESTS: tuple[Manifest, ...] = (
    Manifest(
        re.compile(r"(?:.*/)?(?:requirements/[\w.-]+|(?:requirements|constraints)[\w.-]*)\.(?:txt|in)$"),
        re.compile(rf"^\s*{_PYTHON}\s*(?:;.*|#.*|\\)?$"),
    ),
    Manifest(
        re.compile(r"(?:.*/)?pyproject\.toml$"),
        re.compile(rf"^\s*(?:[\w-]+\s*=\s*\[\s*)?(?P<quote>[\"']){_PYTHON}\s*(?:;.*?)?(?P=quote)"),
        re.compile(r"project$|project\.optional-dependencies$|dependency-groups$|build-system$"),
    ),
    Manifest(
        re.compile(r"(?:.*/)?(?:pyproject\.toml|Pipfile)$"),
        re.compile(_TOML),
        re.compile(r".*(?:dependencies|packages)$"),
    ),
    Manifest(re.compile(r"(?:.*/)?Cargo\.toml$"), re.compile(_TOML), re.compile(r".*dependencies$")),
    Manifest(
        re.compile(r"(?:.*/)?setup\.cfg$"),
        re.compile(rf"^\s+{_PYTHON}\s*(?:;.*)?$"),
        re.compile(r"options(?:\.extras_require)?$"),
    ),
    Manifest(
        re.compile(r"(?:.*/)?package\.json$"),
        re.compile(r"^\s*\"(?P<name>@?[\w./-]+)\"\s*:\s*\"(?P<version>[~^<>=]*\d[^\"]*)\""),
    ),
    Manifest(
        re.compile(r"(?:.*/)?go\.mod$"),
        re.compile(r"^\s*(?:require\s+)?(?P<name>[\w.-]+\.[\w-]+/\S+)\s+(?P<version>v\d\S*)"),
    ),
    Manifest(
        re.compile(r"(?:.*/)?Gemfile$"),
        re.compile(r"^\s*gem\s+[\"'](?P<name>[\w-]+)[\"'](?:\s*,\s*[\"'](?P<version>[^\"']+)[\"'])?"),
    ),
)

_NOT_DEPENDENCIES = frozenset({"python", "name", "version", "description", "license", "main", "type", "node", "npm"})


def is_manifest(path: str) -> bool:
    """Whether a file may name dependencies."""
    return any(manifest.file.match(path) for manifest in MANIFESTS)


def requirement_at(path: str, lines: Sequence[str], line: int) -> Requirement | None:
    """The dependency that a line (from 1) of a manifest names."""
    if not 1 <= line <= len(lines):
        return None
    for manifest in MANIFESTS:
        found = manifest.line.match(lines[line - 1]) if manifest.file.match(path) else None
        if found is None or found["name"].lower() in _NOT_DEPENDENCIES:
            continue
        if manifest.headings is None or manifest.headings.match(_heading(lines, line)):
            return Requirement(found["name"], (found["version"] or "").strip())
    return None


def _heading(lines: Sequence[str], line: int) -> str:
    """The heading in brackets above a line; empty where there is none."""
    headings = (_ANY_TOML_HEADING.match(lines[at]) for at in range(line - 2, -1, -1))
    return next((found[1].strip() for found in headings if found and "=" not in found[0]), "")


def import_names(name: str) -> tuple[str, ...]:
    """What code may call a dependency: its last part as an identifier, with and without what is often put around it."""
    last = name.rpartition("/")[2] if not re.search(r"/v\d+$", name) else name.split("/")[-2]
    plain = re.sub(r"[.-]", "_", last)
    bare = re.sub(r"^(?:python|py|node|go)_|_(?:python|py|js|go)$", "", plain, flags=re.IGNORECASE)
    parts = [part for part in re.split(r"[._-]", last) if len(part) > 2]
    return tuple(dict.fromkeys(each for each in (plain, plain.lower(), bare.lower(), *parts[:1]) if each))
