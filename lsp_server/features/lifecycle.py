"""initialize, initialized, shutdown: when does what begin, and how does it end?

Before `initialize` is answered nothing is read and nothing heavy imported; indexing begins with `initialized`.
"""

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp_server.client import Encoding, client_of
from lsp_server.features import configuration, kept, page, policy_diagnostics
from lsp_server.features.progress import new_token, progress
from lsp_server.folders import Folder
from lsp_server.parent import wait_for_end_of
from lsp_server.protocol import log_failure
from lsp_server.session import Session

if TYPE_CHECKING:
    from context.index import IndexProgress

EXIT_ORPHANED = 4


def register(session: Session) -> None:
    """Listens to the beginning and the end of a session."""
    session.protocol.opened = lambda uri: _focus(session, uri)

    @session.server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        begin(session, params)

    @session.server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        if session.configuring is not None:
            # Once is enough: all that begins here would run twice.
            return
        session.configuring = asyncio.create_task(configuration.ask(session))
        tell_too_wide(session)
        for folder in session.folders.all():
            open_folder(session, folder)
        # Not awaited: of a handler that an end of the session stops, pygls logs a traceback.
        session.begin(page.announce(session))
        session.begin(session.loading.done())

    @session.server.feature(types.SHUTDOWN)
    async def shutdown(_: None) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        await end(session)


def begin(session: Session, params: types.InitializeParams) -> None:
    """Takes down what the editor is, what it has open, and who it is."""
    agreed = session.protocol.workspace.position_encoding or Encoding.Utf16
    session.client = client_of(params.capabilities, Encoding(agreed))
    session.protocol.documents.encoding = session.client.encoding
    configuration.take_options(session, params)
    folders = [folder.uri for folder in params.workspace_folders or ()]
    if not folders and session.protocol.workspace.root_uri:
        folders = [session.protocol.workspace.root_uri]
    for uri in folders:
        session.folders.add(uri)
    if params.process_id is not None:
        session.begin(_end_with_parent(session, params.process_id))


def tell_too_wide(session: Session) -> None:
    """Says which folders were not opened because they hold more than a project."""
    while session.folders.too_wide:
        root = session.folders.too_wide.pop()
        session.say(f"{root} is too much to work in. Open the folder of a project.", types.MessageType.Warning)


def open_folder(session: Session, folder: Folder) -> None:
    """Indexes a folder in the background and keeps the index up to date."""
    folder.begin(asyncio.create_task(_index(session, folder)))
    session.begin(kept.offer(session, folder))


async def end(session: Session) -> None:
    """Stops all jobs and closes all folders; nothing of ours is running then."""
    tasks = [job.task for job in session.jobs]
    for job in list(session.jobs):
        job.stop()
    if tasks:
        await asyncio.wait(tasks)
    session.stop_background()
    if session.configuring is not None:
        session.configuring.cancel()
    if session.waiting:
        from lsp_server.features.approval import drop

        for waiting in list(session.waiting.values()):
            drop(session, waiting)
    session.keeping.close()
    session.begun.close()
    folders = session.folders.all()
    session.folders.clear()
    await asyncio.gather(*(folder.close() for folder in folders))


async def _end_with_parent(session: Session, process_id: int) -> None:
    await wait_for_end_of(process_id)
    session.protocol.ended(EXIT_ORPHANED)


def _focus(session: Session, uri: str) -> None:
    """Tells an index that is being built what the user looks at."""
    session.diagnosed.forget(uri)
    found = session.located(uri)
    services = found[0].opened_services() if found else None
    if found is not None and services is not None:
        services.index.focus((found[1],))
        document = session.protocol.documents.get(uri)
        if document is not None:
            session.outlines.begin(services, uri, found[1], document.text)


async def _index(session: Session, folder: Folder) -> None:
    def warn(warning: str) -> None:
        session.say(warning, types.MessageType.Warning)

    try:
        services = await session.services(folder)
        services.index.focus(session.snapshot(folder).buffers)
        await policy_diagnostics.publish(session, folder)
        async with progress(session, f"Indexing {folder.given.name}", new_token(), cancellable=False) as report:

            def tell(progress: "IndexProgress") -> None:
                report(f"{progress.done}/{progress.total}")

            await services.index.catch_up(tell)
        for warning in services.index.warnings:
            warn(warning)
        await services.index.watch(warn)
    except Exception as error:  # noqa: BLE001 - the edge: without an index the server still serves
        log_failure("indexing", error)
        session.say("The workspace could not be indexed: run `patchwright doctor`.", types.MessageType.Warning)
