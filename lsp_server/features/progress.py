"""How does the user see that something is under way? Work-done progress, with the editor's token or one of our own."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.session import Session

Report = Callable[[str], None]
Value = types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd


def register(session: Session) -> None:
    """Lets the user stop a job at its progress."""

    @session.server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    async def cancel(params: types.WorkDoneProgressCancelParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        for job in list(session.jobs):
            if job.token == params.token:
                job.stop()


def new_token() -> str:
    """A token of our own."""
    return str(uuid.uuid4())


@asynccontextmanager
async def progress(
    session: Session, title: str, token: str | int, *, given: bool = False, cancellable: bool = True
) -> AsyncGenerator[Report]:
    """Shows progress until the block ends; `given` says that the token is the editor's own, which needs no creation.

    What is yielded takes a few words and can be called from any thread.
    """
    loop = asyncio.get_running_loop()
    if not (given or await _created(session, token)):
        yield lambda _: None
        return

    def send(value: Value) -> None:
        session.protocol.notify(types.PROGRESS, types.ProgressParams(token=token, value=session.protocol.plain(value)))

    def report(message: str) -> None:
        loop.call_soon_threadsafe(send, types.WorkDoneProgressReport(message=message))

    send(types.WorkDoneProgressBegin(title=title, cancellable=cancellable))
    try:
        yield report
    finally:
        # After reports that are still on their way to the loop.
        loop.call_soon(send, types.WorkDoneProgressEnd())
        # What is said of the outcome comes after it: Helix wipes its status line when progress ends.
        await asyncio.sleep(0)


async def _created(session: Session, token: str | int) -> bool:
    """Asks the editor for a progress bar; False where it has none, says no, or does not answer in time."""
    if not session.client.work_done_progress:
        return False
    params = types.WorkDoneProgressCreateParams(token=token)
    request = session.protocol.send_request_async(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
    try:
        await asyncio.wait_for(request, session.patience.reply)
    except (TimeoutError, JsonRpcException):
        return False
    return True
