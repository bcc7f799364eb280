"""Where does code read whatever names a module has? `vars(shop)`, `dir(shop)`, `shop.__dict__`, `shop.__all__`.

Nothing there mentions a symbol that gets another name or another place, and yet it is told of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.recipes.plan import Material, Site
from lsp_server.recipes.python.names import PythonFile, Symbol, imported_name, open_file
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.values import EXTERNAL, OTHER, UNKNOWN, values

EXPORTS = "__all__"
NAMESPACES = ("__dict__", EXPORTS)
LISTERS = ("vars", "dir", "getmembers", *NAMESPACES)
"""The names of what lists the names of a module."""

_CALLED = re.compile(r"(?:vars|dir|getmembers)\(\s*(\w+)")
_NAMESPACE = re.compile(rf"\.(?:{'|'.join(NAMESPACES)})\b")
_ROOT = re.compile(r"(\w+)(?:\.\w+)*$")
_LONGEST = 100
"""Characters of a dotted name that is looked at."""
_IMPORTED = r"\bimport\s+(?:\([^)]*|[^\n]*)\b(?:%s)\b"


def listings(symbol: Symbol, material: Material, changes: Callable[[str], bool]) -> Iterator[Site]:
    """The places that read all names of a module whose names change, as `changes` says of its path.

    The material is to hold the files that mention one of `LISTERS`.
    """
    # Of a file only those uses are known that are of the names it is read for.
    reading = replace(symbol, also=frozenset(LISTERS), files={})
    for path in material.candidates:
        file = material.snapshot.file(path)
        if not path.endswith((".py", ".pyi")) or not isinstance(file, FileText):
            continue
        if _may_list(file.text):
            opened = open_file(reading, path)
            yield from _in_file(symbol, opened, changes) if isinstance(opened, PythonFile) else ()


def _may_list(text: str) -> bool:
    """Whether something that is listed may be a module: few files need to be parsed for what is rare."""
    roots = {found[1] for found in _CALLED.finditer(text)}
    for found in _NAMESPACE.finditer(text):
        if root := _ROOT.search(text[max(found.start() - _LONGEST, 0) : found.start()]):
            roots.add(root[1])
    return bool(roots) and re.search(_IMPORTED % "|".join(map(re.escape, sorted(roots))), text) is not None


def _in_file(symbol: Symbol, file: PythonFile, changes: Callable[[str], bool]) -> Iterator[Site]:
    for whole, node, scope in _listed(file):
        modules = values(symbol, file, node, scope) - {EXTERNAL, OTHER, UNKNOWN}
        if not _is_for_one(whole) and not _is_for_another(symbol, file, whole, scope) and any(map(changes, modules)):
            yield site(file, whole, "reads all names that the module has")


def _listed(file: PythonFile) -> Iterator[tuple[Node, Node, int]]:
    """Each listing as a whole, what is listed, and the scope that reads it."""
    for use in file.names.uses:
        if use.name in LISTERS and (call := first_argument(use.node)):
            yield *call, use.scope
    for attribute in file.names.attributes:
        name, whole = (attribute.node.text or b"").decode("utf-8", "replace"), attribute.node.parent
        if whole is None:
            continue
        if name in NAMESPACES and not _makes_exports(whole):
            yield whole, attribute.receiver, attribute.scope
        elif name in LISTERS and (call := first_argument(whole)):
            yield *call, attribute.scope


def first_argument(function: Node) -> tuple[Node, Node] | None:
    """The call of a function with its first argument."""
    call = function.parent
    if call is None or call.type != "call" or call.child_by_field_name("function") != function:
        return None
    arguments = call.child_by_field_name("arguments")
    return (call, arguments.named_children[0]) if arguments is not None and arguments.named_children else None


def _makes_exports(node: Node) -> bool:
    """Whether a module's own `__all__` is put together of it: `__all__ = core.__all__ + ["main"]` follows by itself."""
    statement = node
    while statement.parent is not None and not statement.type.endswith("statement"):
        statement = statement.parent
    return re.match(rf"{EXPORTS}\s*(?:[:+=]|\.\w+\()", text_of(statement)) is not None


def _is_for_another(symbol: Symbol, file: PythonFile, listing: Node, scope: int) -> bool:
    """Whether the name of one other function or class alone is looked for: `save.__name__ in shop.__all__`."""
    parent = listing.parent
    named = parent.named_children[0] if parent is not None and parent.type == "comparison_operator" else None
    holder = named.child_by_field_name("object") if named is not None and named.type == "attribute" else None
    if named is None or holder is None or holder.type != "identifier" or not text_of(named).endswith(".__name__"):
        return False
    found = find_scope(file.names.scopes, text_of(holder), scope, holder.start_byte)
    bindings = file.names.scopes[found.scope].bindings[text_of(holder)] if found is not None else []
    known = bool(bindings) and all(each.kind in {"import", "from", "function", "class"} for each in bindings)
    names = {imported_name(each) if each.kind == "from" else each.name for each in bindings}
    return known and not names & {symbol.old, *symbol.also}


def _is_for_one(listing: Node) -> bool:
    """Whether one name alone is looked for, which is written there: `vars(shop)["load"]`, `"load" in dir(shop)`."""
    parent = listing.parent
    if parent is None:
        return False
    if parent.type == "attribute" and (call := first_argument(parent)):
        return call[1].type == "string"
    if parent.type == "comparison_operator":
        return parent.named_children[0].type == "string"
    return parent.type == "subscript" and any(child.type == "string" for child in parent.named_children[1:])
