"""A long answer is a document of the server where the editor can show one, else a file outside the workspace."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.lsp.conftest import NO_MODEL, Start
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
