"""A change that waits to be looked at outlives its server, and what lies on the disk decides about nothing."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start, connected
from tests.lsp.editor import NEVER, Editor, RefusedError
from tests.lsp.test_proposals import FILES, command, shown, titles, waiting
from tests.model_server import model_server

ASKED = {"line": 0, "description": "rename old to new", "preview": True}


async def proposed(editor: Editor) -> str:
    arguments = [ASKED | {"uri": editor.open("a.py")}]
    asked = {"command": "patchwright.changeFiles", "arguments": arguments}
    result = await editor.request("workspace/executeCommand", asked)
    assert result["outcome"] == "pending", result
    return result["proposal"]


async def left_behind(start: Start, files: str = FILES) -> str:
    """A server that ended while a renaming waited; the id of the proposal."""
    editor: Editor = await start(files)
    name = await proposed(editor)
    await editor.stop()
    return name


async def again(start: Start, **options: Any) -> Editor:
    editor: Editor = await start("", **options)
    editor.open("a.py")
    return editor


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "state" / "proposals").glob("*/*.json"))


def questions(editor: Editor) -> list[str]:
    return [each["params"]["message"] for each in editor.asked if each["method"] == "window/showMessageRequest"]


async def test_what_waited_is_offered_by_the_next_server_and_accepted_with_the_users_yes(start: Start, tmp_path: Path):
    name = await left_behind(start)
    (file,) = kept(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list((tmp_path / "work space").glob("**/*.json"))
    editor = await again(start)
    (found,) = await waiting(editor)
    assert (found["id"], found["made_by"], found["old"]) == (name, "recipe", True)
    assert (1, "Accept all (2 files)") in await titles(editor, "a.py")
    assert any("from before the server started" in message for message in editor.messages())
    await command(editor, "showProposal", id=name)
    page = (await editor.request("workspace/textDocumentContent", {"uri": shown(editor)[-1]}))["text"]
    assert "before the server was started anew" in page
    assert "+def new(): pass" in page
    assert (await command(editor, "accept", id=name))["outcome"] == "declined"
    assert (editor.edits, len(questions(editor))) == ([], 1)
    editor.choose = "Apply"
    accepted = await command(editor, "accept", id=name)
    assert accepted["outcome"] == "done"
    assert accepted["message"].startswith(f"{found['summary']} (proposed at 20")
    assert "old" not in f"{editor.text('a.py')}{editor.text('b.py')}"
    assert (await waiting(editor), kept(tmp_path)) == ([], [])


async def test_a_server_that_is_killed_leaves_it_too(start: Start):
    editor: Editor = await start(FILES)
    name = await proposed(editor)
    editor.process.kill()
    await editor.process.wait()
    after = await again(start)
    assert [each["id"] for each in await waiting(after)] == [name]


async def test_one_that_is_killed_while_the_user_is_asked_leaves_it(start: Start, tmp_path: Path):
    name = await left_behind(start)
    editor = await again(start)
    await waiting(editor)
    editor.answers["window/showMessageRequest"] = lambda *_: NEVER
    editor.ask("workspace/executeCommand", {"command": "patchwright.accept", "arguments": [{"id": name}]})
    await editor.until(lambda: questions(editor))
    editor.process.kill()
    await editor.process.wait()
    assert len(kept(tmp_path)) == 1
    assert [each["id"] for each in await waiting(await again(start))] == [name]


async def test_what_was_decided_does_not_come_back(start: Start, tmp_path: Path):
    editor: Editor = await start(FILES)
    await command(editor, "reject", id=await proposed(editor))
    assert kept(tmp_path) == []
    assert (await command(editor, "accept", id=await proposed(editor)))["outcome"] == "done"
    await editor.stop()
    assert await waiting(await again(start)) == []


async def test_what_is_left_of_one_is_what_waits_later(start: Start):
    editor: Editor = await start(FILES)
    await command(editor, "reject", id=await proposed(editor), hunks=[{"path": "b.py", "hunk": None}])
    await editor.stop()
    (found,) = await waiting(await again(start))
    assert [Path(uri).name for uri in found["files"]] == ["a.py"]


async def test_a_base_that_moved_is_merged_or_refused(start: Start, tmp_path: Path):
    name = await left_behind(start)
    file = tmp_path / "work space" / "a.py"
    text = file.read_text()
    file.write_text(text.replace("x = 1", "x = 2"))
    editor = await again(start)
    editor.choose = "Apply"
    await waiting(editor)
    editor.type(editor.uri("a.py"), text.replace("def old(): pass", "def old(): return 1"))
    assert (await command(editor, "accept", id=name))["outcome"] == "refused"
    assert (editor.edits, len(await waiting(editor))) == ([], 1)
    editor.type(editor.uri("a.py"), text.replace("x = 1", "x = 2"))
    assert (await command(editor, "accept", id=name))["outcome"] == "done"
    assert "x = 2" in str(editor.text("a.py"))
    assert "def new" in str(editor.text("a.py"))


async def test_a_policy_that_came_meanwhile_holds(start: Start, tmp_path: Path):
    name = await left_behind(start)
    (tmp_path / "work space" / ".patchwright.toml").write_text('[context]\nnever_send = ["b.py"]\n')
    editor = await again(start)
    editor.choose = "Apply"
    await waiting(editor)
    assert (await command(editor, "accept", id=name))["outcome"] == "denied"
    assert editor.edits == []


async def test_what_needed_approval_needs_it_again(start: Start, tmp_path: Path):
    reply = "setup.py\n```python\n<<<<<<< SEARCH\nNAME = 1\n=======\nNAME = 2\n>>>>>>> REPLACE\n```\n"
    files = "//- /setup.py\n# change the name\n\nNAME = 1\n//- /a.py\n"
    with model_server() as model:
        model.play([reply])
        editor: Editor = await start(files, environment=connected(model.base_url))
        uri = editor.open("setup.py")
        asked = {"uri": uri, "line": 0, "description": "change the name", "preview": True}
        answer = await editor.request(
            "workspace/executeCommand", {"command": "patchwright.changeFiles", "arguments": [asked]}
        )
        assert answer["outcome"] == "pending", answer
        await editor.stop()
    after = await again(start)
    after.choose = "Apply"
    (found,) = await waiting(after)
    assert (found["level"], found["made_by"]) == ("approve", "model")
    assert (await command(after, "accept", id=found["id"]))["outcome"] == "withheld"
    assert after.edits == []
    after.choose = "Approve and apply"
    assert (await command(after, "accept", id=found["id"]))["outcome"] == "done"
    assert "NAME = 2" in str(after.text("setup.py"))


async def test_of_two_servers_only_one_offers_it_and_the_other_once_that_has_ended(start: Start):
    first: Editor = await start(FILES)
    name = await proposed(first)
    second = await again(start)
    assert await waiting(second) == []
    assert [each["id"] for each in await waiting(first)] == [name]
    first.process.kill()
    await first.process.wait()
    assert [each["id"] for each in await waiting(second)] == [name]


def innocent(values: dict[str, Any]) -> None:
    """Made by a recipe, for a whole workspace, and allowed: all that a lie could help with."""
    values |= {"made_by": "recipe", "verdict": {"judgements": [], "findings": [], "checks": {}}}
    values["ask"] |= {"scope": "workspace"}


DENIED: dict[str, Callable[[dict[str, Any]], None]] = {
    "a file above the workspace": lambda values: values.update(
        operations=[{"kind": "create", "path": "../out.py", "after": "x = 1\n"}]
    ),
    "a hook of git": lambda values: values.update(
        operations=[{"kind": "create", "path": ".git/hooks/pre-commit", "after": "x\n"}]
    ),
}


@pytest.mark.parametrize("what", DENIED)
async def test_a_file_that_was_altered_gets_no_further_than_a_change_may(start: Start, tmp_path: Path, what: str):
    await left_behind(start)
    (file,) = kept(tmp_path)
    values = json.loads(file.read_text())
    innocent(values)
    DENIED[what](values)
    file.write_text(json.dumps(values))
    editor = await again(start)
    editor.choose = "Apply"
    for found in await waiting(editor):
        assert (await command(editor, "accept", id=found["id"]))["outcome"] in ("denied", "refused")
    assert editor.edits == []
    assert not (tmp_path / "out.py").exists()


async def test_an_altered_change_is_asked_about_with_what_it_now_does(start: Start, tmp_path: Path):
    name = await left_behind(start)
    (file,) = kept(tmp_path)
    values = json.loads(file.read_text())
    innocent(values)
    before = values["operations"][0]["before"]
    values["operations"] = [values["operations"][0] | {"after": before + "import os; os.remove('everything')\n"}]
    file.write_text(json.dumps(values))
    editor = await again(start)
    await waiting(editor)
    assert (await command(editor, "accept", id=name))["outcome"] in ("declined", "withheld")
    assert (editor.edits, len(questions(editor))) == ([], 1)
    page = (await editor.request("workspace/textDocumentContent", {"uri": shown(editor)[-1]}))["text"]
    assert "+import os; os.remove('everything')" in page


async def test_a_file_that_is_not_the_users_alone_is_not_offered(start: Start, tmp_path: Path):
    await left_behind(start)
    (file,) = kept(tmp_path)
    file.chmod(0o622)
    assert await waiting(await again(start)) == []
    assert kept(tmp_path) == []


async def test_an_id_that_is_taken_is_not_taken_over(start: Start, tmp_path: Path):
    first: Editor = await start(FILES)
    name = await proposed(first)
    (file,) = kept(tmp_path)
    values = json.loads(file.read_text())
    values["summary"] = "Something else"
    (file.parent / f"{'0' * 16}.{name}.json").write_text(json.dumps(values))
    (file.parent / f"{'0' * 16}.{name}.json").chmod(0o600)
    assert "Something else" not in [each["summary"] for each in await waiting(first)]


async def test_a_disk_that_keeps_nothing_lets_it_wait_in_the_server(start: Start, tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "proposals").write_text("")
    editor: Editor = await start(FILES)
    name = await proposed(editor)
    assert sum("only as long as this server" in message for message in editor.messages()) == 1
    assert (await command(editor, "accept", id=name))["outcome"] == "done"
    with pytest.raises(RefusedError):
        await command(editor, "accept", id=name)
