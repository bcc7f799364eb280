"""A file that moves and changes arrives so in every editor that can move files, or is refused in words."""

from threading import Event
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import EDITORS, Editor, apply_all, apply_one, entries
from tests.lsp.test_delivery import HASTY
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /app/main.py
    # move the sums into a module of their own
    print("é𝒳")
    //- /app/sums.py
    def total(items):
        return "é𝒳", sum(items)
"""
REPLY = """\
*** Begin Patch
*** Update File: app/sums.py
*** Move to: shop/sums.py
@@ def total(items):
-    return "é𝒳", sum(items)
+    return "é𝒳", max(items)
*** Update File: app/main.py
@@
-# move the sums into a module of their own
+import shop.sums
*** End Patch
"""
OLD = 'def total(items):\n    return "é𝒳", sum(items)\n'
NEW = OLD.replace("sum", "max")
MOVERS = tuple(name for name in EDITORS if not name.startswith("emacs"))


async def asked(editor: Editor) -> Any:
    """A file that moves is asked about first; the user says yes."""
    editor.choose = "Apply"
    return await editor.pick(editor.open("app/main.py"), 0, "Change across files")


def kinds(editor: Editor) -> list[list[str]]:
    """What each edit that was sent does, in order."""
    return [[entry.get("kind", "edit") for entry in entries(edit)] for edit in editor.edits]


def check_moved(editor: Editor, result: dict[str, Any]) -> None:
    assert (result["outcome"], editor.messages()) == ("done", editor.messages()[:1])
    assert result["files"] == {"app/main.py": "done", "app/sums.py": "done"}
    assert editor.text("app/sums.py") is None
    assert editor.text("shop/sums.py") == NEW
    assert (editor.text("app/main.py") or "").startswith("import shop.sums\n")


@pytest.mark.parametrize("name", MOVERS)
async def test_a_closed_file_is_edited_and_then_moved_in_one_step(agreeing: Start, name: str):
    editor: Editor = await agreeing(FILES, editor=name, replies=[REPLY])
    check_moved(editor, await asked(editor))
    assert (editor.root / "shop/sums.py").read_text(encoding="utf-8") == NEW
    is_transactional = name.startswith("vscode")
    assert kinds(editor) == ([["edit", "rename", "edit"]] if is_transactional else [["edit"], ["edit", "rename"]])


@pytest.mark.parametrize("name", MOVERS)
async def test_the_edit_of_an_open_file_is_for_its_version_and_stands_before_its_move(agreeing: Start, name: str):
    editor: Editor = await agreeing(FILES, editor=name, replies=[REPLY])
    uri = editor.open("app/sums.py")
    editor.type(uri, "# mine\n" + OLD)
    result = await asked(editor)
    assert result["outcome"] == "done", result
    assert editor.text("shop/sums.py") == "# mine\n" + NEW
    assert not (editor.root / "app/sums.py").exists()
    versions = [
        entry["textDocument"]["version"]
        for edit in editor.edits
        for entry in entries(edit)
        if entry.get("textDocument", {}).get("uri") == uri
    ]
    assert versions == [2]
    is_transactional = name.startswith("vscode")
    assert kinds(editor) == ([["edit", "rename", "edit"]] if is_transactional else [["edit"], ["edit"], ["rename"]])


async def test_an_editor_that_can_only_make_and_delete_files_does_that(agreeing: Start):
    operations = {"documentChanges": True, "resourceOperations": ["create", "delete"]}
    editor: Editor = await agreeing(
        FILES, editor={"workspace": {"applyEdit": True, "workspaceEdit": operations}}, replies=[REPLY]
    )
    result = await asked(editor)
    assert result["outcome"] == "done", result
    assert kinds(editor) == [["create", "edit"], ["edit"], ["delete"]]
    assert (editor.text("app/sums.py"), editor.text("shop/sums.py")) == (None, NEW)


@pytest.mark.parametrize("name", ["emacs-30.2"])
async def test_an_editor_that_cannot_move_files_gets_nothing(agreeing: Start, name: str):
    editor: Editor = await agreeing(FILES, editor=name, replies=[REPLY])
    result = await asked(editor)
    assert (result["outcome"], editor.edits) == ("refused", [])
    assert "move or delete files" in result["message"]


@pytest.mark.parametrize("reply", [REPLY.replace("shop/", ".git/hooks/"), REPLY.replace("shop/", ".vscode/")])
async def test_a_move_onto_a_protected_path_is_not_sent(agreeing: Start, reply: str):
    editor: Editor = await agreeing(FILES, replies=[reply, reply])
    result = await asked(editor)
    assert result["outcome"] not in ("done", "partial"), result
    assert editor.edits == []
    assert editor.text("app/sums.py") == OLD


async def test_a_file_made_meanwhile_at_the_new_path_stops_everything(agreeing: Start, model: ModelServer):
    may_answer = Event()
    editor: Editor = await agreeing(FILES, replies=[Reply(REPLY, after=may_answer)])
    editor.choose = "Apply"
    _, answer = await editor.begin(editor.open("app/main.py"), 0, "Change across files")
    await editor.until(lambda: model.requests)
    (editor.root / "shop").mkdir()
    (editor.root / "shop/sums.py").write_text("mine = 1\n")
    may_answer.set()
    result = await answer
    assert result["outcome"] not in ("done", "partial"), result
    assert editor.edits == []
    assert (editor.root / "shop/sums.py").read_text() == "mine = 1\n"
    assert editor.text("app/sums.py") == OLD


async def test_what_is_typed_meanwhile_moves_along(agreeing: Start, model: ModelServer):
    may_answer = Event()
    editor: Editor = await agreeing(FILES, replies=[Reply(REPLY, after=may_answer)])
    uri = editor.open("app/sums.py")
    editor.choose = "Apply"
    _, answer = await editor.begin(editor.open("app/main.py"), 0, "Change across files")
    await editor.until(lambda: model.requests)
    editor.type(uri, "\n\n# mine\n\n\n" + OLD)
    await editor.heard()
    may_answer.set()
    result = await answer
    assert result["outcome"] == "done", result
    assert editor.text("shop/sums.py") == "\n\n# mine\n\n\n" + NEW


class Skipping:
    """An editor that says "applied" and leaves out one kind of document change."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, editor: Editor, edit: dict[str, Any]) -> bool:
        for entry in entries(edit):
            if entry.get("kind", "edit") != self.kind:
                apply_one(editor, entry)
        return True


@pytest.mark.parametrize("name", ["vscode-1.139", "helix-25.07", "neovim-0.12.4"])
@pytest.mark.parametrize("kind", ["edit", "rename"])
async def test_half_of_it_is_never_called_done(agreeing: Start, name: str, kind: str):
    editor: Editor = await agreeing(FILES, editor=name, apply=Skipping(kind), arguments=HASTY, replies=[REPLY])
    editor.open("app/sums.py")
    result = await asked(editor)
    is_split = not name.startswith("vscode")
    nothing = kind == "edit" and is_split
    assert result["outcome"] == ("declined" if nothing else "partial"), result
    assert result["files"]["app/sums.py"] == ("unchanged" if nothing else "different")
    if nothing:
        assert editor.text("app/sums.py") == OLD, "what was not edited is not moved either"


async def test_what_the_user_types_between_edit_and_move_stays_where_it_is(agreeing: Start):
    def interfere(editor: Editor, edit: dict[str, Any]) -> bool:
        apply_all(editor, edit)
        uri = editor.uri("app/sums.py")
        if any(entry.get("textDocument", {}).get("uri") == uri for entry in entries(edit)):
            editor.type(uri, editor.buffers[uri] + "\n\nmine = 1\n")
        return True

    editor: Editor = await agreeing(FILES, editor="helix-25.07", apply=interfere, arguments=HASTY, replies=[REPLY])
    editor.open("app/sums.py")
    result = await asked(editor)
    assert (result["outcome"], result["files"]["app/sums.py"]) == ("partial", "different")
    assert editor.text("app/sums.py") == NEW + "\n\nmine = 1\n"
    assert editor.text("shop/sums.py") is None
