"""What needs approval stays with the server until a person approves exactly that, once and in time."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lsp_server.review.approval import Approval, Approvals, Pending, approve
from tests.lsp.conftest import Start
from tests.lsp.editor import NEVER, Editor, RefusedError
from tests.model_server import ModelServer
from tests.terminal import at_terminal

with_shared = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /app/views.py
    # greet a user politely
    END = 1
    //- /app/models.py
    class User:
        name = ""
    //- /app/other.py
    LIMIT = 1
"""
GREETED = "# greet a user politely\nEND = 1\n"


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n\n"


OWN = block("app/views.py", "END = 1", "END = 2")
BEYOND = block("app/models.py", '    name = ""', '    name = "x"')
REPLY = OWN + BEYOND

HASTY = (
    "-c",
    "import sys; import lsp_server.review.approval as approval; from lsp_server.server import serve_stdio;"
    "from lsp_server.session import Patience; approval.VALID_SECONDS = float(sys.argv[2]);"
    "sys.exit(serve_stdio(Patience(question=float(sys.argv[1]), approval=0.05)))",
)


async def ask(shared: Start, choose: str | None, reply: str = REPLY, **options: Any) -> tuple[Editor, dict[str, Any]]:
    """Asks about app/views.py alone; the model changes another file too, also when it is told."""
    editor: Editor = await shared(FILES, replies=[reply, reply], **options)
    for entry in await waiting(editor):
        await command(editor, "patchwright.discard", {"id": entry["id"]})
    for left in approvals(editor).folder.glob("*"):
        left.rmdir() if left.is_dir() else left.unlink()
    editor.choose = choose
    uri = editor.open("app/views.py")
    return editor, await editor.pick(uri, 0, "Implement this comment")


async def command(editor: Editor, name: str, *arguments: Any) -> Any:
    return await editor.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})


async def waiting(editor: Editor) -> list[dict[str, Any]]:
    return (await command(editor, "patchwright.pending"))["pending"]


def approvals(editor: Editor) -> Approvals:
    return Approvals(Path(editor.environment["PATCHWRIGHT_STATE"]), editor.root)


def audited(editor: Editor) -> list[dict[str, Any]]:
    folder = Path(editor.environment["PATCHWRIGHT_STATE"], "audit")
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def texts(editor: Editor) -> dict[str, str | None]:
    return {path: editor.text(path) for path in ("app/views.py", "app/models.py", "app/other.py")}


def unchanged(editor: Editor) -> bool:
    return editor.edits == [] and texts(editor) == {
        "app/views.py": GREETED,
        "app/models.py": 'class User:\n    name = ""\n',
        "app/other.py": "LIMIT = 1\n",
    }


def held(editor: Editor) -> Pending:
    (found,) = approvals(editor).waiting(time.time())
    return found


async def refused(editor: Editor, saying: str) -> None:
    """The server looks at what was given, and says why that does not hold."""
    await editor.until(lambda: any(saying in message for message in editor.messages()))
    assert unchanged(editor)
    assert await waiting(editor) == []
    assert audited(editor)[-1]["outcome"].startswith("refused")


@with_shared
async def test_the_user_approves_and_all_of_it_arrives(shared: Start):
    editor, result = await ask(shared, "Approve and apply")
    assert result["outcome"] == "done", result
    assert editor.text("app/views.py") == GREETED.replace("1", "2")
    assert editor.text("app/models.py") == 'class User:\n    name = "x"\n'
    (question,) = [each for each in editor.asked if each["method"] == "window/showMessageRequest"]
    assert "app/models.py was not asked about" in question["params"]["message"]
    assert [event["event"] for event in audited(editor)][-3:] == ["withhold", "approve", "apply"]
    assert await waiting(editor) == []


@with_shared
@pytest.mark.parametrize("choose", [None, "Apply", "Approve"])
async def test_no_answer_and_any_other_word_change_nothing_and_it_waits(shared: Start, choose: str | None):
    editor, result = await ask(shared, choose)
    assert (result["outcome"], unchanged(editor)) == ("withheld", True)
    (entry,) = await waiting(editor)
    assert entry["paths"] == ["app/views.py", "app/models.py"]
    assert f"`patchwright approve {entry['id']}`" in result["message"]
    assert (await command(editor, "patchwright.discard", {"id": entry["id"]}))["outcome"] == "done"
    assert await waiting(editor) == []
    assert approvals(editor).waiting(time.time()) == []


@with_shared
async def test_the_rest_arrives_without_a_byte_of_what_waits_and_that_later(shared: Start):
    editor, result = await ask(shared, "Apply the rest")
    assert result["outcome"] == "done", result
    assert editor.text("app/views.py") == GREETED.replace("1", "2")
    assert editor.text("app/models.py") == 'class User:\n    name = ""\n'
    assert "models.py" not in json.dumps(editor.edits)
    assert [label["label"] for label in editor.edits[0]["changeAnnotations"].values()] == ["Patchwright: model"]
    (entry,) = await waiting(editor)
    assert entry["paths"] == ["app/models.py"]
    editor.choose = "Approve and apply"
    assert (await command(editor, "patchwright.review", {"id": entry["id"]}))["outcome"] == "done"
    assert editor.text("app/models.py") == 'class User:\n    name = "x"\n'
    (label,) = editor.edits[-1]["changeAnnotations"].values()
    assert (label["label"], "was not asked about" in label["description"]) == ("Patchwright: model, scope", True)


@with_shared
async def test_what_needs_a_withheld_hunk_is_not_delivered_without_it(shared: Start):
    reply = block("app/views.py", "END = 1", "from app.models import fresh_user\n\nEND = fresh_user()")
    reply += block("app/models.py", '    name = ""', '    name = ""\n\n\ndef fresh_user():\n    return User()')
    editor, result = await ask(shared, "Apply the rest", reply)
    assert result["outcome"] == "withheld", result
    (question,) = [each for each in editor.asked if each["method"] == "window/showMessageRequest"]
    assert [action["title"] for action in question["params"]["actions"]] == ["Approve and apply", "Discard"]
    assert unchanged(editor)


@with_shared
async def test_discarded_is_gone(shared: Start):
    editor, result = await ask(shared, "Discard")
    assert (result["outcome"], await waiting(editor), unchanged(editor)) == ("declined", [], True)


@with_shared
async def test_a_person_at_a_terminal_approves_what_the_editor_then_gets(shared: Start):
    editor, _ = await ask(shared, None)
    (entry,) = await waiting(editor)
    program = [str(Path(sys.executable).with_name("patchwright")), "approve", entry["id"]]
    environment = os.environ | dict(editor.environment)
    code, out, shown = await asyncio.to_thread(at_terminal, program, "y\n", editor.root, environment)
    assert code == 0, shown
    assert '+    name = "x"' in out
    assert "app/models.py was not asked about" in shown
    await editor.until(lambda: editor.text("app/models.py") == 'class User:\n    name = "x"\n')
    await editor.until(lambda: any("Approved and applied" in message for message in editor.messages()))
    labels = {label["label"] for label in editor.edits[-1]["changeAnnotations"].values()}
    assert labels == {"Patchwright: model", "Patchwright: model, scope"}
    approval = next(event for event in reversed(audited(editor)) if event["event"] == "approve")
    assert (approval["channel"], approval["outcome"]) == ("terminal", "approved")


@with_shared
async def test_an_approval_counts_once(shared: Start):
    editor, _ = await ask(shared, None)
    pending = held(editor)
    approval = approve(pending, "terminal")
    approvals(editor).give(approval)
    await editor.until(lambda: editor.text("app/models.py") == 'class User:\n    name = "x"\n')
    await editor.until(lambda: any("Approved and applied" in message for message in editor.messages()))
    undone = await command(editor, "patchwright.undo", {"uri": editor.uri("app/views.py")})
    assert undone["outcome"] == "done", undone
    editor.edits.clear()
    # The very same file again, and what waited put back beside it.
    approvals(editor).put(pending)
    approvals(editor).give(approval)
    editor.choose = None
    uri = editor.uri("app/views.py")
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] != "done"
    assert editor.edits == []
    assert await waiting(editor) == []


def other_hunk(pending: Pending, approval: Approval) -> Approval:
    return replace(approval, bound=replace(pending.bound, change="0" * 64))


def other_base(pending: Pending, approval: Approval) -> Approval:
    return replace(approval, bound=replace(pending.bound, bases="0" * 64))


def other_policy(pending: Pending, approval: Approval) -> Approval:
    return replace(approval, bound=replace(pending.bound, policy="0" * 64))


def too_late(pending: Pending, approval: Approval) -> Approval:
    return replace(approval, time=pending.time + 601)


def before_it_was_asked(pending: Pending, approval: Approval) -> Approval:
    return replace(approval, time=pending.time - 1)


def by_another_user(_: Pending, approval: Approval) -> Approval:
    return replace(approval, user="someone")


@with_shared
@pytest.mark.parametrize(
    ("forged", "saying"),
    [
        (other_hunk, "it is for other hunks"),
        (other_base, "it is for other texts"),
        (other_policy, "the policy is another one"),
        (too_late, "later than 10 minutes"),
        (before_it_was_asked, "later than 10 minutes"),
        (by_another_user, "another user gave it"),
    ],
)
async def test_an_approval_of_something_else_does_not_hold(
    shared: Start, forged: Callable[[Pending, Approval], Approval], saying: str
):
    editor, _ = await ask(shared, None)
    pending = held(editor)
    approvals(editor).give(forged(pending, approve(pending, "terminal")))
    await refused(editor, saying)


@with_shared
async def test_what_was_swapped_on_the_disk_is_not_what_the_server_holds(shared: Start):
    """A person is shown something harmless and approves that; the server holds another change."""
    editor, _ = await ask(shared, None)
    pending = held(editor)
    file = approvals(editor).folder / f"{pending.id}.json"
    file.write_text(file.read_text().replace('name = \\"x\\"', 'name = \\"y\\"'))
    shown = held(editor)
    assert shown.change != pending.change
    approvals(editor).give(approve(shown, "terminal"))
    await refused(editor, "it is for other hunks")


@with_shared
async def test_a_policy_that_changed_meanwhile_takes_the_approval_back(shared: Start):
    editor, _ = await ask(shared, None)
    (editor.root / ".patchwright.toml").write_text("version = 1\n")
    approvals(editor).give(approve(held(editor), "terminal"))
    await refused(editor, "the policy is another one now")


@with_shared
@pytest.mark.parametrize("how", ["typed", "on disk"])
async def test_texts_that_changed_meanwhile_are_not_merged(shared: Start, how: str):
    editor, _ = await ask(shared, None)
    if how == "typed":
        editor.type(editor.uri("app/views.py"), GREETED + "# typed\n")
        await editor.heard()
    else:
        (editor.root / "app/models.py").write_text('class User:\n    name = ""\n    age = 1\n')
    was = texts(editor)
    approvals(editor).give(approve(held(editor), "terminal"))
    await editor.until(lambda: any("not as they were when this was approved" in each for each in editor.messages()))
    assert (texts(editor), editor.edits, await waiting(editor)) == (was, [], [])


@with_shared
@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
async def test_a_file_that_became_a_link_to_the_very_same_text_is_not_followed(shared: Start, tmp_path: Path):
    editor, _ = await ask(shared, None)
    file, beyond = editor.root / "app/models.py", tmp_path / "beyond.py"
    beyond.write_text(file.read_text())
    file.unlink()
    file.symlink_to(beyond)
    approvals(editor).give(approve(held(editor), "terminal"))
    await refused(editor, "the change is denied now")
    assert beyond.read_text() == 'class User:\n    name = ""\n'


@with_shared
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("patchwright.pending", lambda name: [{"approve": name}]),
        ("patchwright.review", lambda name: [{"id": name, "approve": True}]),
        ("patchwright.review", lambda name: [{"id": name}, "yes"]),
        ("patchwright.review", lambda _: [{"id": "../../x"}]),
        ("patchwright.discard", lambda _: []),
        ("patchwright.approve", lambda name: [{"id": name}]),
    ],
)
async def test_no_command_approves(shared: Start, name: str, arguments: Callable[[str], list[Any]]):
    editor, _ = await ask(shared, None)
    (entry,) = await waiting(editor)
    with pytest.raises(RefusedError):
        await command(editor, name, *arguments(entry["id"]))
    assert unchanged(editor)
    assert len(await waiting(editor)) == 1


@with_shared
@pytest.mark.skipif(os.name != "posix", reason="modes and links are POSIX")
@pytest.mark.parametrize("how", ["others may write it", "a link", "a second name", "of another user"])
async def test_an_approval_that_anyone_could_have_put_there_does_not_count(shared: Start, tmp_path: Path, how: str):
    editor, _ = await ask(shared, None)
    pending = held(editor)
    elsewhere = Approvals(tmp_path, editor.root)
    elsewhere.folder.mkdir(parents=True)
    elsewhere.give(approve(pending, "terminal"))
    (prepared,) = elsewhere.folder.glob("*.yes")
    entry = approvals(editor).folder / prepared.name
    if how == "others may write it":
        prepared.chmod(0o666)
    elif how == "a second name":
        os.link(prepared, tmp_path / "second")
    elif how == "of another user":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file to another user")
        os.chown(prepared, 12345, 12345)
    if how == "a link":
        entry.symlink_to(prepared)
    else:
        prepared.rename(entry)
    # The server takes every approval away that it has looked at.
    await editor.until(lambda: not os.path.lexists(entry))
    assert unchanged(editor)
    assert len(await waiting(editor)) == 1


async def test_another_server_of_the_same_folder_can_neither_list_nor_deliver_it(start: Start, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": "k"}
    model.play([REPLY, REPLY])
    first: Editor = await start(FILES, environment=environment)
    second: Editor = await start("", environment=environment)
    second.choose = "Approve and apply"
    uri = first.open("app/views.py")
    assert (await first.pick(uri, 0, "Implement this comment"))["outcome"] == "withheld"
    (entry,) = await waiting(first)
    assert await waiting(second) == []
    with pytest.raises(RefusedError, match="Nothing waits"):
        await command(second, "patchwright.review", {"id": entry["id"]})
    assert second.edits == []


async def test_silence_means_no_and_a_late_yes_is_none(start: Start, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": "k"}
    model.play([REPLY, REPLY])
    editor: Editor = await start(FILES, environment=environment, arguments=(*HASTY, "0.2", "600"))
    editor.answers["window/showMessageRequest"] = lambda *_: NEVER
    uri = editor.open("app/views.py")
    result = await editor.pick(uri, 0, "Implement this comment")
    assert (result["outcome"], unchanged(editor)) == ("withheld", True)
    (question,) = [each for each in editor.asked if each["method"] == "window/showMessageRequest"]
    editor.send({"jsonrpc": "2.0", "id": question["id"], "result": {"title": "Approve and apply"}})
    assert len(await waiting(editor)) == 1
    assert unchanged(editor)


async def test_an_ask_that_is_stopped_leaves_nothing_to_approve(start: Start, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": "k"}
    model.play([REPLY, REPLY])
    editor: Editor = await start(FILES, environment=environment)
    editor.answers["window/showMessageRequest"] = lambda *_: NEVER
    uri = editor.open("app/views.py")
    _, answer = await editor.begin(uri, 0, "Implement this comment")
    await editor.until(lambda: any("MessageRequest" in each["method"] for each in editor.asked))
    assert len(await waiting(editor)) == 1
    await command(editor, "patchwright.cancel")
    assert (await answer)["outcome"] == "cancelled"
    assert (await waiting(editor), approvals(editor).waiting(time.time()), unchanged(editor)) == ([], [], True)


async def test_what_was_asked_too_long_ago_waits_no_more(start: Start, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": "k"}
    model.play([REPLY, REPLY])
    editor: Editor = await start(FILES, environment=environment, arguments=(*HASTY, "5", "0"))
    editor.choose = "Approve and apply"
    uri = editor.open("app/views.py")
    result = await editor.pick(uri, 0, "Implement this comment")
    assert result["outcome"] in ("refused", "withheld"), result
    assert unchanged(editor)
    assert await waiting(editor) == []


@with_shared
@pytest.mark.parametrize("choose", ["Approve and apply", "Apply the rest", "Apply"])
async def test_what_is_denied_cannot_be_approved(shared: Start, choose: str):
    reply = OWN + block(".git/hooks/pre-commit", "", "#!/bin/sh\ntouch /tmp/x")
    editor, result = await ask(shared, choose, reply)
    assert (result["outcome"], await waiting(editor), unchanged(editor)) == ("denied", [], True)
    assert [each for each in editor.asked if each["method"] == "window/showMessageRequest"] == []
