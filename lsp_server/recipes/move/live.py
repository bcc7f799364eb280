"""May a function run while its module is loaded? Told by names: what loading mentions may run, and what that does.

Not counted as running: the bases of classes without hooks, types, and what well-known decorators are put on.
"""

from collections.abc import Iterable, Sequence

from context.parsing.parse import Node
from lsp_server.recipes.move.within import outermost_function
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.walk import read_names

QUIET_DECORATORS = frozenset(
    {
        "property",
        "setter",
        "deleter",
        "staticmethod",
        "classmethod",
        "abstractmethod",
        "overload",
        "override",
        "final",
        "cached_property",
        "lru_cache",
        "cache",
        "wraps",
        "contextmanager",
        "asynccontextmanager",
        "dataclass",
    }
)
"""Decorators that do not call what they are put on while its module is loaded."""

HOOKS = (b"__init_subclass__", b"__class_getitem__", b"__prepare__", b"__set_name__", b"__mro_entries__")
"""Methods that Python calls while it makes a class."""


def run_on_loading(file: PythonFile, functions: Iterable[Node]) -> bool:
    """Whether one of some functions, at the top of a module or of a class there, may run while it is loaded."""
    wanted = {_top(function).start_byte for function in functions}
    tops = {top.start_byte: top for name in _own(file) for top in _tops(file, name)}
    uses = list(_uses(file))
    pending, seen = list(_mentioned_on_loading(file, uses, tops)), set[int]()
    while pending:
        start = pending.pop()
        if start in wanted:
            return True
        if start not in seen:
            seen.add(start)
            pending.extend(_mentioned_by(file, uses, tops[start]))
    return False


def _own(file: PythonFile) -> list[str]:
    return [
        name
        for name, bindings in file.names.scopes[MODULE_SCOPE].bindings.items()
        if any(each.kind in {"function", "class"} for each in bindings)
    ]


def _tops(file: PythonFile, name: str) -> list[Node]:
    """The whole definitions of a name of the module."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, ())
    return [_top(each.whole) for each in bindings if each.whole is not None]


def _top(node: Node) -> Node:
    """The statement of the module that a node is in."""
    while node.parent is not None and node.parent.type != "module":
        node = node.parent
    return node


def _uses(file: PythonFile) -> Iterable[tuple[Node, str]]:
    """All names of the module that are read, with the nodes that do."""
    names = read_names(file.tree.root_node, frozenset(_own(file)))
    for use in names.uses:
        found = find_scope(names.scopes, use.name, use.scope, use.node.start_byte)
        if found is not None and found.scope == MODULE_SCOPE:
            yield use.node, use.name


def _mentioned_on_loading(file: PythonFile, uses: Sequence[tuple[Node, str]], tops: dict[int, Node]) -> set[int]:
    """The definitions that run, or are handed to something, while the module is loaded."""
    found: set[int] = set()
    for node, name in uses:
        if outermost_function(node) is None and not _is_quiet(file, node, name):
            found |= {top.start_byte for top in _tops(file, name)}
    return found | {start for start, top in tops.items() if _is_decorated(top)}


def _is_quiet(file: PythonFile, node: Node, name: str) -> bool:
    """Whether a name is only a type, or a base that runs nothing."""
    around = node.parent
    while around is not None and around.type not in {"block", "module", "call"}:
        if around.type == "type":
            return True
        if around.type == "argument_list" and around.parent is not None and around.parent.type == "class_definition":
            return not any(hook in (top.text or b"") for top in _tops(file, name) for hook in HOOKS)
        around = around.parent
    return False


def _is_decorated(top: Node) -> bool:
    """Whether a definition, or a method of it, is handed to a decorator that may call it."""
    pending, found = [top], list[str]()
    while pending:
        node = pending.pop()
        if node.type == "decorator":
            found.append(text_of(node).removeprefix("@").partition("(")[0].strip().rpartition(".")[2])
        if node.type in {"decorated_definition", "class_definition", "block", "module"}:
            pending.extend(node.named_children)
    return any(name not in QUIET_DECORATORS for name in found)


def _mentioned_by(file: PythonFile, uses: Sequence[tuple[Node, str]], top: Node) -> set[int]:
    """The definitions that one names anywhere."""
    inside = [name for node, name in uses if top.start_byte <= node.start_byte < top.end_byte]
    return {each.start_byte for name in inside for each in _tops(file, name)}
