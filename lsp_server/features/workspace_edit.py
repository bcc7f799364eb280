"""Which WorkspaceEdit is a change, for this editor? Only shapes that it announced, split where it may stop half-way.

An editor that checks everything before it applies anything gets the whole change. Any other gets one file at a time, so
that the server can look in between: new files first, then edits, then what goes.

A file that moves and changes is edited at its old place and then moved: the edit can name the version that it was made
for, and editors take the unsaved text of a buffer along.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lsprotocol import types

from context.snapshot import text_sha
from lsp_server.client import Client
from lsp_server.convert import to_text_edits
from lsp_server.documents import Document
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.diff import text_edits
from lsp_server.features.annotations import Annotations

Uri = Callable[[str], str]
Open = Callable[[str], Document | None]
DocumentChange = types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
TextEdit = types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit

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


def workspace_edit(
    change: ChangeSet, client: Client, uri: Uri, document: Open, annotations: Annotations
) -> types.WorkspaceEdit:
    """The edit to send; `uri` and `document` are those of a path now, `annotations` what is said of its places."""
    shapes = _Shapes(client, uri, document, annotations if client.annotations and client.document_changes else None)
    if not client.document_changes:
        return types.WorkspaceEdit(
            changes={
                shapes.uri_of(operation.path): to_text_edits(
                    operation.before, text_edits(operation.before, operation.after), client.encoding
                )
                for operation in change.operations
                if isinstance(operation, Edit)
            }
        )
    entries = [entry for operation in change.operations for entry in shapes.entries(operation)]
    return types.WorkspaceEdit(document_changes=entries, change_annotations=annotations.used or None)


@dataclass(frozen=True, slots=True)
class _Shapes:
    """What an operation is among document changes; without `annotations` for an editor that did not announce them."""

    client: Client
    uri: Uri
    document: Open
    annotations: Annotations | None

    def entries(self, operation: Operation) -> Sequence[DocumentChange]:
        match operation:
            case Edit():
                return (self._text_edit(operation.path, self._edits(operation)),)
            case Rename(edit=Edit() as edit):
                return *self.entries(edit), *self.entries(replace(operation, edit=None))
            case Create():
                return self._creation(operation)
            case Rename(path, new_path):
                options = types.RenameFileOptions(overwrite=False, ignore_if_exists=False)
                old_uri, new_uri, said = self.uri_of(path), self.uri(new_path), self._said_of(path)
                return (types.RenameFile(old_uri=old_uri, new_uri=new_uri, options=options, annotation_id=said),)
            case Delete(path):
                options = types.DeleteFileOptions(recursive=False, ignore_if_not_exists=False)
                return (types.DeleteFile(uri=self.uri(path), options=options, annotation_id=self._said_of(path)),)

    def uri_of(self, path: str) -> str:
        found = self.document(path)
        return found.uri if found else self.uri(path)

    def _edits(self, edit: Edit) -> list[TextEdit]:
        ours = text_edits(edit.before, edit.after)
        edits = to_text_edits(edit.before, ours, self.client.encoding)
        if self.annotations is None:
            return list(edits)
        return [
            _annotated(each, self.annotations.of_line(edit, one.start_line))
            for each, one in zip(edits, ours, strict=True)
        ]

    def _creation(self, create: Create) -> Sequence[DocumentChange]:
        """A new file; an editor without file creation makes it by an edit of a file that is not there yet."""
        start = types.Position(line=0, character=0)
        # Where the text ends its last line, so does the range: some editors would else add another, empty line.
        end = types.Position(line=1, character=0) if create.text.endswith(("\n", "\r")) else start
        insert = types.TextEdit(range=types.Range(start=start, end=end), new_text=create.text)
        said = self._said_of(create.path)
        text = self._text_edit(create.path, [_annotated(insert, said)])
        if not self.client.create:
            return (text,)
        # Some editors empty a file that exists when these options are left out.
        options = types.CreateFileOptions(overwrite=False, ignore_if_exists=True)
        return types.CreateFile(uri=self.uri(create.path), options=options, annotation_id=said), text

    def _text_edit(self, path: str, edits: list[TextEdit]) -> types.TextDocumentEdit:
        """Versioned where the document is open."""
        found = self.document(path)
        target = types.OptionalVersionedTextDocumentIdentifier(
            uri=self.uri_of(path), version=found.version if found else None
        )
        return types.TextDocumentEdit(text_document=target, edits=edits)

    def _said_of(self, path: str) -> str | None:
        return self.annotations.of_file(path) if self.annotations is not None else None


def _annotated(edit: types.TextEdit, said: str | None) -> TextEdit:
    if said is None:
        return edit
    return types.AnnotatedTextEdit(range=edit.range, new_text=edit.new_text, annotation_id=said)
