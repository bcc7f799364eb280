"""patchwright.pending, patchwright.review, patchwright.discard: what waits for approval?

None of them approves: `review` asks the user again, by a message of the server.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.session import Session, Waiting

if TYPE_CHECKING:
    from lsp_server.review.approval import Approval

LIST = "patchwright.pending"
REVIEW = "patchwright.review"
DROP = "patchwright.discard"


def register(session: Session) -> None:
    """Announces the commands."""

    async def listed(params: types.ExecuteCommandParams) -> dict[str, Any]:
        if params.arguments:
            raise JsonRpcInvalidParams("The command takes no arguments. No command approves a change.")
        return {"pending": [_json(waiting) for waiting in session.waiting.values()]}

    async def review(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await _review(session, _waiting(session, params.arguments), params.work_done_token)

    async def discard(params: types.ExecuteCommandParams) -> dict[str, Any]:
        from lsp_server.features.approval import DISCARDED, drop

        drop(session, _waiting(session, params.arguments))
        return {"outcome": "done", "message": DISCARDED, "files": {}}

    session.server.command(LIST)(listed)
    session.server.command(REVIEW)(review)
    session.server.command(DROP)(discard)


def _waiting(session: Session, arguments: Sequence[Any] | None) -> Waiting:
    """What waits under the id that a command was given."""
    given: Any = arguments[0] if arguments and len(arguments) == 1 else None
    if not isinstance(given, dict) or list(cast("dict[str, Any]", given)) != ["id"]:
        raise JsonRpcInvalidParams("The command takes one object with an id. No command approves a change.")
    found = session.waiting.get(str(cast("dict[str, Any]", given)["id"]))
    if found is None or found.folder not in session.folders.all():
        raise JsonRpcInvalidParams("Nothing waits under this id. Ask again for the change.")
    return found


def _json(waiting: Waiting) -> dict[str, Any]:
    pending = waiting.pending
    return {
        "id": pending.id,
        "summary": pending.summary,
        "paths": list(pending.change.paths()),
        "reasons": list(pending.reasons),
        "seconds_left": max(0, round(pending.seconds_left(time.time()))),
    }


async def _review(session: Session, waiting: Waiting, token: str | int | None) -> dict[str, Any]:
    from lsp_server.features.approval import asked
    from lsp_server.features.job import Told, as_job, carried_out
    from lsp_server.features.progress import Report

    async def work(_: Report) -> Told:
        return await carried_out(session, waiting, await asked(session, waiting, None))

    return await as_job(session, "Approval", token, work)


async def deliver_approved(session: Session, waiting: Waiting, approval: "Approval") -> None:
    """Delivers what was approved in a terminal, as a job of its own."""
    from lsp_server.features.approval import accepted
    from lsp_server.features.job import Told, as_job, carried_out
    from lsp_server.features.progress import Report

    async def work(_: Report) -> Told:
        return await carried_out(session, waiting, await accepted(session, waiting, approval))

    await as_job(session, "Approved change", None, work)
