"""A change reaches the user's files exactly, or the user is told exactly how far it got."""

import textwrap
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import EDITORS, NEVER, Editor, apply_all, apply_one, entries, path_of
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

RENAME = """
    //- /app/models.py
    def load_user(name):
        return {"é𝒳": name}
    //- /app/views.py
    from app.models import load_user

    # rename load_user to fetch_user
    def show():
        print("é𝒳", load_user("𝒳é"), load_user)
    //- /app/__init__.py
"""

HASTY = (
    "-c",
    "import sys; from lsp_server.server import serve_stdio; from lsp_server.session import Patience;"
    "sys.exit(serve_stdio(Patience(answer=1.0, open_document=0.15, closed_file=0.1)))",
)

TWO_FILES = """\
app/helper.py
```python
<<<<<<< SEARCH
=======
def helper():
    return "é𝒳 ok"
>>>>>>> REPLACE
```

app/main.py
```python
<<<<<<< SEARCH
# use a helper of its own
=======
from app.helper import helper

>>>>>>> REPLACE
```
"""
MAIN = '//- /app/main.py\n# use a helper of its own\nprint("é𝒳", helper())\n'


def sent_operations(editor: Editor) -> list[dict[str, Any]]:
    """All document changes that were sent, in order."""
    return [entry for edit in editor.edits for entry in entries(edit)]


def preferred_encoding(capabilities: dict[str, Any]) -> str:
    """The first that an editor announces; UTF-16 where it announces none."""
    return capabilities.get("general", {}).get("positionEncodings", ["utf-16"])[0]


@pytest.mark.parametrize("name", EDITORS)
async def test_a_rename_across_files_arrives_in_every_editor(agreeing: Start, name: str):
    editor: Editor = await agreeing(RENAME, editor=name)
    uri = editor.open("app/views.py")
    result = await editor.pick(uri, 2, "Change across files")
    assert result["outcome"] == "done"
    assert result["files"] == {"app/models.py": "done", "app/views.py": "done"}
    assert editor.encoding == preferred_encoding(editor.capabilities)
    assert editor.text("app/models.py") == 'def fetch_user(name):\n    return {"é𝒳": name}\n'
    views = editor.text("app/views.py")
    assert views is not None
    assert "load_user" not in views
    assert 'print("é𝒳", fetch_user("𝒳é"), fetch_user)' in views
    assert len(editor.messages()) == 1
    versions = [entry["textDocument"]["version"] for entry in sent_operations(editor)]
    assert sorted(versions, key=str) == [1, None]
    transactional = "failureHandling" in str(editor.capabilities) and name.startswith("vscode")
    assert len(editor.edits) == (1 if transactional else 2)
    assert editor.progress()[0] == "begin"
    assert editor.progress()[-1] == "end"


@pytest.mark.parametrize(
    ("name", "encoding", "column"),
    [("neovim-0.12.4", "utf-8", 17), ("vscode-1.139", "utf-16", 14), ("emacs-30.2", "utf-32", 13)],
)
async def test_columns_are_right_in_every_encoding(agreeing: Start, name: str, encoding: str, column: int):
    editor: Editor = await agreeing(RENAME, editor=name)
    assert editor.encoding == encoding
    uri = editor.open("app/views.py")
    here = {"start": {"line": 4, "character": column}, "end": {"line": 4, "character": column}}
    editor.changed(uri, [{"range": here, "text": "𝒳é"}])
    editor.buffers[uri] = editor.buffers[uri].replace('"é𝒳"', '"é𝒳𝒳é"')
    result = await editor.pick(uri, 2, "Change across files")
    assert result["outcome"] == "done"
    assert 'print("é𝒳𝒳é", fetch_user("𝒳é"), fetch_user)' in (editor.text("app/views.py") or "")


@pytest.mark.parametrize("name", EDITORS)
async def test_a_new_file_is_created_with_what_the_editor_announced(agreeing: Start, name: str):
    editor: Editor = await agreeing(MAIN, editor=name, replies=[TWO_FILES])
    uri = editor.open("app/main.py")
    result = await editor.pick(uri, 0, "Change across files")
    assert result["outcome"] == "done"
    assert editor.text("app/helper.py") == 'def helper():\n    return "é𝒳 ok"\n'
    assert (editor.text("app/main.py") or "").startswith("from app.helper import helper\n")
    kinds = [entry.get("kind", "edit") for entry in sent_operations(editor)]
    assert kinds == (["edit", "edit"] if name.startswith("emacs") else ["create", "edit", "edit"])


async def test_an_editor_that_announces_nothing_gets_nothing(agreeing: Start):
    editor: Editor = await agreeing(RENAME, editor={})
    assert editor.encoding == "utf-16"
    uri = editor.open("app/views.py")
    result = await editor.pick(uri, 2, "Change across files")
    assert result["outcome"] == "refused"
    assert "patchwright ask --apply" in result["message"]
    assert editor.edits == []


async def test_without_document_changes_one_file_is_edited_and_two_are_refused(agreeing: Start):
    plain = {"workspace": {"applyEdit": True}}
    editor: Editor = await agreeing(RENAME + "//- /app/p.py\n# dataclass Point with x: int, y: int = 0\n", editor=plain)
    refused = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert (refused["outcome"], editor.edits) == ("refused", [])
    done = await editor.pick(editor.open("app/p.py"), 0, "Implement this comment")
    assert done["outcome"] == "done"
    assert "class Point" in (editor.text("app/p.py") or "")
    assert list(editor.edits[0]) == ["changes"]


ANSWERS = {"true": True, "false": False, "error": RuntimeError("no"), "never": NEVER}


class Unreliable:
    """An editor that applies all, the first file, or none of an edit, and answers as it likes."""

    def __init__(self) -> None:
        self.amount, self.answer = "all", "true"
        self.applied = 0

    def __call__(self, editor: Editor, edit: dict[str, Any]) -> Any:
        for entry in entries(edit):
            if self.amount == "all" or (self.amount == "some" and not self.applied):
                self.applied += 1
                apply_one(editor, entry)
        return ANSWERS[self.answer]


@pytest.mark.parametrize("name", ["vscode-1.139", "helix-25.07"])
async def test_the_report_is_true_whatever_the_editor_does_and_says(agreeing: Start, name: str):
    apply = Unreliable()
    editor: Editor = await agreeing(RENAME, editor=name, apply=apply, arguments=HASTY)
    uris = [editor.open("app/models.py"), editor.open("app/views.py")]
    before = dict(editor.buffers)
    for answer in ANSWERS:
        for amount in ("all", "some", "none"):
            for uri in uris:
                editor.type(uri, before[uri])
            apply.amount, apply.answer, apply.applied = amount, answer, 0
            editor.edits.clear()
            editor.told.clear()
            result = await editor.pick(uris[1], 2, "Change across files")
            check_report(editor, result, amount, answer)
            if amount == "none" and name.startswith("helix"):
                assert len(editor.edits) == 1, "no second file after the first failed"


def check_report(editor: Editor, result: dict[str, Any], amount: str, answer: str) -> None:
    """The outcome, each file's state and the message say what is in the buffers."""
    nothing = "failed" if answer in ("error", "never") else "declined"
    assert result["outcome"] == {"all": "done", "some": "partial", "none": nothing}[amount], (amount, answer)
    for path, state in result["files"].items():
        changed = "load_user" not in (editor.text(path) or "")
        assert changed == (state == "done")
    assert len(editor.messages()) == 1
    assert ("says that it applied" in editor.messages()[0]) == (amount == "none" and answer == "true")
    if amount == "some":
        assert all(path in editor.messages()[0] for path in result["files"])


async def test_a_closed_file_that_only_the_editor_holds_is_not_called_done(agreeing: Start):
    def into_buffers(editor: Editor, edit: dict[str, Any]) -> bool:
        for entry in entries(edit):
            if entry["textDocument"]["uri"] in editor.buffers:
                apply_one(editor, entry)
        return True

    editor: Editor = await agreeing(RENAME, editor="neovim-0.12.4", apply=into_buffers)
    result = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert result["outcome"] == "not-visible-yet"
    assert "save" in result["message"]
    assert result["files"]["app/models.py"] == "unsaved"


async def test_the_outcome_is_said_once_progress_has_ended(agreeing: Start):
    editor: Editor = await agreeing(RENAME, editor="helix-25.07")
    await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    said = next(index for index, note in enumerate(editor.told) if note["method"] == "window/showMessage")
    editor.told[said:] = []
    assert editor.progress()[-1] == "end", "Helix wipes what was said before"


async def test_another_text_than_was_meant_is_reported(agreeing: Start):
    def spoil(editor: Editor, edit: dict[str, Any]) -> bool:
        apply_all(editor, edit)
        for uri, text in list(editor.buffers.items()):
            editor.type(uri, text + "# formatted\n")
        return True

    editor: Editor = await agreeing(RENAME, apply=spoil, arguments=HASTY)
    result = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert result["outcome"] == "partial"
    assert result["files"]["app/views.py"] == "different"


PLAIN_FILES = TWO_FILES.replace("é𝒳 ", "")
"""Nothing in it needs an approval, which would be for these very texts alone."""


async def test_what_the_user_types_meanwhile_elsewhere_is_kept(agreeing: Start, model: ModelServer):
    files = "//- /app/main.py\n# use a helper of its own\nprint(helper())\n\n\nend = 1\n"
    may_answer = Event()
    editor: Editor = await agreeing(files, replies=[Reply(PLAIN_FILES, after=may_answer)])
    uri = editor.open("app/main.py")
    _, answer = await editor.begin(uri, 0, "Change across files")
    await editor.until(lambda: model.requests)
    editor.type(uri, editor.buffers[uri].replace("end = 1", "end = 2"))
    await editor.heard()
    may_answer.set()
    result = await answer
    assert result["outcome"] == "done"
    assert editor.text("app/main.py") == "from app.helper import helper\n\nprint(helper())\n\n\nend = 2\n"
    assert editor.versions[uri] == 3


async def test_what_the_user_types_meanwhile_in_the_same_place_stops_the_edit(agreeing: Start, model: ModelServer):
    may_answer = Event()
    editor: Editor = await agreeing(MAIN, replies=[Reply(PLAIN_FILES, after=may_answer)])
    uri = editor.open("app/main.py")
    _, answer = await editor.begin(uri, 0, "Change across files")
    await editor.until(lambda: model.requests)
    editor.type(uri, editor.buffers[uri].replace("# use a helper of its own", "# use two of them"))
    await editor.heard()
    may_answer.set()
    result = await answer
    assert result["outcome"] == "refused"
    assert "app/main.py" in result["message"]
    assert editor.edits == []
    assert not (editor.root / "app/helper.py").exists()


async def test_a_file_that_appears_meanwhile_is_not_overwritten(agreeing: Start, model: ModelServer):
    may_answer = Event()
    editor: Editor = await agreeing(MAIN, replies=[Reply(TWO_FILES, after=may_answer)])
    uri = editor.open("app/main.py")
    _, answer = await editor.begin(uri, 0, "Change across files")
    await editor.until(lambda: model.requests)
    (editor.root / "app/helper.py").write_text("mine = 1\n")
    may_answer.set()
    result = await answer
    assert result["outcome"] not in ("done", "partial")
    assert (editor.root / "app/helper.py").read_text() == "mine = 1\n"
    assert editor.edits == []


async def test_a_file_that_appears_between_two_steps_is_not_overwritten(agreeing: Start):
    def interfere(editor: Editor, edit: dict[str, Any]) -> bool:
        apply_all(editor, edit)
        (editor.root / "app/second.py").write_text("mine = 1\n")
        return True

    first = TWO_FILES.partition("app/main.py")[0]
    replies = [first + first.replace("helper.py", "second.py")]
    editor: Editor = await agreeing(MAIN, editor="helix-25.07", apply=interfere, replies=replies)
    result = await editor.pick(editor.open("app/main.py"), 0, "Change across files")
    assert result["outcome"] == "partial"
    assert result["files"] == {"app/helper.py": "done", "app/second.py": "unchanged"}
    assert (editor.root / "app/second.py").read_text() == "mine = 1\n"
    assert len(editor.edits) == 1


async def test_a_folder_that_becomes_a_link_out_of_the_workspace_is_not_written_through(
    agreeing: Start, model: ModelServer, tmp_path: Path
):
    outside = tmp_path / "outside"
    outside.mkdir()
    may_answer = Event()
    reply = Reply(TWO_FILES.replace("app/helper.py", "lib/helper.py"), after=may_answer)
    editor: Editor = await agreeing(MAIN, replies=[reply])
    uri = editor.open("app/main.py")
    _, answer = await editor.begin(uri, 0, "Change across files")
    await editor.until(lambda: model.requests)
    (editor.root / "lib").symlink_to(outside)
    may_answer.set()
    result = await answer
    assert result["outcome"] in ("refused", "denied")
    assert editor.edits == []
    assert list(outside.iterdir()) == []


async def test_between_two_files_the_user_may_stop_the_rest(agreeing: Start):
    """A one-file-at-a-time editor, whose user edits the second file while the first is applied."""

    def interfere(editor: Editor, edit: dict[str, Any]) -> bool:
        apply_all(editor, edit)
        for uri in editor.buffers:
            if path_of(uri).name == "views.py" and len(editor.edits) == 1:
                editor.type(uri, "load_user = None\n")
        return True

    editor: Editor = await agreeing(RENAME, editor="helix-25.07", apply=interfere)
    result = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert result["outcome"] == "partial"
    assert result["files"] == {"app/models.py": "done", "app/views.py": "unchanged"}
    assert editor.text("app/views.py") == "load_user = None\n"


async def test_a_document_in_doubt_has_no_menu_and_is_not_edited(agreeing: Start):
    editor: Editor = await agreeing(RENAME)
    models, views = editor.open("app/models.py"), editor.open("app/views.py")
    editor.changed(models, [{"text": "older"}], version=0)
    assert await editor.menu(models, 0) == []
    result = await editor.pick(views, 2, "Change across files")
    assert result["outcome"] == "refused"
    assert "app/models.py" in result["message"]
    assert editor.edits == []
    editor.versions[models] = 7
    editor.type(models, (editor.root / "app/models.py").read_text())
    assert (await editor.pick(views, 2, "Change across files"))["outcome"] == "done"


async def test_many_uncertain_places_are_shown_as_a_page_outside_the_workspace(agreeing: Start):
    mentions = "".join(f"Call `load_user({number})`.\n\n" for number in range(6))
    editor: Editor = await agreeing(RENAME + f"    //- /README.md\n{textwrap.indent(mentions, '    ')}")
    result = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert result["outcome"] == "done"
    shown = [request["params"] for request in editor.asked if request["method"] == "window/showDocument"]
    assert str(editor.root) not in shown[-1]["uri"]
    page = await editor.request("workspace/textDocumentContent", {"uri": shown[-1]["uri"]})
    assert page["text"].count("`README.md:") == 6


async def test_what_the_editor_left_undone_is_offered_and_comes_when_it_is_wanted(agreeing: Start):
    apply = Unreliable()
    apply.amount, apply.answer = "some", "false"
    editor: Editor = await agreeing(RENAME, apply=apply, arguments=HASTY)
    models, views = editor.open("app/models.py"), editor.open("app/views.py")

    def second(editor: Editor, edit: dict[str, Any]) -> bool:
        return apply_all(editor, edit) if len(editor.edits) > 1 else apply(editor, edit)

    editor.apply, editor.choose = second, "Apply the rest"
    result = await editor.pick(views, 2, "Change across files")
    assert result["outcome"] == "done", result
    assert "load_user" not in editor.buffers[models] + editor.buffers[views]
    assert len(editor.edits) == 2
    touched = [entry["textDocument"]["uri"] for entry in entries(editor.edits[1])]
    assert len(touched) == 1, "what is there is not sent again"


@pytest.mark.parametrize("answer", ["never", "spoilt"])
async def test_no_rest_is_offered_where_the_editor_may_still_come_or_made_something_else(agreeing: Start, answer: str):
    def apply(editor: Editor, edit: dict[str, Any]) -> Any:
        apply_one(editor, entries(edit)[0])
        if answer == "spoilt":
            uri = entries(edit)[1]["textDocument"]["uri"]
            editor.type(uri, editor.buffers[uri] + "spoilt = 1\n")
        return NEVER if answer == "never" else False

    editor: Editor = await agreeing(RENAME, apply=apply, arguments=HASTY)
    editor.open("app/models.py")
    result = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert result["outcome"] == "partial"
    assert not any(request["method"] == "window/showMessageRequest" for request in editor.asked)


SEALED = """
    //- /app/box.py
    # hand out the sealed text
    def send(box):
        return box


    class Shelf:
        name = "shelf"
        size = 3


    LIMIT = 1
"""
SEAL = """\
app/box.py
```python
<<<<<<< SEARCH
    return box
=======
    return box.encrypt()
>>>>>>> REPLACE
```
"""


@pytest.mark.parametrize("choose", [None, "Apply", "Approve and apply"])
async def test_two_harmless_halves_that_make_a_protected_hunk_are_held(
    shared: Start, model: ModelServer, choose: str | None
):
    """Neither the word that the model writes nor the import that the user types is protected code by itself."""
    editor: Editor = await shared(SEALED, replies=[SEAL])
    editor.choose = choose
    uri = editor.open("app/box.py")
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] == "done"
    assert not any(request["method"] == "window/showMessageRequest" for request in editor.asked), "harmless alone"

    may_answer = Event()
    editor = await shared(SEALED, replies=[Reply(SEAL, after=may_answer)])
    editor.choose = choose
    uri = editor.open("app/box.py")
    _, answer = await editor.begin(uri, 0, "Implement this comment")
    await editor.until(lambda: model.requests)
    editor.type(uri, editor.buffers[uri].replace("LIMIT = 1", "import hmac\n\nLIMIT = hmac.trans_5C"))
    await editor.heard()
    may_answer.set()
    result = await answer
    (question,) = [each for each in editor.asked if each["method"] == "window/showMessageRequest"]
    assert "touches crypto" in question["params"]["message"]
    if choose == "Approve and apply":
        assert result["outcome"] == "done", result
        assert "box.encrypt()" in editor.buffers[uri]
    else:
        assert (result["outcome"], editor.edits) == ("withheld", [])
        assert "box.encrypt()" not in editor.buffers[uri]
    assert "import hmac" in editor.buffers[uri]
