"""A text that is in doubt is known again from its saving, its file or its editor, and is not edited before."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import NEVER, Editor, capabilities_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMMENT = "# dataclass Point with x: int\n"
FILES = f"//- /a.py\n{COMMENT}"
TEXT = f"x = 1\n{COMMENT}"
HINT = "Save the file, or close it and open it again. Then ask again."
METHOD = "patchwright/documentText"
ASKABLE = capabilities_of("vscode-1.139") | {"experimental": {"patchwright": {"documentText": True}}}


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> dict[str, Any]:
    """A change of a range."""
    first, last = ({"line": line, "character": character} for line, character in (start, end))
    return {"range": {"start": first, "end": last}, "text": text}


WRONG: dict[str, Callable[[Editor, str], None]] = {
    "stale": lambda editor, uri: editor.changed(uri, [{"text": "old\n"}], version=-3),
    "reversed": lambda editor, uri: editor.changed(uri, [change((0, 9), (0, 2), "?")]),
    "outside": lambda editor, uri: editor.changed(uri, [change((7, 0), (8, 0), "?")]),
}


def doubted(editor: Editor, kind: str = "outside") -> str:
    """Opens a.py, whose text the user then changes; the server is told nonsense instead."""
    uri = editor.open("a.py")
    editor.buffers[uri] = TEXT
    WRONG[kind](editor, uri)
    return uri


def save(editor: Editor, uri: str, *, with_text: bool) -> None:
    """Saves a buffer."""
    (editor.root / "a.py").write_text(editor.buffers[uri])
    told = {"textDocument": {"uri": uri}} | ({"text": editor.buffers[uri]} if with_text else {})
    editor.notify("textDocument/didSave", told)


async def implement(editor: Editor, uri: str, line: int = 1) -> dict[str, Any]:
    """Asks for the comment to be implemented."""
    params = {"command": "patchwright.implementComment", "arguments": [{"uri": uri, "line": line}]}
    return await editor.request("workspace/executeCommand", params)


async def refused(editor: Editor, uri: str) -> None:
    """An ask changes nothing and says what to do; so does the menu by being empty."""
    assert await editor.menu(uri, 1) == []
    result = await implement(editor, uri)
    assert result["outcome"] == "refused"
    assert result["message"].endswith(HINT)
    assert editor.edits == []


async def edited(editor: Editor, uri: str, path: str = "a.py") -> None:
    """An ask changes what the user sees."""
    result = await implement(editor, uri)
    assert (result["outcome"], result["files"]) == ("done", {path: "done"})
    assert editor.buffers[uri].endswith("@dataclass\nclass Point:\n    x: int\n")
    assert "x = 1\n" in editor.buffers[uri]


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("with_text", [True, False])
async def test_saving_makes_the_text_known(agreeing: Start, kind: str, with_text: bool):  # noqa: FBT001 - a case
    editor: Editor = await agreeing(FILES)
    assert editor.announced["textDocumentSync"]["save"] == {"includeText": True}
    uri = doubted(editor, kind)
    await refused(editor, uri)
    save(editor, uri, with_text=with_text)
    await editor.entries(uri, 1, "Implement")
    await edited(editor, uri)


@pytest.mark.parametrize("kind", WRONG)
async def test_an_editor_that_can_be_asked_is_asked_at_once(agreeing: Start, kind: str):
    editor: Editor = await agreeing(FILES, editor=ASKABLE)
    editor.answers = {METHOD: lambda editor, params: said(editor, params["textDocument"]["uri"])}
    uri = doubted(editor, kind)
    await editor.until(lambda: METHOD in [request["method"] for request in editor.asked])
    await editor.entries(uri, 1, "Implement")
    await edited(editor, uri)


def said(editor: Editor, uri: str) -> dict[str, Any]:
    """The right answer."""
    return {"text": editor.buffers[uri], "version": editor.versions[uri]}


@pytest.mark.parametrize("way", ["whole text", "opened anew"])
async def test_the_whole_text_ends_the_doubt(agreeing: Start, way: str):
    editor: Editor = await agreeing(FILES)
    uri = doubted(editor)
    if way == "whole text":
        editor.type(uri, TEXT)
    else:
        save(editor, uri, with_text=False)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        editor.open("a.py")
    await edited(editor, uri)


async def test_a_file_that_is_not_what_was_saved_is_not_taken_for_the_text(agreeing: Start):
    editor: Editor = await agreeing(FILES)
    uri = doubted(editor)
    later = time.time() + 60
    (editor.root / "a.py").write_text("other\n")
    os.utime(editor.root / "a.py", (later, later))
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    await refused(editor, uri)
    (editor.root / "a.py").unlink()
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    await refused(editor, uri)


@pytest.mark.parametrize("round_", range(5))
async def test_what_is_typed_right_after_saving_is_not_lost(agreeing: Start, round_: int):
    editor: Editor = await agreeing(FILES)
    uri = doubted(editor)
    save(editor, uri, with_text=False)
    editor.buffers[uri] = f"{'y = 2' * round_}\n{TEXT}"
    editor.changed(uri, [change((0, 0), (0, 0), f"{'y = 2' * round_}\n")])
    result = await implement(editor, uri, 2)
    # Either the file was read before the change came, which then was made to it, or the doubt is still there.
    if result["outcome"] == "done":
        assert editor.buffers[uri].count("y = 2") == round_
        assert "x = 1\n" in editor.buffers[uri]
    else:
        assert result["message"].endswith(HINT)
        assert editor.edits == []


@pytest.mark.parametrize(
    "answer",
    [
        None,
        NEVER,
        {},
        {"text": TEXT},
        {"text": TEXT, "version": "9"},
        {"text": TEXT, "version": True},
        {"text": 7, "version": 9},
        [TEXT, 9],
        {"class": TEXT},
        ValueError("no"),
    ],
    ids=lambda answer: "never" if answer is NEVER else str(answer),
)
async def test_an_answer_that_is_none_leaves_the_doubt(agreeing: Start, answer: Any):
    editor: Editor = await agreeing(FILES, editor=ASKABLE)
    editor.answers = {METHOD: lambda *_: answer}
    uri = doubted(editor)
    await refused(editor, uri)


async def test_a_text_that_was_typed_over_meanwhile_is_not_taken(agreeing: Start):
    editor: Editor = await agreeing(FILES, editor=ASKABLE)
    typed = iter(range(3))

    def late(editor: Editor, params: dict[str, Any]) -> dict[str, Any]:
        uri = params["textDocument"]["uri"]
        old = said(editor, uri)
        if next(typed, None) is not None:
            editor.buffers[uri] = f"# typed\n{editor.buffers[uri]}"
            editor.changed(uri, [change((0, 0), (0, 0), "# typed\n")])
        return old

    editor.answers = {METHOD: late}
    uri = doubted(editor)
    await editor.entries(uri, 4, "Implement")
    result = await implement(editor, uri, 4)
    assert result["outcome"] == "done"
    assert editor.buffers[uri].count("# typed\n") == 3
    assert editor.buffers[uri].endswith("x = 1\n\n\n@dataclass\nclass Point:\n    x: int\n")


async def test_an_editor_that_cannot_be_asked_is_not(agreeing: Start):
    editor: Editor = await agreeing(FILES)
    await refused(editor, doubted(editor))
    assert METHOD not in [request["method"] for request in editor.asked]


async def test_a_saved_text_that_differs_from_ours_is_the_right_one(agreeing: Start):
    editor: Editor = await agreeing(FILES)
    uri = editor.open("a.py")
    editor.buffers[uri] = TEXT
    save(editor, uri, with_text=True)
    await edited(editor, uri)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": editor.uri("never-opened.py")}, "text": "x"})
    assert await editor.menu(editor.uri("never-opened.py"), 0) == []
