"""What a user asks for is answered once, can be stopped at any moment, and stays inside the workspace."""

import asyncio
from threading import Event
from typing import Any

import pytest

from tests.lsp.conftest import NO_MODEL, Start
from tests.lsp.editor import LONGEST, Editor, RefusedError
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

HANGING = Reply("Here it comes:\n", finish_reason=None, done=False, hangs=True)

FILES = """
    //- /a.py
    # dataclass Point with x: int, y: int = 0

    # make this faster somehow
    def slow():
        return 1
    //- /b.py
    import a
"""
EDIT = """\
a.py
```python
<<<<<<< SEARCH
def slow():
    return 1
=======
def slow():
    return 2
>>>>>>> REPLACE
```
"""


async def test_the_menu_says_what_can_be_asked_and_carries_commands_only(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.open("a.py")
    entries = await editor.menu(uri, 0)
    assert [entry["command"]["command"] for entry in entries] == [
        "patchwright.implementComment",
        "patchwright.changeFiles",
    ], "outside of a repository there is no change to finish"
    assert {entry["kind"] for entry in entries} == {"refactor.rewrite"}
    assert not any("edit" in entry for entry in entries)
    assert await editor.menu(uri, 1) == []


async def test_the_menu_respects_the_kinds_that_are_wanted(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.open("a.py")
    for only in ([], ["refactor"], ["refactor.rewrite"], [""], ["source", "refactor"]):
        assert await editor.menu(uri, 0, only=only), only
    for only in (["quickfix"], ["refactor.rewrite.more"], ["ref"]):
        assert await editor.menu(uri, 0, only=only) == [], only


async def test_a_reason_not_to_is_shown_where_the_editor_can(shared: Start):
    editor: Editor = await shared(FILES)
    other: Editor = await shared(FILES, editor="emacs-30.2")
    shown = [entry for entry in await editor.menu(editor.open("a.py"), 3, 4) if "disabled" in entry]
    assert [entry["disabled"]["reason"] for entry in shown]
    assert all("command" not in entry for entry in shown)
    assert not [entry for entry in await other.menu(other.open("a.py"), 3, 4) if "disabled" in entry]


async def test_a_recipe_writes_a_dataclass_from_its_comment(shared: Start):
    editor: Editor = await shared(FILES)
    result = await editor.pick(editor.open("a.py"), 0, "Implement this comment")
    assert result["outcome"] == "done"
    assert "@dataclass\nclass Point:\n    x: int\n    y: int = 0\n" in (editor.text("a.py") or "")
    assert result["message"] == editor.messages()[0]


async def test_without_a_model_the_answer_is_honest_and_its_page_is_outside_the_workspace(shared: Start):
    editor: Editor = await shared(FILES, environment=NO_MODEL, editor="helix-25.07")
    before = sorted(editor.root.rglob("*"))
    result = await editor.pick(editor.open("a.py"), 2, "Implement this comment")
    assert result["outcome"] == "needs-model"
    assert editor.messages() == [result["message"]]
    shown = [note["params"]["uri"] for note in editor.asked if note["method"] == "window/showDocument"]
    assert len(shown) == 1
    assert "/state/" in shown[0]
    assert sorted(editor.root.rglob("*")) == before
    assert editor.edits == []


async def test_a_description_may_come_from_an_input_box(shared: Start):
    editor: Editor = await shared(FILES)
    arguments = [{"uri": editor.open("b.py"), "line": 0, "description": "rename slow to quick"}]
    params = {"command": "patchwright.changeFiles", "arguments": arguments}
    result = await editor.request("workspace/executeCommand", params)
    assert result["outcome"] == "done"
    assert "def quick():" in (editor.text("a.py") or "")


async def test_a_place_where_there_is_nothing_to_do_is_said(shared: Start):
    editor: Editor = await shared(FILES)
    params = {"command": "patchwright.implementComment", "arguments": [{"uri": editor.open("b.py"), "line": 0}]}
    result = await editor.request("workspace/executeCommand", params)
    assert result["outcome"] == "refused"
    assert "b.py" in result["message"]


async def test_files_outside_the_workspace_are_refused(shared: Start):
    editor: Editor = await shared(FILES)
    virtual = ("git:/a.py?%7B%7D", "vscode-vfs://github/a/b.py", "//host/a.py")
    for uri in (*virtual, "untitled:Untitled-1", "file:///etc/passwd", "file:///work/../etc/passwd", "x", ""):
        arguments = [{"uri": uri, "line": 0, "description": "rename slow to quick"}]
        params = {"command": "patchwright.changeFiles", "arguments": arguments}
        result = await editor.request("workspace/executeCommand", params)
        assert result["outcome"] == "refused"
        assert ("Save it" in result["message"]) == (not uri.startswith("file:"))
    assert editor.edits == []


async def test_a_uri_that_climbs_out_of_the_workspace_is_refused(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.uri("") + "/%2e%2e/secret.py"
    (editor.root.parent / "secret.py").write_text("# rename slow to quick\n")
    arguments = [{"uri": uri, "line": 0}]
    result = await editor.request(
        "workspace/executeCommand", {"command": "patchwright.changeFiles", "arguments": arguments}
    )
    assert result["outcome"] == "refused"


async def test_a_reply_that_reaches_outside_changes_nothing(shared: Start):
    replies = [EDIT.replace("a.py", "../outside.py"), EDIT.replace("a.py", "/etc/outside.py")]
    editor: Editor = await shared(FILES, replies=replies)
    result = await editor.pick(editor.open("a.py"), 2, "Change across files")
    assert result["outcome"] in ("no-edit", "denied", "refused")
    assert len(editor.messages()) == 1
    assert editor.edits == []
    assert not (editor.root.parent / "outside.py").exists()


async def stop_by_request(editor: Editor, request: int) -> None:
    editor.notify("$/cancelRequest", {"id": request})


async def stop_by_progress(editor: Editor, _: int) -> None:
    begun = [note["params"] for note in editor.told if note.get("method") == "$/progress"]
    token = next(params["token"] for params in begun if params["value"].get("title", "").startswith("Patchwright"))
    editor.notify("window/workDoneProgress/cancel", {"token": token})


async def stop_by_command(editor: Editor, _: int) -> None:
    result = await editor.request("workspace/executeCommand", {"command": "patchwright.cancel"})
    assert result["cancelled"] == 1


@pytest.mark.parametrize("stop", [stop_by_request, stop_by_progress, stop_by_command])
async def test_cancelling_closes_the_models_socket_and_nothing_is_applied(shared: Start, model: ModelServer, stop: Any):
    editor: Editor = await shared(FILES, replies=[HANGING, EDIT])
    uri = editor.open("a.py")
    request, answer = await editor.begin(uri, 2, "Implement this comment")
    await editor.until(lambda: model.requests)
    await stop(editor, request)
    if stop is stop_by_request:
        with pytest.raises(RefusedError) as refusal:
            await asyncio.wait_for(answer, LONGEST)
        assert refusal.value.code == -32800
    else:
        assert (await asyncio.wait_for(answer, LONGEST))["outcome"] == "cancelled"
    await asyncio.to_thread(model.wait_for_disconnect)
    assert editor.edits == []
    assert (await editor.pick(uri, 2, "Implement this comment"))["outcome"] == "done"
    assert editor.progress().count("begin") == editor.progress().count("end") == 2


async def test_a_cancel_at_any_moment_is_answered_once_and_leaves_all_or_nothing(shared: Start, model: ModelServer):
    editor: Editor = await shared(FILES, replies=[])
    uri = editor.open("a.py")
    before = editor.text("a.py") or ""
    for moment in (0, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3):
        # More than one: a call that was cancelled may reach the model when the next ask has begun.
        model.play([EDIT] * 3)
        editor.type(uri, before)
        editor.edits.clear()
        request, answer = await editor.begin(uri, 2, "Implement this comment")
        await asyncio.sleep(moment)
        editor.notify("$/cancelRequest", {"id": request})
        await asyncio.wait({answer}, timeout=LONGEST)
        refusal = answer.exception()
        if isinstance(refusal, RefusedError):
            assert refusal.code == -32800
            assert editor.text("a.py") == before
            assert editor.edits == []
        else:
            assert answer.result()["outcome"] == "done", answer.result()
            assert "return 2" in (editor.text("a.py") or "")
    assert await editor.stop() == 0


async def test_shutdown_in_the_middle_of_an_ask_ends_everything(shared: Start, model: ModelServer):
    editor: Editor = await shared(FILES, replies=[HANGING])
    _, answer = await editor.begin(editor.open("a.py"), 2, "Implement this comment")
    await editor.until(lambda: model.requests)
    await editor.request("shutdown")
    assert answer.done()
    editor.notify("exit")
    assert await editor.ended() == 0
    await asyncio.to_thread(model.wait_for_disconnect)


async def test_folders_come_and_go(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.open("a.py")
    folder = {"uri": editor.uri(""), "name": "ws"}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
    assert await editor.menu(uri, 0) == []
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] == "done"


async def test_the_menu_needs_no_definitions_that_take_too_long(shared: Start):
    hurried = (
        "-c",
        "import sys; from lsp_server.server import serve_stdio; from lsp_server.session import Patience;"
        "sys.exit(serve_stdio(Patience(menu=0)))",
    )
    editor: Editor = await shared(FILES, arguments=hurried)
    assert await editor.menu(editor.open("a.py"), 0)


async def test_the_announced_commands_are_those_of_the_table():
    from lsp_server.actions.registry import ACTIONS
    from lsp_server.features.execute_command import COMMANDS

    assert tuple(action.command for action in ACTIONS) == COMMANDS


async def test_a_folder_that_is_added_twice_is_open_once(shared: Start):
    editor: Editor = await shared(FILES)
    folder = {"uri": editor.uri(""), "name": "ws"}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
    assert (await editor.pick(editor.open("a.py"), 0, "Implement this comment"))["outcome"] == "done"


async def test_a_file_that_is_open_under_two_uris_is_edited_under_its_own(shared: Start):
    editor: Editor = await shared(FILES)
    (editor.root / "link.py").symlink_to(editor.root / "a.py")
    uri, link = editor.open("a.py"), editor.open("link.py")
    editor.type(link, "something = 'else'\n")
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] == "done"
    assert "class Point:" in editor.buffers[uri]
    assert editor.buffers[link] == "something = 'else'\n"


async def test_windows_line_ends_and_a_byte_order_mark_stay(shared: Start):
    editor: Editor = await shared(FILES)
    text = "# dataclass Point with x: int, y: int = 0\r\n\r\n# rename slow to quick\r\ndef slow():\r\n    return 1\r\n"
    (editor.root / "a.py").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (editor.root / "b.py").write_bytes(b"\xef\xbb\xbfimport a\r\n\r\na.slow()\r\n")
    uri = editor.open("a.py")
    editor.type(uri, text)
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] == "done"
    line = editor.buffers[uri].split("\r\n").index("# rename slow to quick")
    assert (await editor.pick(uri, line, "Change across files"))["outcome"] == "done"
    assert "class Point:\r\n    x: int\r\n    y: int = 0\r\n" in editor.buffers[uri]
    assert editor.buffers[uri].count("\n") == editor.buffers[uri].count("\r\n")
    assert (editor.root / "b.py").read_bytes() == b"\xef\xbb\xbfimport a\r\n\r\na.quick()\r\n"


async def test_two_asks_at_once_on_one_file_are_both_done(shared: Start, model: ModelServer):
    may_answer = Event()
    waits = [
        Reply(reply, after=may_answer)
        for reply in (
            EDIT,
            EDIT.replace("def slow():\n    return 1", "# make this faster somehow").replace(
                "def slow():\n    return 2", "# it is fast"
            ),
        )
    ]
    editor: Editor = await shared(FILES, replies=waits)
    uri = editor.open("a.py")
    first = (await editor.begin(uri, 2, "Implement this comment"))[1]
    second = (await editor.begin(uri, 2, "Change across files"))[1]
    await editor.until(lambda: len(model.requests) == 2)
    may_answer.set()
    outcomes = [(await answer)["outcome"] for answer in (first, second)]
    assert outcomes == ["done", "done"]
    assert "# it is fast\ndef slow():\n    return 2\n" in editor.buffers[uri]


async def test_two_equal_asks_at_once_are_one_call_and_one_change(shared: Start):
    may_end = Event()
    editor: Editor = await shared(FILES, replies=[Reply(EDIT, ends=may_end), Reply("a second call")])
    uri = editor.open("a.py")
    first = (await editor.begin(uri, 2, "Implement this comment"))[1]
    second = (await editor.begin(uri, 2, "Implement this comment"))[1]
    await editor.until(lambda: editor.reports("wrote edit") == 2)
    may_end.set()
    told = [await answer for answer in (first, second)]
    assert sorted(each["outcome"] for each in told) == ["done", "refused"]
    assert any("already hold this change" in each["message"] for each in told)
    assert editor.buffers[uri].count("return 2") == 1


async def test_a_document_that_is_no_file_has_no_menu_no_lenses_and_no_suggestions(shared: Start):
    editor: Editor = await shared("//- /a.py\n# rename old to new\n")
    here = {"line": 0, "character": 0}
    for uri in ("untitled:Untitled-1", "git:/a.py?x", "vscode-vfs://github/a/b.py", "vscode-notebook-cell:/a.ipynb#W0"):
        text = {"uri": uri, "languageId": "python", "version": 1, "text": "# rename old to new\n"}
        editor.notify("textDocument/didOpen", {"textDocument": text})
        assert await editor.menu(uri, 0) == []
        document = {"textDocument": {"uri": uri}}
        assert await editor.request("textDocument/codeLens", document) == []
        asked = document | {"position": here, "context": {"triggerKind": 1}}
        assert await editor.request("textDocument/inlineCompletion", asked) is None
        editor.notify("textDocument/didClose", document)
