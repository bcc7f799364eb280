"""An editor that shows labels beside an edit is told who made it and what the review says; no other is."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from lsp_server.review.journal import Journal
from tests.lsp.conftest import Start
from tests.lsp.editor import EDITORS, Editor, apply_one, capabilities_of, entries
from tests.lsp.test_approval import audited
from tests.lsp.test_delivery import HASTY
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILE = """\
//- /app/main.py
# report to the collector
HOST = "none"


def send():
    return "é𝒳"


def send_all():
    return None
"""
REPLY = """\
app/main.py
```python
<<<<<<< SEARCH
HOST = "none"
=======
HOST = "https://collector.acme.io/v1"
>>>>>>> REPLACE
<<<<<<< SEARCH
    return None
=======
    return send()
>>>>>>> REPLACE
```
"""
RENAME = "//- /app/main.py\n# rename send to post\ndef send():\n    return 1\n\n\nprint(send())\n"
AFTER = (
    FILE.partition("collector\n")[2]
    .replace("none", "https://collector.acme.io/v1")
    .replace("return None", "return send()")
)


def places(editor: Editor) -> list[dict[str, Any]]:
    return [place for edit in editor.edits for entry in entries(edit) for place in entry.get("edits", [entry])]


def labels(editor: Editor) -> dict[str, dict[str, Any]]:
    return {name: label for edit in editor.edits for name, label in edit.get("changeAnnotations", {}).items()}


def shows_labels(name: str) -> bool:
    return "changeAnnotationSupport" in capabilities_of(name)["workspace"]["workspaceEdit"]


@pytest.mark.parametrize("name", EDITORS)
async def test_an_exact_rename_says_that_a_recipe_made_it_and_asks_nothing(agreeing: Start, name: str):
    editor: Editor = await agreeing(RENAME, editor=name)
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert result["outcome"] == "done"
    if not shows_labels(name):
        assert not labels(editor)
        assert not any("annotationId" in place for place in places(editor))
        return
    assert {place["annotationId"] for place in places(editor)} == set(labels(editor))
    assert all(label["label"].startswith("Patchwright: recipe") for label in labels(editor).values())
    assert not any(label.get("needsConfirmation") for label in labels(editor).values())


@pytest.mark.parametrize("name", [name for name in EDITORS if shows_labels(name)])
@pytest.mark.parametrize("answer", ["Apply", "Choose in the editor"])
async def test_a_place_that_is_asked_about_has_the_label_of_its_checkpoint(agreeing: Start, name: str, answer: str):
    editor: Editor = await agreeing(FILE, editor=name, replies=[REPLY])
    editor.choose = answer
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert result["outcome"] == "done"
    assert (editor.text("app/main.py") or "").endswith(AFTER)
    by_text = {place["newText"]: labels(editor)[place["annotationId"]] for place in places(editor)}
    host = next(label for text, label in by_text.items() if "collector" in text)
    call = next(label for text, label in by_text.items() if "send" in text)
    assert host["label"] == "Patchwright: model, new hosts (addresses)"
    assert "names the new host" in host["description"]
    assert bool(host.get("needsConfirmation")) is (answer == "Choose in the editor")
    assert call == {"label": "Patchwright: model", "description": "Written by a model."}


async def test_what_the_user_leaves_out_in_the_editor_is_told_as_left_out(agreeing: Start):
    def tick_none(editor: Editor, edit: dict[str, Any]) -> bool:
        return False

    editor: Editor = await agreeing(FILE, editor="vscode-1.139", replies=[REPLY])
    editor.choose, editor.apply = "Choose in the editor", tick_none
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert result["outcome"] == "declined"
    assert "Nothing was changed" in editor.messages()[0]


async def test_labels_stay_when_the_change_is_merged_with_what_was_typed(agreeing: Start, model: ModelServer):
    may_answer = Event()
    editor: Editor = await agreeing(FILE, replies=[Reply(REPLY, after=may_answer)])
    uri = editor.open("app/main.py")
    _, answer = await editor.begin(uri, 0, "Change across files")
    await editor.until(lambda: model.requests)
    editor.type(uri, editor.buffers[uri].replace('"é𝒳"', '"typed"'))
    await editor.heard()
    may_answer.set()
    assert (await answer)["outcome"] == "done"
    by_text = {place["newText"]: labels(editor)[place["annotationId"]]["label"] for place in places(editor)}
    assert next(label for text, label in by_text.items() if "collector" in text).endswith("new hosts (addresses)")
    assert next(label for text, label in by_text.items() if "send" in text) == "Patchwright: model"


def taking(wanted: Callable[[dict[str, Any]], bool]) -> Callable[[Editor, dict[str, Any]], bool]:
    """An editor whose user takes those places of an edit that have a wanted label."""

    def apply(editor: Editor, edit: dict[str, Any]) -> bool:
        told = edit["changeAnnotations"]
        for entry in entries(edit):
            kept = [place for place in entry["edits"] if wanted(told[place["annotationId"]])]
            if kept:
                apply_one(editor, entry | {"edits": kept})
        return True

    return apply


def unasked(label: dict[str, Any]) -> bool:
    return not label.get("needsConfirmation")


async def undo(editor: Editor) -> dict[str, Any]:
    return await editor.request("workspace/executeCommand", {"command": "patchwright.undo", "arguments": []})


async def test_what_the_user_chose_to_leave_out_is_no_failure(agreeing: Start):
    editor: Editor = await agreeing(FILE, replies=[REPLY])
    uri = editor.open("app/main.py")
    before = editor.buffers[uri]
    editor.choose, editor.apply = "Choose in the editor", taking(unasked)
    result = await editor.pick(uri, 0, "Change across files")
    assert (result["outcome"], result["files"]) == ("chosen", {"app/main.py": "in-part"}), result
    assert result["message"] == "Applied what you chose. You left out app/main.py, line 2."
    said = [each["params"]["type"] for each in editor.told if each["method"] == "window/showMessage"]
    assert said == [3], "no warning"
    assert 'HOST = "none"' in editor.buffers[uri]
    assert "return send()" in editor.buffers[uri]
    assert asked_titles(editor) == [["Apply", "Choose in the editor", "Discard"]], "no rest is offered"
    state = Path(editor.environment["PATCHWRIGHT_STATE"])
    (noted,) = [event for event in audited(editor) if event["event"] == "apply" and event["outcome"] == "chosen"]
    assert noted["left_out"] == {"app/main.py": [2]}
    assert Journal(state, editor.root).entries()[0].outcome == "chosen"
    editor.apply = None
    assert (await undo(editor))["outcome"] == "done"
    assert editor.buffers[uri] == before


async def test_what_is_missing_where_nothing_was_to_be_chosen_is_the_editors_failure(agreeing: Start):
    def forgetful(editor: Editor, edit: dict[str, Any]) -> bool:
        apply_one(editor, entries(edit)[0] | {"edits": entries(edit)[0]["edits"][-1:]})
        return True

    editor: Editor = await agreeing(FILE, replies=[REPLY], apply=forgetful)
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert (result["outcome"], result["files"]) == ("partial", {"app/main.py": "different"})
    assert "left out" not in result["message"]


async def test_another_text_than_was_sent_is_no_choice(agreeing: Start):
    def spoiling(editor: Editor, edit: dict[str, Any]) -> bool:
        taking(unasked)(editor, edit)
        for uri, text in list(editor.buffers.items()):
            editor.type(uri, text + "spoilt = 1\n")
        return True

    editor: Editor = await agreeing(FILE, replies=[REPLY])
    editor.choose, editor.apply = "Choose in the editor", spoiling
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert (result["outcome"], result["files"]) == ("partial", {"app/main.py": "different"})


TWO = FILE + "//- /app/other.py\nPLACE = 'none'\n"
TWO_REPLY = REPLY + (
    "app/other.py\n```python\n<<<<<<< SEARCH\nPLACE = 'none'\n=======\nPLACE = 'https://mirror.acme.io/v1'\n"
    ">>>>>>> REPLACE\n```\n"
)


@pytest.mark.parametrize("taken", ["main.py", "other.py", ""])
async def test_an_editor_that_asks_file_by_file_goes_on_after_one_was_left_out(agreeing: Start, taken: str):
    def by_file(editor: Editor, edit: dict[str, Any]) -> bool:
        for entry in entries(edit):
            if taken and entry["textDocument"]["uri"].endswith(taken):
                apply_one(editor, entry)
        return True

    editor: Editor = await agreeing(TWO, editor="neovim-0.12.4", replies=[TWO_REPLY], arguments=HASTY)
    editor.choose, editor.apply = "Choose in the editor", by_file
    editor.open("app/other.py")
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert len(editor.edits) == 2
    left = [name for name in ("main.py", "other.py") if name != taken]
    assert result["outcome"] == ("chosen" if taken else "declined"), result
    assert result["files"] == {
        f"app/{name}": "unchanged" if name in left else "done" for name in ("main.py", "other.py")
    }
    assert "ou left out" in result["message"]
    assert "says that it applied" not in result["message"]


def asked_titles(editor: Editor) -> list[list[str]]:
    questions = [each["params"] for each in editor.asked if each["method"] == "window/showMessageRequest"]
    return [[action["title"] for action in question["actions"]] for question in questions]
