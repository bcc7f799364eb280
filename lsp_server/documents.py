"""What does the editor hold open? The text and version of each document, and whether they can be trusted.

A change that cannot be what the editor means (a version that does not rise, a range that is reversed, outside the text
or within a character) marks its document: what we hold may differ from what the user sees, so nothing is edited there
until the editor sends the whole text anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lsprotocol import types

from context.snapshot import FileText, from_buffer
from lsp_server.client import Encoding
from lsp_server.convert import offset_at

Change = types.TextDocumentContentChangeEvent


@dataclass(frozen=True, slots=True)
class Document:
    """One open document. `doubt` says why its text cannot be trusted; empty where it can."""

    uri: str
    text: str
    version: int
    doubt: str = ""

    def file(self, path: str) -> FileText:
        """Its text as a file of a snapshot."""
        return from_buffer(path, self.text, self.version)


@dataclass(slots=True)
class Documents:
    """All open documents, by URI however it is percent-encoded."""

    encoding: Encoding = Encoding.Utf16
    _open: dict[str, Document] = field(default_factory=dict[str, Document])

    def get(self, uri: str) -> Document | None:
        """The open document with a URI."""
        return self._open.get(unquote(uri))

    def all(self) -> tuple[Document, ...]:
        """Every open document."""
        return tuple(self._open.values())

    def opened(self, uri: str, text: str, version: int) -> None:
        """The editor opened a document; opening it once more replaces it."""
        self._open[unquote(uri)] = Document(uri, text, version)

    def changed(self, uri: str, version: int, changes: Iterable[Change]) -> None:
        """The editor changed a document; a change of one that is not open is ignored."""
        document = self.get(uri)
        if document is not None:
            self._open[unquote(uri)] = apply_changes(document, version, changes, self.encoding)

    def closed(self, uri: str) -> None:
        """The editor closed a document: its text is on disk again."""
        self._open.pop(unquote(uri), None)


def apply_changes(document: Document, version: int, changes: Iterable[Change], encoding: Encoding) -> Document:
    """The document after one notification; the whole text in a new version ends all doubt."""
    if version <= document.version:
        return replace(document, doubt=f"the editor went from version {document.version} back to {version}")
    text, doubt = document.text, document.doubt
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            text, doubt = change.text, ""
        elif not doubt:
            start = offset_at(text, change.range.start, encoding)
            end = offset_at(text, change.range.end, encoding)
            if start is None or end is None or start > end:
                doubt = "the editor sent a change outside the text that we have"
            else:
                text = text[:start] + change.text + text[end:]
    return Document(document.uri, text, version, doubt)
