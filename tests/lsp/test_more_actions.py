"""Conflicts, begun changes and dependencies over the protocol: by the menu, and by commands with arguments."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import NO_MODEL, Start
from tests.lsp.editor import Editor
from tests.repositories import in_conflict, repository, write

pytestmark = pytest.mark.asyncio(loop_scope="session")

USERS = "def load(name):\r\n    return 'é'\r\n"
USES = "from users import load\n\nload('a')\n"


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"


def empty(root: Path) -> Path:
    """A test before this one may have left a repository."""
    assert not list(root.iterdir())
    return root


async def command(editor: Editor, name: str, **arguments: Any) -> Any:
    params = {"command": f"patchwright.{name}", "arguments": [arguments]}
    return await editor.request("workspace/executeCommand", params)


@pytest.mark.parametrize("name", ["vscode-1.139", "emacs-30.2"])
async def test_a_conflict_is_resolved_in_the_buffer_with_its_line_ends(shared: Start, name: str):
    editor: Editor = await shared(editor=name, replies=[block("users.py", "PATCHWRIGHT_CONFLICT_1", "    return 'éè'")])
    ours, theirs = USERS.replace("é", "éa"), USERS.replace("é", "éb")
    in_conflict(empty(editor.root), {"users.py": USERS}, {"users.py": ours}, {"users.py": theirs})
    result = await editor.pick(editor.open("users.py"), 0, "Resolve the merge conflicts")
    assert result["outcome"] == "done", result
    assert editor.text("users.py") == USERS.replace("é", "éè")


async def test_a_conflict_that_needs_no_thought_needs_no_model(shared: Start):
    editor: Editor = await shared("//- /a.py\n<<<<<<< a\nx = 1\n=======\nx = 1\n>>>>>>> b\n", environment=NO_MODEL)
    result = await editor.pick(editor.open("a.py"), 3, "Resolve the merge conflicts")
    assert result["outcome"] == "done", result
    assert editor.text("a.py") == "x = 1\n"


async def test_a_change_that_was_begun_and_not_saved_is_finished(shared: Start, model: Any):
    editor: Editor = await shared(replies=[block("uses.py", "from users import load\n\nload('a')", "import users")])
    repository(empty(editor.root), {"users.py": USERS, "uses.py": USES})
    uri = editor.open("users.py")
    editor.type(uri, USERS.replace("load", "fetch"))
    result = await command(editor, "finishChange", uri=uri, line=0, description="Finish it, callers too")
    assert result["outcome"] == "done", result
    assert editor.text("uses.py") == "import users\n"
    asked = str(model.requests[0].body)
    assert "+def fetch(name):" in asked
    assert "Finish it, callers too" in asked


async def test_a_dependency_is_upgraded_to_the_version_of_the_command(shared: Start, model: Any):
    reply = block("a.py", "httpx.get(1)", "httpx.request(1)")
    files = "//- /requirements.txt\nhttpx>=0.24\n//- /a.py\nimport httpx\n\nhttpx.get(1)\n"
    editor: Editor = await shared(files, replies=[reply])
    uri = editor.open("requirements.txt")
    assert [entry["title"] for entry in await editor.entries(uri, 0, "Upgrade")] == ["Upgrade httpx (>=0.24)"]
    result = await command(editor, "upgradeDependency", uri=uri, line=0, description="to 0.28")
    assert result["outcome"] == "withheld", result
    assert "says what is installed" in result["message"]
    assert editor.edits == []
    assert "Upgrade `httpx`: to 0.28" in str(model.requests[0].body)
    editor.choose = "Approve and apply"
    (waits,) = (await editor.request("workspace/executeCommand", {"command": "patchwright.pending"}))["pending"]
    params = {"command": "patchwright.review", "arguments": [{"id": waits["id"]}]}
    assert (await editor.request("workspace/executeCommand", params))["outcome"] == "done"
    assert (editor.text("requirements.txt"), "httpx.request(1)" in str(editor.text("a.py"))) == ("httpx>=0.28\n", True)


async def test_each_says_what_is_missing_where_it_does_not_fit(shared: Start):
    editor: Editor = await shared("//- /a.py\nx = 1\n")
    write(editor.root, {})
    uri = editor.open("a.py")
    for name, said in (
        ("resolveConflicts", "no conflict markers"),
        ("upgradeDependency", "line of a manifest"),
        ("finishChange", "in no git repository"),
    ):
        result = await command(editor, name, uri=uri, line=0, description="do it")
        assert result["outcome"] == "refused", result
        assert said in result["message"]
