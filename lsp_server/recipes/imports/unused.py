"""Which imports of a file are not used? Those go that certainly are not; the others are listed with the reason."""

from lsp_server.edits.change import Problem
from lsp_server.recipes.imports.sentence import RemoveUnused
from lsp_server.recipes.move.leftovers import imports_of_file, is_used, sorted_out, splices_of
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The file without the imports that nothing uses."""
    if not isinstance(plan, RemoveUnused):
        raise TypeError(plan)
    path = named_file(material, plan.where, "whose imports are meant")
    if isinstance(path, Wanted):
        return path
    if isinstance(path, Problem):
        return refused(path)
    modules = modules_of(material.snapshot, (*material.candidates, path))
    first = open_file(Symbol(modules, "", ""), path)
    if not isinstance(first, PythonFile):
        return refused(Problem("MISSING", f"{path} {first.reason}.", path))
    if first.fault_line:
        return refused(
            Problem("SYNTAX_WORSE", f"{path}:{first.fault_line} has a syntax error: correct it first.", path)
        )
    names = frozenset(binding.name for binding, _ in imports_of_file(first))
    symbol = Symbol(modules, "", "", also=names | {"__all__"})
    file = open_file(symbol, path)
    if not isinstance(file, PythonFile):
        return refused(Problem("MISSING", f"{path} {file.reason}.", path))
    unused = [(binding, scope) for binding, scope in imports_of_file(file) if not is_used(file, binding, scope)]
    wanted = tuple(sorted({binding.name for binding, _ in unused}))
    if set(wanted) - set(material.names):
        return Wanted(wanted)
    found = sorted_out(symbol, file, unused, material.candidates)
    splices = splices_of(file, found)
    if not splices:
        kept = f" {len(found.sites)} may be: {_listed(found.sites)}." if found.sites else ""
        return refused(Problem("NO_CHANGE", f"No import of {path} is certainly unused.{kept}", path))
    count = sum(len(each) for each in found.gone.values())
    summary = f"Remove {'1 unused import' if count == 1 else f'{count} unused imports'} of {path}"
    return finished(material, {path: splices}, summary, found.sites)


def _listed(sites: list[Site]) -> str:
    return "; ".join(f"line {each.line} ({each.why})" for each in sites[:6])
