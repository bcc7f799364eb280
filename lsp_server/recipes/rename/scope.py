"""Which places of one scope, and of the scopes within it, mean a variable of it? And what would its new name meet?"""

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import find_scope, visible_scopes
from lsp_server.recipes.rename.python_places import Places, replaced
from lsp_server.recipes.rename.strings import EVALUATORS, NAMESPACE, call_around, content_of


def scope_places(symbol: Symbol, file: PythonFile, scope: int) -> Places:
    """The places that mean the variable of a function: what binds it and what reads it."""
    places = Places()
    for binding in file.names.scopes[scope].bindings.get(symbol.old, ()):
        if (binding.kind == "from" and not binding.aliased and binding.imported is not None) or (
            binding.kind == "import" and not binding.aliased
        ):
            places.splices.append(replaced(binding.node, f"{symbol.old} as {symbol.new}"))
        else:
            places.splices.append(replaced(binding.node, symbol.new))
    for use in file.names.uses:
        found = (
            find_scope(file.names.scopes, symbol.old, use.scope, use.node.start_byte)
            if use.name == symbol.old
            else None
        )
        if found is not None and found.scope == scope:
            places.splices.append(replaced(use.node, symbol.new))
    for quote in file.names.quotes:
        is_name = quote.node.type == "string" and content_of(quote.node) == symbol.old
        if is_name and _is_within(file, quote.scope, scope) and _is_looked_up(quote.node):
            places.sites.append(site(file, quote.node, "a name in a string, looked up in a namespace"))
    return places


def _is_looked_up(node: Node) -> bool:
    """Whether a string is a key, or is given to what evaluates it."""
    around = node.parent
    has_namespace = around is not None and NAMESPACE.search(around.text or b"") is not None
    return (around is not None and around.type == "subscript" and has_namespace) or call_around(node)[0] in EVALUATORS


def _is_within(file: PythonFile, scope: int, outer: int) -> bool:
    while scope >= 0 and scope != outer:
        scope = file.names.scopes[scope].parent
    return scope == outer


def scope_problems(symbol: Symbol, file: PythonFile, scope: int) -> list[Problem]:
    """Why the variable cannot have its new name: it is bound already, or would mean something else somewhere."""
    scopes = file.names.scopes
    problems = [
        _problem(symbol, file, binding.node.start_byte, "is bound already")
        for binding in scopes[scope].bindings.get(symbol.new, [])[:1]
    ]
    for use in file.names.uses:
        if use.name == symbol.old:
            meant = find_scope(scopes, symbol.old, use.scope, use.node.start_byte)
            if meant is None or meant.scope != scope:
                continue
            found = find_scope(scopes, symbol.new, use.scope, use.node.start_byte)
            order = list(visible_scopes(scopes, symbol.new, use.scope))
            if found is not None and found.scope in order[: order.index(scope) if scope in order else 0]:
                problems.append(_problem(symbol, file, use.node.start_byte, "means something else there"))
        elif use.name == symbol.new and _is_within(file, use.scope, scope):
            found = find_scope(scopes, symbol.new, use.scope, use.node.start_byte)
            order = list(visible_scopes(scopes, symbol.new, use.scope))
            nearer = order[: order.index(found.scope)] if found is not None and found.scope in order else order
            if scope in nearer:
                problems.append(_problem(symbol, file, use.node.start_byte, "is used already, for something else"))
    return problems[:4]


def _problem(symbol: Symbol, file: PythonFile, offset: int, why: str) -> Problem:
    line = file.lines.at(offset) + 1
    return Problem("CONFLICT", f"`{symbol.new}` {why} in {file.path}:{line}: choose another name.", file.path)
