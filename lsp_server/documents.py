"""What does the editor hold open? The text and version of each document, and whether they can be trusted.

A change that cannot be what the editor means (a version that does not rise, a range that is reversed, outside the text
or within a character) marks its document: what we hold may differ from what the user sees, so nothing is edited there
until the whole text is known anew: from a change that is all of it, from the document's saving (see `features.saving`),
or because we asked for it (see `features.recovery`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lsprotocol import types

from context.snapshot import FileText, from_buffer
from lsp_server.client import Encoding
from lsp_server.convert import line_starts, offset_at

Change = types.TextDocumentContentChangeEvent


HOW_TO_MEND = "Save the file, or close it and open it again."
"""What a user can do about a document whose text is in doubt."""


@dataclass(frozen=True, slots=True)
class Document:
    """One open document. `doubt` says why its text cannot be trusted; empty where it can.

    `told` is the version that the editor named last; a doubted one may be below `version`, the highest.
    """

    uri: str
    text: str
    version: int
    doubt: str = ""
    told: int | None = None

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

    def saved(self, uri: str, text: str) -> None:
        """The editor saved a document that has this text."""
        document = self.get(uri)
        if document is not None and (document.doubt or document.text != text):
            self.known_anew(document, text)

    def known_anew(self, document: Document, text: str, version: int | None = None) -> bool:
        """Whether a document has this text, in this version or the one told last.

        Only if nothing was told of it since it was looked at.
        """
        is_as_it_was = self.get(document.uri) is document
        if is_as_it_was:
            told = document.version if document.told is None else document.told
            self._open[unquote(document.uri)] = Document(document.uri, text, told if version is None else version)
        return is_as_it_was

    def closed(self, uri: str) -> None:
        """The editor closed a document: its text is on disk again."""
        self._open.pop(unquote(uri), None)


def apply_changes(document: Document, version: int, changes: Iterable[Change], encoding: Encoding) -> Document:
    """The document after one notification; the whole text in a new version ends all doubt."""
    if version <= document.version:
        doubt = f"the editor went from version {document.version} back to {version}"
        return replace(document, doubt=doubt, told=version)
    text, doubt = document.text, document.doubt
    for change in changes:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            text, doubt = change.text, ""
        elif not doubt:
            starts = line_starts(text)
            start = offset_at(text, change.range.start, encoding, starts)
            end = offset_at(text, change.range.end, encoding, starts)
            if start is None or end is None or start > end:
                doubt = "the editor sent a change outside the text that we have"
            else:
                text = text[:start] + change.text + text[end:]
    return Document(document.uri, text, version, doubt)
