"""Where does code list or load whatever modules a package has? `iter_modules(pkg.__path__)`, `"pkg." + name`.

Nothing there mentions a module that gets another name or place, and yet it is told of it. A name that is put together
is read as far as it is written down: up to its first hole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.recipes.plan import Material, Site
from lsp_server.recipes.python.imports import INIT_FILES, Modules, dotted_name, module_of
from lsp_server.recipes.python.listings import first_argument
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.values import EXTERNAL, OTHER, UNKNOWN, values

FOLDERS = "__path__"
IMPORTERS = ("import_module", "__import__")
WALKER = "walk_packages"
LOADERS = (FOLDERS, *IMPORTERS)
"""The names of what lists the modules of a package, or loads one by a name that is put together."""

_MENTIONED = re.compile("|".join(LOADERS))
_HOLE = re.compile(r"[%{]")
DEEPEST = 4
"""How many steps a name is followed to what it is put together from."""


@dataclass(frozen=True, slots=True)
class Change:
    """The dotted names that a module has and gets, the packages that hold it then and now, and those around these."""

    names: tuple[str, ...]
    holders: frozenset[str]
    above: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Written:
    """What is written of a name; `is_open` if there is a hole behind it, `is_own` if it begins with a `__name__`."""

    text: str
    is_open: bool = False
    is_own: bool = False


def change_of(modules: Modules, old: str, new: str) -> Change:
    """What another place of a module means to those who look through packages."""
    around = [_around(modules, path) for path in (old, new)]
    # A package that is not there yet cannot be told from its path, so that its folder stands for it.
    names = tuple(dotted_name(modules, re.sub(r"/__init__(?=\.pyi?$)", "", path)) for path in (old, new))
    holders = frozenset(each[0] for each in around if each)
    return Change(names, holders, frozenset(path for each in around for path in each))


def _around(modules: Modules, path: str) -> list[str]:
    """The packages around a module, the nearest first."""
    found: list[str] = []
    folder = re.sub(r"/__init__\.pyi?$", "", path).rpartition("/")[0]
    while folder:
        found.append(modules.at(folder) or folder)
        folder = folder.rpartition("/")[0]
    return found


def loaders(symbol: Symbol, material: Material, change: Change) -> Iterator[Site]:
    """The places that list or load whatever modules a package of the change has.

    The material is to hold the files that mention one of `LOADERS`.
    """
    reading = replace(symbol, also=frozenset(LOADERS), files={})
    for path in material.candidates:
        file = material.snapshot.file(path)
        if path.endswith(".py") and isinstance(file, FileText) and _MENTIONED.search(file.text):
            opened = open_file(reading, path)
            yield from _in_file(symbol, opened, change) if isinstance(opened, PythonFile) else ()


def _in_file(symbol: Symbol, file: PythonFile, change: Change) -> Iterator[Site]:
    for use in file.names.uses:
        if use.name == FOLDERS and _lists(use.node, {module_of(symbol.modules, file.path)}, change):
            yield site(file, use.node, "lists the modules of the package")
        elif use.name in IMPORTERS and _loads(symbol, file, use.node, use.scope, change):
            yield site(file, use.node, "loads modules of the package by a name that is put together")
    for attribute in file.names.attributes:
        name, whole = text_of(attribute.node), attribute.node.parent
        if name == FOLDERS and _lists(
            attribute.node, values(symbol, file, attribute.receiver, attribute.scope), change
        ):
            yield site(file, attribute.node, "lists the modules of the package")
        elif name in IMPORTERS and whole is not None and _loads(symbol, file, whole, attribute.scope, change):
            yield site(file, attribute.node, "loads modules of the package by a name that is put together")


def _lists(node: Node, packages: set[str], change: Change) -> bool:
    """Whether the folders of a package are read, other than to add one: `extend_path(__path__, __name__)`."""
    around, functions = node.parent, set[str]()
    while around is not None and not around.type.endswith("statement"):
        target = around.child_by_field_name("left") if around.type == "assignment" else None
        if target is not None and target.start_byte <= node.start_byte < target.end_byte:
            return False
        if around.type == "call":
            functions.add(text_of(around.child_by_field_name("function")).rpartition(".")[2])
        around = around.parent
    if "extend_path" in functions:
        return False
    return bool(packages & (change.above if WALKER in functions else change.holders))


def _loads(symbol: Symbol, file: PythonFile, function: Node, scope: int, change: Change) -> bool:
    """Whether a call imports by a name that may be one of the module's, other than by a whole one in quotes."""
    found = first_argument(function)
    written = _written(symbol, file, found[1], scope) if found is not None else None
    if found is None or written is None:
        return False
    pieces = [part.type for part in found[1].named_children] if found[1].type == "string" else ["interpolation"]
    if not written.text.startswith("."):
        return "interpolation" in pieces and any(_may_be(written, name) for name in change.names)
    package = _package_argument(found[0])
    base = _written(symbol, file, package, scope) if package is not None else None
    whole = _counted_from(written, base)
    return whole is not None and any(_may_be(whole, name) for name in change.names)


def _counted_from(written: _Written, base: _Written | None) -> _Written | None:
    """A relative name as a whole one, where it is known what it counts from."""
    if base is None or base.is_open:
        return None
    name = written.text.lstrip(".")
    parts = base.text.split(".")
    above = parts[: len(parts) + 1 - (len(written.text) - len(name))]
    return _Written(".".join([*above, name]), written.is_open, base.is_own)


def _may_be(written: _Written, name: str) -> bool:
    """Whether a module, or one within it, may be meant; what is read from `__name__` follows the module itself."""
    if written.is_open and "." in written.text and name.startswith(written.text):
        return True
    is_within = written.text.startswith(f"{name}.") and not written.is_own
    return is_within or (not written.is_open and written.text == name)


def _package_argument(call: Node) -> Node | None:
    """What `import_module` takes a relative name to count from."""
    arguments = call.child_by_field_name("arguments")
    listed = arguments.named_children if arguments is not None else []
    for each in listed[1:]:
        if each.type != "keyword_argument":
            return each
        if text_of(each.child_by_field_name("name")) == "package":
            return each.child_by_field_name("value")
    return None


def _written(symbol: Symbol, file: PythonFile, node: Node, scope: int, steps: int = DEEPEST) -> _Written | None:
    """What is written of a text from its beginning on; None where nothing is known of it."""
    match node.type:
        case "string":
            return _of_string(symbol, file, node, scope)
        case "parenthesized_expression" if node.named_children:
            return _written(symbol, file, node.named_children[0], scope, steps)
        case "binary_operator":
            return _of_operator(symbol, file, node, scope, steps)
        case "call":
            function = node.child_by_field_name("function")
            text = function.child_by_field_name("object") if function is not None else None
            is_format = text is not None and text_of(function).endswith(".format")
            return _up_to_hole(_written(symbol, file, text, scope, steps)) if text is not None and is_format else None
        case "identifier" | "attribute":
            return _of_name(symbol, file, node, scope, steps)
        case _:
            return None


def _of_string(symbol: Symbol, file: PythonFile, node: Node, scope: int) -> _Written | None:
    """The pieces of a string up to one that is not known."""
    text, is_own = "", False
    for part in node.named_children[1:-1]:
        if part.type != "interpolation":
            text += text_of(part)
            continue
        inner = _of_name(symbol, file, part.named_children[0], scope, 0) if part.named_children else None
        if inner is None:
            return _Written(text, is_open=True, is_own=is_own)
        is_own = is_own or not text
        text += inner.text
    return _Written(text, is_own=is_own)


def _of_operator(symbol: Symbol, file: PythonFile, node: Node, scope: int, steps: int) -> _Written | None:
    """`"pkg." + name`, `"pkg.%s" % name`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    before = _written(symbol, file, left, scope, steps) if left is not None else None
    if before is None or before.is_open:
        return before
    operator = text_of(node.child_by_field_name("operator"))
    if operator == "%":
        return _up_to_hole(before)
    behind = _written(symbol, file, right, scope, steps) if right is not None and operator == "+" else None
    return _Written(before.text + (behind.text if behind else ""), behind is None or behind.is_open, before.is_own)


def _up_to_hole(written: _Written | None) -> _Written | None:
    found = _HOLE.search(written.text) if written is not None else None
    return replace(written, text=written.text[: found.start()], is_open=True) if written and found else written


def _of_name(symbol: Symbol, file: PythonFile, node: Node, scope: int, steps: int) -> _Written | None:
    """`__name__` of this module or of another, `__package__`, or a name that is given one value."""
    name = text_of(node)
    if name in {"__name__", "__package__"}:
        own = dotted_name(symbol.modules, file.path)
        is_own = name == "__name__" or file.path.endswith(INIT_FILES)
        return _Written(own if is_own else own.rpartition(".")[0], is_own=True)
    if node.type == "attribute":
        receiver = node.child_by_field_name("object")
        is_name = receiver is not None and name.endswith(".__name__")
        found = values(symbol, file, receiver, scope) if receiver is not None and is_name else set[str]()
        known = len(found) == 1 and not found & {EXTERNAL, OTHER, UNKNOWN}
        return _Written(dotted_name(symbol.modules, found.pop()), is_own=True) if known else None
    place = find_scope(file.names.scopes, name, scope, node.start_byte) if steps else None
    bindings = file.names.scopes[place.scope].bindings[name] if place is not None else []
    statement = bindings[0].node.parent if len(bindings) == 1 else None
    value = statement.child_by_field_name("right") if statement is not None and statement.type == "assignment" else None
    return _written(symbol, file, value, scope, steps - 1) if value is not None else None
