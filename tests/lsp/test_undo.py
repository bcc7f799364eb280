"""patchwright.undo in an editor: what later typing did stays, and what cannot be kept is not delivered."""

from pathlib import Path

import pytest

from lsp_server.review.journal import Journal
from tests.lsp.conftest import Start
from tests.lsp.editor import NEVER, Editor, apply_all
from tests.lsp.test_delivery import HASTY

with_shared = pytest.mark.asyncio(loop_scope="session")

RENAME = """
    //- /app/models.py
    def load_user(name):
        return name
    //- /app/views.py
    from app.models import load_user

    # rename load_user to fetch_user
    def show():
        print(load_user("x"))

    END = 1
"""


async def undo(editor: Editor, *arguments: object) -> dict[str, object]:
    return await editor.request(
        "workspace/executeCommand", {"command": "patchwright.undo", "arguments": list(arguments)}
    )


@with_shared
@pytest.mark.parametrize("name", ["vscode-1.139", "neovim-0.7.2", "emacs-30.2"])
async def test_a_change_is_taken_back_after_further_typing_and_made_again(shared: Start, name: str):
    editor: Editor = await shared(RENAME, editor=name)
    uri = editor.open("app/views.py")
    before, models = editor.buffers[uri], editor.text("app/models.py")
    picked = await editor.pick(uri, 2, "Change across files")
    assert picked["outcome"] == "done", picked
    editor.type(uri, editor.buffers[uri] + "# typed later\n")
    after = editor.buffers[uri]
    result = await undo(editor, {"uri": uri})
    assert result["outcome"] == "done", result
    assert editor.buffers[uri] == before + "# typed later\n"
    assert editor.text("app/models.py") == models
    assert any(message.startswith("Undone: Rename load_user") for message in editor.messages())
    again = await undo(editor, {"uri": uri})
    assert again["outcome"] == "refused" or editor.buffers[uri] != after


@with_shared
async def test_an_edit_on_the_same_line_is_not_overwritten(shared: Start):
    editor: Editor = await shared(RENAME)
    uri = editor.open("app/views.py")
    picked = await editor.pick(uri, 2, "Change across files")
    assert picked["outcome"] == "done", picked
    editor.type(uri, editor.buffers[uri].replace('fetch_user("x")', 'fetch_user("my own")'))
    was = editor.buffers[uri], editor.text("app/models.py")
    result = await undo(editor, {"uri": uri})
    assert result["outcome"] == "refused"
    assert "app/views.py: line 4 was changed meanwhile" in str(result["message"])
    assert (editor.buffers[uri], editor.text("app/models.py")) == was


@with_shared
async def test_what_an_editor_makes_after_all_can_be_taken_back_and_what_it_never_makes_is_in_no_ones_way(
    shared: Start,
):
    editor: Editor = await shared(RENAME, arguments=HASTY)
    uri = editor.open("app/views.py")
    before = editor.buffers[uri]
    assert (await editor.pick(uri, 2, "Change across files"))["outcome"] == "done"
    after = editor.buffers[uri]
    editor.apply = lambda *_: NEVER
    argument = {"uri": uri, "line": 0, "description": "rename show to display"}
    asked = {"command": "patchwright.changeFiles", "arguments": [argument]}
    assert (await editor.request("workspace/executeCommand", asked))["outcome"] == "failed"
    apply_all(editor, editor.edits[-1])
    editor.apply = None
    assert "display" in editor.buffers[uri]
    assert ((await undo(editor, {"uri": uri}))["outcome"], editor.buffers[uri]) == ("done", after)
    editor.apply = lambda *_: NEVER
    assert (await editor.request("workspace/executeCommand", asked))["outcome"] == "failed"
    editor.apply = None
    assert ((await undo(editor, {"uri": uri}))["outcome"], editor.buffers[uri]) == ("done", before)


async def test_what_cannot_be_kept_is_not_delivered(start: Start, tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "journal").write_text("in the way")
    editor: Editor = await start(RENAME)
    uri = editor.open("app/views.py")
    before = editor.buffers[uri]
    result = await editor.pick(uri, 2, "Change across files")
    assert result["outcome"] == "refused"
    assert "nothing was changed" in result["message"]
    assert (editor.buffers[uri], editor.edits) == (before, [])


async def test_a_new_workspace_has_nothing_to_undo(start: Start):
    editor: Editor = await start("//- /a.py\nx = 1\n")
    assert (await undo(editor))["message"] == "There is nothing to undo here."


@with_shared
@pytest.mark.parametrize("arguments", [["x"], [{"id": 3}], [{"approve": "yes"}], [{}, {}]])
async def test_arguments_are_checked(shared: Start, arguments: list[object]):
    editor: Editor = await shared("//- /a.py\nx = 1\n")
    with pytest.raises(Exception, match="uri and id"):
        await undo(editor, *arguments)


@with_shared
async def test_what_was_never_applied_is_not_undone_by_its_id_either(shared: Start):
    """A file that the user made by hand, exactly as a change would have made it that the editor declined."""
    editor: Editor = await shared(RENAME, apply=lambda *_: False)
    picked = await editor.pick(editor.open("app/views.py"), 2, "Change across files")
    assert picked["outcome"] == "declined", picked
    entry = Journal(Path(editor.environment["PATCHWRIGHT_STATE"]), editor.root).entries()[0]
    for path, after in entry.change.texts_after().items():
        (editor.root / path).write_text(after or "")
    editor.forget()
    result = await undo(editor, {"uri": editor.uri("app/views.py"), "id": entry.id})
    assert (result["outcome"], editor.edits) == ("refused", [])
    assert "was never applied (declined)" in str(result["message"])
