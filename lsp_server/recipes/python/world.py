"""What is known of the classes and functions of a workspace? The values that types are told in, and where they are."""

from dataclasses import dataclass, field
from typing import Literal

from context.parsing.parse import Node
from context.snapshot import Place
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of

Kind = Literal["instance", "class", "function", "module", "super", "builtin", "outside", "other", "unknown"]


@dataclass(frozen=True, slots=True)
class Value:
    """`path` and `scope` are those of a class or function; `path` is also a module, or the name of what is outside."""

    kind: Kind
    path: str = ""
    scope: int = -1


UNKNOWN = Value("unknown")
OTHER = Value("other")
Values = frozenset[Value]

PASSING_BUILTINS = frozenset(
    {
        "object",
        "type",
        "super",
        "map",
        "filter",
        "zip",
        "reversed",
        "enumerate",
        "property",
        "staticmethod",
        "classmethod",
    }
)
"""Builtin types whose objects may give back what they were given."""

CLOSED_MODULES = frozenset(
    [
        "re",
        "os",
        "sys",
        "json",
        "pathlib",
        "datetime",
        "time",
        "math",
        "string",
        "subprocess",
        "logging",
        "hashlib",
        "socket",
        "struct",
        "tempfile",
        "io",
        "shutil",
        "urllib",
        "http",
        "email",
        "csv",
        "decimal",
        "uuid",
        "fractions",
        "base64",
        "glob",
        "platform",
        "locale",
        "textwrap",
        "zlib",
        "gzip",
        "ssl",
        "select",
        "signal",
    ]
)
"""Modules of the standard library whose functions give back objects of their own only."""

WRAPPERS = frozenset({"Optional", "Union", "Final", "ClassVar", "Annotated", "Required", "NotRequired", "ReadOnly"})
VAGUE = frozenset({"Any", "object", "TypeVar", "Protocol", "Callable"})
DEEPEST = 24


@dataclass(frozen=True, slots=True)
class World:
    """The files that types are read from, and what was found out so far."""

    symbol: Symbol
    orders: dict[Value, "Order"] = field(default_factory=dict[Value, "Order"])


@dataclass(frozen=True, slots=True)
class Order:
    """A class and the classes it inherits from, nearest first; `outside` are bases that are not in the workspace."""

    classes: tuple[Value, ...]
    outside: tuple[str, ...] = ()


Seen = frozenset[tuple[str, int]]


def opened(world: World, path: str) -> PythonFile | None:
    """A file of the workspace, or None where it cannot be read."""
    file = open_file(world.symbol, path)
    return file if isinstance(file, PythonFile) else None


def holds(world: World, value: Value, place: Place | None) -> bool:
    """Whether a place lies within a class or a function."""
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    if file is None or node is None or place is None or place.path != value.path:
        return False
    return file.lines.at(node.start_byte) < place.start_line <= file.lines.at(node.end_byte) + 1


def scope_of(file: PythonFile, node: Node | None) -> int:
    """The scope that a definition opens; -1 for none."""
    for index, scope in enumerate(file.names.scopes):
        if scope.node is not None and node is not None and scope.node == node:
            return index
    return -1


def enclosing_class(file: PythonFile, scope: int) -> int:
    """The class whose method a scope is or is within; -1 outside of classes."""
    while scope > MODULE_SCOPE:
        parent = file.names.scopes[scope].parent
        if file.names.scopes[scope].kind == "class":
            return scope
        scope = parent
    return -1


def owner_of(file: PythonFile, function: int) -> int:
    """The class that a function is a method of; -1 for any other function."""
    parent = file.names.scopes[function].parent
    if parent >= 0 and file.names.scopes[parent].kind == "type parameters":
        parent = file.names.scopes[parent].parent
    return parent if parent >= 0 and file.names.scopes[parent].kind == "class" else -1


def decorator_names(file: PythonFile, function: int) -> set[str]:
    """The last names of a function's decorators."""
    node = file.names.scopes[function].node
    whole = node.parent if node is not None and node.parent is not None else None
    if whole is None or whole.type != "decorated_definition":
        return set()
    texts = (text_of(child).removeprefix("@").split("(")[0].strip() for child in whole.named_children[:-1])
    return {text.rpartition(".")[2] for text in texts}
