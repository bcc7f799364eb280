"""A long answer is a document of the server where the editor can show one, else a file outside the workspace."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.lsp.conftest import NO_MODEL, Start, connected
from tests.lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = "//- /a.py\ndef slug(title):\n    return title.lower()\n"
SAID = "It lowers a title. See https://evil.example/?q=1\x1b[31m"
SHOWN = "It lowers a title. See https: //evil.example/?q=1\n"


def shown(editor: Editor) -> list[str]:
    return [note["params"]["uri"] for note in editor.asked if note["method"] == "window/showDocument"]


async def text_of(editor: Editor, uri: str) -> Any:
    return (await editor.request("workspace/textDocumentContent", {"uri": uri}))["text"]


async def test_an_explanation_is_a_document_that_the_editor_asks_for(shared: Start):
    editor: Editor = await shared(FILES, replies=[SAID])
    result = await editor.pick(editor.open("a.py"), 1, "Explain slug")
    assert result["outcome"] == "done"
    assert editor.edits == []
    (uri,) = shown(editor)
    assert uri.startswith("patchwright:/answers/")
    assert uri.endswith(".txt")
    assert await text_of(editor, uri) == SHOWN


async def test_no_other_text_can_be_asked_for(shared: Start):
    editor: Editor = await shared(FILES)
    for uri in ("patchwright:/answers/none.txt", editor.uri("a.py"), "file:///etc/passwd", "patchwright:/../etc", ""):
        assert "no longer kept" in await text_of(editor, uri)


@pytest.mark.parametrize("name", ["neovim-0.12.4", "emacs-30.2", "helix-25.07"])
async def test_an_editor_that_asks_for_no_text_is_shown_a_file_outside_the_workspace(shared: Start, name: str):
    editor: Editor = await shared(FILES, editor=name, replies=[SAID])
    before = sorted(editor.root.rglob("*"))
    assert (await editor.pick(editor.open("a.py"), 0, "Explain slug"))["outcome"] == "done"
    (uri,) = shown(editor)
    file = Path(unquote(uri.removeprefix("file://")))
    assert file.read_text() == SHOWN
    assert (file.stat().st_mode & 0o777, file.parent.name) == (0o600, "answers")
    assert sorted(editor.root.rglob("*")) == before


async def test_an_editor_that_shows_no_documents_is_told_where_the_page_lies(shared: Start):
    editor: Editor = await shared(FILES, editor="neovim-0.7.2", replies=[SAID])
    await editor.pick(editor.open("a.py"), 0, "Explain slug")
    assert shown(editor) == []
    assert any(".txt" in message for message in editor.messages())


async def test_without_a_model_an_explanation_is_none(shared: Start):
    editor: Editor = await shared(FILES, environment=NO_MODEL)
    assert (await editor.pick(editor.open("a.py"), 0, "Explain slug"))["outcome"] == "needs-model"


REFUSALS: dict[str, Any] = {"false": {"success": False}, "an error": RuntimeError("no")}


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.asyncio(loop_scope="function")
async def test_an_editor_that_does_not_show_the_document_is_offered_a_file_and_told_where_it_lies(
    start: Start, model: Any, answer: str
):
    model.play([SAID])
    editor: Editor = await start(FILES, environment=connected(model.base_url))
    editor.answers["window/showDocument"] = lambda *_: REFUSALS[answer]
    assert (await editor.pick(editor.open("a.py"), 0, "Explain slug"))["outcome"] == "done"
    first, second = shown(editor)
    assert first.startswith("patchwright:")
    file = Path(unquote(second.removeprefix("file://")))
    assert file.read_text() == SHOWN
    assert any(str(file) in message for message in editor.messages())
    # The document is there all the same, for an editor that shows it after all.
    assert await text_of(editor, first) == SHOWN


@pytest.mark.asyncio(loop_scope="function")
async def test_an_editor_that_refuses_documents_of_a_server_gets_a_file(start: Start, model: Any):
    model.play([SAID])
    editor = Editor(*(await _workspace(start, connected(model.base_url))))
    editor.answers["client/registerCapability"] = lambda *_: RuntimeError("not here")
    await editor.start()
    assert (await editor.pick(editor.open("a.py"), 0, "Explain slug"))["outcome"] == "done"
    assert [uri.partition(":")[0] for uri in shown(editor)] == ["file"]
    await editor.stop()


async def _workspace(start: Start, environment: dict[str, str]) -> tuple[Path, dict[str, Any], dict[str, str]]:
    """A workspace, what an editor announces, and the environment, of a server that has ended."""
    editor: Editor = await start(FILES, environment=environment)
    await editor.stop()
    return editor.root, editor.capabilities, dict(editor.environment)


@pytest.mark.asyncio(loop_scope="function")
async def test_only_what_was_shown_lately_is_kept(start: Start, model: Any):
    model.play([f"Answer {number}." for number in range(22)])
    editor: Editor = await start(FILES, environment=connected(model.base_url))
    uri = editor.open("a.py")
    for number in range(22):
        arguments = [{"uri": uri, "line": 0, "description": f"What of {number}?"}]
        await editor.request("workspace/executeCommand", {"command": "patchwright.explain", "arguments": arguments})
    first, *_, last = shown(editor)
    assert await text_of(editor, last) == "Answer 21.\n"
    assert "no longer kept" in await text_of(editor, first)
