"""Is a sentence about the imports or the exports of a file? `import Path in core.py`, `add Store to __all__`."""

import ast
import re
from dataclasses import dataclass
from keyword import iskeyword

from lsp_server.recipes.data_types.field_list import split_list
from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example
from lsp_server.recipes.python.named_file import parse_where
from lsp_server.recipes.python.placement import ImportLine

ADD = (
    "import {what} (in|into|to) {where}",
    "add [the] [a] [an] [missing] (import|imports) (of|for) {what} (in|into|to) {where}",
    "add [the] [a] [an] [missing] (import|imports) (of|for) {what}",
    "add [the] [this] [import] [statement] {literal:[`'\"]?(?:import|from)\\s.+?} (in|into|to) {where}",
)
ADD_PHRASINGS = (
    "import Path in core.py",
    "import Store from pkg.store into pkg/views.py",
    "add an import of json and Path to pkg.core",
    "add import numpy as np to stats.py",
)
EXPORT = (
    "(add|put|list) {names} (to|in|into) [the] __all__ (in|of|from) {where}",
    "(add|put|list) {names} (to|in|into) [the] __all__",
)
EXPORT_PHRASINGS = ("add Store to __all__", "add Store and load_user to __all__ of pkg/__init__.py")
REMOVE = "(remove|delete|drop|clear|prune|clean up) [all] [the] unused (imports|import)"
UNUSED = (f"{REMOVE} (in|of|from) {{where}}", REMOVE)
UNUSED_PHRASINGS = ("remove unused imports in use.py", "drop all unused imports of pkg.core")

WORKSPACE = """
//- /shop/__init__.py
from shop.store import Store

__all__ = ["Store"]
//- /shop/store.py
import json
import os
import sys

from shop.prices import price


class Store:
    def dump(self) -> str:
        return json.dumps(price(self))


def open_store(path: "Path") -> Store: ...
//- /shop/prices.py
def price(store): ...
"""
ADD_EXAMPLE = Example("import Path in shop/store.py", WORKSPACE)
EXPORT_EXAMPLE = Example("import open_store in shop/__init__.py, then add it to __all__", WORKSPACE)
UNUSED_EXAMPLE = Example("remove unused imports in shop/store.py", WORKSPACE)

NO_NAMES = frozenset({"all", "anything", "everything", "it", "that", "these", "this", "those"})
"""Words that speak of things instead of naming one."""

NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
ITEM = re.compile(rf"(?P<name>{NAME.pattern})(?:\s+as\s+(?P<alias>[^\W\d]\w*))?(?:\s+from\s+(?P<module>\.*[\w.]*))?")


@dataclass(frozen=True, slots=True)
class AddImport:
    """Imports to add to a file. A line without a module is a name whose module is still to be found."""

    lines: tuple[ImportLine, ...]
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        listed = ", ".join(line.text if line.module else line.name for line in self.lines)
        return f"Import {listed.removeprefix('import ')} in {self.where or 'this file'}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention: they tell where a name comes from."""
        parts = (line.bound if line.module else line.name.rpartition(".")[2] for line in self.lines)
        return tuple(dict.fromkeys(parts))

    @property
    def result(self) -> str:
        """What "it" is in a step behind this one; empty where that may be several."""
        return self.lines[0].bound if len(self.lines) == 1 else ""


@dataclass(frozen=True, slots=True)
class AddExport:
    """Names to add to `__all__`."""

    exported: tuple[str, ...]
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Add {', '.join(self.exported)} to __all__{f' of {self.where}' if self.where else ''}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.exported


@dataclass(frozen=True, slots=True)
class RemoveUnused:
    """Imports that go because nothing uses them."""

    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Remove the unused imports of {self.where or 'this file'}"

    def names(self) -> tuple[str, ...]:
        """None yet: they are those of the imports."""
        return ()


def understand_add(sentence: str) -> AddImport | None:
    """The imports that a sentence asks for."""
    found = matched(ADD, sentence)
    if found is None:
        return None
    where = parse_where(found["where"]) if "where" in found else ""
    if where is None:
        return None
    lines = _literal(found["literal"]) if "literal" in found else _listed(found["what"])
    return AddImport(lines, where) if lines else None


def _literal(text: str) -> tuple[ImportLine, ...]:
    """The imports of a statement as it stands."""
    try:
        (statement,) = ast.parse(unquoted(text)).body
    except (SyntaxError, ValueError):
        return ()
    match statement:
        case ast.Import(names=names):
            return tuple(ImportLine(each.name, "", each.asname or "") for each in names)
        case ast.ImportFrom(module=module, names=names, level=level) if all(each.name != "*" for each in names):
            source = "." * level + (module or "")
            return tuple(ImportLine(source, each.name, each.asname or "") for each in names)
        case _:
            return ()


def _listed(text: str) -> tuple[ImportLine, ...]:
    """`Path`, `numpy as np`, `Store from pkg.store`, several of them; none for a text that is something else."""
    lines: list[ImportLine] = []
    parts = [unquoted(part) for part in split_list(text.replace("`", ""))]
    module = ""
    for part in reversed(parts):
        item = ITEM.fullmatch(part)
        if item is None or item["name"] in NO_NAMES or any(map(iskeyword, item["name"].split("."))):
            return ()
        module = item["module"] or (module if "." not in item["name"] else "")
        lines.append(ImportLine(module, item["name"], item["alias"] or ""))
    return tuple(reversed(lines))


def understand_export(sentence: str) -> AddExport | None:
    """The names that are to be in `__all__`."""
    found = matched(EXPORT, sentence)
    if found is None:
        return None
    where = parse_where(found["where"]) if "where" in found else ""
    names = tuple(unquoted(part) for part in split_list(found["names"].replace("`", "")))
    if where is None or not all(name.isidentifier() and not iskeyword(name) for name in names):
        return None
    return AddExport(tuple(dict.fromkeys(names)), where)


def understand_unused(sentence: str) -> RemoveUnused | None:
    """The file whose unused imports are to go."""
    found = matched(UNUSED, sentence)
    where = parse_where(found["where"]) if found is not None and "where" in found else ""
    return RemoveUnused(where) if found is not None and where is not None else None
