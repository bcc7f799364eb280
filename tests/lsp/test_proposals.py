"""Changes that wait to be looked at: shown, accepted whole or in parts, rejected, and never a way around the review."""

from typing import Any

import pytest

from tests.lsp.conftest import NO_MODEL, Start
from tests.lsp.editor import Editor, RefusedError, capabilities_of

FILES = """
    //- /a.py
    '''A module.'''
    def old(): pass


    x = 1


    old()
    //- /b.py
    from a import old

    old()
"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def proposed(shared: Start, **options: Any) -> tuple[Editor, str]:
    """An editor with a renaming that waits; the id of the proposal."""
    editor: Editor = await shared(FILES, environment=NO_MODEL, **options)
    editor.choose = None
    for left in await waiting(editor):
        await command(editor, "reject", id=left["id"])
    editor.asked.clear()
    arguments = {"uri": editor.open("a.py"), "line": 0, "description": "rename old to new", "preview": True}
    asked = {"command": "patchwright.changeFiles", "arguments": [arguments]}
    result = await editor.request("workspace/executeCommand", asked)
    assert (result["outcome"], editor.edits) == ("pending", []), result
    return editor, result["proposal"]


async def command(editor: Editor, name: str, **argument: Any) -> dict[str, Any]:
    arguments = [argument] if argument else []
    return await editor.request("workspace/executeCommand", {"command": f"patchwright.{name}", "arguments": arguments})


async def waiting(editor: Editor) -> list[dict[str, Any]]:
    return (await command(editor, "proposals"))["proposals"]


async def titles(editor: Editor, path: str) -> list[tuple[int, str]]:
    lenses = await editor.request("textDocument/codeLens", {"textDocument": {"uri": editor.uri(path)}})
    return [(lens["range"]["start"]["line"], lens["command"]["title"]) for lens in lenses]


async def test_with_preview_a_change_waits_and_comes_when_it_is_accepted(shared: Start):
    editor, name = await proposed(shared)
    assert [(each["id"], each["made_by"]) for each in await waiting(editor)] == [(name, "recipe")]
    assert (await command(editor, "accept", id=name))["outcome"] == "done"
    assert "new()" in str(editor.text("b.py"))
    assert "old" not in str(editor.text("b.py"))
    assert await waiting(editor) == []
    with pytest.raises(RefusedError, match="No proposal waits"):
        await command(editor, "accept", id=name)


@pytest.mark.asyncio(loop_scope="function")
async def test_a_user_may_want_to_look_at_every_change_first(start: Start):
    options = {"initializationOptions": {"review": {"preview": True}}}
    editor: Editor = await start("//- /a.py\n# rename old to new\ndef old(): pass\n", parameters=options)
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert (result["outcome"], editor.edits) == ("pending", [])
    assert (await command(editor, "accept"))["outcome"] == "done"


async def test_what_is_rejected_is_gone_and_changed_nothing(shared: Start):
    editor, name = await proposed(shared)
    assert (await command(editor, "reject", id=name))["outcome"] == "done"
    assert (await waiting(editor), editor.edits) == ([], [])


async def test_lenses_stand_above_the_hunks_and_move_with_the_text(shared: Start):
    editor, _ = await proposed(shared)
    uri = editor.uri("a.py")
    first = [(1, "Accept all (2 files)"), (1, "Reject"), (1, "Show diff")]
    parts = [(line, title) for line in (1, 7) for title in ("Accept this", "Reject this")]
    assert await titles(editor, "a.py") == first + parts
    editor.type(uri, editor.buffers[uri].replace("x = 1", "x = 1\ny = 2\nz = 3"))
    assert [line for line, title in await titles(editor, "a.py") if title == "Accept this"] == [1, 9]
    await command(editor, "reject")
    assert await titles(editor, "a.py") == []


async def test_a_single_hunk_is_accepted_and_the_rest_waits(shared: Start):
    editor, name = await proposed(shared)
    editor.choose = "Apply"
    result = await command(editor, "accept", id=name, hunks=[{"path": "a.py", "hunk": 1}])
    assert result["outcome"] == "done", result
    assert (editor.text("a.py") or "").endswith("new()\n")
    assert "def old" in (editor.text("a.py") or "")
    assert result["message"].startswith("A part is applied: ")
    assert result["message"].endswith(" The rest still waits.")
    result = await command(editor, "accept", id=name)
    assert result["outcome"] == "done"
    assert "waits" not in result["message"]
    assert "old()" not in (editor.text("a.py") or "")
    assert "new" in (editor.text("b.py") or "")
    assert await waiting(editor) == []


async def test_a_single_hunk_is_rejected_and_the_rest_is_applied(shared: Start):
    editor, name = await proposed(shared)
    await command(editor, "reject", id=name, hunks=[{"path": "b.py", "hunk": None}])
    # What is left misses a caller.
    editor.choose = "Approve and apply"
    assert (await command(editor, "accept", id=name))["outcome"] == "done"
    assert "old" in (editor.text("b.py") or "")
    assert "def new" in (editor.text("a.py") or "")


async def test_a_proposal_is_merged_with_what_was_typed_meanwhile(shared: Start):
    editor, name = await proposed(shared)
    uri = editor.uri("a.py")
    editor.type(uri, editor.buffers[uri].replace("x = 1", "x = 2"))
    assert (await command(editor, "accept", id=name))["outcome"] == "done"
    assert "x = 2" in editor.buffers[uri]
    assert "def new" in editor.buffers[uri]


async def test_one_that_cannot_be_merged_changes_nothing_and_still_waits(shared: Start):
    editor, name = await proposed(shared)
    uri = editor.uri("a.py")
    editor.type(uri, editor.buffers[uri].replace("def old(): pass", "def old(): return 1"))
    assert (await command(editor, "accept", id=name))["outcome"] == "refused"
    assert editor.edits == []
    assert len(await waiting(editor)) == 1


async def test_an_edit_that_the_editor_declines_leaves_the_proposal_waiting(shared: Start):
    editor, name = await proposed(shared, apply=lambda *_: False)
    assert (await command(editor, "accept", id=name))["outcome"] == "declined"
    assert len(await waiting(editor)) == 1


async def test_accepting_is_no_consent_to_what_the_review_asks_about(shared: Start):
    editor, name = await proposed(shared)
    # The call alone would call a name that nothing defines: the tools find that, and the user is asked.
    accepted = await command(editor, "accept", id=name, hunks=[{"path": "a.py", "hunk": 1}])
    assert (accepted["outcome"], editor.edits) == ("declined", [])
    assert any(request["method"] == "window/showMessageRequest" for request in editor.asked)
    assert len(await waiting(editor)) == 1


@pytest.mark.parametrize(
    "argument",
    [
        {"id": 5},
        {"id": "p99"},
        {"nonsense": 1},
        {"id": "p1", "hunks": []},
        {"id": "p1", "hunks": "all"},
        {"id": "p1", "hunks": [{"path": 1}]},
        {"id": "p1", "hunks": [{"path": "a.py", "hunk": -1}]},
        {"id": "p1", "approved": True},
    ],
)
async def test_wrong_arguments_accept_nothing(shared: Start, argument: dict[str, Any]):
    editor, _ = await proposed(shared)
    with pytest.raises(RefusedError) as refusal:
        await command(editor, "accept", **argument)
    assert refusal.value.code == -32602
    assert editor.edits == []


async def test_a_hunk_that_is_not_there_is_refused(shared: Start):
    editor, name = await proposed(shared)
    assert (await command(editor, "accept", id=name, hunks=[{"path": "c.py", "hunk": 0}]))["outcome"] == "refused"
    assert len(await waiting(editor)) == 1


async def test_two_that_accept_at_once_get_one_change(shared: Start):
    editor, name = await proposed(shared)
    asked = {"command": "patchwright.accept", "arguments": [{"id": name}]}
    first, second = (editor.ask("workspace/executeCommand", asked)[1] for _ in range(2))
    assert (await first)["outcome"] == "done"
    with pytest.raises(RefusedError):
        await second
    assert len(editor.edits) == 1


def shown(editor: Editor) -> list[str]:
    return [each["params"]["uri"] for each in editor.asked if each["method"] == "window/showDocument"]


async def test_the_page_says_what_why_how_checked_and_what_it_cost(shared: Start):
    editor, _ = await proposed(shared)
    uri = shown(editor)[-1]
    assert uri.startswith("patchwright:"), "VS Code announces documents of a server"
    page = (await editor.request("workspace/textDocumentContent", {"uri": uri}))["text"]
    for said in ("`a.py` changes", "rename old to new", "## Checks", "no cost", "+def new(): pass", "`b.py`"):
        assert said in page, said
    result = await command(editor, "showDiff")
    assert result["diff"].startswith("diff --git a/a.py b/a.py")
    assert shown(editor)[-1].endswith(".diff")
    assert not list(editor.root.glob("**/*.diff"))


async def test_an_editor_without_documents_of_a_server_gets_a_file_outside_the_workspace(shared: Start):
    editor, _ = await proposed(shared, editor="helix-25.07")
    uri = shown(editor)[-1]
    assert uri.startswith("file://")
    assert str(editor.root) not in uri


async def test_an_editor_that_shows_nothing_is_told_where_the_page_lies(shared: Start):
    without = capabilities_of("neovim-0.7.2")
    editor, _ = await proposed(shared, editor=without)
    assert any("More about this" in message for message in editor.messages())
