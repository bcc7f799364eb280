"""Which names of a workspace mean one symbol? Imports, re-exports, stars and module attributes are followed.

A *variable* is a name in one scope of one file. The symbol's variables are the one of its definition and every one
that an import without another alias makes of it. A reading that goes through a value of unknown kind is not followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from context.parsing.languages import LANGUAGES, language_of
from context.parsing.parse import Node, Tree, parse, tree_faults
from context.snapshot import FileText, Unreadable
from lsp_server.recipes.python.imports import Modules, files_of, module_of, resolve
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, Names
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Lines, lines_of, source_of

REMEMBERED = 256
"""Files that a worker process keeps read: a recipe that wants to see more files begins again with the same ones."""


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

    `is_fixture` tells that pytest hands it to parameters of its name, `is_registered` that a decorator may make it
    known by its name. `also` are more names whose uses are wanted. A module is a symbol of the package that holds it:
    then `path` is the module itself.
    """

    modules: Modules
    old: str
    new: str
    module: str = ""
    is_class: bool = False
    is_fixture: bool = False
    is_registered: bool = False
    also: frozenset[str] = frozenset()
    path: str = ""
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
    return replace(_read_text(file.text, frozenset({symbol.old, symbol.new}) | symbol.also), file=file)


@lru_cache(maxsize=REMEMBERED)
def _read_text(text: str, wanted: frozenset[str]) -> PythonFile:
    source = source_of(text)
    tree = parse(LANGUAGES[0], source)
    faults = tree_faults(tree, source)
    names = read_names(tree.root_node, wanted)
    file = FileText("", text, "")
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
    return any(_brings(symbol, path, each, seen) for each in file.names.scopes[scope].bindings.get(symbol.old, ()))


def _brings(symbol: Symbol, path: str, binding: Binding, seen: set[tuple[str, int]]) -> bool:
    """Whether an import binds the symbol by its own name."""
    if binding.kind == "import":
        is_whole = binding.module == symbol.old and not binding.aliased
        return bool(symbol.path) and is_whole and resolve(symbol.modules, path, symbol.old) == symbol.path
    if binding.kind != "from" or imported_name(binding) != symbol.old:
        return False
    return exports(symbol, resolve(symbol.modules, path, binding.module), seen)


def keeps_name(file: PythonFile, scope: int, name: str) -> bool:
    """Whether an import must keep the old name as its alias: in a class body, or where a definition shares the name."""
    where = file.names.scopes[scope]
    kinds = {binding.kind for binding in where.bindings.get(name, ())}
    return where.kind == "class" or bool(kinds & {"function", "class"})


def exports(symbol: Symbol, module: str | None, seen: set[tuple[str, int]] | None = None) -> bool:
    """Whether a module's attribute of the old name is the symbol; stars are followed, the last one that has it wins."""
    seen = set() if seen is None else seen
    if symbol.path and module == symbol.module:
        return True
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
        if module is None or not star_exports(symbol, module, symbol.old):
            continue
        if exports(symbol, module, seen):
            return module
        if binds(symbol, module, symbol.old):
            return None
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
            if is_computed(statement):
                return not name.startswith("_") or name in listed
    return name in listed if has_list else not name.startswith("_")


def all_statements(file: PythonFile) -> list[Node]:
    """The assignments to `__all__` at module level, and the calls of its methods."""
    nodes = [binding.node.parent for binding in file.names.scopes[MODULE_SCOPE].bindings.get("__all__", ())]
    stack = [file.tree.root_node] if b"__all__." in file.source else []
    while stack:
        node = stack.pop()
        function = node.child_by_field_name("function")
        if node.type == "call" and function is not None and (function.text or b"").startswith(b"__all__."):
            nodes.append(node)
        elif node.type not in {"function_definition", "class_definition"}:
            stack.extend(node.named_children)
    return [node for node in nodes if node is not None]


def _listed(statement: Node) -> set[str]:
    """The strings within a statement."""
    return {
        (node.text or b"").decode("utf-8", "replace")
        for node in descendants(statement)
        if node.type == "string_content"
    }


def is_computed(statement: Node) -> bool:
    """Whether a statement about `__all__` adds more than the strings that stand in it."""
    added = statement.child_by_field_name("right") or statement.child_by_field_name("arguments")
    return added is None or any(node.type in {"identifier", "call", "list_splat"} for node in descendants(added))


def descendants(node: Node) -> Iterator[Node]:
    """A node and all named nodes below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.named_children)


def is_alone(file: PythonFile, node: Node) -> bool:
    """Whether nothing but a comment shares the lines of a node."""
    first, last = file.lines.at(node.start_byte), file.lines.at(node.end_byte)
    before = file.source[file.lines.start(first) : node.start_byte].strip()
    behind = file.source[node.end_byte : file.lines.start(last + 1)].strip()
    return not before and (not behind or behind.startswith(b"#"))


def imported_name(binding: Binding) -> str:
    """The name that a `from` takes from its module; empty for other bindings."""
    return (binding.imported.text or b"").decode("utf-8", "replace") if binding.imported is not None else ""


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
