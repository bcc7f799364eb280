"""Whatever goes wrong between an ask and its edit: one message with what to do, no edit, and a server that lives on."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start, connected, write_files
from tests.lsp.editor import Editor
from tests.model_server import Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = '//- /a.py\n"""A module."""\n\n# greet a user\n\nx = 1\n'
GOOD = "a.py\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"


async def check_fault(shared: Start, said: str, **options: Any) -> None:
    """Asks for the comment; expects one message with `said`, no edit, and a server that still answers."""
    editor: Editor = await shared(FILES, **options)
    uri = editor.open("a.py")
    before = editor.text("a.py")
    result = await editor.pick(uri, 2, "Implement this comment")
    assert result["outcome"] in ("failed", "refused", "denied", "no-edit"), result
    assert [said in message for message in editor.messages()] == [True], editor.messages()
    assert editor.edits == []
    assert editor.text("a.py") == before
    assert not list(editor.root.parent.glob("outside*"))
    assert await editor.menu(uri, 2)


REPLIES = {
    "a wrong key": (Reply(status=401), "check PATCHWRIGHT_API_KEY"),
    "a wrong path or model": (Reply(status=404), "PATCHWRIGHT_MODEL"),
    "too many requests": (Reply(status=429, headers={"retry-after": "3600"}), "wait"),
    "a broken host": (Reply(status=500, headers={"retry-after": "3600"}), "again later"),
    "a web page": (Reply(headers={"content-type": "text/html"}, body=b"<html>"), "web page"),
    "a redirect": (Reply(status=307, headers={"location": "http://127.0.0.1:1/v1"}), "not followed"),
    "a cut stream": (Reply(GOOD, ends_after=400, done=False), "ended in the middle"),
    "the token limit": (Reply(GOOD, finish_reason="length"), "cut at the token limit"),
    "an empty reply": (Reply(""), "empty"),
}


@pytest.mark.parametrize("name", REPLIES)
async def test_a_host_that_does_not_answer_well_is_named_with_what_to_do(shared: Start, name: str):
    reply, said = REPLIES[name]
    await check_fault(shared, said, replies=[reply] * 3)


BAD = {
    "prose": ("I would add a function here.", "no edit"),
    "no such lines": (GOOD.replace("x = 1", "y = 1"), "a.py"),
    "the same text": (GOOD.replace("x = 2", "x = 1"), "are the same"),
    "outside by dots": (GOOD.replace("a.py", "../outside.py"), "outside.py"),
    "outside by a full path": (GOOD.replace("a.py", "/tmp/outside.py"), "outside.py"),
    "git's own files": (GOOD.replace("a.py", ".git/config").replace("x = 1", ""), ".git"),
    "broken syntax": (GOOD.replace("x = 2", "x = ((("), "a.py, line 5"),
    "a diff of other lines": ("--- a/a.py\n+++ b/a.py\n@@ -5 +5 @@\n-y = 1\n+y = 2\n", "a.py"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_reply_that_must_not_be_applied_is_not(shared: Start, name: str):
    reply, said = BAD[name]
    await check_fault(shared, said, replies=[reply] * 2)


async def test_a_connection_that_is_refused_is_said(shared: Start):
    await check_fault(shared, "refuses connections", environment=connected("http://127.0.0.1:9/v1"))


@pytest.mark.parametrize("endpoint", ["http://models.example.com/v1", "not a url", "ftp://127.0.0.1/v1"])
async def test_a_wrong_endpoint_is_said_and_the_ask_is_answered_without_a_model(shared: Start, endpoint: str):
    editor: Editor = await shared(FILES, environment=connected(endpoint))
    result = await editor.pick(editor.open("a.py"), 2, "Implement this comment")
    assert result["outcome"] == "needs-model"
    assert sum("No model is connected" in message for message in editor.messages()) == 1
    assert editor.edits == []


async def test_a_malformed_configuration_is_one_message_and_recipes_still_work(shared: Start, tmp_path: Path):
    write_files(tmp_path, "//- /config.toml\n[model\n")
    wrong = {"PATCHWRIGHT_CONFIG": str(tmp_path)}
    editor: Editor = await shared("//- /a.py\n# dataclass Point with x: int\n", environment=wrong)
    result = await editor.pick(editor.open("a.py"), 0, "Implement this comment")
    assert result["outcome"] == "done"
    assert sum("not valid TOML" in message for message in editor.messages()) == 1


@pytest.mark.parametrize(("data", "said"), [(b"caf\xe9 = 1\n", "not UTF-8"), (b"x\0y", "binary")])
async def test_a_file_that_cannot_be_read_is_named(shared: Start, data: bytes, said: str):
    editor: Editor = await shared(FILES)
    (editor.root / "b.py").write_bytes(data)
    arguments = {"uri": editor.uri("b.py"), "line": 0}
    result = await editor.request(
        "workspace/executeCommand", {"command": "patchwright.implementComment", "arguments": [arguments]}
    )
    assert said in result["message"]
    assert editor.edits == []
    assert (editor.root / "b.py").read_bytes() == data


async def test_a_reply_that_edits_a_file_which_cannot_be_read_is_refused(shared: Start):
    editor: Editor = await shared(FILES, replies=[GOOD.replace("a.py", "b.py")] * 2)
    (editor.root / "b.py").write_bytes(b"caf\xe9 = 1\n")
    result = await editor.pick(editor.open("a.py"), 2, "Change across files")
    assert result["outcome"] == "no-edit"
    assert "not UTF-8" in result["message"]
    assert editor.edits == []
