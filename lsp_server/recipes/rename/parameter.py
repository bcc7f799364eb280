"""How is a parameter renamed? In the function, its overrides and overloads, and as a keyword wherever it is called."""

import re

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Refused, Wanted
from lsp_server.recipes.python.callables import (
    Callee,
    call_sites,
    find_callee,
    function_node,
    is_test,
    with_aliases,
    wrapped_sites,
)
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import Call
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World
from lsp_server.recipes.rename.member_places import keywords_of
from lsp_server.recipes.rename.opened import Found, Opened
from lsp_server.recipes.rename.python_places import Places, doubt, replaced
from lsp_server.recipes.rename.scope import scope_places, scope_problems


def rename_parameter(read: Opened) -> Found | Refused | Wanted | None:
    """The places of a parameter of the function that the sentence names; None where it does not speak of one."""
    plan = read.plan
    place, _, function = plan.where.rpartition(":")
    if plan.kind not in {"parameter", ""} or not function or (plan.kind == "" and "/" in function):
        return _without_function(read)
    world = World(read.symbol)
    callee = find_callee(world, function, place, read.files, read.material.place)
    if isinstance(callee, Problem):
        return Refused((callee,)) if plan.kind == "parameter" else None
    holders = [value for value in callee.functions if _parameter(world, value, plan.old) is not None]
    if not holders:
        if plan.kind == "":
            return None
        listed = ", ".join(_parameters(world, next(iter(callee.functions))))
        message = f"{function} has no parameter {plan.old}; it has {listed or 'none'}."
        return Refused((Problem("NOT_FOUND", message),))
    return of_callee(read, world, callee, holders)


def _without_function(read: Opened) -> Refused | None:
    if read.plan.kind != "parameter":
        return None
    message = f"Say of which function: `rename parameter {read.plan.old} of FUNCTION to {read.plan.new}`."
    return Refused((Problem("FORMAT", message),))


def of_callee(read: Opened, world: World, callee: Callee, holders: list[Value]) -> Found | Refused | Wanted:
    """The places of a parameter of some definitions that are one function."""
    callee = with_aliases(callee, read.files)
    seen = {callee.name, *callee.classes, *callee.names} - {"__init__", "cls"}
    if seen - set(read.material.names):
        return Wanted(tuple(sorted(seen)))
    problems = [problem for value in holders for problem in _problems(world, read, value)]
    if problems:
        return Refused(tuple(problems))

    def collect(symbol: Symbol, changed: list[PythonFile]) -> dict[str, Places]:
        return {file.path: _places(World(symbol), callee, file) for file in changed}

    places = collect(read.symbol, read.files)
    for value in callee.functions - set(holders):
        found = function_node(world, value)
        if found is not None and value.path in places:
            places[value.path].sites.append(site(*found, "a definition of the same function without that parameter"))
    for path, noted in wrapped_sites(world, callee):
        if path in places:
            places[path].sites.append(noted)
    return Found(places, collect)


def _parameter(world: World, value: Value, name: str) -> Node | None:
    """The name of a parameter in a definition."""
    found = function_node(world, value)
    bindings = found[0].names.scopes[value.scope].bindings.get(name, ()) if found is not None else ()
    return next((binding.node for binding in bindings if binding.kind == "parameter"), None)


def _parameters(world: World, value: Value) -> list[str]:
    found = function_node(world, value)
    scope = found[0].names.scopes[value.scope] if found is not None else None
    bound = scope.bindings.items() if scope is not None else ()
    return [name for name, bindings in bound if any(binding.kind == "parameter" for binding in bindings)]


def _problems(world: World, read: Opened, value: Value) -> list[Problem]:
    found = function_node(world, value)
    node = _parameter(world, value, read.plan.old)
    if found is None or node is None:
        return []
    if is_test(*found):
        message = f"pytest gives {found[0].path} the fixture {read.plan.old} by that name: rename the fixture instead."
        return [Problem("CONFLICT", message, found[0].path)]
    return scope_problems(read.symbol, found[0], value.scope)


def _places(world: World, callee: Callee, file: PythonFile) -> Places:
    places, symbol = Places(), world.symbol
    for value in callee.functions:
        if value.path == file.path and _parameter(world, value, symbol.old) is not None:
            own = scope_places(symbol, file, value.scope)
            places.splices.extend(own.splices)
            places.sites.extend(own.sites)
            places.sites.extend(_docstring(symbol, file, value.scope))
    reached = {call.node: call.reason for call in call_sites(world, callee, file)}
    for call in file.names.calls:
        if call.node in reached:
            _judge_call(symbol, file, call, reached[call.node], places)
        elif _is_partial(world, callee, file, call):
            _judge_call(symbol, file, call, "", places)
    return places


def _judge_call(symbol: Symbol, file: PythonFile, call: Call, reason: str, places: Places) -> None:
    for _, name in keywords_of(call.node):
        if text_of(name) == symbol.old and not reason:
            places.splices.append(replaced(name, symbol.new))
        elif text_of(name) == symbol.old:
            doubt(places, file, name, reason, symbol.new)
    arguments = call.node.child_by_field_name("arguments")
    for argument in arguments.named_children if arguments is not None else ():
        if argument.type == "dictionary_splat":
            places.sites.append(site(file, argument, "the keywords are made at run time"))


def _is_partial(world: World, callee: Callee, file: PythonFile, call: Call) -> bool:
    """`partial(fetch, retries=1)` hands its keywords to the function."""
    from lsp_server.recipes.python.types import types_of

    function, arguments = call.node.child_by_field_name("function"), call.node.child_by_field_name("arguments")
    if text_of(function).rpartition(".")[2] not in {"partial", "partialmethod"} or arguments is None:
        return False
    first = arguments.named_children[0] if arguments.named_children else None
    return first is not None and bool(types_of(world, file, first, call.scope) & callee.functions)


def _docstring(symbol: Symbol, file: PythonFile, scope: int):
    """The lines of a function's docstring that name the parameter."""
    node = file.names.scopes[scope].node
    body = node.child_by_field_name("body") if node is not None else None
    first = body.named_children[0] if body is not None and body.named_children else None
    string = first.named_children[0] if first is not None and first.named_children else None
    if string is None or string.type != "string":
        return
    for row in range(file.lines.at(string.start_byte), file.lines.at(string.end_byte) + 1):
        text = file.source[file.lines.start(row) : file.lines.start(row + 1)].decode("utf-8", "replace")
        if re.search(rf"(?<!\w){re.escape(symbol.old)}(?!\w)", text):
            from lsp_server.recipes.plan import Site

            yield Site(file.path, row + 1, text.strip(), "in the docstring")
