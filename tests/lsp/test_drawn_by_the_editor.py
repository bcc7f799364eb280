"""A plugin that draws proposals, questions and a status line itself gets what it needs, and no page besides."""

from typing import Any

import pytest
from lsprotocol import types
from pygls.protocol import default_converter

from lsp_server.client import Encoding, client_of
from tests.lsp.conftest import NO_MODEL, Start
from tests.lsp.editor import Editor, RefusedError, capabilities_of
from tests.lsp.test_approval import FILES as WITHHELD
from tests.lsp.test_approval import REPLY
from tests.lsp.test_proposals import command, proposed, waiting

pytestmark = pytest.mark.asyncio(loop_scope="session")

DRAWS = capabilities_of("neovim-0.12.4") | {"experimental": {"patchwright": {"draws": True}}}


def methods(editor: Editor) -> set[str]:
    return {each["method"] for each in editor.asked}


def told(editor: Editor) -> list[Any]:
    return [each["params"] for each in editor.told if each.get("method") == "patchwright/proposal"]


def pages(editor: Editor) -> dict[str, str]:
    told = [each["params"] for each in editor.told if each.get("method") == "patchwright/question"]
    return {each["message"]: each["page"] for each in told}


async def test_a_proposal_that_waits_is_told_and_no_page_is_shown(shared: Start):
    editor, name = await proposed(shared, editor=DRAWS)
    assert told(editor) == [{"id": name}]
    assert "window/showDocument" not in methods(editor)
    assert (await command(editor, "showDiff", id=name))["diff"].startswith("diff --git a/a.py")
    assert "window/showDocument" not in methods(editor)


@pytest.mark.parametrize(
    "experimental", [None, [], {"patchwright": []}, {"patchwright": {"draws": "yes"}}, {"patchwright": {"draws": 1}}]
)
async def test_nothing_else_that_an_editor_announces_means_that_it_draws(experimental: Any):
    announced = default_converter().structure({"experimental": experimental}, types.ClientCapabilities)
    assert not client_of(announced, Encoding.Utf16).draws


async def test_a_proposal_is_read_as_values(shared: Start):
    editor, name = await proposed(shared, editor=DRAWS)
    read = await command(editor, "readProposal", id=name)
    assert (read["id"], read["made_by"], read["description"]) == (name, "recipe", "rename old to new")
    assert (read["usage"], read["usd"]) == (None, None)
    assert read["files"] == [{"kind": "edit", "path": path, "new_path": path} for path in ("a.py", "b.py")]
    file = await command(editor, "readProposedFile", id=name, path="a.py")
    assert file["before"] == (editor.text("a.py") or "")
    assert file["after"] == file["before"].replace("old", "new")
    places = [(hunk["hunk"], hunk["start"], hunk["end"], hunk["new_start"], hunk["new_end"]) for hunk in file["hunks"]]
    assert places == [(0, 1, 2, 1, 2), (1, 7, 8, 7, 8)]
    assert {hunk["level"] for hunk in file["hunks"]} == {"allow"}
    assert len((await command(editor, "readProposal"))["files"]) == 2, "without an id the newest is meant"


async def test_what_is_left_of_one_is_read_with_its_own_hunks(shared: Start):
    editor, name = await proposed(shared, editor=DRAWS)
    await command(editor, "reject", id=name, hunks=[{"path": "a.py", "hunk": 0}])
    file = await command(editor, "readProposedFile", id=name, path="a.py")
    assert [(hunk["hunk"], hunk["start"], hunk["level"]) for hunk in file["hunks"]] == [(None, 7, None)]
    assert file["after"].count("new") == 1


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("readProposal", {"id": "p99"}),
        ("readProposal", {"id": 1}),
        ("readProposal", {"path": "a.py"}),
        ("readProposedFile", {"path": "../a.py"}),
        ("readProposedFile", {"path": None}),
        ("readProposedFile", {"path": "a.py", "accept": True}),
    ],
)
async def test_what_is_not_there_or_makes_no_sense_is_refused(shared: Start, name: str, argument: dict[str, Any]):
    editor, _ = await proposed(shared, editor=DRAWS)
    with pytest.raises(RefusedError) as refusal:
        await command(editor, name, **argument)
    assert refusal.value.code == -32602
    assert len(await waiting(editor)) == 1


async def test_a_question_brings_the_page_that_it_is_about(shared: Start):
    editor: Editor = await shared(WITHHELD, editor=DRAWS, replies=[REPLY, REPLY])
    result = await editor.pick(editor.open("app/views.py"), 0, "Implement this comment")
    assert result["outcome"] == "withheld"
    (question,) = [each["params"] for each in editor.asked if each["method"] == "window/showMessageRequest"]
    assert '+    name = "x"' in pages(editor)[question["message"]]
    assert "window/showDocument" not in methods(editor)
    assert "Approve and apply" in [action["title"] for action in question["actions"]]


async def test_a_question_of_less_weight_does_too(shared: Start):
    editor, name = await proposed(shared, editor=DRAWS)
    part = [{"path": "a.py", "hunk": 1}]
    assert (await command(editor, "accept", id=name, hunks=part))["outcome"] == "declined"
    (question,) = [each["params"] for each in editor.asked if each["method"] == "window/showMessageRequest"]
    assert "+new()" in pages(editor)[question["message"]]


async def test_the_status_counts_what_waits_and_what_today_cost(shared: Start):
    editor: Editor = await shared(WITHHELD, editor=DRAWS, replies=[REPLY, REPLY])
    before = await command(editor, "status")
    assert (before["proposals"], before["working"]) == (0, 0)
    assert before["model"].startswith("scripted at ")
    await editor.pick(editor.open("app/views.py"), 0, "Implement this comment")
    after = await command(editor, "status")
    assert after["approvals"] == before["approvals"] + 1
    assert after["today"]["calls"] > before["today"]["calls"]
    assert after["today"]["tokens"] > before["today"]["tokens"]
    assert after["index"] == 1.0


async def test_without_a_model_the_status_says_so(shared: Start):
    editor: Editor = await shared(WITHHELD, environment=NO_MODEL)
    status = await command(editor, "status")
    assert (status["model"], status["today"]["calls"], status["today"]["usd"]) == (None, 0, 0)
    with pytest.raises(RefusedError):
        await command(editor, "status", model="another")
