"""patchwright.undo: what takes the last change back, delivered like any other change."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.folders import Folder
from lsp_server.session import Session

COMMAND = "patchwright.undo"


def register(session: Session) -> None:
    """Announces the command."""

    async def undo(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await execute(session, params)

    session.server.command(COMMAND)(undo)


async def execute(session: Session, params: types.ExecuteCommandParams) -> dict[str, Any]:
    """Takes back the change with the given id, or the newest of the folder; `uri` says which folder is meant."""
    given = _given(params.arguments)
    if isinstance(given, str):
        raise JsonRpcInvalidParams(given)
    await session.ready()

    from lsp_server.features.job import Told, as_job, delivered
    from lsp_server.features.progress import Report
    from lsp_server.review.journal import Journal
    from lsp_server.review.undo import undo_of

    async def work(report: Report) -> Told:
        folder = _folder(session, given.get("uri"))
        if isinstance(folder, str):
            return Told("refused", folder, {})
        report("Looking at what was changed")
        journal = Journal(session.settings.state_folder, folder.root)
        undo = await asyncio.to_thread(undo_of, journal, given.get("id", ""), session.snapshot(folder))
        if isinstance(undo, str):
            return Told("refused", undo, {})
        delivery = await delivered(session, folder, undo.change, undo.record)
        message = f"Undone: {undo.entry.record.summary}." if delivery.outcome == "done" else delivery.message
        return Told(delivery.outcome, message, delivery.files)

    return await as_job(session, "Undo", params.work_done_token, work)


def _given(arguments: Sequence[Any] | None) -> Mapping[str, str] | str:
    """What the command was given, or what is wrong with it."""
    if not arguments:
        return {}
    if len(arguments) != 1 or not isinstance(arguments[0], dict):
        return "The command takes one object with uri and id, or nothing."
    values = cast("Mapping[str, Any]", arguments[0])
    if any(name not in ("uri", "id") or not isinstance(value, str) for name, value in values.items()):
        return "There are uri and id, and both are strings."
    return values


def _folder(session: Session, uri: str | None) -> Folder | str:
    """The folder that is meant: that of a file, or the only one."""
    if uri is not None:
        found = session.located(uri)
        return found[0] if found else "This file is in no open workspace folder."
    folders = session.folders.all()
    if len(folders) == 1:
        return folders[0]
    return (
        "Several folders are open: call this from a file of the one that is meant." if folders else "No folder is open."
    )
