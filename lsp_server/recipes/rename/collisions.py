"""Would the new name meet one that is there already? Every meeting is refused with its place."""

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.imports import module_of, resolve, submodule
from lsp_server.recipes.python.names import (
    PythonFile,
    Symbol,
    binds,
    exports,
    is_symbol,
    star_exports,
    star_source,
)
from lsp_server.recipes.python.scopes import MODULE_SCOPE, find_scope, is_mangled, visible_scopes
from lsp_server.recipes.rename.python_places import Places


def collisions(symbol: Symbol, file: PythonFile, places: Places) -> list[Problem]:
    """Why the symbol cannot have its new name in a file; none where it can."""
    scopes = file.names.scopes
    renamed = {
        index
        for index, scope in enumerate(scopes)
        if symbol.old in scope.bindings and is_symbol(symbol, file.path, index)
    }
    problems = [
        _problem(symbol, file, binding.node, "is bound already")
        for index in sorted(renamed)
        for binding in scopes[index].bindings.get(symbol.new, [])[:1]
    ]
    if MODULE_SCOPE in renamed:
        problems += _submodule_problems(symbol, file)
    star = star_source(symbol, file) if symbol.old not in scopes[MODULE_SCOPE].bindings else None
    if star is not None:
        problems += _star_problems(symbol, file, star)
        renamed.add(MODULE_SCOPE)
    return problems + _shadowed(symbol, file, places) + _captured(symbol, file, renamed)


def _shadowed(symbol: Symbol, file: PythonFile, places: Places) -> list[Problem]:
    """Places that would read another thing by the new name."""
    problems: list[Problem] = []
    for reach in places.reaches:
        if is_mangled(file.names.scopes, symbol.new, reach.scope):
            problems.append(_problem(symbol, file, reach.node, "would be mangled within a class"))
        found = find_scope(file.names.scopes, symbol.new, reach.scope, reach.node.start_byte)
        if found is None or found.scope == reach.owner:
            continue
        order = list(visible_scopes(file.names.scopes, symbol.new, reach.scope))
        if reach.owner not in order or order.index(found.scope) < order.index(reach.owner):
            problems.append(_problem(symbol, file, reach.node, "means something else in this scope"))
    return problems


def _captured(symbol: Symbol, file: PythonFile, renamed: set[int]) -> list[Problem]:
    """Places that read another thing by the new name now, and would read the symbol."""
    problems: list[Problem] = []
    for use in file.names.uses:
        if use.name != symbol.new:
            continue
        found = find_scope(file.names.scopes, symbol.new, use.scope, use.node.start_byte)
        for index in visible_scopes(file.names.scopes, symbol.new, use.scope):
            if found is not None and index == found.scope:
                break
            if index in renamed:
                problems.append(_problem(symbol, file, use.node, "is used already, for something else"))
                break
    return problems


def _submodule_problems(symbol: Symbol, file: PythonFile) -> list[Problem]:
    """A package cannot hold a symbol and a module of one name: importing the module replaces the symbol."""
    inner = submodule(symbol.modules, module_of(symbol.modules, file.path), symbol.new)
    if inner is None:
        return []
    return [Problem("CONFLICT", f"`{symbol.new}` is also the module {inner}: choose another name.", inner)]


def _star_problems(symbol: Symbol, file: PythonFile, source: str) -> list[Problem]:
    """What an `import *` that brings the symbol would do with the new name."""
    node = next(
        (star.node for star in file.names.stars if resolve(symbol.modules, file.path, star.module) == source),
        file.tree.root_node,
    )
    problems: list[Problem] = []
    bound = file.names.scopes[MODULE_SCOPE].bindings.get(symbol.new)
    if bound:
        problems.append(
            _problem(symbol, file, bound[0].node, "is bound already, beside an `import *` that would bring it")
        )
    if symbol.new.startswith("_") and not symbol.old.startswith("_") and not star_exports(symbol, source, symbol.new):
        problems.append(
            _problem(symbol, file, node, "would not be brought by `import *`, which leaves underscores out")
        )
    for star in file.names.stars:
        module = resolve(symbol.modules, file.path, star.module)
        if module is None or module == source or exports(symbol, module):
            continue
        if star_exports(symbol, module, symbol.new) and binds(symbol, module, symbol.new):
            problems.append(_problem(symbol, file, star.node, f"also comes from `{star.module}`"))
    return problems


def _problem(symbol: Symbol, file: PythonFile, node: Node, why: str) -> Problem:
    line = file.lines.at(node.start_byte) + 1
    return Problem("CONFLICT", f"`{symbol.new}` {why} in {file.path}:{line}: choose another name.", file.path)
