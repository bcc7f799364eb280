"""textDocument/didSave: the text of a saved document is known for certain, so one that is in doubt is no longer.

With the text, which we ask editors to send along, the protocol takes it over at once. Without it the file tells, if it
was not written since and nothing was said of the document meanwhile.
"""

import asyncio
import time
from pathlib import Path

from lsprotocol import types

from context.snapshot import FileText, read_file
from lsp_server.convert import to_path
from lsp_server.features import finding_diagnostics, policy_diagnostics
from lsp_server.session import Session


def register(session: Session) -> None:
    """Listens to savings."""

    @session.server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=True))
    async def did_save(params: types.DidSaveTextDocumentParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        uri = params.text_document.uri
        if params.text is None:
            await _take_from_disk(session, uri, time.time_ns())
        finding_diagnostics.saved(session, uri)
        await policy_diagnostics.saved(session, uri)


async def _take_from_disk(session: Session, uri: str, saved_ns: int) -> None:
    """Takes the text of a doubted document from its file; `saved_ns` is when we were told that it is saved."""
    document, path = session.protocol.documents.get(uri), to_path(uri)
    if document is None or not document.doubt or path is None:
        return
    text = await asyncio.to_thread(_settled, path, saved_ns)
    if text is not None:
        session.protocol.documents.known_anew(document, text)


def _settled(path: Path, saved_ns: int) -> str | None:
    """The text of a file that was not written since; None where that cannot be said."""
    try:
        before = path.stat()
        found = read_file(path.parent, path.name)
        after = path.stat()
    except OSError:
        return None
    same = (before.st_mtime_ns, before.st_size, before.st_ino) == (after.st_mtime_ns, after.st_size, after.st_ino)
    return found.text if same and after.st_mtime_ns <= saved_ns and isinstance(found, FileText) else None
