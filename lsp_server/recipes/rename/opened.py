"""What do all ways to rename have in common? The files that were read, and what was found in them."""

from collections.abc import Callable
from dataclasses import dataclass

from context.snapshot import FileText
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Material
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.rename.python_places import Places
from lsp_server.recipes.rename.sentence import Rename

Collect = Callable[[Symbol, list[PythonFile]], dict[str, Places]]
"""How the places of a symbol in some files are found."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A renaming with every file that matters, read; `documents` are files that are no Python."""

    plan: Rename
    material: Material
    symbol: Symbol
    files: list[PythonFile]
    documents: list[FileText]


@dataclass(frozen=True, slots=True)
class Found:
    """The places of what is renamed by file, how they are found again after the change, and what speaks against it."""

    places: dict[str, Places]
    collect: Collect
    problems: tuple[Problem, ...] = ()
