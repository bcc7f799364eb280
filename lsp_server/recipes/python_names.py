"""Which names of a workspace mean one symbol? Imports, re-exports, stars and module attributes are followed.

A *variable* is a name in one scope of one file. The symbol's variables are the one of its definition and every one
that an import without another alias makes of it. A reading that goes through a value of unknown kind is not followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from context.languages import language_of
from context.parse import Node, Tree, parse, tree_faults
from context.snapshot import FileText, Unreadable
from lsp_server.recipes.python_imports import Modules, files_of, module_of, resolve, submodule
from lsp_server.recipes.python_scopes import MODULE_SCOPE, AttributeUse, Binding, Names, find_scope
from lsp_server.recipes.python_walk import read_names
from lsp_server.recipes.splices import Lines, lines_of, source_of

EXTERNAL = "<outside the workspace>"
UNKNOWN = "<unknown value>"
OTHER = "<no module>"

IMPORTERS = frozenset({b"import_module", b"__import__", b"reload", b"importorskip"})


@dataclass(frozen=True, slots=True)
class PythonFile:
    """One file, parsed and read. `fault_line` is the 1-based line of its first syntax error, 0 for none."""

    file: FileText
    source: bytes
    tree: Tree
    names: Names
    lines: Lines
    fault_line: int

    @property
    def path(self) -> str:
        """The path of the file in the workspace."""
        return self.file.path


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or class at module level: `old` is its name, `new` the one it is to get, `module` where it is.

    `is_fixture` tells that pytest hands it to parameters of its name.
    """

    modules: Modules
    old: str
    new: str
    module: str = ""
    is_class: bool = False
    is_fixture: bool = False
    files: dict[str, PythonFile | Unreadable] = field(default_factory=dict[str, "PythonFile | Unreadable"])
    known: dict[tuple[str, int], bool] = field(default_factory=dict[tuple[str, int], bool])


def open_file(symbol: Symbol, path: str) -> PythonFile | Unreadable:
    """A Python file of the workspace, read once."""
    if path not in symbol.files:
        symbol.files[path] = _read(symbol, path)
    return symbol.files[path]


def _read(symbol: Symbol, path: str) -> PythonFile | Unreadable:
    file = symbol.modules.snapshot.file(path)
    language = language_of(path)
    if isinstance(file, Unreadable):
        return file
    if language is None or language.name != "python":
        return Unreadable(path, "is not a Python file")
    source = source_of(file.text)
    tree = parse(language, source)
    faults = tree_faults(tree, source)
    names = read_names(tree.root_node, frozenset({symbol.old, symbol.new}))
    return PythonFile(file, source, tree, names, lines_of(source), faults[0].line if faults else 0)


def is_symbol(symbol: Symbol, path: str, scope: int) -> bool:
    """Whether the name in a scope of a file is the symbol, so that it must be renamed there."""
    key = (path, scope)
    if key not in symbol.known:
        symbol.known[key] = _reaches(symbol, path, scope, set())
    return symbol.known[key]


def _reaches(symbol: Symbol, path: str, scope: int, seen: set[tuple[str, int]]) -> bool:
    if (path, scope) in seen:
        return False
    seen.add((path, scope))
    if scope == MODULE_SCOPE:
        module = module_of(symbol.modules, path)
        if module == symbol.module or (module != path and _reaches(symbol, module, scope, seen)):
            return True
    file = open_file(symbol, path)
    if isinstance(file, Unreadable) or keeps_name(file, scope, symbol.old):
        return False
    return any(
        exports(symbol, resolve(symbol.modules, path, binding.module), seen)
        for binding in file.names.scopes[scope].bindings.get(symbol.old, ())
        if binding.kind == "from" and _imported(binding) == symbol.old
    )


def keeps_name(file: PythonFile, scope: int, name: str) -> bool:
    """Whether an import must keep the old name as its alias: in a class body, or where a definition shares the name."""
    where = file.names.scopes[scope]
    kinds = {binding.kind for binding in where.bindings.get(name, ())}
    return where.kind == "class" or bool(kinds & {"function", "class"})


def exports(symbol: Symbol, module: str | None, seen: set[tuple[str, int]] | None = None) -> bool:
    """Whether a module's attribute of the old name is the symbol; stars are followed, the last one that has it wins."""
    seen = set() if seen is None else seen
    for path in files_of(symbol.modules, module) if module is not None else ():
        file = open_file(symbol, path)
        if isinstance(file, Unreadable):
            continue
        if symbol.old in file.names.scopes[MODULE_SCOPE].bindings:
            if _reaches(symbol, path, MODULE_SCOPE, seen):
                return True
        elif star_source(symbol, file, seen) is not None:
            return True
    return False


def star_source(symbol: Symbol, file: PythonFile, seen: set[tuple[str, int]] | None = None) -> str | None:
    """The module whose `import *` brings the symbol into a file."""
    seen = set() if seen is None else seen
    if (file.path, -1) in seen:
        return None
    seen.add((file.path, -1))
    for star in reversed(file.names.stars):
        module = resolve(symbol.modules, file.path, star.module)
        if module is not None and star_exports(symbol, module, symbol.old) and exports(symbol, module, seen):
            return module
    return None


def binds(symbol: Symbol, module: str, name: str) -> bool:
    """Whether a module has a name of its own or from a star."""
    pending, seen = [module], {module}
    while pending:
        for path in files_of(symbol.modules, pending.pop()):
            file = open_file(symbol, path)
            if isinstance(file, Unreadable):
                continue
            if name in file.names.scopes[MODULE_SCOPE].bindings:
                return True
            sources = {resolve(symbol.modules, path, star.module) for star in file.names.stars}
            fresh = {source for source in sources if source is not None} - seen
            pending.extend(fresh)
            seen |= fresh
    return False


def star_exports(symbol: Symbol, module: str, name: str) -> bool:
    """Whether `import *` takes a name from a module: by its `__all__`, else every name without an underscore."""
    listed: set[str] = set()
    has_list = False
    for path in files_of(symbol.modules, module):
        file = open_file(symbol, path)
        if isinstance(file, Unreadable):
            continue
        for statement in all_statements(file):
            has_list = True
            listed |= _listed(statement)
            if statement.type != "assignment" or _is_computed(statement):
                return not name.startswith("_") or name in listed
    return name in listed if has_list else not name.startswith("_")


def all_statements(file: PythonFile) -> list[Node]:
    """The assignments to `__all__` at module level."""
    nodes = [binding.node.parent for binding in file.names.scopes[MODULE_SCOPE].bindings.get("__all__", ())]
    return [node for node in nodes if node is not None]


def _listed(statement: Node) -> set[str]:
    """The strings within a statement."""
    return {
        (node.text or b"").decode("utf-8", "replace")
        for node in descendants(statement)
        if node.type == "string_content"
    }


def _is_computed(statement: Node) -> bool:
    right = statement.child_by_field_name("right")
    return right is None or any(node.type in {"identifier", "call", "list_splat"} for node in descendants(right))


def descendants(node: Node) -> Iterator[Node]:
    """A node and all named nodes below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.named_children)


def _imported(binding: Binding) -> str:
    return (binding.imported.text or b"").decode("utf-8", "replace") if binding.imported is not None else ""


def values(symbol: Symbol, file: PythonFile, node: Node, scope: int, seen: frozenset[object] = frozenset()) -> set[str]:
    """What an expression can be: modules by their path, or `EXTERNAL`, `UNKNOWN`, `OTHER`."""
    match node.type:
        case "identifier":
            return _name_values(symbol, file, node, scope, seen)
        case "attribute":
            return _chain_values(symbol, file, node, scope, seen)
        case "dotted_name":
            first, *rest = node.named_children
            found = _name_values(symbol, file, first, scope, seen)
            for part in rest:
                found = _members(symbol, found, (part.text or b"").decode("utf-8", "replace"), seen)
            return found
        case "call":
            function = node.child_by_field_name("function")
            tail = (function.text or b"").rpartition(b".")[2] if function is not None else b""
            return {UNKNOWN} if tail in IMPORTERS else {OTHER}
        case "subscript":
            return {UNKNOWN} if (node.text or b"").startswith((b"sys.modules", b"modules[")) else {OTHER}
        case "parenthesized_expression" if node.named_children:
            return values(symbol, file, node.named_children[0], scope, seen)
        case _:
            return {OTHER}


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
            return {EXTERNAL} if module is None else member_values(symbol, module, _imported(binding), seen)
        case "function" | "class":
            return {OTHER}
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
    found = (
        _dotted_values(symbol, file, use)
        if receiver.type == "dotted_name"
        else values(symbol, file, receiver, use.scope)
    )
    modules = found - {EXTERNAL, UNKNOWN, OTHER}
    hits = {module for module in modules if exports(symbol, module)}
    if hits and hits == found:
        return Reading(certain=True)
    text = (receiver.text or b"").decode("utf-8", "replace")
    if hits:
        return Reading(perhaps=f"`{text}` may be another module or value here")
    lazy = [module for module in modules if _is_lazy(symbol, module)]
    if lazy:
        return Reading(perhaps=f"{lazy[0]} makes its attributes when they are asked for")
    if UNKNOWN in found:
        return Reading(perhaps=f"it is not known what `{text}` is")
    tail = text.rpartition(".")[2]
    if EXTERNAL in found and tail in symbol_stems(symbol):
        return Reading(perhaps=f"`{text}` was not found in the workspace by its import")
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


def _is_lazy(symbol: Symbol, module: str) -> bool:
    """Whether a module has `__getattr__` and does not bind the name itself."""
    for path in files_of(symbol.modules, module):
        file = open_file(symbol, path)
        if not isinstance(file, Unreadable):
            bindings = file.names.scopes[MODULE_SCOPE].bindings
            if "__getattr__" in bindings and symbol.old not in bindings:
                return True
    return False


def symbol_stems(symbol: Symbol) -> set[str]:
    """The last names of the modules that hold the symbol: `core` for `pkg/core.py`."""
    stems: set[str] = set()
    holders = [
        symbol.module,
        *(path for (path, scope), is_it in symbol.known.items() if is_it and scope == MODULE_SCOPE),
    ]
    for module in holders:
        parts = module.rpartition(".")[0].split("/")
        stems.add(parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1])
    return stems
