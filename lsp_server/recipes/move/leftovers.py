"""Which imports of a file does nothing need? Those that certainly nothing does, and those that a person must look at.

What may be imported for its effect, to be imported from here again, or for a test's parameters, is never certain.
"""

import ast
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.recipes.move.imports import import_statement, own_entries
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import dotted_name, module_of, resolve
from lsp_server.recipes.python.names import PythonFile, Symbol, imported_name, is_alone, open_file
from lsp_server.recipes.python.parameters import without
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.rename.strings import content_of
from lsp_server.recipes.splices import Splice

WITH_EFFECT = frozenset({"readline", "rlcompleter", "this", "antigravity", "site", "sitecustomize", "turtledemo"})
"""Modules of the standard library that do something when they are loaded."""

KEPT_MARK = re.compile(rb"#.*(?:\bnoqa\b(?!\s*:)|\bnoqa\s*:.*\bF401\b|unused-import|reportUnusedImport)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unused:
    """What is found so far: the nodes of names that go, by their statement, and what a person must look at."""

    gone: dict[int, list[Node]] = field(default_factory=dict[int, list[Node]])
    statements: dict[int, Node] = field(default_factory=dict[int, Node])
    sites: list[Site] = field(default_factory=list[Site])


def without_unused(
    symbol: Symbol, file: PythonFile, names: Collection[str], candidates: tuple[str, ...]
) -> list[Splice]:
    """The splices that take those imports of some names out of a file that certainly nothing needs."""
    imported = [(binding, scope) for binding, scope in imports_of_file(file) if binding.name in names]
    unused = [(binding, scope) for binding, scope in imported if not is_used(file, binding, scope)]
    return splices_of(file, sorted_out(symbol, file, unused, candidates))


def imports_of_file(file: PythonFile) -> list[tuple[Binding, int]]:
    """The names that imports give to the module and to functions; those of a class are its attributes."""
    return [
        (binding, index)
        for index, scope in enumerate(file.names.scopes)
        if scope.kind in {"module", "function"}
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.kind in {"import", "from"} and binding.module != "__future__"
    ]


def is_used(file: PythonFile, binding: Binding, scope: int) -> bool:
    """Whether anything of the file may mean the name: code, a type in quotes or a comment, a string, a doctest."""
    name = binding.name
    for use in file.names.uses:
        if use.name == name:
            found = find_scope(file.names.scopes, name, use.scope, use.node.start_byte)
            if found is not None and (found.scope in {scope, MODULE_SCOPE} or not found.sure):
                return True
    word = re.compile(rf"\b{re.escape(name)}\b")
    for quote in file.names.quotes:
        text = text_of(quote.node)
        is_type = quote.is_type or (quote.node.type == "comment" and re.match(r"#\s*type:", text))
        if (is_type or ">>>" in text) and word.search(text):
            return True
        if quote.node.type == "string" and word.search(text) and name in _names_in(content_of(quote.node)):
            return True
    return False


def _names_in(text: str) -> set[str]:
    """The names in a string that may be a type or another expression: `"Response | None"` in an alias."""
    try:
        tree = ast.parse(f"({text.strip()})", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def sorted_out(
    symbol: Symbol, file: PythonFile, unused: list[tuple[Binding, int]], candidates: tuple[str, ...]
) -> Unused:
    """Which of some imports certainly go, and which are for a person, each with the reason."""
    found = Unused()
    for binding, scope in unused:
        statement = import_statement(binding)
        if statement is None or _is_marked(file, binding, statement):
            continue
        why = _reason(symbol, file, binding, scope, statement) or _used_elsewhere(symbol, file, binding, candidates)
        if why:
            found.sites.append(site(file, binding.node, why))
            continue
        found.statements[statement.start_byte] = statement
        found.gone.setdefault(statement.start_byte, []).extend(own_entries(statement, [binding]))
    for start, gone in list(found.gone.items()):
        statement = found.statements[start]
        why = _stuck(file, statement, gone)
        if why:
            found.sites.extend(site(file, node, why) for node in gone)
            del found.gone[start]
    return found


def _is_marked(file: PythonFile, binding: Binding, statement: Node) -> bool:
    """Whether a comment on its line or on the statement's first says that it stays, or the name is given again."""
    rows = {
        file.lines.at(binding.node.start_byte),
        file.lines.at(statement.start_byte),
        file.lines.at(statement.end_byte),
    }
    lines = [file.source[file.lines.start(row) : file.lines.start(row + 1)] for row in rows]
    again = binding.aliased and binding.name == (imported_name(binding) or binding.module)
    return again or any(KEPT_MARK.search(line) for line in lines)


def _reason(symbol: Symbol, file: PythonFile, binding: Binding, scope: int, statement: Node) -> str:
    """Why it is not certain that an import may go; empty where it is."""
    top = binding.module.partition(".")[0]
    is_standard = top in sys.stdlib_module_names and top not in WITH_EFFECT
    if file.path.endswith(("/__init__.py", "/__init__.pyi", "conftest.py")) or file.path in {"__init__.py"}:
        return "it may be there to be imported from here"
    if binding.kind == "import" and not binding.aliased and not is_standard:
        return "it may be imported for what it does when it is loaded"
    around = statement.parent
    while around is not None:
        if around.type in {"try_statement", "except_clause"}:
            return "it stands in a `try`, which may ask whether it is there"
        around = around.parent
    parameters = {each for one in file.names.scopes if one.kind == "function" for each in one.bindings}
    is_test = re.search(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$", file.path) is not None
    if is_test and binding.name in parameters and scope == MODULE_SCOPE:
        return "a test may take it as a fixture"
    if re.search(rb"\b(?:globals|locals|vars|eval|exec)\(", file.source):
        return "the file looks names up at run time"
    return ""


def _used_elsewhere(symbol: Symbol, file: PythonFile, binding: Binding, candidates: tuple[str, ...]) -> str:
    """Whether another file takes the name from this one, or may reach it through this one."""
    own = module_of(symbol.modules, file.path)
    stem = dotted_name(symbol.modules, own).rpartition(".")[2]
    through = re.compile(rf"\b{re.escape(stem)}\.{re.escape(binding.name)}\b")
    taking = re.compile(rf"\bfrom\s+[.\w]*\b{re.escape(stem)}\s+import\b")
    for path in candidates:
        text = symbol.modules.snapshot.file(path)
        # What takes a name from this module has to name it.
        if path == file.path or not isinstance(text, FileText) or stem not in text.text:
            continue
        if through.search(text.text):
            return f"{path} may reach it through this module"
        other = open_file(symbol, path) if path.endswith((".py", ".pyi")) and taking.search(text.text) else None
        if isinstance(other, PythonFile) and _takes(symbol, other, own, binding.name):
            return f"{path} imports it from here"
    return ""


def _takes(symbol: Symbol, other: PythonFile, own: str, name: str) -> bool:
    """Whether a file imports a name from a module, under any alias or by a star."""
    every = (each for scope in other.names.scopes for bound in scope.bindings.values() for each in bound)
    sources = {each.module for each in every if each.kind == "from" and imported_name(each) == name}
    sources |= {star.module for star in other.names.stars}
    return any(resolve(symbol.modules, other.path, source) == own for source in sources)


def _stuck(file: PythonFile, statement: Node, gone: list[Node]) -> str:
    """Why the lines of a statement cannot go."""
    listed = statement.children_by_field_name("name")
    if len(gone) < len(listed):
        has_comment = any(each.type == "comment" for each in statement.children)
        return "a comment stands among the names" if has_comment and not _has_lines(file, statement, listed) else ""
    block = statement.parent
    if (
        block is not None
        and block.type == "block"
        and sum(each.type != "comment" for each in block.named_children) == 1
    ):
        return "it stands alone in its block"
    return "" if is_alone(file, statement) else "it shares its line with other code"


def splices_of(file: PythonFile, found: Unused) -> list[Splice]:
    """What takes out the imports that go, with their lines where nothing else is on these."""
    splices: list[Splice] = []
    for start, gone in found.gone.items():
        statement = found.statements[start]
        listed = statement.children_by_field_name("name")
        if len(gone) == len(listed):
            first, last = file.lines.at(statement.start_byte), file.lines.at(statement.end_byte)
            splices.append(Splice(file.lines.start(first), file.lines.start(last + 1), ""))
        else:
            splices += _without(file, statement, listed, gone)
    return splices


def _without(file: PythonFile, statement: Node, listed: list[Node], gone: list[Node]) -> list[Splice]:
    """Names out of a list: with their lines where each has one of its own, so that no comment of another goes."""
    if not _has_lines(file, statement, listed):
        return without(listed, gone)
    return [
        Splice(file.lines.start(file.lines.at(each.start_byte)), file.lines.start(file.lines.at(each.end_byte) + 1), "")
        for each in gone
    ]


def _has_lines(file: PythonFile, statement: Node, listed: list[Node]) -> bool:
    """Whether each name of a list has a line of its own."""
    rows = [file.lines.at(statement.start_byte), *(file.lines.at(each.start_byte) for each in listed)]
    rows.append(file.lines.at(statement.end_byte))
    return all(later > earlier for earlier, later in pairwise(rows))
