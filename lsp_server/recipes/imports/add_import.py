"""How does a file get an import? In its place among the others, unless the name means something there already."""

import builtins

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.imports.sentence import AddImport
from lsp_server.recipes.imports.sources import checked, source_of_name
from lsp_server.recipes.move.imports import reaches
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.imports import module_of, modules_of, resolve, submodule
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.python.names import PythonFile, Symbol, imported_name, open_file
from lsp_server.recipes.python.placement import ImportLine, place_import
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, find_scope
from lsp_server.recipes.splices import Splice


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The imports in the file; those that it has already are left as they are."""
    if not isinstance(plan, AddImport):
        raise TypeError(plan)
    path = named_file(material, plan.where, "where to import it")
    if isinstance(path, Wanted):
        return path
    if isinstance(path, Problem):
        return refused(path)
    names = frozenset(plan.names())
    symbol = Symbol(modules_of(material.snapshot, (*material.candidates, path)), "", "", also=names)
    file = open_file(symbol, path)
    if not isinstance(file, PythonFile):
        return refused(Problem("MISSING", f"{path} {file.reason}.", path))
    if file.fault_line:
        return refused(Problem("SYNTAX_WORSE", f"{path}:{file.fault_line} has a syntax error: correct it first.", path))
    splices: list[Splice] = []
    for asked in plan.lines:
        made = _added(symbol, file, asked, material.candidates)
        if isinstance(made, Problem):
            return refused(made)
        splices += [made] if made is not None else []
    if not splices:
        return refused(Problem("NO_CHANGE", f"{path} imports {', '.join(sorted(names))} already.", path))
    summary = f"{plan.sentence().partition(' in ')[0]} in {path}"
    return finished(material, {path: splices}, summary)


def _added(symbol: Symbol, file: PythonFile, asked: ImportLine, candidates: tuple[str, ...]) -> Splice | Problem | None:
    """The splice that adds one import; None where the file has it."""
    line = checked(symbol, file, asked) if asked.module else source_of_name(symbol, file, asked.name, candidates)
    if isinstance(line, Problem):
        return line
    if asked.alias and not asked.module:
        line = ImportLine(line.module, line.name, asked.alias)
    if any(_is_same(each, line, symbol, file) for each in file.names.scopes[MODULE_SCOPE].bindings.get(line.bound, [])):
        return None
    problem = _taken(file, line) or _cycle(symbol, file, line)
    if problem is not None:
        return problem
    return place_import(symbol.modules, file, line, for_types=_only_types(file, line.bound))


def _taken(file: PythonFile, line: ImportLine) -> Problem | None:
    """Why the file cannot get the name: it means something else there."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(line.bound, [])
    is_package = not line.name and not line.alias and "." in line.module
    if bindings and is_package and all(each.kind == "import" and not each.aliased for each in bindings):
        return None
    if bindings:
        at = file.lines.at(bindings[0].node.start_byte) + 1
        return Problem("EXISTS", f"`{line.bound}` means something else in {file.path}:{at}.", file.path)
    used = [
        use
        for use in file.names.uses
        if use.name == line.bound
        and hasattr(builtins, line.bound)
        and find_scope(file.names.scopes, use.name, use.scope, use.node.start_byte) is None
    ]
    if used:
        at = file.lines.at(used[0].node.start_byte) + 1
        message = f"{file.path}:{at} uses Python's own `{line.bound}`, which the import would hide: give it an alias."
        return Problem("CONFLICT", message, file.path)
    return None


def _is_same(binding: Binding, line: ImportLine, symbol: Symbol, file: PythonFile) -> bool:
    if binding.kind == "import":
        aliased = binding.name if binding.aliased else ""
        module = binding.module
        if not binding.aliased and binding.node.parent is not None:
            module = (binding.node.parent.text or b"").decode("utf-8", "replace")
        return not line.name and module == line.module and aliased == line.alias
    if binding.kind != "from" or imported_name(binding) != line.name:
        return False
    found = resolve(symbol.modules, file.path, binding.module)
    return binding.module == line.module or (
        found is not None and found == resolve(symbol.modules, file.path, line.module)
    )


def _cycle(symbol: Symbol, file: PythonFile, line: ImportLine) -> Problem | None:
    """Why two modules would import each other."""
    own = module_of(symbol.modules, file.path)
    module = resolve(symbol.modules, file.path, line.module)
    inner = submodule(symbol.modules, module, line.name) if module is not None and line.name else None
    start = [each for each in (inner or module,) if each is not None]
    if own in start:
        return Problem("CONFLICT", f"{file.path} would import itself.", file.path)
    if reaches(symbol, start, {own}) and not _only_types(file, line.bound):
        return Problem("CONFLICT", f"{start[0]} imports {file.path}: the two would import each other.", file.path)
    return None


def _only_types(file: PythonFile, name: str) -> bool:
    """Whether a name is used in types alone, and none of them is evaluated."""
    lazy = b"from __future__ import annotations" in file.source
    uses = [use.node for use in file.names.uses if use.name == name]
    quotes = [quote for quote in file.names.quotes if quote.is_type]
    if any(not (lazy and _in_type(node)) for node in uses):
        return False
    return bool(uses) or bool(quotes)


def _in_type(node: Node) -> bool:
    around: Node | None = node
    while around is not None and around.type != "block":
        if around.type == "type":
            return True
        around = around.parent
    return False
