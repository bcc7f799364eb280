"""When is a command answered? When it has ended; earlier to an editor that may do nothing else until then.

Some editors stand still while a command runs: their user cannot type, they give up after some seconds, and tell of no
change meanwhile, so that none can be verified. No capability says so. Whoever announces something of
`experimental.patchwright`, or gives a token for the progress, goes on meanwhile and gets the result. Any other gets
`STARTED` of a job after some time, or when an edit that it says it applied is not seen; the work goes on, and its user
is told what comes of it as always.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from lsprotocol import types

from lsp_server.protocol import FAILED, log_failure
from lsp_server.session import Session

SECONDS_BETWEEN_LOOKS = 0.1
STARTED: dict[str, Any] = {"outcome": "started", "message": "", "files": {}}


def register(session: Session) -> None:
    """Answers commands so."""

    async def carry_out(params: types.ExecuteCommandParams, work: Coroutine[Any, Any, Any]) -> Any:
        if session.client.waits or params.work_done_token is not None:
            return await work
        return await _in_time(session, work)

    session.protocol.carry_out = carry_out


async def _in_time(session: Session, work: Coroutine[Any, Any, Any]) -> Any:
    """What comes of a command if it ends soon; cancelling reaches it as long as it is not answered."""
    task, freed = asyncio.create_task(work), asyncio.get_running_loop().create_future()
    session.unanswered.add(freed)
    try:
        await asyncio.wait({task, freed}, timeout=session.patience.command, return_when=asyncio.FIRST_COMPLETED)
        # What is no job is over in a moment, and has nothing else to tell than its result.
        while not task.done() and all(job.task is not task for job in session.jobs):
            await asyncio.wait({task}, timeout=SECONDS_BETWEEN_LOOKS)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task})
    finally:
        session.unanswered.discard(freed)
    if task.done():
        return task.result()
    session.begin(_followed(session, task))
    return STARTED


async def _followed(session: Session, task: "asyncio.Task[Any]") -> None:
    """Says so if the work fails, which no answer can any more."""
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()):
        log_failure("a command", error)
        session.say(FAILED, types.MessageType.Error)
