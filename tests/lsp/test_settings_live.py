"""Settings hold from the next ask on, wherever they were changed, and trust comes from the editor's user alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start, connected
from tests.lsp.editor import FIRST, Editor
from tests.model_server import ModelServer, model_server

FILES = "//- /views.py\n# greet politely\nEND = 1\n//- /models.py\nLIMIT = 1\n"
RENAME = "//- /a.py\n# rename old to new\ndef old(): pass\n"
APPROVE = "Approve and apply"


def block(path: str, old: str, new: str) -> str:
    """A reply with one block."""
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n\n"


REPLY = block("views.py", "END = 1", "END = 2") + block("models.py", "LIMIT = 1", "LIMIT = 2")


@pytest.fixture
def model() -> Any:
    with model_server() as server:
        yield server


def write_settings(editor: Editor, text: str) -> None:
    """The user edits their own file."""
    folder = Path(editor.environment["PATCHWRIGHT_CONFIG"])
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text)


async def ask(editor: Editor, model: ModelServer, uri: str) -> dict[str, Any]:
    """An ask whose reply reaches beyond its file, which needs approval."""
    model.play([REPLY, REPLY])
    return await editor.pick(uri, 0, "Implement this comment")


async def test_an_approval_holds_after_the_user_edited_their_settings(start: Start, model: ModelServer):
    editor: Editor = await start(FILES, environment=connected(model.base_url), choose=APPROVE)
    uri = editor.open("views.py")
    for number in range(2):
        write_settings(editor, f'[context]\nnever_send = ["customers{number}/**"]\n')
        assert (await ask(editor, model, uri))["outcome"] == "done"
        editor.type(uri, FILES.partition("\n")[2].partition("//-")[0])
        (editor.root / "models.py").write_text("LIMIT = 1\n")


async def test_an_approval_of_what_the_settings_now_keep_back_does_not_hold(start: Start, model: ModelServer):
    editor: Editor = await start(FILES, environment=connected(model.base_url), choose=None)
    uri = editor.open("views.py")
    assert (await ask(editor, model, uri))["outcome"] == "withheld"
    write_settings(editor, '[context]\nnever_send = ["models.py"]\n')
    editor.choose = APPROVE
    (entry,) = (await editor.request("workspace/executeCommand", {"command": "patchwright.pending"}))["pending"]
    params = {"command": "patchwright.review", "arguments": [{"id": entry["id"]}]}
    result = await editor.request("workspace/executeCommand", params)
    assert result["outcome"] == "refused"
    assert "policy is another one now" in result["message"]
    assert editor.edits == []


async def test_what_stands_in_the_users_file_holds_for_the_next_ask(start: Start):
    editor: Editor = await start(RENAME)
    uri = editor.open("a.py")
    for text, outcome in (("[review]\npreview = true\n", "pending"), ("", "done")):
        write_settings(editor, text)
        assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == outcome
    write_settings(editor, "[review]\npreview = 3\n")
    editor.type(uri, "# rename new to old\ndef new(): pass\n")
    assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == "done"
    assert [message for message in editor.messages() if "review.preview must be true or false" in message]


async def test_what_the_user_sets_in_their_editor_holds_at_once_and_what_a_workspace_sets_does_not(start: Start):
    users: dict[str, Any] = {"userSettings": {"review": {"preview": True}}}
    editor: Editor = await start(RENAME, parameters={"initializationOptions": users})
    uri = editor.open("a.py")
    assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == "pending"
    editor.settings = {"review": {"preview": False}, "userSettings": {"review": {"preview": False}}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == "pending"
    nonsense: list[Any] = [None, [], {"userSettings": 3}]
    for each in nonsense:
        editor.notify("patchwright/userSettings", each)
    for preview, outcome in ((False, None), (True, "pending"), (False, "done")):
        editor.settings = {"review": {"preview": preview}}
        editor.notify("patchwright/userSettings", {"userSettings": editor.settings})
        if outcome is not None:
            assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == outcome
    said = [message for message in editor.messages() if "review.preview is ignored" in message]
    assert len(said) == 1, "what the user sets themselves is nothing that a workspace set"


async def test_limits_of_the_index_that_change_hold_at_once(start: Start):
    many = "".join(f"//- /m{number}.py\nx = {number}\n" for number in range(120))
    editor: Editor = await start(RENAME + many)
    uri = editor.open("a.py")
    assert await editor.entries(uri, 0, "Change across files")
    editor.settings = {"index": {"most_files": 100}}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    result = await editor.pick(uri, 0, "Change across files")
    assert result["outcome"] == "refused"
    assert "more files than are indexed" in result["message"]
    editor.settings = {}
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    assert (await editor.pick(uri, 0, "Change across files"))["outcome"] == "done"


TESTED = """
//- /pkg/__init__.py
//- /pkg/core.py
# one
END = 1
//- /test_core.py
from pkg import core
def test_it(): assert core.END == 2, "the test ran"
//- /pyproject.toml
[project]
name = "pkg"
version = "1"
[tool.pytest.ini_options]
"""


@pytest.mark.parametrize(
    ("options", "tests"),
    [
        # It has no environment that they could run in, which is looked for only where they may.
        ({"trusted": True}, "tool-missing"),
        ({}, "not-run"),
        ({"trusted": "yes"}, "not-run"),
        ({"trusted": 1}, "not-run"),
        ({"userSettings": {"trusted": True}}, "not-run"),
        ({"checks": {"trusted": True, "trusted_folders": ["/"]}}, "not-run"),
    ],
    ids=str,
)
async def test_code_of_the_workspace_runs_only_where_the_editor_says_that_its_user_trusts_it(
    start: Start, model: ModelServer, options: dict[str, Any], tests: str
):
    hostile = {"trusted": True, "checks": {"trusted_folders": ["/"], "trusted": True}}
    stored = json.dumps({"patchwright.trusted": True, "patchwright": hostile})
    files = f"{TESTED}//- /.vscode/settings.json\n{stored}\n"
    files += "//- /.patchwright.toml\nversion = 1\ntrusted = true\n"
    parameters = {"initializationOptions": {"review": {"preview": True}} | options}
    editor: Editor = await start(
        files, environment=connected(model.base_url), choose=FIRST, parameters=parameters, settings=hostile
    )
    uri = editor.open("pkg/core.py")
    model.play([block("pkg/core.py", "END = 1", "END = 3")] * 2)
    result = await editor.pick(uri, 0, "Implement this comment")
    assert result["outcome"] == "pending"
    shown = {"command": "patchwright.readProposal", "arguments": [{"id": result["proposal"]}]}
    checks = (await editor.request("workspace/executeCommand", shown))["checks"]
    assert checks["pytest"] == tests
