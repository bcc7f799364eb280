"""patchwright.status: what a status line shows. How far the index is, which model is connected, what today cost, and
how much is under way or waits.

    {"index": 1.0, "model": "coder at host", "today": {"calls": 3, "tokens": 5120, "usd": 0.02, "unpriced": 0},
     "working": 0, "proposals": 1, "approvals": 0}

`index` is the share of the open folders that is indexed, null before there is one; `model` is null where none is
connected; `usd` leaves out the `unpriced` calls.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.session import Session

if TYPE_CHECKING:
    from clients.ledger import Entry

STATUS = "patchwright.status"


def register(session: Session) -> None:
    """Announces the command."""

    async def status(params: types.ExecuteCommandParams) -> dict[str, Any]:
        if params.arguments:
            raise JsonRpcInvalidParams("The command takes no arguments.")
        return await _status(session)

    session.server.command(STATUS)(status)


async def _status(session: Session) -> dict[str, Any]:
    await session.ready()
    from clients.ledger import Ledger

    settings = session.settings
    opened = [services for folder in session.folders.all() if (services := folder.opened_services())]
    entries = await asyncio.to_thread(Ledger(settings.state_folder).today)
    return {
        "index": min((services.index.completeness for services in opened), default=None),
        "model": settings.model.title if settings.model else None,
        "today": _summed(entries),
        "working": len(session.jobs),
        "proposals": len(list(session.proposals)),
        "approvals": len(session.waiting),
    }


def _summed(entries: "Iterable[Entry]") -> dict[str, Any]:
    calls = list(entries)
    priced = [entry.usd for entry in calls if entry.usd is not None]
    tokens = sum(entry.tokens for entry in calls)
    return {"calls": len(calls), "tokens": tokens, "usd": sum(priced), "unpriced": len(calls) - len(priced)}
