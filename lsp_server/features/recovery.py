"""patchwright/documentText: the text of a document that is in doubt is asked for anew, where the editor can be asked.

LSP has no such request. A client says that it has by the capability `experimental.patchwright.documentText`, as our
plugins do:

    -> {"textDocument": {"uri": "file:///ws/a.py"}}      once all changes that it knows of were told
    <- {"text": "x = 1\\n", "version": 7}                 or null
"""

import asyncio

from pygls.exceptions import JsonRpcException

from lsp_server.documents import Document
from lsp_server.session import Session

METHOD = "patchwright/documentText"
TRIES = 5
"""Each is in vain if the user types meanwhile."""


def register(session: Session) -> None:
    """Asks as soon as a document is in doubt."""
    asking = set[str]()

    async def ask(uri: str) -> None:
        try:
            await recovered(session, uri)
        finally:
            asking.discard(uri)

    def doubted(uri: str) -> None:
        if session.client.document_text and uri not in asking:
            asking.add(uri)
            session.begin(ask(uri))

    session.protocol.doubted = doubted


async def recovered(session: Session, uri: str) -> None:
    """Returns when a document is no longer in doubt, or nothing more can be done about it."""
    for _ in range(TRIES if session.client.document_text else 0):
        document = session.protocol.documents.get(uri)
        if document is None or not document.doubt:
            return
        answer = await _asked(session, document)
        # What was told since is not in the text that was known before it.
        if answer is None or session.protocol.documents.known_anew(document, *answer):
            return


async def _asked(session: Session, document: Document) -> tuple[str, int] | None:
    """The text and the version that the editor names; None for anything else."""
    params = {"textDocument": {"uri": document.uri}}
    try:
        result = await asyncio.wait_for(session.protocol.send_request_async(METHOD, params), session.patience.reply)
    except (TimeoutError, JsonRpcException):
        return None
    text, version = getattr(result, "text", None), getattr(result, "version", None)
    if not isinstance(text, str) or not isinstance(version, int) or isinstance(version, bool):
        return None
    return text, version
