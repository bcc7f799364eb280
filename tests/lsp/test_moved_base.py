"""HEAD moves, or a merge begins, while a model writes: merged with the user's word, or refused, never blind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp_server.actions.git_base import Base, base_of, difference
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.model_server import Reply

session_loop = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /a.py
    # greet a user

    x = 1
    //- /.git/HEAD
    ref: refs/heads/main
    //- /.git/refs/heads/main
    1111111111111111111111111111111111111111
"""
GOOD = "a.py\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"
OTHER = "2" * 40


def commit(git: Path) -> None:
    (git / "refs/heads/main").write_text(f"{OTHER}\n")


def checkout(git: Path) -> None:
    (git / "refs/heads/topic").write_text(f"{OTHER}\n")
    (git / "HEAD").write_text("ref: refs/heads/topic\n")


def detach(git: Path) -> None:
    (git / "HEAD").write_text(f"{OTHER}\n")


def merge(git: Path) -> None:
    (git / "MERGE_HEAD").write_text(f"{OTHER}\n")


def rebase(git: Path) -> None:
    (git / "rebase-merge").mkdir()


async def asked(shared: Start, move: Callable[[Path], None], choose: str | None) -> tuple[Editor, dict[str, Any]]:
    """An ask during whose reply git moves."""
    roots: list[Path] = []

    def reply(_: object) -> Reply:
        move(roots[0] / ".git")
        return Reply(GOOD)

    editor: Editor = await shared(FILES, replies=[reply])
    editor.choose = choose
    roots.append(editor.root)
    return editor, await editor.pick(editor.open("a.py"), 0, "Implement this comment")


@session_loop
@pytest.mark.parametrize("move", [commit, checkout, detach])
async def test_a_head_that_moved_needs_the_users_word(shared: Start, move: Callable[[Path], None]):
    editor, result = await asked(shared, move, None)
    assert (result["outcome"], editor.edits) == ("declined", [])
    question = next(each for each in editor.asked if each["method"] == "window/showMessageRequest")
    assert "HEAD moved from main at 111111111" in question["params"]["message"]
    editor, result = await asked(shared, move, "Apply")
    assert result["outcome"] == "done"
    assert "x = 2" in (editor.text("a.py") or "")


@session_loop
@pytest.mark.parametrize(("move", "said"), [(merge, "A merge began"), (rebase, "A rebase began")])
async def test_in_the_middle_of_a_merge_nothing_is_applied(shared: Start, move: Callable[[Path], None], said: str):
    editor, result = await asked(shared, move, "Apply")
    assert (result["outcome"], editor.edits) == ("refused", [])
    assert said in result["message"]


@session_loop
async def test_what_the_other_branch_has_there_is_not_overwritten(shared: Start):
    def switch(git: Path) -> None:
        checkout(git)
        (git.parent / "b.py").write_text("y = 3\n")

    roots: list[Path] = []

    def reply(_: object) -> Reply:
        switch(roots[0] / ".git")
        return Reply(GOOD.replace("a.py", "b.py").replace("x =", "y ="))

    editor: Editor = await shared(FILES + "    //- /b.py\n    y = 1\n", replies=[reply])
    editor.choose = "Apply"
    roots.append(editor.root)
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert (result["outcome"] in ("refused", "failed", "no-edit"), editor.edits) == (True, [])
    assert (editor.root / "b.py").read_text() == "y = 3\n"


@session_loop
async def test_a_head_that_stays_asks_nothing(shared: Start):
    editor, result = await asked(shared, lambda _: None, None)
    assert result["outcome"] == "done"
    assert not any(each["method"] == "window/showMessageRequest" for each in editor.asked)


@session_loop
async def test_a_merge_that_was_under_way_before_is_no_obstacle(shared: Start):
    editor: Editor = await shared(FILES, replies=[GOOD])
    merge(editor.root / ".git")
    assert (await editor.pick(editor.open("a.py"), 0, "Implement this comment"))["outcome"] == "done"


def test_a_branch_is_found_in_packed_refs_and_in_a_worktree(tmp_path: Path):
    common = tmp_path / "repo/.git"
    own = common / "worktrees/w"
    own.mkdir(parents=True)
    (common / "packed-refs").write_text(f"# pack-refs\n{OTHER} refs/heads/topic\n^{OTHER}\n")
    (own / "HEAD").write_text("ref: refs/heads/topic\n")
    (own / "commondir").write_text("../..\n")
    work = tmp_path / "work"
    work.mkdir()
    (work / ".git").write_text(f"gitdir: {own}\n")
    assert base_of(work) == Base("refs/heads/topic", OTHER, "")


def test_a_folder_without_a_repository_or_with_a_broken_one_has_a_base_that_equals_itself(tmp_path: Path):
    assert difference(base_of(tmp_path), base_of(tmp_path)) == ""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_bytes(b"\xff\xfe")
    assert difference(base_of(tmp_path), base_of(tmp_path)) == ""


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (Base("refs/heads/a", "1" * 40), Base("refs/heads/b", "1" * 40), "HEAD moved from a at 111111111 to b at"),
        (Base("refs/heads/a", "1" * 40), Base("refs/heads/a", OTHER), "to a at 222222222"),
        (Base("refs/heads/a"), Base("refs/heads/a", OTHER), "HEAD moved from a to a at"),
        (Base(), Base("", "", "a merge"), "A merge began"),
        (Base("", "", "a rebase"), Base(), "A rebase ended"),
        (Base("refs/heads/a", OTHER), Base("refs/heads/a", OTHER), ""),
    ],
)
def test_how_the_base_moved_is_said(before: Base, now: Base, said: str):
    found = difference(before, now)
    assert found.startswith(said) or said in found
    assert bool(found) == bool(said)
