"""Does the user agree? Asked in the editor for what the review does not simply allow; silence means no."""

import asyncio
from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.actions.ask import Proposal
from lsp_server.session import Session

APPLY = "Apply"
DISCARD = "Discard"
MOST_REASONS = 6


async def agreed(session: Session, proposal: Proposal) -> bool:
    """Whether a proposal may be delivered that needs no approval: it is allowed, or the user says so."""
    if proposal.verdict.level == "allow":
        return True
    if proposal.verdict.level != "confirm":
        return False
    message = f"{proposal.summary}: {told(proposal.verdict.reasons)}"
    return await chosen(session, message, (APPLY, DISCARD)) == APPLY


async def chosen(session: Session, message: str, titles: Sequence[str]) -> str:
    """The title that the user chose; empty for no answer, an error, none of them, or one that came too late."""
    actions = [types.MessageActionItem(title=title) for title in titles]
    params = types.ShowMessageRequestParams(type=types.MessageType.Warning, message=message, actions=actions)
    request = session.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    try:
        answer = await asyncio.wait_for(request, session.patience.question)
    except (TimeoutError, JsonRpcException):
        return ""
    return answer.title if isinstance(answer, types.MessageActionItem) and answer.title in titles else ""


def told(reasons: tuple[str, ...]) -> str:
    """As many reasons as a message box can show."""
    more = f" And {len(reasons) - MOST_REASONS} more." if len(reasons) > MOST_REASONS else ""
    return " ".join(reasons[:MOST_REASONS]) + more
