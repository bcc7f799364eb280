"""Where does a long answer go? Into a document of the server's own where the editor can show one, else into a file.

The file lies in the user's state folder, never in the workspace. What is shown can only be read: nothing that is typed
into it means anything.
"""

import asyncio
import hashlib
import os
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.convert import to_uri
from lsp_server.protocol import log_failure
from lsp_server.session import Session

KEPT = 20
SCHEME = "patchwright"
GONE = "This page is no longer kept. Ask again.\n"


def register(session: Session) -> None:
    """Answers editors that ask for the text of a page."""

    @session.server.feature(types.WORKSPACE_TEXT_DOCUMENT_CONTENT)
    async def content(params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:  # pyright: ignore[reportUnusedFunction] - registered
        return types.TextDocumentContentResult(text=session.pages.get(params.uri, GONE))


async def announce(session: Session) -> None:
    """Says for which URIs we have text, where the editor can be told; otherwise pages are files."""
    if not session.client.virtual_documents:
        return
    options = types.TextDocumentContentRegistrationOptions(schemes=[SCHEME])
    method = types.WORKSPACE_TEXT_DOCUMENT_CONTENT
    registration = types.Registration(id="patchwright-pages", method=method, register_options=options)
    params = types.RegistrationParams(registrations=[registration])
    request = session.protocol.send_request_async(types.CLIENT_REGISTER_CAPABILITY, params)
    try:
        await asyncio.wait_for(request, session.patience.reply)
    except TimeoutError:
        return
    except JsonRpcException as error:
        log_failure("announcing pages", error)
        return
    session.shows_pages = True


async def show_page(session: Session, text: str, suffix: str = "md") -> None:
    """Shows a page where the editor can; says where it lies where it cannot. `suffix` says what its text is."""
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.{suffix}"
    if session.shows_pages and session.client.show_document:
        uri = f"{SCHEME}:/answers/{name}"
        session.pages.pop(uri, None)
        session.pages[uri] = text
        while len(session.pages) > KEPT:
            del session.pages[next(iter(session.pages))]
        if await _shown(session, uri):
            return
    file = await asyncio.to_thread(_write, session.settings.state_folder / "answers", name, text)
    if file is None:
        return
    if not session.client.show_document or not await _shown(session, to_uri(file)):
        session.say(f"More about this: {file}")


async def _shown(session: Session, uri: str) -> bool:
    """Whether the editor shows a document, as far as it says; one that is slow to answer may be showing it."""
    params = types.ShowDocumentParams(uri=uri, take_focus=False)
    request = session.protocol.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
    try:
        result = await asyncio.wait_for(request, session.patience.reply)
    except TimeoutError:
        return True
    except JsonRpcException:
        return False
    return not isinstance(result, types.ShowDocumentResult) or result.success


def _write(folder: Path, name: str, text: str) -> Path | None:
    """Writes a page that only the user can read; None where the folder cannot be written. Old pages go."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / name
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as page:
            page.write(text)
        pages = sorted(folder.glob("*.*"), key=lambda page: page.stat().st_mtime_ns, reverse=True)
        for old in pages[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file
