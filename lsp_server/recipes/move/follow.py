"""What must other files change when a symbol has moved, and what the module that it leaves?"""

import re

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.move.imports import (
    import_statement,
    is_relative,
    listed_in_all,
    own_entries,
    redirected,
    reference,
)
from lsp_server.recipes.move.noticed import list_noticed
from lsp_server.recipes.move.patched import list_patches
from lsp_server.recipes.move.removal import ADVICE, Removal
from lsp_server.recipes.move.sentence import listed
from lsp_server.recipes.move.through import rewrite_attributes
from lsp_server.recipes.move.within import imports_within, outermost_function
from lsp_server.recipes.python.imports import dotted_name, module_stem, resolve, stub_of
from lsp_server.recipes.python.insert import line_splice
from lsp_server.recipes.python.names import PythonFile, Symbol, all_statements, imported_name, is_computed, star_source
from lsp_server.recipes.python.parameters import without
from lsp_server.recipes.python.placement import ImportLine, joined_names, layout_of, place_imports, types_import
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import Binding
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.rename.strings import content_of
from lsp_server.recipes.splices import Splice


def follow(removal: Removal) -> None:
    """All of it."""
    ground = removal.ground
    for file in ground.files:
        if file.path not in {ground.old.path, stub_of(ground.old.path)}:
            _redirect(removal, file)
            for symbol in ground.symbols:
                _name_after_star(removal, file, symbol)
        if not ground.plan.keep:
            rewrite_attributes(removal, file)
        _list_strings(removal, file)
    list_patches(removal, module_stem(ground.old.path))
    list_noticed(removal)
    removal.add(ground.old.path, *ground.block.gone(ground.old))
    if removal.stays_reachable:
        _import_back(removal)
        return
    if ground.still_used:
        _import_inside(removal)
    _leave_all(removal)


def _list_strings(removal: Removal, file: PythonFile) -> None:
    """Strings that name the symbol by its old module are shown."""
    old = dotted_name(removal.ground.modules, removal.ground.old.path)
    for quote in file.names.quotes:
        # A pattern names it with brackets and backslashes.
        text = re.sub(r"[\\()?]", "", content_of(quote.node)) if quote.node.type == "string" else ""
        if any(f"{old}.{symbol.old}" in text for symbol in removal.ground.symbols):
            removal.sites.append(site(file, quote.node, "names the old module in a string"))


def _redirect(removal: Removal, file: PythonFile) -> None:
    """`from old import name` anywhere in a file becomes `from new import name`."""
    modules, ground = removal.ground.modules, removal.ground
    names = {symbol.old for symbol in ground.symbols}
    statements: dict[int, list[Binding]] = {}
    for scope in file.names.scopes:
        for name in names:
            # An alias is bound under another name: all bindings are looked through.
            for binding in (each for bound in scope.bindings.values() for each in bound if imported_name(each) == name):
                statement = import_statement(binding)
                if statement is not None and resolve(modules, file.path, binding.module) == ground.symbols[0].module:
                    statements.setdefault(statement.start_byte, []).append(binding)
    for bindings in statements.values():
        if ground.arrives_in(file.path):
            _own_import(removal, file, bindings)
            continue
        source = reference(modules, file.path, ground.new, relative=bindings[0].module.startswith("."))
        found = redirected(file, bindings, source)
        if isinstance(found, Problem):
            removal.problems.append(found)
        else:
            removal.add(file.path, *found)


def _own_import(removal: Removal, file: PythonFile, bindings: list[Binding]) -> None:
    """The new module no longer imports what it has itself; what it does while it is loaded cannot wait for it."""
    statement = import_statement(bindings[0])
    is_plain = statement is not None and statement.parent is not None and statement.parent.type == "module"
    names = frozenset(imported_name(binding) for binding in bindings)
    early = [
        use.node
        for use in read_names(file.tree.root_node, names).uses
        if use.name in names and outermost_function(use.node) is None and not file.path.endswith(".pyi")
    ]
    if statement is None or not is_plain or early or any(binding.aliased for binding in bindings):
        node = early[0] if early else bindings[0].node
        why = "needs it before it would be there" if early else "imports it from the old module in a way of its own"
        message = (
            f"{file.path}:{file.lines.at(node.start_byte) + 1} {why} ({listed(sorted(names))}): change that first."
        )
        removal.refuse("CONFLICT", message, file.path)
        return
    every = statement.children_by_field_name("name")
    own = own_entries(statement, bindings)
    if len(own) < len(every):
        removal.add(file.path, *without(every, own))
        return
    first, last = file.lines.at(statement.start_byte), file.lines.at(statement.end_byte)
    removal.add(file.path, Splice(file.lines.start(first), file.lines.start(last + 1), ""))


def _name_after_star(removal: Removal, file: PythonFile, symbol: Symbol) -> None:
    """A file that has the symbol by `import *` gets it by its name, right below."""
    if removal.stays_reachable or star_source(symbol, file) != symbol.module:
        return
    star = next(
        each
        for each in reversed(file.names.stars)
        if resolve(removal.ground.modules, file.path, each.module) == symbol.module
    )
    if removal.ground.arrives_in(file.path):
        message = f"{file.path} gets {symbol.old} by `import *`: import by name there first."
        removal.refuse("CONFLICT", message, file.path)
        return
    first, last = file.lines.at(star.node.start_byte), file.lines.at(star.node.end_byte)
    start, end = file.lines.start(first), file.lines.start(last + 1)
    indent = file.source[start : star.node.start_byte].decode("utf-8", "replace")
    if indent.strip():
        message = f"{file.path}:{first + 1} gets {symbol.old} by `import *`, within a line. {ADVICE}"
        removal.refuse("CONFLICT", message, file.path)
        return
    source = reference(removal.ground.modules, file.path, removal.ground.new, relative=star.module.startswith("."))
    is_used = any(use.name == symbol.old for use in file.names.uses)
    mark = "" if is_used else "  # noqa: F401"
    eol = file.file.eol
    before = "" if file.source[:end].endswith((b"\n", b"\r")) else eol
    entry = f"{symbol.old} as {symbol.old}" if file.path.endswith(".pyi") else f"{symbol.old}{mark}"
    removal.add(file.path, Splice(end, end, f"{before}{indent}from {source} import {entry}{eol}"))


def _import_back(removal: Removal) -> None:
    """The old module imports what moved from the new one, at its top."""
    ground, old = removal.ground, removal.ground.old
    source = reference(ground.modules, old.path, ground.new, relative=is_relative(old))
    names = [symbol.old for symbol in ground.symbols if ground.plan.keep or symbol.old in ground.still_used]
    if set(names) <= set(ground.still_used):
        lines = joined_names(ImportLine(source, name) for name in names)
        removal.add(old.path, *place_imports(ground.modules, old, lines))
        return
    line = f"from {source} import {', '.join(sorted(names))}  # noqa: F401"
    removal.add(old.path, line_splice(old.tree.root_node, layout_of(old), source, line))


def _import_inside(removal: Removal) -> None:
    """Functions of the old module import what moved when they run."""
    ground, old = removal.ground, removal.ground.old
    source = reference(ground.modules, old.path, ground.new, relative=is_relative(old))
    wanted: dict[Node, list[ImportLine]] = {}
    for name in ground.still_used:
        line, reading = ImportLine(source, name), ground.kept[name]
        for function in reading.functions:
            wanted.setdefault(function, []).append(line)
        if reading.in_types:
            removal.add(old.path, *types_import(ground.modules, old, line))
    removal.add(old.path, *imports_within(old.source, wanted, old.file.eol))


def _leave_all(removal: Removal) -> None:
    """What has moved is no longer listed in `__all__`."""
    old = removal.ground.old
    for statement in all_statements(old):
        found = listed_in_all(statement, removal.ground.plan.moved)
        if found and is_computed(statement):
            at = old.lines.at(statement.start_byte) + 1
            removal.refuse("CONFLICT", f"{old.path}:{at} computes `__all__`: change that first.", old.path)
        removal.add(old.path, *found)
