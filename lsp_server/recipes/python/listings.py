"""Where does code read whatever names a module has? `vars(shop)`, `dir(shop)`, `shop.__dict__`, `getmembers(shop)`.

Nothing there mentions a symbol that gets another name or another place, and yet it is told of it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.recipes.plan import Material, Site
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.values import EXTERNAL, OTHER, UNKNOWN, values

NAMESPACE = "__dict__"
LISTERS = ("vars", "dir", "getmembers", NAMESPACE)
"""The names of what lists the names of a module."""

_CALLED = re.compile(r"(?:vars|dir|getmembers)\(\s*(\w+)")
_DICTIONARY = re.compile(r"\.__dict__\b")
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
    for found in _DICTIONARY.finditer(text):
        if root := _ROOT.search(text[max(found.start() - _LONGEST, 0) : found.start()]):
            roots.add(root[1])
    return bool(roots) and re.search(_IMPORTED % "|".join(map(re.escape, sorted(roots))), text) is not None


def _in_file(symbol: Symbol, file: PythonFile, changes: Callable[[str], bool]) -> Iterator[Site]:
    for whole, node, scope in _listed(file):
        modules = values(symbol, file, node, scope) - {EXTERNAL, OTHER, UNKNOWN}
        if not _is_for_one(whole) and any(map(changes, modules)):
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
        if name == NAMESPACE:
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
