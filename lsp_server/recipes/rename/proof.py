"""Does everything that got the new name still mean the symbol, and nothing else? Resolved again after the change."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from context.snapshot import FileText, Snapshot, text_sha
from lsp_server.edits.change import Edit, Problem
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.rename.python_places import Places
from lsp_server.recipes.splices import Splice, lines_of, source_of

Collect = Callable[[Symbol, list[PythonFile]], dict[str, Places]]
"""How the places of a symbol in some files are found."""


def proof_problems(
    symbol: Symbol,
    edits: list[Edit],
    splices: dict[str, list[Splice]],
    collect: Collect,
    doubts: Mapping[str, Mapping[Splice, str]] | None = None,
) -> list[Problem]:
    """Where renaming back would not touch the same names: the new name is read otherwise than it was meant.

    `splices` are all splices of each changed file, `doubts` those of them that a person must confirm.
    A file in which an import lost its alias is left out: there the new name was in use
    before, for the symbol itself.
    """
    snapshot = symbol.modules.snapshot
    buffers = {**snapshot.buffers, **{edit.path: _changed(snapshot, edit) for edit in edits}}
    overlay = Snapshot(snapshot.root, buffers)
    paths = tuple(dict.fromkeys((*symbol.files, *buffers)))
    changed = {edit.path: edit for edit in edits}
    unchanged = {path: file for path, file in symbol.files.items() if path not in changed}
    after = replace(
        symbol, modules=modules_of(overlay, paths), old=symbol.new, new=symbol.old, files=unchanged, known={}
    )
    opened = [open_file(after, path) for path in changed if path in symbol.files]
    files = [file for file in opened if isinstance(file, PythonFile)]
    places = collect(after, files)
    problems: list[Problem] = []
    for file in files:
        before = source_of(changed[file.path].before)
        if any(lost_alias(before, splice, symbol) for splice in splices[file.path]):
            continue
        wanted = moved_names(before, splices[file.path], symbol.old, symbol.new)
        found = {
            splice.start
            for splice in places[file.path].splices
            if file.source[splice.start : splice.end] == symbol.new.encode()
        }
        unsure = set((doubts or {}).get(file.path, {}))
        certain = moved_names(before, splices[file.path], symbol.old, symbol.new, unsure)
        for offset in sorted((certain - found) | (found - wanted)):
            line = lines_of(file.source).at(offset) + 1
            message = f"`{symbol.new}` would mean something else in {file.path}:{line}: nothing was renamed."
            problems.append(Problem("CONFLICT", message, file.path))
    return problems


def _changed(snapshot: Snapshot, edit: Edit) -> FileText:
    file = snapshot.file(edit.path)
    bom = isinstance(file, FileText) and file.bom
    return FileText(edit.path, edit.after, text_sha(edit.after), None, edit.eol, bom)


def lost_alias(before: bytes, splice: Splice, symbol: Symbol) -> bool:
    """Whether a splice made `old as new` into `new`."""
    return splice.text == symbol.new and b" " in before[splice.start : splice.end]


def moved_names(
    before: bytes, splices: list[Splice], old: str, new: str, but: Collection[Splice] = frozenset()
) -> set[int]:
    """Where the names that were replaced one for one begin after the change, but for some."""
    starts: set[int] = set()
    shift = 0
    for splice in sorted(set(splices)):
        if before[splice.start : splice.end] == old.encode() and splice.text == new and splice not in but:
            starts.add(splice.start + shift)
        shift += len(splice.text.encode()) - (splice.end - splice.start)
    return starts
