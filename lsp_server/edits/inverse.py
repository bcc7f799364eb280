"""What takes a change back, from texts that may have moved on since? A change like any other.

Whatever was edited later stays: taking back is a merge of the texts before, the texts as they were meant, and the
texts now. Where later edits touch the same lines, nothing is taken back, and the place is said.
"""

from dataclasses import replace

from context.snapshot import FileText, Snapshot, text_sha
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Refused, Rename
from lsp_server.edits.hunks import hunks_between
from lsp_server.edits.rebase import rebase


def taking_back(change: ChangeSet, now: Snapshot) -> ChangeSet | Refused:
    """The change for the present files that undoes another one, as far as that was ever made. Reads files."""
    operations = [_inverse(operation) for operation in reversed(change.operations)]
    left = [operation for operation in operations if not _is_done(operation, now)]
    return rebase(ChangeSet(tuple(left)), now) if left else Refused(())


def _inverse(operation: Operation) -> Operation:
    match operation:
        case Create(path, text):
            return Delete(path, text_sha(text), text)
        case Delete(path, _, before):
            return Create(path, before)
        case Edit():
            return _inverse_edit(operation, operation.path)
        case Rename(path, new_path, base_sha, edit):
            back = _inverse_edit(edit, new_path) if edit else None
            return Rename(new_path, path, back.base_sha if back else base_sha, back)


def _inverse_edit(edit: Edit, path: str) -> Edit:
    hunks = hunks_between(edit.after, edit.before)
    return replace(edit, path=path, base_sha=text_sha(edit.after), before=edit.after, after=edit.before, hunks=hunks)


def _is_done(operation: Operation, now: Snapshot) -> bool:
    """Whether the files are already as an operation would make them, since what it undoes never came to be."""
    match operation:
        case Delete(path):
            return not now.exists(path)
        case Create(path, text):
            return _text(path, now) == text
        case Edit():
            return _text(operation.path, now) == operation.after
        case Rename(path, new_path):
            return now.exists(new_path) and not now.exists(path)


def _text(path: str, now: Snapshot) -> str | None:
    file = now.file(path)
    return file.text if isinstance(file, FileText) else None
