"""How does a change get from the texts it was made for onto the present ones? Whole, or not at all."""

from dataclasses import replace
from typing import TypeVar

from context.snapshot import FileText, Snapshot
from lsp_server.edits.cells import is_cell
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Problem, Refused, Rename
from lsp_server.edits.hunks import hunks_between
from lsp_server.edits.merge import Conflict, merge

M = TypeVar("M", Rename, Delete)


def rebase(change: ChangeSet, now: Snapshot) -> ChangeSet | Refused:
    """The same change for the texts of `now`. What is already there is left out; one conflict refuses all."""
    operations: list[Operation] = []
    problems: list[Problem] = []
    for operation in change.operations:
        match _rebased(operation, now):
            case Problem() as problem:
                problems.append(problem)
            case None:
                pass
            case kept:
                operations.append(kept)
    if problems:
        return Refused(tuple(problems))
    if not operations:
        message = "the files already hold this change; there is nothing to do."
        return Refused(tuple(Problem("ALREADY_APPLIED", message, path) for path in change.paths()[:1]))
    return ChangeSet(tuple(operations))


def _rebased(operation: Operation, now: Snapshot) -> Operation | Problem | None:
    """The operation on the present files; None if they already are as it would make them."""
    match operation:
        case Create(path, text):
            found = now.file(path)
            if isinstance(found, FileText):
                return None if found.text == text else _conflict(path, "was created meanwhile with another text")
            return _conflict(path, "was created meanwhile") if found.exists else operation
        case Rename():
            return _rebased_rename(operation, now)
        case Delete(path, base_sha):
            return _unless_moved_on(operation, path, base_sha, now)
        case Edit():
            return _rebased_edit(operation, now)


def _rebased_rename(rename: Rename, now: Snapshot) -> Rename | Problem | None:
    """The move of the present file with what of its edit is still to do; None if both are done."""
    edit, source, target = rename.edit, now.file(rename.path), now.file(rename.new_path)
    is_gone = not now.exists(rename.path)
    if edit is not None and is_gone and isinstance(target, FileText) and target.text == edit.after:
        return None
    if now.exists(rename.new_path):
        return _conflict(rename.new_path, "was created meanwhile, so nothing can be moved there")
    if edit is None:
        return _unless_moved_on(rename, rename.path, rename.base_sha, now)
    match _rebased_edit(edit, now):
        case Problem() as problem:
            return problem
        case None:
            return replace(rename, base_sha=source.sha if isinstance(source, FileText) else "", edit=None)
        case rebased:
            return replace(rename, base_sha=rebased.base_sha, edit=rebased)


def _unless_moved_on(operation: M, path: str, base_sha: str, now: Snapshot) -> M | Problem:
    found = now.file(path)
    if not isinstance(found, FileText):
        return (
            _conflict(path, "was deleted or renamed meanwhile") if not found.exists else _unusable(path, found.reason)
        )
    return operation if found.sha == base_sha else _conflict(path, "was changed meanwhile")


def _rebased_edit(edit: Edit, now: Snapshot) -> Edit | Problem | None:
    found = now.file(edit.path)
    if not isinstance(found, FileText):
        is_closed = "is in no open notebook. Open it in the editor"
        gone = is_closed if is_cell(edit.path) else "was deleted or renamed meanwhile"
        return _unusable(edit.path, found.reason) if found.exists else _conflict(edit.path, gone)
    if found.sha == edit.base_sha:
        return edit
    merged = merge(edit.before, found.text, edit.after)
    if isinstance(merged, Conflict):
        return _conflict(edit.path, f"{_lines(merged)} changed meanwhile, where the new text belongs")
    if merged == found.text:
        return None
    certain = all(hunk.certain for hunk in edit.hunks)
    merged_hunks = hunks_between(found.text, merged, why="merged with what changed meanwhile")
    hunks = tuple(replace(hunk, certain=certain) for hunk in merged_hunks)
    return Edit(edit.path, found.sha, found.text, merged, hunks, found.eol, found.bom)


def _lines(conflict: Conflict) -> str:
    if conflict.end_line < conflict.start_line:
        return f"between lines {conflict.end_line} and {conflict.start_line} it was"
    if conflict.end_line == conflict.start_line:
        return f"line {conflict.start_line} was"
    return f"lines {conflict.start_line} to {conflict.end_line} were"


def _conflict(path: str, what: str) -> Problem:
    return Problem("CONFLICT", f"{path}: {what}. Ask again for its present text.", path)


def _unusable(path: str, reason: str) -> Problem:
    return Problem("STALE", f"{path} {reason} now. Nothing can be changed in it.", path)
