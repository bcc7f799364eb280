"""Which function is meant, and where is it called? For recipes that change what a function takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from context.parsing.parse import Node
from context.snapshot import Place
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.classes import class_name, classes_in, definer, defines, family_of, heirs_of
from lsp_server.recipes.python.imports import files_of, module_of
from lsp_server.recipes.python.names import PythonFile, imported_name
from lsp_server.recipes.python.places import matches, site
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.types import types_of
from lsp_server.recipes.python.world import Value, Values, World, decorator_names, holds, opened, owner_of, scope_of

CONSTRUCTOR = "__init__"
KEEPING = frozenset(
    [
        "abstractmethod",
        "classmethod",
        "staticmethod",
        "overload",
        "override",
        "final",
        "cache",
        "lru_cache",
        "wraps",
        "contextmanager",
        "asynccontextmanager",
        "deprecated",
        "no_type_check",
        "cached_property",
        "property",
    ]
)
"""Decorators that hand the arguments of a call on as they are."""


@dataclass(frozen=True, slots=True)
class Callee:
    """The definitions that are one function: overloads, overrides, the stub. `names` are what it is called by.

    `classes` are the names of the classes that have it; `constructs` tells that it is called by calling its class.
    """

    name: str
    functions: frozenset[Value]
    names: frozenset[str]
    classes: frozenset[str] = frozenset()
    constructs: bool = False


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call that reaches the function, surely or (with a `reason`) perhaps.

    `bound` tells that the receiver is the first argument.
    """

    file: PythonFile
    node: Node
    bound: bool
    reason: str = ""

    @property
    def arguments(self) -> list[Node]:
        """What stands between the brackets, without comments."""
        listed = self.node.child_by_field_name("arguments")
        return [each for each in listed.named_children if each.type != "comment"] if listed is not None else []


def function_node(world: World, value: Value) -> tuple[PythonFile, Node] | None:
    """The definition of a function."""
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None and value.scope >= 0 else None
    return (file, node) if file is not None and node is not None else None


def find_callee(
    world: World, dotted: str, where: str, files: list[PythonFile], place: Place | None
) -> Callee | Problem:
    """The function that a name means: `fetch`, `Store.fetch`, `pkg.core.fetch`, or a class for its constructor."""
    owner, _, name = dotted.rpartition(".")
    classes = [found for file in files for found in classes_in(file)]
    in_place = [found for found in classes if _is_in(world, where, found)]
    holder, _, last = owner.rpartition(".")
    named = [found for found in in_place if owner and class_name(world, found) == last and _is_in(world, holder, found)]
    made = [
        found for found in in_place if class_name(world, found) == name and (not owner or _is_in(world, owner, found))
    ]
    if named:
        found = [definer(world, each, name) for each in named]
        return _method(world, name, [each for each in found if each is not None], files, place) or _missing(dotted)
    functions = _module_functions(world, name, where or owner, files)
    modules = dict.fromkeys(module_of(world.symbol.modules, each.path) for each in functions)
    if len(modules) > 1:
        around = [each for each in functions if holds(world, each, place)]
        if not around:
            return _ambiguous(world, dotted, functions)
        functions = [each for each in functions if each.path == around[0].path]
    if functions:
        return Callee(name, frozenset(_with_stub(world, functions, name)), frozenset({name}))
    if made:
        return _constructor(world, name, made)
    found = [each for each in in_place if defines(world, each, name)] if not owner else []
    return _method(world, name, found, files, place) or _missing(dotted)


def _constructor(world: World, name: str, made: list[Value]) -> Callee | Problem:
    if len(made) > 1:
        return Problem(
            "AMBIGUOUS", f"There are several classes {name}: {', '.join(each.path for each in made)}. Say which."
        )
    found = definer(world, made[0], CONSTRUCTOR)
    if found is None:
        return Problem(
            "FORMAT", f"{name} has no `__init__` of its own: `add field` is for what is made from its fields."
        )
    functions = _functions_in(world, found, CONSTRUCTOR)
    return Callee(CONSTRUCTOR, functions, frozenset({name, "__init__", "cls"}), frozenset({name}), constructs=True)


def _method(
    world: World, name: str, found: list[Value], files: list[PythonFile], place: Place | None
) -> Callee | Problem | None:
    families = list(dict.fromkeys(frozenset(family_of(world, each, name, files)) for each in found))
    if len(families) > 1:
        families = [each for each in families if any(holds(world, value, place) for value in each)] or families
    if not families:
        return None
    functions = frozenset(each for value in families[0] for each in _functions_in(world, value, name))
    if len(families) > 1:
        return _ambiguous(
            world, name, [next(iter(_functions_in(world, min(f, key=str), name)), None) for f in families]
        )
    heirs = heirs_of(world, set(families[0]), files)
    classes = frozenset(class_name(world, each) for each in heirs)
    if name == CONSTRUCTOR:
        own = frozenset(class_name(world, each) for each in found)
        functions = frozenset(each for value in found for each in _functions_in(world, value, name))
        return Callee(name, functions, own | {"__init__", "cls"}, own, constructs=True)
    return Callee(name, functions, frozenset({name}), classes) if functions else None


def _missing(dotted: str) -> Problem:
    return Problem("NOT_FOUND", f"No function or method is called {dotted} in the Python files here.")


def _ambiguous(world: World, name: str, functions: list[Value | None] | list[Value]) -> Problem:
    listed = ", ".join(_position(world, each) for each in functions[:8] if each is not None)
    return Problem("AMBIGUOUS", f"{name} is defined more than once: {listed}. Say which, with its class or file.")


def _position(world: World, value: Value) -> str:
    found = function_node(world, value)
    return f"{value.path}:{found[0].lines.at(found[1].start_byte) + 1}" if found is not None else value.path


def _is_in(world: World, where: str, found: Value) -> bool:
    file = opened(world, found.path)
    return file is not None and matches(world.symbol, where, file)


def _module_functions(world: World, name: str, where: str, files: list[PythonFile]) -> list[Value]:
    return [
        Value("function", file.path, scope_of(file, binding.node.parent))
        for file in files
        if matches(world.symbol, where, file)
        for binding in file.names.scopes[MODULE_SCOPE].bindings.get(name, ())
        if binding.kind == "function"
    ]


def _with_stub(world: World, functions: list[Value], name: str) -> list[Value]:
    modules = world.symbol.modules
    paths = files_of(modules, module_of(modules, functions[0].path))
    files = [file for path in paths if (file := opened(world, path)) is not None]
    return functions + _module_functions(world, name, "", files)


def _functions_in(world: World, value: Value, name: str) -> frozenset[Value]:
    """The definitions of a method in a class."""
    file = opened(world, value.path)
    bindings = file.names.scopes[value.scope].bindings.get(name, ()) if file is not None else ()
    return frozenset(
        Value("function", value.path, scope_of(file, binding.node.parent))
        for binding in bindings
        if file is not None and binding.kind == "function"
    )


def with_aliases(callee: Callee, files: list[PythonFile]) -> Callee:
    """The function with the names that imports give to it or to its class."""
    names, before = set(callee.names), 0
    while len(names) > before:
        before = len(names)
        names |= {
            binding.name
            for file in files
            for scope in file.names.scopes
            for bindings in scope.bindings.values()
            for binding in bindings
            if binding.kind == "from" and binding.aliased and imported_name(binding) in names
        }
    return replace(callee, names=frozenset(names))


def call_sites(world: World, callee: Callee, file: PythonFile) -> Iterator[CallSite]:
    """The calls of a file that reach the function, and those that may."""
    for call in file.names.calls:
        function = call.node.child_by_field_name("function")
        tail = text_of(function).rpartition(".")[2] if function is not None else ""
        if function is None or (
            tail not in callee.names and text_of(function) not in {"super().__init__", "type(self)"}
        ):
            continue
        found = types_of(world, file, function, call.scope)
        reason = _judge(world, callee, found)
        if reason is not None:
            yield CallSite(file, call.node, _is_bound(world, callee, file, function, call.scope, found), reason)


def _judge(world: World, callee: Callee, found: Values) -> str | None:
    answers = {_answer(world, callee, value) for value in found}
    if answers == {""}:
        return ""
    if "" in answers:
        return "it may be another function here"
    reasons = sorted(answer for answer in answers if answer)
    return reasons[0] if reasons else None


def _answer(world: World, callee: Callee, value: Value) -> str | None:
    match value.kind:
        case "function":
            return "" if value in callee.functions else None
        case "class" if callee.constructs:
            found = definer(world, value, CONSTRUCTOR)
            return "" if found is not None and _functions_in(world, found, CONSTRUCTOR) & callee.functions else None
        case "unknown":
            return "it is not known what is called"
        case _:
            return None


def _is_bound(world: World, callee: Callee, file: PythonFile, function: Node, scope: int, found: Values) -> bool:
    if any(value.kind == "class" for value in found):
        return True
    some = next(iter(callee.functions))
    holder = opened(world, some.path)
    if holder is None or owner_of(holder, some.scope) < 0 or "staticmethod" in decorator_names(holder, some.scope):
        return False
    if "classmethod" in decorator_names(holder, some.scope):
        return True
    receiver = function.child_by_field_name("object") if function.type == "attribute" else None
    kinds = {value.kind for value in types_of(world, file, receiver, scope)} if receiver is not None else set[str]()
    return "class" not in kinds


def value_sites(world: World, callee: Callee, file: PythonFile) -> Iterator[Site]:
    """Where the function is handed on without being called: what calls it then cannot be seen."""
    nodes = [(use.node, use.scope) for use in file.names.uses if use.name == callee.name]
    nodes += [
        (use.node.parent, use.scope)
        for use in file.names.attributes
        if text_of(use.node) == callee.name and use.node.parent is not None
    ]
    for whole, scope in nodes:
        around = whole.parent
        if around is None or around.type in {"decorator", "global_statement", "nonlocal_statement"}:
            continue
        if around.type == "call" and around.child_by_field_name("function") == whole:
            continue
        if _judge(world, callee, types_of(world, file, whole, scope)) == "":
            yield site(file, whole, "handed on as a value: how it is called then is not seen")


def wrapped_sites(world: World, callee: Callee) -> Iterator[tuple[str, Site]]:
    """Decorators that may pass other arguments than a call gives."""
    for value in sorted(callee.functions, key=str):
        found = function_node(world, value)
        unknown = decorator_names(found[0], value.scope) - KEEPING if found is not None else set[str]()
        if found is not None and unknown - {"setter", "getter", "deleter", callee.name}:
            named = ", ".join(sorted(unknown))
            yield value.path, site(found[0], found[1], f"the decorator `{named}` may call it in its own way")


def is_test(file: PythonFile, node: Node) -> bool:
    """Whether pytest gives a function its arguments by the names of its parameters."""
    named = text_of(node.child_by_field_name("name"))
    is_named = named.startswith("test") and re.search(r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$", file.path)
    whole = node.parent
    return bool(is_named) or (
        whole is not None
        and whole.type == "decorated_definition"
        and b"fixture" in (whole.text or b"").split(b"def ")[0]
    )
