"""What the review does not simply allow is asked for, and anything but a clear yes means no."""

import asyncio
from typing import Any, cast

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcInternalError

from lsp_server.actions.ask import Ask, Proposal
from lsp_server.client import Client
from lsp_server.edits.change import ChangeSet, Create
from lsp_server.features.consent import APPLY, CHOOSE, DISCARD, Consent, agreed
from lsp_server.review.verdict import Judgement, Level, Verdict
from lsp_server.server import build_session
from lsp_server.session import Patience


async def check_consent(
    level: Level, answer: Any, client: Client | None = None
) -> tuple[Consent, list[types.ShowMessageRequestParams]]:
    """Whether a proposal of a level is agreed to, and what the user was asked."""
    session = build_session(Patience(question=0.05))
    session.client = client or session.client
    asked: list[types.ShowMessageRequestParams] = []

    async def ask(_: str, params: types.ShowMessageRequestParams) -> Any:
        asked.append(params)
        if answer is asyncio.sleep:
            await asyncio.sleep(5)
        if isinstance(answer, Exception):
            raise answer
        return answer

    cast("Any", session.protocol).send_request_async = ask
    verdict = Verdict((Judgement("setup.py", 1, level, ("setup.py runs at install.",)),))
    change = ChangeSet((Create("setup.py", "x\n"),))
    proposal = Proposal(Ask("changeFiles", "add it"), change, verdict, "model", "Add setup.py")
    return await agreed(session, proposal), asked


async def test_what_is_allowed_is_not_asked_and_what_is_denied_or_needs_approval_cannot_be():
    assert await check_consent("allow", None) == ("all", [])
    assert await check_consent("deny", types.MessageActionItem(title=APPLY)) == ("", [])
    assert await check_consent("approve", types.MessageActionItem(title=APPLY)) == ("", [])


async def test_a_yes_is_a_yes_and_the_question_says_why_it_is_asked():
    said, asked = await check_consent("confirm", types.MessageActionItem(title=APPLY))
    assert said == "all"
    assert "setup.py runs at install." in asked[0].message
    assert [item.title for item in asked[0].actions or ()] == [APPLY, DISCARD]


@pytest.mark.parametrize(
    "answer",
    [None, types.MessageActionItem(title=DISCARD), {"title": APPLY}, JsonRpcInternalError("no"), asyncio.sleep],
)
async def test_silence_an_error_and_anything_else_mean_no(answer: Any):
    said, asked = await check_consent("confirm", answer)
    assert said == ""
    assert len(asked) == 1


async def test_only_an_editor_that_shows_labels_offers_to_choose_there():
    choice = types.MessageActionItem(title=CHOOSE)
    said, asked = await check_consent("confirm", choice, Client(document_changes=True, annotations=True))
    assert said == "choose"
    assert [item.title for item in asked[0].actions or ()] == [APPLY, CHOOSE, DISCARD]
    assert (await check_consent("confirm", choice, Client(document_changes=True)))[0] == ""
