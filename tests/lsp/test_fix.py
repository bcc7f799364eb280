"""An editor's diagnostics come with the menu, and what is chosen there mends them."""

from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor, RefusedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = '//- /a.py\nname = "é"\nprint(nmae)\n'
MENDED = "a.py\n```python\n<<<<<<< SEARCH\nprint(nmae)\n=======\nprint(name)\n>>>>>>> REPLACE\n```\n"


def undefined(**more: Any) -> dict[str, Any]:
    span = {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 10}}
    return {"range": span, "message": "Undefined name `nmae`", "source": "Ruff", "code": "F821"} | more


async def test_a_fix_is_a_quick_fix_of_the_diagnostics_that_the_editor_shows(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.open("a.py")
    entries = await editor.menu(uri, 1, diagnostics=[undefined()])
    assert [(entry["title"], entry["kind"]) for entry in entries] == [
        ("Fix: Undefined name `nmae`", "quickfix"),
        ("Fix all diagnostics in this file", "quickfix"),
    ]
    assert [entry["diagnostics"] for entry in entries] == [[undefined()]] * 2
    assert await editor.menu(uri, 1, diagnostics=[undefined()], only=["refactor"]) == []
    assert len(await editor.menu(uri, 1, diagnostics=[undefined()], only=["quickfix"])) == 2
    assert await editor.menu(uri, 1) == []


@pytest.mark.parametrize("number", [0, 1])
async def test_a_fix_changes_the_line_and_the_model_knows_what_was_reported(shared: Start, model: Any, number: int):
    editor: Editor = await shared(FILES, replies=[MENDED])
    uri = editor.open("a.py")
    entry = (await editor.menu(uri, 1, diagnostics=[undefined()]))[number]
    command = {"command": entry["command"]["command"], "arguments": entry["command"]["arguments"]}
    result = await editor.request("workspace/executeCommand", command)
    assert result["outcome"] == "done", result
    assert editor.text("a.py") == 'name = "é"\nprint(name)\n'
    assert "line 2: Undefined name `nmae` (Ruff F821)" in str(model.requests[0].body)


async def test_the_command_needs_no_diagnostics_to_fix_what_our_checks_find(shared: Start, model: Any):
    editor: Editor = await shared(FILES, replies=[MENDED])
    params = {"command": "patchwright.fixAll", "arguments": [{"uri": editor.open("a.py"), "line": 0}]}
    assert (await editor.request("workspace/executeCommand", params))["outcome"] == "done"
    assert "line 2: Undefined name `nmae` (ruff F821)" in str(model.requests[0].body)


def other(line: int, message: str) -> dict[str, Any]:
    span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 4}}
    return {"range": span, "message": message, "source": "pyright"}


async def fixed_all(editor: Editor, uri: str, line: int, *shown: dict[str, Any]) -> None:
    entries = await editor.menu(uri, line, diagnostics=list(shown))
    command = next(entry["command"] for entry in entries if entry["title"].startswith("Fix all"))
    params = {"command": command["command"], "arguments": command["arguments"]}
    await editor.request("workspace/executeCommand", params)


async def test_all_that_the_editor_told_of_the_file_is_fixed_not_the_line_alone(shared: Start, model: Any):
    editor: Editor = await shared(FILES, replies=[MENDED])
    uri = editor.open("a.py")
    await editor.menu(uri, 0, diagnostics=[other(0, "name is bad"), other(0, "it was mended")])
    await editor.menu(uri, 0, diagnostics=[other(0, "name is bad")])
    # One on save says nothing of what is reported.
    await editor.menu(uri, 0, end=1, diagnostics=[], only=["source.fixAll"])
    await fixed_all(editor, uri, 1, undefined())
    sent = str(model.requests[0].body)
    assert "line 1: name is bad (pyright)" in sent
    assert "line 2: Undefined name `nmae` (Ruff F821)" in sent
    assert "it was mended" not in sent


async def test_what_was_told_of_another_text_is_not_fixed(shared: Start, model: Any):
    editor: Editor = await shared(FILES, replies=[MENDED])
    uri = editor.open("a.py")
    await editor.menu(uri, 0, diagnostics=[other(0, "name is bad")])
    editor.type(uri, "# typed\n" + editor.buffers[uri])
    await fixed_all(editor, uri, 2, undefined(range=other(2, "")["range"]))
    assert "name is bad" not in str(model.requests[0].body)


async def test_diagnostics_that_are_none_are_refused(shared: Start):
    editor: Editor = await shared(FILES)
    uri = editor.open("a.py")
    for wrong in ("x", [1], [{"message": "no range"}], [undefined(message=1)], [undefined()] * 501, None):
        arguments = {"uri": uri, "line": 1, "diagnostics": wrong}
        with pytest.raises(RefusedError) as refused:
            await editor.request(
                "workspace/executeCommand", {"command": "patchwright.fixDiagnostic", "arguments": [arguments]}
            )
        assert refused.value.code == -32602
    assert editor.edits == []
