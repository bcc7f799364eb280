"""How do two changes of one snapshot become one? File by file, merged where both change a text, or refused."""

from itertools import pairwise

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Edit, Operation, Problem, Rename, edit_in
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.merge import Conflict, merge
from lsp_server.recipes.plan import Refused
from lsp_server.recipes.sequence import compared


def together(first: ChangeSet, second: ChangeSet, snapshot: Snapshot) -> ChangeSet | Refused:
    """All of both changes. `second` is the one that is told where they do not go together."""
    by_path: dict[str, Operation] = {operation.path: operation for operation in first.operations}
    taken = set(first.paths())
    added: list[Operation] = []
    problems: list[Problem] = []
    for operation in second.operations:
        paths = ChangeSet((operation,)).paths()
        if not taken & set(paths):
            added.append(operation)
            continue
        other = by_path.get(operation.path)
        joined = _joined(other, operation, snapshot) if other is not None else None
        if isinstance(joined, Problem) or joined is None:
            message = f"{operation.path} is changed, moved or made by a tool call of yours, too: do one of both."
            problems.append(joined or Problem("OVERLAP", message, operation.path))
        else:
            by_path[operation.path] = joined
    return Refused(tuple(problems)) if problems else ChangeSet((*by_path.values(), *added))


def _joined(one: Operation, other: Operation, snapshot: Snapshot) -> Operation | Problem | None:
    """One operation for a file that two change; None where that cannot be."""
    file = snapshot.file(one.path)
    if not isinstance(one, Edit | Rename) or not isinstance(other, Edit) or not isinstance(file, FileText):
        return None
    own = edit_in(one)
    merged = _merged(file, own.after if own is not None else file.text, other.after)
    if isinstance(merged, Conflict):
        lines = f"{merged.start_line} to {max(merged.start_line, merged.end_line)}"
        message = (
            f"your edit changes lines that a tool call of yours changes, too ({lines} afterwards): leave them out."
        )
        return Problem("OVERLAP", message, one.path)
    edit = compared(file, merged) if merged != file.text else None
    if isinstance(one, Rename):
        return Rename(one.path, one.new_path, one.base_sha, edit)
    return edit


def _merged(file: FileText, ours: str, theirs: str) -> str | Conflict:
    """Both texts' changes. Lines that stand side by side are no conflict here: both were made for the same text."""
    sides = [compared(file, text).hunks for text in (ours, theirs) if text != file.text]
    hunks = sorted((hunk for side in sides for hunk in side), key=lambda hunk: (hunk.start, hunk.end))
    apart = all(before.end <= hunk.start and before.start < hunk.end for before, hunk in pairwise(hunks))
    exact = [apply_hunks(file.text, side, file.eol) for side in sides] == [t for t in (ours, theirs) if t != file.text]
    return apply_hunks(file.text, hunks, file.eol) if apart and exact else merge(file.text, ours, theirs)
