"""Which file does an import of Python name? By paths alone, from the folders above the importing file."""

import re
from collections.abc import Iterator, Set
from pathlib import PurePosixPath

SOURCE_FOLDERS = ("", "src/", "lib/", "python/")

_TOP_IMPORT = re.compile(
    r"^(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n\\]*(?:\\\n[^\n]*)*)|import[ \t]+([^\n#]+))", re.MULTILINE
)
"""Imports that run when the module is imported; those in functions and under conditions are none."""


def parts_of(path: str) -> tuple[str, ...]:
    """The names of a module from the root of the workspace: `src/pkg/users.py` is `src`, `pkg`, `users`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return parts[:-1] if parts and parts[-1] == "__init__" else parts


def absolute(path: str, level: int, module: str) -> tuple[str, ...]:
    """The names from the root that a relative import in a file means."""
    folders = PurePosixPath(path).parts[:-1]
    return (*folders[: max(len(folders) - level + 1, 0)], *filter(None, module.split(".")))


def means(path: str, dotted: str, level: int, module: tuple[str, ...]) -> bool:
    """Whether an import in the file `path` names a module, given by its parts from the root."""
    if level:
        return absolute(path, level, dotted) == module
    parts = tuple(dotted.split("."))
    return len(parts) <= len(module) and module[len(module) - len(parts) :] == parts


def imported_files(path: str, text: str, paths: Set[str]) -> Iterator[str]:
    """The files of the project that a module imports at its top, the most exact one for each name."""
    for found in _TOP_IMPORT.finditer(text):
        if found[3] is not None:
            for name in found[3].split(","):
                yield from _file(path, name.split(" as ")[0].strip(), paths)
            continue
        for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", re.sub(r"#[^\n]*", "", found[2])):
            joined = found[1] + ("" if found[1].endswith(".") else ".") + name
            yield from _file(path, joined, paths) or _file(path, found[1], paths)


def _file(path: str, dotted: str, paths: Set[str]) -> list[str]:
    level = len(dotted) - len(dotted.lstrip("."))
    if level:
        places = ["/".join(absolute(path, level, dotted[level:]))]
    else:
        tail = dotted.replace(".", "/")
        above = ("" if str(parent) == "." else f"{parent}/" for parent in PurePosixPath(path).parents)
        places = [f"{folder}{below}{tail}" for folder in above for below in SOURCE_FOLDERS]
    for place in places:
        for candidate in (f"{place}.py", f"{place}/__init__.py"):
            if candidate in paths:
                return [candidate]
    return []
