"""Where is a name of a module used in another file? By its imports, its attributes, and receivers that are known.

What cannot be told, such as a method of something whose class nobody says, is not counted.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from lsp_server.review.checkpoints.python_modules import absolute, means, parts_of
from lsp_server.review.checkpoints.python_surface import tree_of


@dataclass(frozen=True, slots=True)
class Uses:
    """The calls of a name, and how often it is used otherwise; an import that nothing else uses counts as one."""

    calls: tuple[ast.Call, ...] = ()
    others: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.calls) + self.others


NOWHERE = Uses()
OWN: frozenset[str] = frozenset({"self", "cls"})


@dataclass(frozen=True, slots=True)
class _Nodes:
    """The nodes of a file that say who uses what, each found once."""

    imports: tuple[ast.Import | ast.ImportFrom, ...]
    calls: tuple[ast.Call, ...]
    loads: tuple[ast.Name | ast.Attribute, ...]
    makers: tuple[ast.AST, ...]


@lru_cache(maxsize=64)
def _nodes(text: str) -> _Nodes | None:
    tree = tree_of(text)
    if tree is None:
        return None
    imports: list[ast.Import | ast.ImportFrom] = []
    calls: list[ast.Call] = []
    loads: list[ast.Name | ast.Attribute] = []
    makers: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.Call):
            calls.append(node)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            loads.append(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.arg | ast.withitem | ast.ClassDef):
            makers.append(node)
    return _Nodes(tuple(imports), tuple(calls), tuple(loads), tuple(makers))


@lru_cache(maxsize=1024)
def uses_of(name: str, module: str, path: str, text: str) -> Uses:
    """The uses in a file of a name of the module at the path `module`: `function`, `Class` or `Class.method`."""
    top, _, method = name.partition(".")
    if (method or top) not in text and "*" not in text:
        return NOWHERE
    nodes = _nodes(text)
    if nodes is None:
        return NOWHERE
    own, imported = _named(nodes, top, module, path)
    if method:
        receivers = own | _receivers(nodes, own) | (OWN if path == module else set[str]())
        return _counted(nodes, lambda node: _is_attribute(node, method, receivers))
    if not own:
        return NOWHERE
    found = _counted(nodes, lambda node: _written(node) in own)
    return found if found.count or not imported else Uses((), 1)


def imports_of(module: str, path: str, text: str) -> int:
    """How many imports of a file name a module, given by its path."""
    nodes, parts, count = _nodes(text), parts_of(module), 0
    for node in nodes.imports if nodes else ():
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            inner = (f"{source}.{alias.name}" if source else alias.name for alias in node.names)
            is_named = any(means(path, each, node.level, parts) for each in inner)
            count += means(path, source, node.level, parts) or is_named
        else:
            count += any(means(path, alias.name, 0, parts) for alias in node.names)
    return count


def _named(nodes: _Nodes, top: str, module: str, path: str) -> tuple[set[str], bool]:
    """How a file writes a name of a module, and whether it imports it by name."""
    parts = parts_of(module)
    names = {top} if path == module else set[str]()
    imported = False
    for node in nodes.imports:
        if isinstance(node, ast.ImportFrom):
            source = node.module or ""
            for alias in node.names:
                inner = f"{source}.{alias.name}" if source else alias.name
                if alias.name in (top, "*") and _holds(path, source, node.level, parts):
                    names.add(alias.asname or top)
                    imported = imported or alias.name == top
                elif means(path, inner, node.level, parts):
                    names.add(f"{alias.asname or alias.name}.{top}")
        else:
            for alias in node.names:
                if means(path, alias.name, 0, parts):
                    names.add(f"{alias.asname or alias.name}.{top}")
    return names, imported


def _holds(path: str, source: str, level: int, module: tuple[str, ...]) -> bool:
    """Whether a name of a module may be imported from `source`: the module, or a package around it."""
    if level:
        found = absolute(path, level, source)
        return found == module[: len(found)]
    return any(means(path, source, 0, module[:length]) for length in range(len(module), 0, -1)) if source else False


def _receivers(nodes: _Nodes, classes: set[str]) -> set[str]:
    """What is known to be one of some classes: made by calling it, annotated with it, or derived and so `self`."""
    found: set[str] = set()
    for node in nodes.makers:
        if isinstance(node, ast.Assign) and _makes(node.value, classes):
            found.update(_written(target) for target in node.targets)
        elif isinstance(node, ast.AnnAssign) and _written(node.annotation) in classes:
            found.add(_written(node.target))
        elif isinstance(node, ast.arg) and node.annotation is not None and _written(node.annotation) in classes:
            found.add(node.arg)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None and _makes(node.context_expr, classes):
            found.add(_written(node.optional_vars))
        elif isinstance(node, ast.ClassDef) and any(_written(base) in classes for base in node.bases):
            found.update(("self", "super()"))
    return found - {""}


def _makes(node: ast.expr, classes: set[str]) -> bool:
    return isinstance(node, ast.Call) and _written(node.func) in classes


def _is_attribute(node: ast.AST, name: str, receivers: set[str]) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr != name:
        return False
    return _written(node.value) in receivers or _makes(node.value, receivers)


def _written(node: ast.AST) -> str:
    """A dotted name as it is written; empty for anything longer."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
        return "super()"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and not parts:
        return node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _counted(nodes: _Nodes, is_meant: Callable[[ast.AST], bool]) -> Uses:
    meant = {id(node) for node in nodes.loads if is_meant(node)}
    calls = tuple(call for call in nodes.calls if id(call.func) in meant)
    return Uses(calls, len(meant) - len(calls))
