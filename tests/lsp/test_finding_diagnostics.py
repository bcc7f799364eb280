"""What the tools found in a change that was applied all the same stands on its lines, until the text is another one."""

from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOP = """
    //- /shop.py
    # say how many there are
    def count(items):
        return 0
"""
REPLY = """\
shop.py
```python
<<<<<<< SEARCH
    return 0
=======
    return len(itmes)
>>>>>>> REPLACE
```
"""


def shown(editor: Editor, uri: str) -> list[dict[str, Any]] | None:
    heard = [each["params"] for each in editor.told if each.get("method") == "textDocument/publishDiagnostics"]
    return next((each["diagnostics"] for each in reversed(heard) if each["uri"] == uri), None)


async def implemented(agreeing: Start, *replies: str) -> tuple[Editor, str]:
    """An editor in which the comment was implemented, and the file."""
    editor: Editor = await agreeing(SHOP, replies=replies)
    uri = editor.open("shop.py")
    arguments = [{"uri": uri, "line": 0, "description": "count them"}]
    asked = {"command": "patchwright.implementComment", "arguments": arguments}
    told = await editor.request("workspace/executeCommand", asked)
    assert told["outcome"] == "done", told
    return editor, uri


async def test_findings_of_an_applied_change_are_shown_until_the_text_is_another_one(agreeing: Start):
    editor, uri = await implemented(agreeing, REPLY, REPLY)
    await editor.until(lambda: bool(shown(editor, uri)))
    [found] = shown(editor, uri) or []
    assert (found["range"]["start"]["line"], found["source"]) == (2, "Patchwright")
    assert "itmes" in found["message"]
    assert "F821" in found["code"]
    saved = {"textDocument": {"uri": uri}}
    editor.notify("textDocument/didSave", saved)
    await editor.heard()
    editor.type(uri, editor.buffers[uri].replace("itmes", "items"))
    await editor.heard()
    assert shown(editor, uri) == [found]
    editor.notify("textDocument/didSave", saved)
    await editor.until(lambda: shown(editor, uri) == [])


async def test_a_change_without_findings_shows_none(agreeing: Start):
    editor, uri = await implemented(agreeing, REPLY.replace("itmes", "items"))
    assert not shown(editor, uri)
