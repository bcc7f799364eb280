"""Which layout has the project configured for its formatter? Only numbers and known words are taken from its files.

`pyproject.toml` (ruff, black), `ruff.toml`, `setup.cfg` and `.flake8`, `.editorconfig`, `.prettierrc`, `rustfmt.toml`:
the nearest file that says something decides, from the folder of a file up to the root.
"""

import configparser
import fnmatch
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from context.parsing.languages import language_of
from context.snapshot import FileText, read_file

MOST_FOLDERS = 8
"""So many folders are looked into, the file's own first."""

WIDEST = 400


@dataclass(frozen=True, slots=True)
class Layout:
    """What is configured: the longest line in characters (0: nothing), and words for the rest; empty: nothing."""

    width: int = 0
    indent: str = ""
    quotes: str = ""
    tool: str = ""


def configured_layout(root: Path, path: str) -> Layout:
    """The layout that is configured for a file (relative path). Blocks."""
    language = language_of(path)
    readers = _READERS.get(language.name if language else "", {}) | _FOR_ALL
    folder = path.rpartition("/")[0]
    found = Layout()
    for _ in range(MOST_FOLDERS):
        for name, read in readers.items():
            file = read_file(root, f"{folder}/{name}" if folder else name)
            if isinstance(file, FileText):
                found = _filled(found, read(file.text, path))
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    return found


def _filled(layout: Layout, other: Layout) -> Layout:
    """What the first leaves open is taken from the second."""
    return Layout(*(getattr(layout, each.name) or getattr(other, each.name) for each in fields(Layout)))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(value: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - parsed TOML or JSON
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType] - parsed TOML or JSON


def _width(value: object) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 5 else value
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= WIDEST else 0


def _word(value: object, known: tuple[str, ...]) -> str:
    return value if isinstance(value, str) and value in known else ""


def _pyproject(text: str, _path: str) -> Layout:
    data = _toml(text)
    ruff, black = _table(data, "tool", "ruff"), _table(data, "tool", "black")
    tool = "ruff" if ruff else "black" if black else ""
    return _filled(_ruff(ruff), Layout(_width(black.get("line-length")), tool=tool))


def _ruff(data: Mapping[str, Any]) -> Layout:
    quotes = _word(_table(data, "format").get("quote-style"), ("single", "double"))
    return Layout(_width(data.get("line-length")), quotes=quotes, tool="ruff" if data else "")


def _flake8(text: str, _path: str) -> Layout:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return Layout()
    return Layout(_width(parser.get("flake8", "max-line-length", fallback="")))


def _prettier(text: str, _path: str) -> Layout:
    try:
        data = _table(json.loads(text))
    except (ValueError, RecursionError):
        return Layout()
    single = data.get("singleQuote")
    quotes = ("single" if single else "double") if isinstance(single, bool) else ""
    indent = _indent(data.get("useTabs"), data.get("tabWidth"))
    return Layout(_width(data.get("printWidth")), indent, quotes, "prettier")


def _rustfmt(text: str, _path: str) -> Layout:
    data = _toml(text)
    return Layout(_width(data.get("max_width")), _indent(data.get("hard_tabs"), data.get("tab_spaces")), "", "rustfmt")


def _indent(tabs: object, spaces: object) -> str:
    if tabs is True:
        return "tabs"
    return str(spaces) if isinstance(spaces, int) and spaces in (2, 3, 4, 8) else ""


def _editorconfig(text: str, path: str) -> Layout:
    """The sections that fit a file, the last one winning, as in the EditorConfig specification, section 4."""
    said: dict[str, str] = {}
    fits = False
    for line in text.split("\n"):
        section = re.match(r"\s*\[(.+)\]\s*$", line)
        if section:
            fits = _section_fits(section[1], path)
        elif fits and "=" in line and not line.lstrip().startswith(("#", ";")):
            key, _, value = line.partition("=")
            said[key.strip().lower()] = value.strip().lower()
    tabs = said.get("indent_style") == "tab"
    size = said.get("indent_size", "")
    indent = _indent(tabs or None, int(size) if size.isdecimal() and len(size) < 3 else None)
    return Layout(_width(said.get("max_line_length")), indent, _word(said.get("quote_type"), ("single", "double")))


def _section_fits(pattern: str, path: str) -> bool:
    name = path.rpartition("/")[2]
    alternatives = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    each = alternatives[1].split(",") if alternatives else [""]
    patterns = [pattern.replace(alternatives[0], part.strip()) if alternatives else pattern for part in each]
    return any(fnmatch.fnmatch(path if "/" in one else name, one.lstrip("/")) for one in patterns)


Reader = Callable[[str, str], Layout]

_PYTHON: dict[str, Reader] = {
    "ruff.toml": lambda text, _: _ruff(_toml(text)),
    "pyproject.toml": _pyproject,
    "setup.cfg": _flake8,
    ".flake8": _flake8,
}
_ECMASCRIPT: dict[str, Reader] = {".prettierrc": _prettier, ".prettierrc.json": _prettier}
_FOR_ALL: dict[str, Reader] = {".editorconfig": _editorconfig}
_READERS: dict[str, dict[str, Reader]] = {
    "python": _PYTHON,
    "javascript": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "tsx": _ECMASCRIPT,
    "rust": {"rustfmt.toml": _rustfmt, ".rustfmt.toml": _rustfmt},
}
