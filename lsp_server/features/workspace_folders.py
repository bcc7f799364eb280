"""workspace/didChangeWorkspaceFolders: folders come and go while the editor runs."""

import asyncio

from lsprotocol import types

from lsp_server.features.lifecycle import open_folder, tell_too_wide
from lsp_server.session import Session


def register(session: Session) -> None:
    """Listens to changes of the folders."""

    @session.server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def changed(params: types.DidChangeWorkspaceFoldersParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        removed = [session.folders.take(folder.uri) for folder in params.event.removed]
        for added in params.event.added:
            folder = session.folders.add(added.uri)
            if folder is not None:
                open_folder(session, folder)
        tell_too_wide(session)
        await asyncio.gather(*(folder.close() for folder in removed if folder is not None))
