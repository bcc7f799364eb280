"""What can an expression be? A module of the workspace, something outside, an unknown value, or no module.

Only as far as a renaming needs it: `core` in `core.load()` may be a module, an instance of a class may not.
"""

import builtins
from dataclasses import dataclass

from context.parsing.parse import Node
from context.snapshot import Unreadable
from lsp_server.recipes.python.imports import files_of, resolve, submodule
from lsp_server.recipes.python.names import (
    PythonFile,
    Symbol,
    exports,
    imported_name,
    open_file,
    star_exports,
    symbol_stems,
)
from lsp_server.recipes.python.scopes import MODULE_SCOPE, AttributeUse, Binding, find_scope

EXTERNAL = "<outside the workspace>"
UNKNOWN = "<unknown value>"
OTHER = "<no module>"

IMPORTERS = frozenset({b"import_module", b"__import__", b"reload", b"importorskip"})


def values(symbol: Symbol, file: PythonFile, node: Node, scope: int, seen: frozenset[object] = frozenset()) -> set[str]:
    """What an expression can be: modules by their path, or `EXTERNAL`, `UNKNOWN`, `OTHER`."""
    match node.type:
        case "identifier":
            return _name_values(symbol, file, node, scope, seen)
        case "attribute":
            return _chain_values(symbol, file, node, scope, seen)
        case "call":
            return _call_values(symbol, file, node, scope, seen)
        case "subscript":
            found = values(symbol, file, node.named_children[0], scope, seen)
            return {EXTERNAL if EXTERNAL in found and not is_module_lookup(node) else UNKNOWN}
        case "conditional_expression" | "boolean_operator":
            arms = [
                child
                for number, child in enumerate(node.named_children)
                if number != 1 or len(node.named_children) == 2
            ]
            return {value for arm in arms for value in values(symbol, file, arm, scope, seen)}
        case "await":
            return {UNKNOWN}
        case "parenthesized_expression" if node.named_children:
            return values(symbol, file, node.named_children[0], scope, seen)
        case _:
            return {OTHER}


def _call_values(symbol: Symbol, file: PythonFile, node: Node, scope: int, seen: frozenset[object]) -> set[str]:
    """What a call can return: any value, but no module where a class, a builtin or something outside is called."""
    function = node.child_by_field_name("function")
    tail = _text(function).rpartition(".")[2]
    if function is None or is_module_lookup(node):
        return {UNKNOWN}
    if tail[:1].isupper() or (function.type == "identifier" and _is_builtin(file, function, scope)):
        return {OTHER}
    return {EXTERNAL if EXTERNAL in values(symbol, file, function, scope, seen) else UNKNOWN}


def _is_builtin(file: PythonFile, node: Node, scope: int) -> bool:
    name = _text(node)
    return hasattr(builtins, name) and find_scope(file.names.scopes, name, scope, node.start_byte) is None


def is_module_lookup(node: Node) -> bool:
    """Whether an expression asks for a module by its name: `sys.modules[...]`, `import_module(...)`."""
    text = node.text or b""
    called = (_text(node.child_by_field_name("function")).rpartition(".")[2]).encode()
    return called in IMPORTERS or (node.type == "subscript" and text.startswith((b"sys.modules", b"modules[")))


def _chain_values(symbol: Symbol, file: PythonFile, node: Node, scope: int, seen: frozenset[object]) -> set[str]:
    """The values of `a.b.c`, from its root on."""
    names: list[str] = []
    root: Node | None = node
    while root is not None and root.type == "attribute":
        names.append(_text(root.child_by_field_name("attribute")))
        root = root.child_by_field_name("object")
    found = {OTHER} if root is None else values(symbol, file, root, scope, seen)
    for name in reversed(names):
        found = _members(symbol, found, name, seen)
    return found


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _members(symbol: Symbol, found: set[str], name: str, seen: frozenset[object]) -> set[str]:
    """The values of an attribute of some values."""
    result: set[str] = set()
    for value in found:
        result |= {value} if value in {EXTERNAL, UNKNOWN, OTHER} else member_values(symbol, value, name, seen)
    return result


def _name_values(symbol: Symbol, file: PythonFile, node: Node, scope: int, seen: frozenset[object]) -> set[str]:
    name = (node.text or b"").decode("utf-8", "replace")
    found = find_scope(file.names.scopes, name, scope, node.start_byte)
    if found is None:
        return _star_values(symbol, file, name, seen)
    bindings = file.names.scopes[found.scope].bindings[name]
    return {value for binding in bindings for value in _bound_values(symbol, file, binding, seen)}


def _star_values(symbol: Symbol, file: PythonFile, name: str, seen: frozenset[object]) -> set[str]:
    for star in reversed(file.names.stars):
        module = resolve(symbol.modules, file.path, star.module)
        if module is not None and star_exports(symbol, module, name) and (module, name) not in seen:
            found = member_values(symbol, module, name, seen)
            if found - {OTHER}:
                return found
    return {OTHER}


def _bound_values(symbol: Symbol, file: PythonFile, binding: Binding, seen: frozenset[object]) -> set[str]:
    match binding.kind:
        case "import":
            return {resolve(symbol.modules, file.path, binding.module) or EXTERNAL}
        case "from":
            module = resolve(symbol.modules, file.path, binding.module)
            return {EXTERNAL} if module is None else member_values(symbol, module, imported_name(binding), seen)
        case "function" | "class":
            return {OTHER}
        case "delete" | "annotation":
            return set()
        case _:
            return {UNKNOWN}


def member_values(symbol: Symbol, module: str, name: str, seen: frozenset[object] = frozenset()) -> set[str]:
    """What an attribute of a module can be: what its file binds, else a submodule."""
    inner = submodule(symbol.modules, module, name)
    if (module, name) in seen:
        return {inner or OTHER}
    seen |= {(module, name)}
    result: set[str] = set()
    for path in files_of(symbol.modules, module):
        file = open_file(symbol, path)
        if isinstance(file, Unreadable):
            continue
        bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, ())
        for binding in bindings:
            result |= _bound_values(symbol, file, binding, seen)
        if not bindings:
            result |= _star_values(symbol, file, name, seen) - {OTHER}
    return result or {inner or OTHER}


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether `receiver.name` is the symbol: certainly, perhaps (and why), or not."""

    certain: bool = False
    perhaps: str = ""


def judge_attribute(symbol: Symbol, file: PythonFile, use: AttributeUse) -> Reading:
    """Whether an attribute is the symbol."""
    receiver = use.receiver
    if receiver.type == "dotted_name":
        found = _dotted_values(symbol, file, use)
    elif receiver.type == "string" and use.node.parent is not None and use.node.parent.type == "keyword_argument":
        found = {resolve(symbol.modules, file.path, _text(receiver).strip("\"'")) or EXTERNAL}
    else:
        found = values(symbol, file, receiver, use.scope)
    modules = found - {EXTERNAL, UNKNOWN, OTHER}
    hits = {module for module in modules if exports(symbol, module)}
    if hits and hits == found:
        return Reading(certain=True)
    text = (receiver.text or b"").decode("utf-8", "replace")
    if hits:
        return Reading(perhaps=f"`{text}` may be another module or value here")
    lazy = lazy_module(symbol, modules)
    if lazy:
        return Reading(perhaps=f"{lazy} makes its attributes when they are asked for")
    if UNKNOWN in found:
        return Reading(perhaps=f"it is not known what `{text}` is")
    tail = text.rpartition(".")[2]
    if EXTERNAL in found and tail in symbol_stems(symbol):
        return Reading(perhaps=f"`{text}` was not found in the workspace by its import, or more than once")
    return Reading()


def _dotted_values(symbol: Symbol, file: PythonFile, use: AttributeUse) -> set[str]:
    """The values of what stands before the attribute in a dotted name of a `case` pattern."""
    first, *rest = use.receiver.named_children
    found = _name_values(symbol, file, first, use.scope, frozenset())
    for part in rest:
        if part == use.node:
            break
        found = _members(symbol, found, (part.text or b"").decode("utf-8", "replace"), frozenset())
    return found


def lazy_module(symbol: Symbol, modules: set[str]) -> str:
    """The one of some modules that has `__getattr__` and does not bind the name itself; empty for none."""
    for module in sorted(modules):
        for path in files_of(symbol.modules, module):
            file = open_file(symbol, path)
            if not isinstance(file, Unreadable):
                bindings = file.names.scopes[MODULE_SCOPE].bindings
                if "__getattr__" in bindings and symbol.old not in bindings:
                    return module
    return ""
