"""What waits to be looked at is kept on the disk, and offered again by the server that comes after this one."""

import asyncio

from lsprotocol import types

from lsp_server.folders import Folder
from lsp_server.protocol import log_failure
from lsp_server.session import Session

LOOKS = (0.0, 3.0, 10.0)
"""Seconds before each look for what another server left: one that ends just now takes a moment."""

ONLY_HERE = "What waits cannot be kept on the disk ({reason}): it waits only as long as this server runs."
MOST_SUMMARIES = 3


async def keep_all(session: Session) -> None:
    """Keeps what waits now, and no longer what was decided; says so once where that cannot be."""
    try:
        await session.keeping.save(session.settings.state_folder, session.name, session.proposals)
    except OSError as error:
        if not session.keeping.was_told:
            session.keeping.was_told = True
            reason = error.strerror or "an error of the disk"
            session.say(ONLY_HERE.format(reason=reason), types.MessageType.Warning)


async def offer(session: Session, folder: Folder) -> None:
    """Offers what was left waiting in a folder, also by a server that is only just ending."""
    try:
        for seconds in LOOKS:
            await asyncio.sleep(seconds)
            if folder not in session.folders.all() or not await take_over(session, folder):
                return
    except Exception as error:  # noqa: BLE001 - the edge: without what is old, the server still serves
        log_failure("what waits from before", error)


async def take_over(session: Session, folder: Folder) -> bool:
    """Takes over what waits from before and tells the user; whether another server may still leave some."""
    await session.ready()
    from lsp_server.features.proposals import refresh

    session.proposals.move(folder)
    found, is_running = await session.keeping.taken_over(session.settings.state_folder, session.name, folder)
    for held in found:
        session.proposals.take_over(held)
    if found:
        count = "One change waits" if len(found) == 1 else f"{len(found)} changes wait"
        summaries = "; ".join(held.proposal.summary for held in found[-MOST_SUMMARIES:])
        session.say(f"{count} for you from before the server started: {summaries}. Accept or reject what waits.")
        await refresh(session)
    return is_running
