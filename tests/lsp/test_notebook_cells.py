"""A cell of a notebook is asked about and edited like a file, alone, and the notebook's file is never written."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.lsp.notebook import as_json, open_notebook, splice
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

ALONE = (
    "In a notebook an ask changes its own cell and nothing else: implement, edit, document, explain or fix that cell,"
    " or ask in a file for a change across files."
)
CELLS = (
    "from models import User\nimport pandas as pd\n",
    "%matplotlib inline\nframe = pd.DataFrame()\n",
    "# dataclass Point with x: int, y: int = 0\n",
    "# the mean of the column price\n",
    "frame.plot()\n",
)
FILES = f"//- /plots/sales.ipynb\n{as_json(CELLS)}//- /models.py\nclass User:\n    pass\n"
PATH = "plots/sales.ipynb"


def block(path: str, old: str, new: str) -> str:
    """A reply with one block."""
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


async def command(editor: Editor, name: str, uri: str, line: int, **more: Any) -> dict[str, Any]:
    """Calls a command at a line of a cell."""
    arguments = [{"uri": uri, "line": line} | more]
    params = {"command": f"patchwright.{name}", "arguments": arguments}
    return await editor.request("workspace/executeCommand", params)


def edited_uris(editor: Editor) -> list[str]:
    """The documents of every edit that was sent."""
    return [change["textDocument"]["uri"] for edit in editor.edits for change in edit["documentChanges"]]


async def test_a_cell_is_edited_by_a_recipe_for_its_version(agreeing: Start):
    editor: Editor = await agreeing(FILES)
    cells = open_notebook(editor, PATH)
    file = (editor.root / PATH).read_bytes()
    result = await editor.pick(cells[2], 0, "Implement this comment")
    assert (result["outcome"], list(result["files"].values())) == ("done", ["done"])
    assert editor.buffers[cells[2]].startswith("from dataclasses import dataclass\n")
    assert edited_uris(editor) == [cells[2]]
    assert editor.edits[0]["documentChanges"][0]["textDocument"]["version"] == 1
    assert (editor.root / PATH).read_bytes() == file
    undone = await editor.request(
        "workspace/executeCommand", {"command": "patchwright.undo", "arguments": [{"uri": cells[0]}]}
    )
    assert undone["outcome"] == "done"
    assert editor.buffers[cells[2]] == CELLS[2]
    assert (editor.root / PATH).read_bytes() == file


async def test_a_model_sees_the_other_code_cells_in_order_and_edits_the_one(agreeing: Start, model: ModelServer):
    new = '# the mean of the column price\nmean = frame["price"].mean()\n'
    editor: Editor = await agreeing(FILES, replies=[block(f"{PATH}/cell-4.py", CELLS[3], new)])
    cells = open_notebook(editor, PATH)
    result = await editor.pick(cells[3], 0, "Implement this comment")
    assert result["outcome"] == "done"
    assert editor.buffers[cells[3]] == new
    assert [editor.buffers[cell] for cell in cells if cell != cells[3]] == [*CELLS[:3], CELLS[4]]
    prompt = model.requests[-1].body["messages"][-1]["content"]
    places = [prompt.index(text) for text in (*CELLS[:3], CELLS[4])]
    assert places == sorted(places)
    assert "Code cell 2 of the same notebook, above the cell of the task" in prompt
    assert "Code cell 5 of the same notebook, below" in prompt
    assert '"cell_type"' not in prompt


async def test_each_ask_within_a_cell_works(agreeing: Start, model: ModelServer):
    cells_of = ("import pandas as pd\n", "def total(prices):\n    x = sum(prices)\n    return x\n")
    files = f"//- /a.ipynb\n{as_json(cells_of)}"
    documented = 'def total(prices):\n    """The sum."""\n'
    shorter = "def total(prices):\n    return sum(prices)\n"
    editor: Editor = await agreeing(files)
    cell = open_notebook(editor, "a.ipynb")[1]
    titles = [entry["title"].split(" total")[0] for entry in await editor.entries(cell, 0, "Document")]
    assert titles == ["Document"]
    diagnostic = {
        "range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 5}},
        "message": "x is used once",
        "source": "lint",
    }
    for name, reply, more, expected in (
        ("document", block("a.ipynb/cell-2.py", "def total(prices):\n", documented), {}, documented + cells_of[1][19:]),
        ("editSelection", block("cell-2.py", cells_of[1], shorter), {"description": "in one line"}, shorter),
        ("fixDiagnostic", block("a.ipynb/cell-2.py", cells_of[1], shorter), {"diagnostics": [diagnostic]}, shorter),
    ):
        model.play([reply])
        result = await command(editor, name, cell, 1, **more)
        assert (name, result["outcome"]) == (name, "done")
        assert editor.buffers[cell] == expected
        editor.type(cell, cells_of[1])
    model.play(["It adds up."])
    result = await command(editor, "explain", cell, 1)
    assert result["outcome"] == "done"
    assert "import pandas" in model.requests[-1].body["messages"][-1]["content"]


async def test_what_would_leave_the_cell_is_refused_with_what_works(agreeing: Start, model: ModelServer):
    cells_of = ("from models import User\n", "def slow():\n    return User()\n# rename User to Member\n", "slow()\n")
    files = f"//- /a.ipynb\n{as_json(cells_of)}//- /models.py\nclass User:\n    pass\n"
    editor: Editor = await agreeing(files)
    cells = open_notebook(editor, "a.ipynb")
    titles = [entry["title"] for entry in await editor.menu(cells[1], 2)]
    assert not [title for title in titles if title.startswith(("Change across", "Write tests", "Finish"))]
    for name in ("changeFiles", "writeTests", "finishChange", "upgradeDependency"):
        result = await command(editor, name, cells[1], 0, description="rename slow to quick")
        assert (result["outcome"], result["message"]) == ("refused", ALONE)
    result = await command(editor, "implementComment", cells[1], 0, description="rename slow to quick")
    assert result["message"] == f"slow is used in code cell 3 of this notebook as well. {ALONE} Nothing was changed."
    result = await command(editor, "implementComment", cells[0], 0, description="rename User to Member")
    assert result["message"].startswith("User is used in code cell 2 of this notebook as well.")
    editor.type(cells[1], "pass\n")
    result = await command(editor, "implementComment", cells[0], 0, description="rename User to Member")
    assert result["message"] == f"This would change models.py too. {ALONE} Nothing was changed."
    for reply in (
        block("models.py", "class User:\n", "class Member:\n"),
        block("a.ipynb/cell-3.py", "slow()\n", "quick()\n"),
        block("a.ipynb/cell-9.py", "", "quick()\n"),
    ):
        both = f"{block('a.ipynb/cell-1.py', cells_of[0], 'import models')}\n\n{reply}"
        model.play([both] * 3)
        result = await command(editor, "implementComment", cells[0], 0, description="tidy up")
        assert result["outcome"] in ("refused", "denied", "no-edit")
    assert editor.edits == []
    assert editor.text("models.py") == "class User:\n    pass\n"
    assert not list(Path(editor.root).glob("a.ipynb/*"))


async def test_no_ask_in_a_file_reaches_into_a_cell(agreeing: Start, model: ModelServer):
    code = "# rename slow to quick\ndef slow():\n    pass\n"
    files = f"//- /a.ipynb\n{as_json(['from m import slow', 'slow()'])}//- /m.py\n{code}"
    editor: Editor = await agreeing(files)
    cells = open_notebook(editor, "a.ipynb")
    uri = editor.open("m.py")
    model.play([block("a.ipynb/cell-2.py", "slow()\n", "quick()\n")] * 3)
    result = await command(editor, "changeFiles", uri, 1, description="make it quick")
    assert result["outcome"] == "refused", result
    assert "This would write a.ipynb/cell-2.py as text." in result["message"]
    assert editor.edits == []
    assert (await editor.pick(uri, 0, "Change across files"))["files"] == {"m.py": "done"}
    assert [editor.buffers[cell] for cell in cells] == ["from m import slow", "slow()"]


async def test_cells_that_come_go_and_move_while_a_model_writes_are_not_mixed_up(agreeing: Start, model: ModelServer):
    same = "# the first prime\n"
    editor: Editor = await agreeing(f"//- /a.ipynb\n{as_json([same, 'pass', same])}")
    cells = open_notebook(editor, "a.ipynb")

    may_answer = Event()
    model.play([Reply(block("a.ipynb/cell-3.py", same, "first = 2\n"), after=may_answer)])
    _, answer = await editor.begin(cells[2], 0, "Implement this comment")
    await editor.until(lambda: model.requests)
    new = f"{cells[0]}new"
    splice(editor, "a.ipynb", 0, cells, [(new, same), (cells[2], same)])
    await editor.heard()
    may_answer.set()
    result = await answer
    assert result["outcome"] == "done"
    assert editor.buffers[cells[2]] == "first = 2\n"
    assert editor.buffers[new] == same


async def test_typing_in_the_cell_is_merged_and_a_cell_that_went_is_refused(agreeing: Start, model: ModelServer):
    text = "a = 1\n\n\n# the first prime\n"
    reply = block("a.ipynb/cell-1.py", "# the first prime\n", "first = 2\n")
    gates = [Event(), Event()]
    replies = [Reply(reply, after=gate) for gate in gates]
    editor: Editor = await agreeing(f"//- /a.ipynb\n{as_json([text, 'pass'])}", replies=replies)
    cells = open_notebook(editor, "a.ipynb")
    _, answer = await editor.begin(cells[0], 3, "Implement this comment")
    await editor.until(lambda: model.requests)
    editor.type(cells[0], text.replace("a = 1", "a = 2"))
    await editor.heard()
    gates[0].set()
    assert (await answer)["outcome"] == "done"
    assert editor.buffers[cells[0]] == "a = 2\n\n\nfirst = 2\n"
    editor.type(cells[0], text)
    asked = len(model.requests)
    _, answer = await editor.begin(cells[0], 3, "Implement this comment")
    await editor.until(lambda: len(model.requests) > asked)
    splice(editor, "a.ipynb", 0, [cells[0]], [])
    await editor.heard()
    gates[1].set()
    result = await answer
    assert result["outcome"] == "refused"
    assert "is in no open notebook" in result["message"]
    assert len(editor.edits) == 1


async def test_a_notebook_whose_changes_cannot_be_true_is_not_edited_until_it_is_opened_anew(agreeing: Start):
    editor: Editor = await agreeing(FILES)
    for start, gone, more in ((0, 0, {"version": 1}), (4, 2, {})):
        cells = open_notebook(editor, PATH)
        assert await editor.entries(cells[2], 0, "Implement this comment")
        splice(editor, PATH, start, cells[:gone], [], **more)
        assert await editor.menu(cells[2], 0) == []
        result = await command(editor, "implementComment", cells[2], 0)
        assert result["outcome"] == "refused"
        assert "Open it as a notebook" in result["message"]
    cells = open_notebook(editor, PATH)
    editor.changed(
        cells[2], [{"range": {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 1}}, "text": ""}]
    )
    result = await command(editor, "implementComment", cells[2], 0)
    assert result["outcome"] == "refused"
    assert editor.edits == []
    cells = open_notebook(editor, PATH)
    assert (await editor.pick(cells[2], 0, "Implement this comment"))["outcome"] == "done"


async def test_rules_for_the_notebook_hold_for_its_cells(agreeing: Start, model: ModelServer):
    editor: Editor = await agreeing(FILES.replace("/plots/", "/secrets/"))
    cells = open_notebook(editor, "secrets/sales.ipynb")
    asked = len(model.requests)
    result = await command(editor, "implementComment", cells[3], 0)
    assert result["outcome"] == "refused"
    result = await command(editor, "implementComment", cells[2], 0)
    assert result["outcome"] == "denied"
    assert len(model.requests) == asked
    assert editor.edits == []


async def test_other_languages_and_an_editor_without_notebooks(agreeing: Start):
    editor: Editor = await agreeing(
        f"//- /a.ipynb\n{as_json(['// a sum'], 'typescript')}//- /b.ipynb\n{as_json(['# x'], 'apl')}"
    )
    assert await editor.entries(open_notebook(editor, "a.ipynb")[0], 0, "Implement this comment: a sum")
    assert await editor.menu(open_notebook(editor, "b.ipynb")[0], 0) == []
    selector = editor.announced["notebookDocumentSync"]["notebookSelector"]
    assert selector[0]["notebook"] == {"pattern": "**/*.ipynb"}, "another notebook may be a file of code"
    assert {"language": "python"} in selector[0]["cells"]
    without: Editor = await agreeing(FILES, editor="neovim-0.12.4")
    assert "notebookDocumentSync" not in without.announced
