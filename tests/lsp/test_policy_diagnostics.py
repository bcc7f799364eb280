"""What is wrong in a policy file stands on its line in the editor, and goes when the file is mended."""

from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor

POLICY = """
    //- /.patchwright.toml
    version = 1
    [checkpoint]
    interface = "never"
    endpoint = "http://evil"
    //- /a.py
    x = 1
"""


def shown(editor: Editor) -> list[dict[str, Any]] | None:
    """The diagnostics of the policy file as the editor last heard of them."""
    uri = editor.uri(".patchwright.toml")
    heard = [each["params"] for each in editor.told if each.get("method") == "textDocument/publishDiagnostics"]
    return next((each["diagnostics"] for each in reversed(heard) if each["uri"] == uri), None)


async def test_problems_are_shown_on_their_lines_and_go_when_they_are_mended(start: Start):
    editor: Editor = await start(POLICY)
    await editor.until(lambda: shown(editor) is not None)
    found = [(each["range"]["start"]["line"], each["severity"]) for each in shown(editor) or ()]
    assert sorted(found) == [(2, 1), (3, 2)]
    (editor.root / ".patchwright.toml").write_text("version = 1\n")
    editor.notify("textDocument/didSave", {"textDocument": {"uri": editor.uri(".patchwright.toml")}})
    await editor.until(lambda: shown(editor) == [])


@pytest.mark.parametrize("uri", ["untitled:policy.toml", "file:///elsewhere/policy.toml", "file:///%00/pyproject.toml"])
async def test_saving_what_is_no_policy_of_ours_is_harmless(start: Start, uri: str):
    editor: Editor = await start("//- /a.py\nx = 1\n")
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    assert await editor.menu(editor.open("a.py"), 0) == []
