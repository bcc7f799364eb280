"""How is a variable of a function renamed? Within its scope, by the rules of the language."""

from context.snapshot import Place
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Refused, Wanted
from lsp_server.recipes.python.callables import Callee, find_callee
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.places import matches
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World
from lsp_server.recipes.rename.opened import Found, Opened
from lsp_server.recipes.rename.parameter import of_callee
from lsp_server.recipes.rename.python_places import Places
from lsp_server.recipes.rename.scope import scope_places, scope_problems

Owner = tuple[PythonFile, int]


def rename_variable(read: Opened) -> Found | Refused | Wanted | None:
    """The places of a variable, a nested function or a parameter within one function; None where there is none."""
    plan = read.plan
    if plan.kind not in {"", "variable", "function", "class"}:
        return None
    found = _owners(read)
    if not found:
        return None
    around = [each for each in found if _holds(each, read.material.place)]
    if len(found) > 1 and around:
        found = [max(around, key=lambda each: each[1])]
    if len(found) > 1:
        listed = ", ".join(f"{file.path}:{_line(file, scope, plan.old)}" for file, scope in found[:8])
        advice = f"Say in which: `rename variable {plan.old} in FUNCTION to {plan.new}`."
        message = f"{plan.old} is a variable of several functions: {listed}. {advice}"
        return Refused((Problem("AMBIGUOUS", message),))
    file, scope = found[0]
    bindings = file.names.scopes[scope].bindings[plan.old]
    node = file.names.scopes[scope].node
    if (
        any(binding.kind == "parameter" for binding in bindings)
        and node is not None
        and node.type == "function_definition"
    ):
        return _as_parameter(read, file, scope)
    problems = scope_problems(read.symbol, file, scope)
    if problems:
        return Refused(tuple(problems))
    path = file.path

    def collect(symbol: Symbol, changed: list[PythonFile]) -> dict[str, Places]:
        return {each.path: scope_places(symbol, each, scope) for each in changed if each.path == path}

    return Found(collect(read.symbol, [file]), collect)


def _owners(read: Opened) -> list[Owner]:
    """The scopes of functions that bind the name, where the sentence looks for it."""
    found: list[Owner] = []
    for file in read.files:
        for index, scope in enumerate(file.names.scopes):
            if scope.kind not in {"function", "comprehension"} or read.plan.old not in scope.bindings:
                continue
            if _is_at(read, file, index):
                found.append((file, index))
    return found


def _is_at(read: Opened, file: PythonFile, scope: int) -> bool:
    """Whether a scope lies in what the sentence names: a file, a function, a method of a class."""
    path, _, where = read.plan.where.rpartition(":")
    if path and not matches(read.symbol, path, file):
        return False
    if not where or (not path and matches(read.symbol, where, file)):
        return True
    names: list[str] = []
    while scope > 0:
        node = file.names.scopes[scope].node
        names.insert(0, text_of(node.child_by_field_name("name")) if node is not None else "")
        scope = file.names.scopes[scope].parent
    wanted = where.split(".")
    kept = [name for name in names if name]
    return any(kept[start : start + len(wanted)] == wanted for start in range(len(kept)))


def _holds(owner: Owner, place: Place | None) -> bool:
    file, scope = owner
    node = file.names.scopes[scope].node
    if node is None or place is None or place.path != file.path:
        return False
    return file.lines.at(node.start_byte) < place.start_line <= file.lines.at(node.end_byte) + 1


def _line(file: PythonFile, scope: int, name: str) -> int:
    return file.lines.at(file.names.scopes[scope].bindings[name][0].node.start_byte) + 1


def _as_parameter(read: Opened, file: PythonFile, scope: int) -> Found | Refused | Wanted:
    """A parameter is not only the function's own affair: it is a keyword where the function is called."""
    world = World(read.symbol)
    node = file.names.scopes[scope].node
    name = text_of(node.child_by_field_name("name")) if node is not None else ""
    value = Value("function", file.path, scope)
    if name not in read.material.names:
        return Wanted((name,))
    callee = find_callee(world, name, file.path, read.files, Place(file.path, _line(file, scope, read.plan.old), 1))
    if isinstance(callee, Problem) or value not in callee.functions:
        callee = Callee(name, frozenset({value}), frozenset({name}))
    return of_callee(read, world, callee, [each for each in callee.functions if _has(world, each, read.plan.old)])


def _has(world: World, value: Value, name: str) -> bool:
    file = world.symbol.files.get(value.path)
    return isinstance(file, PythonFile) and name in file.names.scopes[value.scope].bindings
