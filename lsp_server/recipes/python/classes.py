"""Which classes does a class inherit from, which of them defines a member, and which share it?"""

import builtins
import importlib
import sys

from context.parsing.parse import Node
from context.snapshot import Place
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.places import matches
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.types import types_of
from lsp_server.recipes.python.world import Order, Value, World, holds, opened, owner_of

PLAIN_BASES = frozenset({"object", "Protocol", "Generic", "ABC", "NamedTuple", "TypedDict"})


def class_name(world: World, value: Value) -> str:
    """The name that a class is defined by."""
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    return text_of(node.child_by_field_name("name")) if node is not None else ""


def classes_in(file: PythonFile) -> list[Value]:
    """Every class that a file defines, also within functions."""
    return [Value("class", file.path, index) for index, scope in enumerate(file.names.scopes) if scope.kind == "class"]


def order_of(world: World, value: Value) -> Order:
    """A class and all that it inherits from, depth first."""
    value = Value("class", value.path, value.scope)
    if value not in world.orders:
        world.orders[value] = Order((value,))
        world.orders[value] = _order(world, value)
    return world.orders[value]


def _order(world: World, value: Value) -> Order:
    classes = {value: None}
    parents, own = bases_of(world, value)
    outside = dict.fromkeys(own)
    for parent in parents:
        inherited = order_of(world, parent)
        classes.update(dict.fromkeys(inherited.classes))
        outside.update(dict.fromkeys(inherited.outside))
    return Order(tuple(classes), tuple(outside))


def bases_of(world: World, value: Value) -> tuple[tuple[Value, ...], tuple[str, ...]]:
    """The direct bases of a class in the workspace, and the names of those outside that say anything."""
    found, outside = dict[Value, None](), dict[str, None]()
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    bases = node.child_by_field_name("superclasses") if node is not None else None
    if file is None or bases is None:
        return (), ()
    scope = file.names.scopes[value.scope].parent
    for base in bases.named_children:
        if base.type in {"keyword_argument", "comment"}:
            continue
        for each in types_of(world, file, base, scope):
            if each.kind == "class":
                found[each] = None
            else:
                known = each.path if each.kind in {"outside", "builtin"} else text_of(base)
                named = known.partition("[")[0]
                if named.rpartition(".")[2] not in PLAIN_BASES:
                    outside[named] = None
    return tuple(found), tuple(outside)


def class_named(world: World, dotted: str, where: str, files: list[PythonFile], place: Place | None) -> Value | Problem:
    """The class that a user means by a name, perhaps with its module or file, or by standing in it."""
    owner, _, name = dotted.rpartition(".")
    found = [
        each
        for file in files
        if matches(world.symbol, where or owner, file)
        for each in classes_in(file)
        if class_name(world, each) == name
    ]
    around = [each for each in found if holds(world, each, place)]
    if len(found) > 1 and around:
        found = around[:1]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(sorted({each.path for each in found})[:8])
        return Problem("AMBIGUOUS", f"{name} is defined in {listed}: say which, as `{name} in FILE`.")
    return Problem("NOT_FOUND", f"No class is called {dotted} in the Python files here.")


def own_attributes(world: World, value: Value) -> dict[str, list[tuple[Node, int]]]:
    """The attributes that the methods of a class assign to `self`: the targets with the scope they stand in."""
    file = opened(world, value.path)
    if file is None:
        return {}
    known = file.names.attributes_of
    if value.scope not in known:
        known[value.scope] = _own_attributes(file, value)
    return known[value.scope]


def _own_attributes(file: PythonFile, value: Value) -> dict[str, list[tuple[Node, int]]]:
    found: dict[str, list[tuple[Node, int]]] = {}
    for index, scope in enumerate(file.names.scopes):
        if scope.kind != "function" or scope.node is None or owner_of(file, index) != value.scope:
            continue
        parameters, body = scope.node.child_by_field_name("parameters"), scope.node.child_by_field_name("body")
        listed = parameters.named_children if parameters is not None else []
        first = text_of(listed[0]).partition(":")[0].strip() if listed else ""
        stack = [body] if body is not None else []
        while stack:
            node = stack.pop()
            left = node.child_by_field_name("left") if node.type in {"assignment", "augmented_assignment"} else None
            if left is not None and left.type == "attribute" and text_of(left.child_by_field_name("object")) == first:
                found.setdefault(text_of(left.child_by_field_name("attribute")), []).append((left, index))
            if node.type not in {"function_definition", "class_definition", "lambda"}:
                stack.extend(node.named_children)
    return found


def defines(world: World, value: Value, name: str) -> bool:
    """Whether a class itself has a member: bound in its body, or assigned to `self`."""
    file = opened(world, value.path)
    if file is None:
        return False
    if name in file.names.scopes[value.scope].bindings:
        return True
    node = file.names.scopes[value.scope].node
    body = file.source[node.start_byte : node.end_byte] if node is not None else b""
    return b".%s" % name.encode() in body and name in own_attributes(world, value)


def definer(world: World, value: Value, name: str) -> Value | None:
    """The class from which an object, a class or `super()` has a member; None where none of the workspace has it."""
    classes = order_of(world, value).classes
    searched = classes[1:] if value.kind == "super" else classes
    in_body = [each for each in searched if _binds(world, each, name)]
    return (in_body or [each for each in searched if defines(world, each, name)] or [None])[0]


def _binds(world: World, value: Value, name: str) -> bool:
    file = opened(world, value.path)
    return file is not None and name in file.names.scopes[value.scope].bindings


def family_of(world: World, value: Value, name: str, files: list[PythonFile]) -> set[Value]:
    """All classes whose own member of a name is the same one: what overrides it, is overridden by it, or meets it."""
    groups = [
        {each for each in order_of(world, found).classes if defines(world, each, name)}
        for file in files
        for found in classes_in(file)
    ]
    family = {each for each in order_of(world, value).classes if defines(world, each, name)}
    grown = True
    while grown:
        joining = [group for group in groups if group & family and not group <= family]
        family |= {each for group in joining for each in group}
        grown = bool(joining)
    return family


def heirs_of(world: World, family: set[Value], files: list[PythonFile]) -> set[Value]:
    """The family and every class of some files that inherits from one of it."""
    return family | {
        found for file in files for found in classes_in(file) if family & set(order_of(world, found).classes)
    }


def outside_owner(world: World, classes: set[Value], name: str) -> tuple[str, bool]:
    """A base outside the workspace that has the member, or may have it: its name, and whether that is certain."""
    perhaps = ""
    for value in sorted(classes, key=lambda each: (each.path, each.scope)):
        for base in order_of(world, value).outside:
            found = standard_class(base)
            if found is not None and hasattr(found, name):
                return base, True
            if found is None:
                perhaps = perhaps or base
    return perhaps, False


def standard_class(dotted: str) -> object | None:
    """A builtin or a class of the standard library; None for anything else."""
    if hasattr(builtins, dotted):
        return getattr(builtins, dotted)
    module, _, name = dotted.rpartition(".")
    if module.partition(".")[0] not in sys.stdlib_module_names - {"this", "antigravity"}:
        return None
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
