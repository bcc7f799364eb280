"""What is a tool? A row of data: which files it is for, when a project uses it, how it is called and read."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from lsp_server.review.checks.fresh import Reported

Read = Callable[[str, Path], Sequence[Reported] | None]
"""The findings in a tool's output, given the folder it ran in; None for output that is not its own."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A row of the table. Without `suffixes` it is for every file.

    A `static` tool reads files and runs nothing of the project; it runs in a farm of links. Any other may run code of
    the project, so it runs only where the user trusts the workspace, and in a copy that nothing leaves.
    `used` says from the project's root whether the project wants it, `program` where it is: its own name is looked for
    in the folders given, and None is said where it is not there. `command` gets the program, the root and the files.
    `fine` are the exit codes of a run that reports. One that finds something `seldom` is asked about what was before
    the change only where it finds something after it; others are asked of both at once.
    """

    name: str
    suffixes: frozenset[str]
    place: Literal["static", "trusted"]
    used: Callable[[Path], bool]
    program: Callable[[Sequence[Path]], str | None]
    command: Callable[[str, Path, Sequence[str]], Sequence[str]]
    read: Read
    fine: frozenset[int] = frozenset({0, 1})
    seconds: float = 20.0
    seldom: bool = False


def shown_path(path: str, folder: Path) -> str:
    """The path of the project that a tool means, which may name it from the root of the disk."""
    for base in (str(folder), str(folder.resolve())):
        if path.startswith(f"{base}/") or path.startswith(f"{base}\\"):
            path = path[len(base) + 1 :]
    return path.replace("\\", "/").removeprefix("./")


def named(name: str) -> Callable[[Sequence[Path]], str | None]:
    """Finds a program by its name."""

    def find(folders: Sequence[Path]) -> str | None:
        return shutil.which(name, path=os.pathsep.join(map(str, folders))) if folders else None

    return find


def has_any(*names: str) -> Callable[[Path], bool]:
    """Whether the root holds a file of one of some names."""
    return lambda root: any((root / name).is_file() for name in names)


def has_section(section: str, *files: str) -> Callable[[Path], bool]:
    """Whether `pyproject.toml` has a section, or the root one of some files."""

    def uses(root: Path) -> bool:
        if has_any(*files)(root):
            return True
        try:
            text = (root / "pyproject.toml").read_text("utf-8", "replace")[:500_000]
        except OSError:
            return False
        return f"[{section}]" in text or f"[{section}." in text

    return uses


Row = dict[str, Any]
"""An object of a tool's JSON. A reader may raise what a missing key raises: then the tool has said nothing."""


def parsed(text: str) -> object:
    """The JSON of a text; None for what is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def rows_in(value: object) -> list[Row] | None:
    """The objects of a JSON list; None for anything else."""
    if not isinstance(value, list):
        return None
    return [cast("Row", each) for each in cast("list[object]", value) if isinstance(each, dict)]
