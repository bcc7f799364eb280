"""Which imports does a moved symbol need at its new place, and how do other files import it from there?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.move.within import outermost_function
from lsp_server.recipes.python.imports import Modules, dotted_name, module_of, resolve, submodule
from lsp_server.recipes.python.insert import IMPORTS
from lsp_server.recipes.python.names import PythonFile, Symbol, imported_name, open_file
from lsp_server.recipes.python.parameters import without
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, is_conditional
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice


@dataclass(frozen=True, slots=True)
class Import:
    """A line that imports one name; `condition` is that of the `if` it stands under, for types only."""

    line: str
    name: str
    module: str = ""
    condition: str = ""

    @property
    def parsed(self) -> ImportLine:
        """The line as its parts."""
        module, _, imported = self.line.removeprefix("from ").removeprefix("import ").partition(" import ")
        said, _, alias = (imported or module).partition(" as ")
        return ImportLine(module, said, alias) if imported else ImportLine(said, "", alias)


def reference(modules: Modules, path: str, module: str, *, relative: bool) -> str:
    """How a file names a module: from the package on, or with dots from its own folder."""
    dotted = dotted_name(modules, module)
    if not relative:
        return dotted
    folder = PurePosixPath(path).parent
    parts = PurePosixPath(module).with_suffix("").parts
    target = parts[:-1] if parts[-1] == "__init__" else parts
    own = () if str(folder) == "." else folder.parts
    common = 0
    while common < min(len(own), len(target)) and own[common] == target[common]:
        common += 1
    dots = "." * (len(own) - common + 1)
    shared = PurePosixPath(*own[:common]) if common else None
    if shared is None or not modules.is_package(str(shared)):
        return dotted
    return dots + ".".join(target[common:])


def is_relative(file: PythonFile) -> bool:
    """Whether a file imports from its own package with dots."""
    bindings = (binding for bound in file.names.scopes[MODULE_SCOPE].bindings.values() for binding in bound)
    return any(binding.kind == "from" and binding.module.startswith(".") for binding in bindings)


def import_for(modules: Modules, old: PythonFile, name: str, new_path: str) -> Import | Problem | None:
    """The import that brings a name of the old module to the new one; None for a name that no import brings."""
    bindings = old.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    if not bindings:
        return None
    if not all(binding.kind in {"import", "from"} for binding in bindings):
        return _own_name(modules, old, name, new_path)
    binding = bindings[0]
    condition = _condition(binding)
    if len(bindings) > 1 or (is_conditional(binding) and "TYPE_CHECKING" not in condition):
        at = old.lines.at(binding.node.start_byte) + 1
        return Problem("CONFLICT", f"{name} is imported in more than one way in {old.path}:{at}.", old.path)
    if binding.kind == "import":
        listed = binding.node.parent
        text = text_of(listed) if listed is not None else name
        return Import(f"import {text}", name, resolve(modules, old.path, binding.module) or "", condition)
    module = resolve(modules, old.path, binding.module)
    if module is None and binding.module.startswith("."):
        return Problem("CONFLICT", f"{binding.module}, which {name} comes from, was not found.", old.path)
    imported = imported_name(binding)
    inner = submodule(modules, module, imported) if module is not None else None
    relative = binding.module.startswith(".")
    source = reference(modules, new_path, module, relative=relative) if module is not None else binding.module
    alias = f" as {name}" if binding.aliased else ""
    return Import(f"from {source} import {imported}{alias}", name, inner or module or "", condition)


def package_imports(modules: Modules, old: PythonFile, name: str) -> list[Import]:
    """The imports of a package that several lines bring, as `import a` and `import a.b` do; none for other names."""
    bindings = old.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    plain = all(each.kind == "import" and not each.aliased and not is_conditional(each) for each in bindings)
    if len(bindings) < len(("import a", "import a.b")) or not plain:
        return []
    return [
        Import(f"import {text_of(each.node.parent)}", name, resolve(modules, old.path, text_of(each.node.parent)) or "")
        for each in bindings
    ]


def _own_name(modules: Modules, old: PythonFile, name: str, new_path: str) -> Import | Problem:
    """The import of a name that the old module binds itself, for types only where it is there for these alone."""
    bindings = old.names.scopes[MODULE_SCOPE].bindings[name]
    for binding in bindings:
        if binding.kind == "value" and outermost_function(binding.node) is not None:
            at = old.lines.at(binding.node.start_byte) + 1
            message = f"{old.path}:{at} gives {name} another value, which the moved code would not see."
            return Problem("CONFLICT", message, old.path)
    line = f"from {reference(modules, new_path, old.path, relative=is_relative(old))} import {name}"
    conditions = {_condition(binding) for binding in bindings}
    condition = next(iter(conditions)) if len(conditions) == 1 else ""
    condition = condition if condition.rpartition(".")[2] == "TYPE_CHECKING" else ""
    return Import(line, name, module_of(modules, old.path), condition)


def _condition(binding: Binding) -> str:
    """The condition of the `if` around an import."""
    node = binding.node.parent
    while node is not None and node.type != "if_statement":
        node = node.parent
    return text_of(node.child_by_field_name("condition")) if node is not None else ""


def same_import(modules: Modules, file: PythonFile, name: str, wanted: Import) -> bool:
    """Whether a file has a name already, from where it is wanted from."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    if any(binding.kind not in {"import", "from"} for binding in bindings):
        return False
    for binding in bindings:
        imported = imported_name(binding) if binding.kind == "from" else ""
        source = wanted.line.partition(" import ")[0].removeprefix("from ")
        found = resolve(modules, file.path, binding.module)
        ours = resolve(modules, file.path, source) if binding.kind == "from" else None
        same_module = found == ours if found is not None else binding.module == source
        if binding.kind == "from" and (
            imported != wanted.line.partition(" import ")[2].split(" ")[0] or not same_module
        ):
            return False
        if binding.kind == "import" and wanted.line != f"import {text_of(binding.node.parent)}":
            return False
    return bool(bindings)


def redirected(file: PythonFile, bindings: Sequence[Binding], source: str) -> list[Splice] | Problem:
    """`from old import names` with another module in it; names of one statement that stay are listed there alone."""
    statement = import_statement(bindings[0])
    module = statement.child_by_field_name("module_name") if statement is not None else None
    if statement is None or module is None:
        return []
    listed = statement.children_by_field_name("name")
    own = own_entries(statement, bindings)
    if len(listed) == len(own):
        return [Splice(module.start_byte, module.end_byte, source)]
    start = file.lines.start(file.lines.at(statement.start_byte))
    indent = file.source[start : statement.start_byte].decode("utf-8", "replace")
    if indent.strip():
        return Problem(
            "CONFLICT", f"{file.path}:{file.lines.at(start) + 1} imports within a line: change it first.", file.path
        )
    line = f"{indent}from {source} import {', '.join(text_of(each) for each in own)}{file.file.eol}"
    return [*without(listed, own), Splice(start, start, line)]


def import_statement(binding: Binding) -> Node | None:
    """The whole statement that an import's name stands in."""
    node = binding.node.parent
    while node is not None and node.type not in IMPORTS:
        node = node.parent
    return node


def own_entries(statement: Node, bindings: Iterable[Binding]) -> list[Node]:
    """The entries of an import's list that some names stand in."""
    starts = [binding.node.start_byte for binding in bindings]
    listed = statement.children_by_field_name("name")
    return [each for each in listed if any(each.start_byte <= start < each.end_byte for start in starts)]


def reaches(symbol: Symbol, start: Iterable[str], goal: set[str]) -> str:
    """The module of `goal` that is imported when some modules are, by the top of each; empty for none."""
    pending, seen = [module for module in start if module], set[str]()
    while pending:
        module = pending.pop()
        if module in goal:
            return module
        if module in seen:
            continue
        seen.add(module)
        file = open_file(symbol, module) if module.endswith(".py") else None
        if not isinstance(file, PythonFile):
            continue
        for bound in file.names.scopes[MODULE_SCOPE].bindings.values():
            for binding in bound:
                if binding.kind in {"import", "from"} and "TYPE_CHECKING" not in _condition(binding):
                    pending.extend(_sources(symbol, file, binding))
        pending.extend(resolve(symbol.modules, module, star.module) or "" for star in file.names.stars)
    return ""


def _sources(symbol: Symbol, file: PythonFile, binding: Binding) -> list[str]:
    module = resolve(symbol.modules, file.path, binding.module)
    inner = (
        submodule(symbol.modules, module, imported_name(binding)) if module is not None and binding.imported else None
    )
    return [each for each in (module, inner) if each is not None]


def listed_in_all(statement: Node, names: Collection[str]) -> list[Splice]:
    """The splices that take names out of a statement about `__all__`."""
    stack, splices = [statement], list[Splice]()
    while stack:
        node = stack.pop()
        if node.type in {"list", "tuple"}:
            own = [each for each in node.named_children if each.type == "string" and text_of(each)[1:-1] in names]
            listed = [each for each in node.named_children if each.type != "comment"]
            splices += without(listed, own)
        stack.extend(node.named_children)
    return splices
