"""Does the user agree? Asked in the editor for what the review does not simply allow; silence means no."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.actions.ask import Proposal
from lsp_server.actions.waiting import proposed_page
from lsp_server.session import Session

APPLY = "Apply"
CHOOSE = "Choose in the editor"
DISCARD = "Discard"
MOST_REASONS = 6
QUESTION = "patchwright/question"

Consent = Literal["", "all", "choose"]
"""No, yes, or yes to what the user then chooses in the editor."""


async def agreed(session: Session, proposal: Proposal) -> Consent:
    """Whether a proposal may be delivered that needs no approval: it is allowed, or the user says so."""
    if proposal.verdict.level == "allow":
        return "all"
    if proposal.verdict.level != "confirm":
        return ""
    message = f"{proposal.summary}: {told(proposal.verdict.reasons)}"
    can_choose = session.client.draws or (session.client.annotations and session.client.document_changes)
    titles = (APPLY, CHOOSE, DISCARD) if can_choose else (APPLY, DISCARD)
    answers: dict[str, Consent] = {APPLY: "all", CHOOSE: "choose"}
    page = await asyncio.to_thread(proposed_page, proposal) if session.client.draws else ""
    return answers.get(await chosen(session, message, titles, page), "")


async def chosen(session: Session, message: str, titles: Sequence[str], page: str = "") -> str:
    """The title that the user chose; empty for no answer, an error, none of them, or one that came too late.

    `page` is what the question is about, for an editor that draws it beside the question with that message.
    """
    actions = [types.MessageActionItem(title=title) for title in titles]
    params = types.ShowMessageRequestParams(type=types.MessageType.Warning, message=message, actions=actions)
    if session.client.draws:
        session.protocol.notify(QUESTION, {"message": message, "page": page})
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
