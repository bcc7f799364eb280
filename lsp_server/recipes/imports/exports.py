"""How does `__all__` get another name? In its place among the others, in the layout of the list."""

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.imports.sentence import AddExport
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.export_lists import entries_of, export_lists, name_in
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.python.names import PythonFile, Symbol, all_statements, open_file
from lsp_server.recipes.python.placement import list_separator, sorted_place
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The names in the list of the file that is named, or of the one that defines them."""
    if not isinstance(plan, AddExport):
        raise TypeError(plan)
    symbol = Symbol(
        modules_of(material.snapshot, material.candidates), "", "", also=frozenset({*plan.exported, "__all__"})
    )
    path = named_file(material, plan.where, "whose `__all__` it is") if plan.where else _holder(symbol, plan, material)
    if isinstance(path, Wanted):
        return path
    if isinstance(path, Problem):
        return refused(path)
    file = open_file(symbol, path)
    if not isinstance(file, PythonFile):
        return refused(Problem("MISSING", f"{path} {file.reason}.", path))
    if file.fault_line:
        return refused(Problem("SYNTAX_WORSE", f"{path}:{file.fault_line} has a syntax error: correct it first.", path))
    splices = _listed(plan, file)
    if isinstance(splices, Problem):
        return refused(splices)
    return finished(material, {path: splices}, f"Add {', '.join(plan.exported)} to __all__ of {path}")


def _holder(symbol: Symbol, plan: AddExport, material: Material) -> str | Problem:
    """The file at hand if it has the names, else the one file that has `__all__` and defines them."""
    at_hand = material.place.path if material.place is not None else ""
    fitting: list[str] = []
    for path in dict.fromkeys((at_hand, *material.candidates)):
        file = open_file(symbol, path) if path.endswith((".py", ".pyi")) else None
        if not isinstance(file, PythonFile) or not all_statements(file):
            continue
        bindings = file.names.scopes[MODULE_SCOPE].bindings
        if all(name in bindings for name in plan.exported):
            if path == at_hand:
                return path
            fitting.append(path)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return Problem("AMBIGUOUS", f"{', '.join(fitting[:8])} could list it: say `… to __all__ of FILE`.")
    named = ", ".join(plan.exported)
    return Problem("NOT_FOUND", f"No module here has both `__all__` and {named}: say `… to __all__ of FILE`.")


def _listed(plan: AddExport, file: PythonFile) -> list[Splice] | Problem:
    """The splices of the list, which must stand in the file as one."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings
    missing = [name for name in plan.exported if name not in bindings]
    if missing and not file.names.stars:
        message = f"{file.path} has no {', '.join(missing)}: import it there first."
        return Problem("NOT_FOUND", message, file.path)
    lists = export_lists(file)
    if not lists:
        message = f"{file.path} lists nothing in `__all__`, so every public name is exported: write one first."
        return Problem("NOT_FOUND", message, file.path)
    present = {name_in(entry) for each in lists for entry in entries_of(each)}
    wanted = [name for name in plan.exported if name not in present]
    if not wanted:
        return Problem("NO_CHANGE", f"{', '.join(plan.exported)} is in `__all__` of {file.path} already.", file.path)
    return _put(file, lists[0], wanted)


def _put(file: PythonFile, brackets: Node, names: list[str]) -> list[Splice]:
    entries = entries_of(brackets)
    quote = text_of(entries[0])[:1] if entries else '"'
    present = [name_in(entry) for entry in entries]
    if not entries:
        close = "," if brackets.type == "tuple" and len(names) == 1 else ""
        text = ", ".join(f"{quote}{name}{quote}" for name in names) + close
        start = brackets.start_byte + 1
        return [Splice(start, start, text)]
    separator = list_separator(file, entries)
    splices: dict[int, str] = {}
    for name in sorted(names, key=lambda name: sorted_place(present, name)):
        at = sorted_place(present, name)
        written = f"{quote}{name}{quote}"
        if at < len(entries):
            start = entries[at].start_byte
            splices[start] = splices.get(start, "") + written + separator
        else:
            end = entries[-1].end_byte
            splices[end] = splices.get(end, "") + separator + written
    return [Splice(start, start, text) for start, text in splices.items()]
