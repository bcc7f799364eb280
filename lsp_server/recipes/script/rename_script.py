"""How is a name of JavaScript or TypeScript renamed? In its file and every importer that resolves; else it is shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from context.snapshot import FileText, Snapshot, text_sha
from lsp_server.edits.change import ChangeSet, Edit, Problem
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.rename.documents import document_sites
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.script.modules import Script, ScriptFile, open_script, open_scripts, script_language
from lsp_server.recipes.script.places import required_module, script_places
from lsp_server.recipes.script.scopes import occurrences
from lsp_server.recipes.splices import Splice, edit_of

WORDS = """
await break case catch class const continue debugger default delete do else enum export extends false finally for
function if implements import in instanceof interface let new null package private protected public return static super
switch this throw true try typeof undefined var void while with yield arguments eval NaN Infinity
"""
RESERVED = frozenset(re.findall(r"\w+", WORDS))


@dataclass(frozen=True, slots=True)
class Collected:
    """What each file has of the symbol."""

    splices: dict[str, list[Splice]]
    sites: list[Site]


def rename_script(plan: Rename, material: Material) -> Done | Refused | None:
    """The whole change; None where no such file defines the name."""
    if plan.kind in {"member", "parameter"}:
        return None
    script = Script(material.snapshot, plan.old)
    files = open_scripts(script, material.candidates)
    homes = (
        [file for file in files if _defines(file) and f"/{file.path}".endswith(f"/{plan.where}")]
        if plan.where
        else [file for file in files if _defines(file)]
    )
    if not homes:
        return None
    if len(homes) > 1:
        here = [file for file in homes if material.place is not None and file.path == material.place.path]
        if not here:
            listed = ", ".join(_position(file) for file in homes[:8])
            advice = f"Say which: `rename {homes[0].path}:{plan.old} to {plan.new}`."
            return _refused("AMBIGUOUS", f"{plan.old} is defined more than once: {listed}. {advice}")
        homes = here
    script = replace(script, home=homes[0].path)
    problems = _problems(plan, script, files)
    if problems:
        return Refused(tuple(problems)[:6])
    collected = _collected(script, plan.new, (file.path for file in files))
    return _finished(plan, material, script, collected)


def _refused(code: str, message: str, path: str = "") -> Refused:
    return Refused((Problem("AMBIGUOUS" if code == "AMBIGUOUS" else "CONFLICT", message, path),))


def _defines(file: ScriptFile) -> bool:
    return any(
        each.role == "bind"
        and each.scope.type == "program"
        and not _is_import(each.node.parent)
        and not required_module(each.node)
        for each in file.found.names
    )


def _is_import(parent: object) -> bool:
    return getattr(parent, "type", "") in {"import_specifier", "import_clause", "namespace_import"}


def _position(file: ScriptFile) -> str:
    node = next(each.node for each in file.found.names if each.role == "bind" and each.scope.type == "program")
    return f"{file.path}:{file.lines.at(node.start_byte) + 1}"


def _collected(script: Script, new: str, paths: Iterable[str]) -> Collected:
    collected = Collected({}, [])
    for path in sorted(paths):
        file = open_script(script, path)
        if file is None:
            continue
        splices, sites = script_places(script, file, new)
        if splices:
            collected.splices[path] = splices
        collected.sites.extend(sites)
    return collected


def _problems(plan: Rename, script: Script, files: list[ScriptFile]) -> list[Problem]:
    """Why the name cannot be given: it is reserved, is used already where it would go, or a file cannot be read."""
    if plan.new in RESERVED:
        return [Problem("FORMAT", f"`{plan.new}` is a reserved word of JavaScript: choose another name.")]
    problems: list[Problem] = []
    for file in files:
        if file.fault_line and file.found.names:
            message = f"{file.path}:{file.fault_line} has a syntax error: correct it first, so that nothing is missed."
            problems.append(Problem("SYNTAX_WORSE", message, file.path))
        splices, _ = script_places(script, file, plan.new)
        taken = occurrences(file.tree.root_node, file.source, plan.new).names if splices else []
        if taken:
            line = file.lines.at(taken[0].node.start_byte) + 1
            message = f"`{plan.new}` is used already in {file.path}:{line}: choose another name."
            problems.append(Problem("CONFLICT", message, file.path))
    return problems


def _finished(plan: Rename, material: Material, script: Script, collected: Collected) -> Done | Refused:
    snapshot, edits = material.snapshot, list[Edit]()
    gone = material.consumed
    splices = {path: list(own) for path, own in collected.splices.items()}
    if gone is not None and (file := open_script(script, gone.path)) is not None:
        line = Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), "")
        splices.setdefault(gone.path, []).append(line)
    for path, own in sorted(splices.items()):
        text = snapshot.file(path)
        if isinstance(text, FileText):
            edits.append(edit_of(text, own, plan.sentence()))
    problems = _proof(plan, script, snapshot, edits, collected)
    if problems:
        return Refused(tuple(problems)[:6])
    documents = [
        file
        for path in material.candidates
        if script_language(path) is None and isinstance(file := snapshot.file(path), FileText)
    ]
    sites = [*collected.sites, *(each for file in documents for each in document_sites(file, plan.old))]
    sites = [
        each
        for each in dict.fromkeys(sites)
        if gone is None or each.path != gone.path or not gone.start_line <= each.line <= gone.end_line
    ]
    count, in_files = sum(map(len, collected.splices.values())), len(collected.splices)
    summary = f"Rename {plan.old} → {plan.new}: {count} {'place' if count == 1 else 'places'}"
    summary += f" in {in_files} {'file' if in_files == 1 else 'files'}"
    if sites:
        summary += f"; {len(sites)} more to check"
    return Done(ChangeSet(tuple(edits)), summary, count, tuple(sites))


def _proof(plan: Rename, script: Script, snapshot: Snapshot, edits: list[Edit], collected: Collected) -> list[Problem]:
    """Where a changed file has errors it did not have, or renaming back would not touch as many places."""
    changed = {edit.path: FileText(edit.path, edit.after, text_sha(edit.after), None, edit.eol) for edit in edits}
    later = Script(Snapshot(snapshot.root, {**snapshot.buffers, **changed}), plan.new, script.home)
    problems: list[Problem] = []
    for edit in edits:
        file = open_script(later, edit.path)
        if file is None or file.fault_line:
            problems.append(
                Problem("SYNTAX_WORSE", f"{edit.path} would no longer be correct: nothing was changed.", edit.path)
            )
        elif len(script_places(later, file, plan.old)[0]) != len(collected.splices.get(edit.path, [])):
            message = f"`{plan.new}` would mean something else in {edit.path}: nothing was changed."
            problems.append(Problem("CONFLICT", message, edit.path))
    return problems
