"""An editor that shows labels beside an edit is told who made it and what the review says; no other is."""

from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import EDITORS, Editor, capabilities_of, entries

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
