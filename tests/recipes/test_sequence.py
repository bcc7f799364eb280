"""Several recipes in one description: all of them in order, as one change, or none."""

import pytest

from context.snapshot import FileText, text_sha
from lsp_server.edits.change import ChangeSet, Edit, Rename
from lsp_server.recipes.plan import Done, NotUnderstood
from lsp_server.recipes.registry import understand
from lsp_server.recipes.sequence import after as after_change
from lsp_server.recipes.sequence import compared, joined
from tests.edits.checks import snapshot_of
from tests.recipes.workspace import after, carry_out, files_in, problems_of

SHOP = """
//- /core.py
class User:
    def load(self): ...


def make() -> User: ...
//- /use.py
from core import make
make().load()
"""


@pytest.mark.parametrize("parting", [" and ", " and then ", ", then ", "; ", ". ", " and also "])
def test_two_steps_are_one_change(parting):
    files, _ = files_in(SHOP)
    result = after(files, carry_out(files, f"rename User to Account{parting}rename Account.load to fetch"))
    assert result == {path: text.replace("User", "Account").replace("load", "fetch") for path, text in files.items()}


def test_it_is_what_the_step_before_is_about():
    files, _ = files_in(SHOP)
    result = after(files, carry_out(files, "rename User to Account and rename it to Person"))
    assert result["core.py"] == files["core.py"].replace("User", "Person")


def test_three_steps_of_three_recipes_may_hold_and_themselves():
    files, _ = files_in(SHOP)
    asked = (
        "add parameter key to User.load and pass 1 at the calls and move make to factory.py, then rename make to build"
    )
    result = after(files, carry_out(files, asked))
    assert result["use.py"] == "from factory import build\nbuild().load(key=1)\n"
    assert result["factory.py"].endswith("def build() -> User: ...\n")


def test_a_step_that_is_refused_refuses_all():
    files, _ = files_in(SHOP)
    assert "No function" in problems_of(carry_out(files, "rename User to Account and rename nothing_here to fetch_it"))


@pytest.mark.parametrize(
    "sentence",
    [
        "rename User to Account and add logging",
        "rename User to Account and make to build",
        "rename User to Account and then",
    ],
)
def test_a_part_that_is_not_understood_leaves_all_undone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)


def step(change: ChangeSet) -> Done:
    return Done(change, "Step", 1)


def test_a_file_that_moves_and_changes_in_any_order_is_one_move():
    before = "\ufeffx = 1\r\n"
    snapshot = snapshot_of({"a.py": before, "other.py": "y = 1\n"})
    file = snapshot.file("a.py")
    assert isinstance(file, FileText)
    edit = compared(file, "x = 2\r\n")
    first = step(ChangeSet((Rename("a.py", "b.py", file.sha, edit),)))
    middle = after_change(snapshot, first.change).file("b.py")
    assert isinstance(middle, FileText)
    assert (middle.text, middle.bom) == ("x = 2\r\n", True)
    second = step(ChangeSet((compared(middle, "x = 3\r\n"),)))
    third = step(ChangeSet((Rename("b.py", "lib/c.py", text_sha("x = 3\r\n")),)))
    (rename,) = joined(snapshot, [first, second, third]).change.operations
    assert isinstance(rename, Rename)
    assert (rename.path, rename.new_path, rename.base_sha) == ("a.py", "lib/c.py", file.sha)
    assert rename.edit is not None
    assert (rename.edit.path, rename.edit.before, rename.edit.after) == ("a.py", "x = 1\r\n", "x = 3\r\n")
    assert rename.edit.bom


def test_a_file_that_moves_there_and_back_is_only_edited():
    snapshot = snapshot_of({"a.py": "x = 1\n"})
    there = step(ChangeSet((Rename("a.py", "b.py", text_sha("x = 1\n")),)))
    moved = after_change(snapshot, there.change).file("b.py")
    assert isinstance(moved, FileText)
    back = step(ChangeSet((Rename("b.py", "a.py", moved.sha, compared(moved, "x = 2\n")),)))
    (edit,) = joined(snapshot, [there, back]).change.operations
    assert isinstance(edit, Edit)
    assert (edit.path, edit.after) == ("a.py", "x = 2\n")
