"""A notebook is refused with one clear message, and nothing writes the JSON that it is kept in."""

import json

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import EDITORS, Editor

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOURCE = ["# rename slow to quick\n", "def slow():\n", "    return slow\n"]
CELLS = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": SOURCE}]
NOTEBOOK = json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"
FILES = f"//- /a.ipynb\n{NOTEBOOK}//- /a.py\n# patch both\nfrom b import slow\n//- /b.py\ndef slow():\n    return 1\n"
REFUSED = (
    "The file of a notebook is not edited as text. Open it as a notebook in an editor that tells of its cells, and ask"
    " in a cell; or move the code into a file of its own and ask there."
)
CELL = "vscode-notebook-cell:/work/a%20b.ipynb#W0sZmlsZQ%3D%3D"


@pytest.mark.parametrize("name", EDITORS)
async def test_who_asks_in_a_notebook_is_told_once_what_to_do(shared: Start, name: str):
    editor: Editor = await shared(FILES, editor=name)
    uri = editor.open("a.ipynb")
    line = NOTEBOOK[: NOTEBOOK.index("# rename")].count("\n")
    assert await editor.menu(uri, line) == []
    asked = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}, "context": {"triggerKind": 1}}
    assert await editor.request("textDocument/inlineCompletion", asked) is None
    for number, where in enumerate((uri, CELL, editor.uri("sub/B.IPYNB")), start=1):
        arguments = [{"uri": where, "line": line, "description": "rename slow to quick"}]
        params = {"command": "patchwright.changeFiles", "arguments": arguments}
        result = await editor.request("workspace/executeCommand", params)
        assert (result["outcome"], result["message"]) == ("refused", REFUSED)
        assert editor.messages() == [REFUSED] * number
    assert editor.edits == []


async def test_a_rename_elsewhere_leaves_a_notebook_as_it_is(agreeing: Start):
    editor: Editor = await agreeing(FILES.replace("patch both", "rename slow to quick"))
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert result["files"] == {"a.py": "done", "b.py": "done"}
    assert editor.text("a.ipynb") == NOTEBOOK


@pytest.mark.parametrize("path", ["a.ipynb", "new.ipynb", "sub/NEW.IPYNB"])
async def test_a_reply_that_writes_a_notebook_changes_nothing(agreeing: Start, path: str):
    old = '    "def slow():\\n",\n' if path == "a.ipynb" else ""
    new = old.replace("slow", "quick") or "{}\n"
    block = f"<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"
    other = "b.py\n```python\n<<<<<<< SEARCH\n    return 1\n=======\n    return 2\n>>>>>>> REPLACE\n```\n"
    editor: Editor = await agreeing(FILES, replies=[f"{path}\n```json\n{block}```\n\n{other}"] * 3)
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert result["outcome"] == "refused"
    assert result["message"] == f"This would write {path} as text. {REFUSED} Nothing was changed."
    assert len(editor.messages()) == 1
    assert editor.edits == []
