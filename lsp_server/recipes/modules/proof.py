"""Does every import still bring what it brought, and every changed name the module? Read again after the change."""

from dataclasses import replace

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.modules.draft import Draft
from lsp_server.recipes.modules.places import module_places
from lsp_server.recipes.modules.statements import targets
from lsp_server.recipes.plan import Material
from lsp_server.recipes.python.imports import Modules, modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.rename.proof import lost_alias, moved_names
from lsp_server.recipes.sequence import after
from lsp_server.recipes.splices import lines_of, source_of


def proof_problems(draft: Draft, material: Material, change: ChangeSet) -> list[Problem]:
    """Imports that would bring something else than before, and names that would mean something else."""
    snapshot = material.snapshot
    later = after(snapshot, change)
    symbol = draft.symbol
    # The same files as before: what an import means hangs on which there are.
    known = (*material.candidates, *symbol.files, *snapshot.buffers)
    paths = tuple(dict.fromkeys(draft.home(path) for path in known))
    modules = modules_of(later, paths)
    fresh = Symbol(modules, symbol.new, symbol.old)
    problems: list[Problem] = []
    for file in draft.files:
        path = draft.home(file.path)
        now = open_file(fresh, path)
        if not isinstance(now, PythonFile):
            continue
        was, found = targets(symbol, file, draft.moves), targets(fresh, now, {})
        if was != found:
            lost = sorted((was - found) or (found - was))
            message = f"In {path}, the import of {lost[0]} would mean something else: nothing was changed."
            problems.append(Problem("CONFLICT", message, file.path))
    return problems or (_name_problems(draft, snapshot, modules) if symbol.old != symbol.new else [])


def _name_problems(draft: Draft, snapshot: Snapshot, modules: Modules) -> list[Problem]:
    """Where renaming back would not touch the same names."""
    symbol = draft.symbol
    back = replace(
        symbol,
        modules=modules,
        old=symbol.new,
        new=symbol.old,
        path=draft.goal,
        files={},
        known=dict[tuple[str, int], bool](),
    )
    opened = [open_file(back, draft.home(path)) for path in draft.splices]
    files = {file.path: file for file in opened if isinstance(file, PythonFile)}
    places = module_places(back, list(files.values()))
    problems: list[Problem] = []
    for path, splices in draft.splices.items():
        text, file = snapshot.file(path), files.get(draft.home(path))
        if not isinstance(text, FileText) or file is None:
            continue
        before = source_of(text.text)
        if any(lost_alias(before, splice, symbol) for splice in splices):
            continue
        wanted = moved_names(before, splices, symbol.old, symbol.new)
        found = {
            splice.start
            for splice in places[file.path].splices
            if file.source[splice.start : splice.end] == symbol.new.encode()
        }
        for offset in sorted(wanted ^ found):
            line = lines_of(file.source).at(offset) + 1
            message = f"`{symbol.new}` would mean something else in {file.path}:{line}: nothing was changed."
            problems.append(Problem("CONFLICT", message, file.path))
    return problems
