"""Does the user agree? Asked in the editor for what the review does not simply allow; silence means no."""

import asyncio

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.actions.ask import Proposal
from lsp_server.session import Session

APPLY = "Apply"
DISCARD = "Discard"
MOST_REASONS = 6


async def agreed(session: Session, proposal: Proposal) -> bool:
    """Whether a proposal may be delivered: it is allowed, or the user says so; no command's argument can."""
    if proposal.verdict.level == "allow":
        return True
    if proposal.verdict.level == "deny":
        return False
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Warning,
        message=f"{proposal.summary}: {_told(proposal.verdict.reasons)}",
        actions=[types.MessageActionItem(title=APPLY), types.MessageActionItem(title=DISCARD)],
    )
    request = session.protocol.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    try:
        chosen = await asyncio.wait_for(request, session.patience.question)
    except (TimeoutError, JsonRpcException):
        return False
    return isinstance(chosen, types.MessageActionItem) and chosen.title == APPLY


def _told(reasons: tuple[str, ...]) -> str:
    """As many reasons as a message box can show."""
    more = f" And {len(reasons) - MOST_REASONS} more." if len(reasons) > MOST_REASONS else ""
    return " ".join(reasons[:MOST_REASONS]) + more
