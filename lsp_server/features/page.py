"""Where does a long answer go? A Markdown page in the user's state folder, never in the workspace."""

import asyncio
import hashlib
import os
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.convert import to_uri
from lsp_server.session import Session

KEPT = 20


async def show_page(session: Session, text: str) -> None:
    """Shows a page where the editor can; says where it lies where it cannot."""
    file = await asyncio.to_thread(_write, session.settings.state_folder / "answers", text)
    if file is None:
        return
    if not session.client.show_document:
        session.say(f"More about this: {file}")
        return
    params = types.ShowDocumentParams(uri=to_uri(file), take_focus=False)
    request = session.protocol.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
    try:
        await asyncio.wait_for(request, session.patience.reply)
    except TimeoutError:
        return
    except JsonRpcException:
        session.say(f"More about this: {file}")


def _write(folder: Path, text: str) -> Path | None:
    """Writes a page that only the user can read; None where the folder cannot be written. Old pages go."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.md"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as page:
            page.write(text)
        pages = sorted(folder.glob("*.md"), key=lambda page: page.stat().st_mtime_ns, reverse=True)
        for old in pages[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file
