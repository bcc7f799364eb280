"""Which WorkspaceEdit is a change, for this editor? Only shapes that it announced, split where it may stop half-way.

An editor that checks everything before it applies anything gets the whole change. Any other gets one file at a time, so
that the server can look in between: new files first, then edits, then what goes.

A file that moves and changes is edited at its old place and then moved: the edit can name the version that it was made
for, and editors take the unsaved text of a buffer along.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from lsprotocol import types

from context.snapshot import text_sha
from lsp_server.client import Client
from lsp_server.convert import to_text_edits
from lsp_server.documents import Document
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.diff import text_edits

Uri = Callable[[str], str]
Open = Callable[[str], Document | None]
DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile

ORDER: tuple[type[Operation], ...] = (Create, Edit, Rename, Delete)
"""What is used stands before what uses it."""


def in_steps(change: ChangeSet, client: Client, is_open: Callable[[str], bool]) -> tuple[ChangeSet, ...] | str:
    """The change as this editor can take it, or in a sentence why it cannot; `is_open`: whether it shows a path."""
    operations = tuple(part for whole in change.operations for part in _parts(whole, client, is_open))
    kinds = {type(operation) for operation in operations}
    if not client.apply_edit:
        return "This editor does not let a server edit files. Use `patchwright ask --apply` in a terminal."
    if not client.document_changes and (len(operations) > 1 or kinds != {Edit}):
        return "This editor takes edits of one existing file only. Use `patchwright ask --apply` in a terminal."
    if (Rename in kinds and not client.rename) or (Delete in kinds and not client.delete):
        return "This editor cannot move or delete files for a server. Use `patchwright ask --apply` in a terminal."
    if client.transactional or len(operations) == 1:
        return (ChangeSet(operations),)
    ordered = sorted(operations, key=lambda operation: ORDER.index(type(operation)))
    return tuple(ChangeSet((operation,)) for operation in ordered)


def _parts(operation: Operation, client: Client, is_open: Callable[[str], bool]) -> tuple[Operation, ...]:
    """A move with an edit as two operations, where they must be: for an editor that cannot move, and between two looks.

    The buffer of an open file shows whether the edit was made. What is held of another is seen only once it is moved.
    """
    match operation:
        case Rename(path, new_path, base_sha, Edit() as edit):
            if not client.rename and client.delete:
                return Create(new_path, "\ufeff" * edit.bom + edit.after), Delete(path, base_sha, edit.before)
            if not client.transactional and is_open(path):
                return edit, Rename(path, new_path, text_sha(edit.after))
            return (operation,)
        case _:
            return (operation,)


def workspace_edit(change: ChangeSet, client: Client, uri: Uri, document: Open) -> types.WorkspaceEdit:
    """The edit to send; `uri` and `document` are those of a path now."""
    if not client.document_changes:
        return types.WorkspaceEdit(
            changes={
                _uri(operation.path, uri, document): to_text_edits(
                    operation.before, text_edits(operation.before, operation.after), client.encoding
                )
                for operation in change.operations
                if isinstance(operation, Edit)
            }
        )
    return types.WorkspaceEdit(
        document_changes=[
            entry for operation in change.operations for entry in _entries(operation, client, uri, document)
        ]
    )


def _entries(operation: Operation, client: Client, uri: Uri, document: Open) -> Sequence[DocumentChange]:
    match operation:
        case Edit():
            edits = to_text_edits(operation.before, text_edits(operation.before, operation.after), client.encoding)
            return (_text_edit(operation.path, edits, uri, document),)
        case Rename(edit=Edit() as edit):
            move = replace(operation, edit=None)
            return *_entries(edit, client, uri, document), *_entries(move, client, uri, document)
        case Create():
            return _creation(operation, client, uri, document)
        case Rename():
            options = types.RenameFileOptions(overwrite=False, ignore_if_exists=False)
            old_uri = _uri(operation.path, uri, document)
            return (types.RenameFile(old_uri=old_uri, new_uri=uri(operation.new_path), options=options),)
        case Delete():
            options = types.DeleteFileOptions(recursive=False, ignore_if_not_exists=False)
            return (types.DeleteFile(uri=uri(operation.path), options=options),)


def _creation(create: Create, client: Client, uri: Uri, document: Open) -> Sequence[DocumentChange]:
    """A new file; an editor without file creation makes it by an edit of a file that is not there yet."""
    start = types.Position(line=0, character=0)
    # Where the text ends its last line, so does the range: some editors would else add another, empty line.
    end = types.Position(line=1, character=0) if create.text.endswith(("\n", "\r")) else start
    insert = types.TextEdit(range=types.Range(start=start, end=end), new_text=create.text)
    text = _text_edit(create.path, [insert], uri, document)
    if not client.create:
        return (text,)
    # Some editors empty a file that exists when these options are left out.
    options = types.CreateFileOptions(overwrite=False, ignore_if_exists=True)
    return types.CreateFile(uri=uri(create.path), options=options), text


def _text_edit(path: str, edits: Sequence[types.TextEdit], uri: Uri, document: Open) -> types.TextDocumentEdit:
    """Versioned where the document is open."""
    found = document(path)
    target = types.OptionalVersionedTextDocumentIdentifier(
        uri=_uri(path, uri, document), version=found.version if found else None
    )
    return types.TextDocumentEdit(text_document=target, edits=list(edits))


def _uri(path: str, uri: Uri, document: Open) -> str:
    found = document(path)
    return found.uri if found else uri(path)
