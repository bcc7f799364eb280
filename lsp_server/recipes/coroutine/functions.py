"""May a function become `async`, and would what calls it still get what it gave?"""

from context.parsing.parse import Node
from context.snapshot import Place
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.callables import Callee, find_callee, function_node, is_test
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World, decorator_names, owner_of

KEEPING = frozenset(
    {"abstractmethod", "classmethod", "staticmethod", "overload", "override", "final", "no_type_check", "wraps"}
)
"""Decorators that are the same on an `async` function."""

INNER = frozenset({"function_definition", "class_definition", "lambda"})


def is_async(node: Node) -> bool:
    """Whether a function is `async` already."""
    return node.type == "function_definition" and node.children[0].type == "async"


def why_not(file: PythonFile, scope: int, node: Node) -> str:
    """Why a function cannot become `async`; empty where it can."""
    name = text_of(node.child_by_field_name("name"))
    if node.type != "function_definition":
        return "a lambda cannot be async"
    if name.startswith("__") and name.endswith("__"):
        return f"Python itself calls `{name}`"
    if any(each.type == "yield" for each in _own_nodes(node)):
        return f"{name} is a generator"
    other = sorted(decorator_names(file, scope) - KEEPING)
    if other:
        return f"the decorator `{other[0]}` expects a plain function"
    if is_test(file, node):
        return f"{name} is a test or a fixture, which needs a runner for async ones"
    parent = file.names.scopes[scope].parent
    if parent != MODULE_SCOPE and owner_of(file, scope) < 0:
        return f"{name} is defined within a function"
    return ""


def _own_nodes(function: Node) -> list[Node]:
    body = function.child_by_field_name("body")
    stack, found = [body] if body is not None else [], list[Node]()
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(child for child in node.named_children if child.type not in INNER)
    return found


def function_around(file: PythonFile, scope: int) -> int:
    """The function or lambda that code of a scope runs in; the module's scope outside of functions."""
    while scope > MODULE_SCOPE and file.names.scopes[scope].kind != "function":
        if file.names.scopes[scope].kind == "class":
            return MODULE_SCOPE
        scope = file.names.scopes[scope].parent
    return scope


def callee_of(world: World, value: Value, files: list[PythonFile]) -> Callee | None:
    """A function of the workspace with its overrides and overloads."""
    found = function_node(world, value)
    if found is None:
        return None
    file, node = found
    name = text_of(node.child_by_field_name("name"))
    owner = owner_of(file, value.scope)
    holder = file.names.scopes[owner].node if owner >= 0 else None
    dotted = f"{text_of(holder.child_by_field_name('name'))}.{name}" if holder is not None else name
    line = file.lines.at(node.start_byte) + 1
    callee = find_callee(world, dotted, file.path, files, Place(file.path, line + 1, line + 1))
    return callee if not isinstance(callee, Problem) and value in callee.functions else None
