"""Does a change reach the disk whole or not at all, and nothing but what it names?"""

import errno
import os
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from context.snapshot import Snapshot, text_sha
from lsp_server.commands import folder
from lsp_server.commands.disk import write_change
from lsp_server.commands.keeping import write_kept
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.review.journal import Journal, Record
from lsp_server.review.undo import Undo, undo_of

BEFORE = {
    "a.py": b"a = 1\n",
    "app/b.py": b"\xef\xbb\xbfb = 1\r\n",
    "old.py": b"old\n",
    "both.py": b"\xef\xbb\xbfboth = 1\r\n",
    "gone.py": b"gone\n",
}


def edit(path: str, before: str, after: str) -> Edit:
    return Edit(path, text_sha(before), before, after)


def moved(new_path: str, edit: Edit) -> Rename:
    return Rename(edit.path, new_path, edit.base_sha, edit)


EVERYTHING: tuple[Operation, ...] = (
    edit("a.py", "a = 1\n", "a = 2\n"),
    edit("app/b.py", "b = 1\r\n", "b = 2\r\n"),
    Create("new/folder/c.py", "c = 1\n"),
    Rename("old.py", "new/old.py", text_sha("old\n")),
    moved("new/both.py", edit("both.py", "both = 1\r\n", "both = 2\r\n")),
    Delete("gone.py", text_sha("gone\n"), "gone\n"),
)
AFTER = {
    "a.py": b"a = 2\n",
    "app/b.py": b"\xef\xbb\xbfb = 2\r\n",
    "new/folder/c.py": b"c = 1\n",
    "new/old.py": b"old\n",
    "new/both.py": b"\xef\xbb\xbfboth = 2\r\n",
}


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(params=["by descriptors", "by names"])
def root(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files to change, reached in both ways that systems offer."""
    monkeypatch.setattr(folder, "HAS_DESCRIPTORS", folder.HAS_DESCRIPTORS and request.param == "by descriptors")
    for path, data in BEFORE.items():
        (tmp_path / "root" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / path).write_bytes(data)
    return tmp_path / "root"


def check_written(root: Path, *operations: Operation, after: Mapping[str, bytes]) -> None:
    assert write_change(root, ChangeSet(operations)) == ()
    assert tree(root) == after


def check_refused(root: Path, code: str, *operations: Operation, saying: str = "") -> None:
    """Nothing is written, no folder made, no file left over."""
    before, folders = tree(root), {path for path in root.rglob("*") if path.is_dir()}
    problems = write_change(root, ChangeSet(operations))
    assert [problem.code for problem in problems] == [code], problems
    assert saying in problems[0].message
    assert tree(root) == before
    assert {path for path in root.rglob("*") if path.is_dir()} == folders


def test_all_kinds_of_operations_are_written(root: Path):
    check_written(root, *EVERYTHING, after=AFTER)


def test_mode_bits_stay_and_a_new_file_follows_the_umask(root: Path):
    (root / "a.py").chmod(0o751)
    (root / "both.py").chmod(0o751)
    (root / "plain").touch()
    assert write_change(root, ChangeSet((EVERYTHING[0], Create("c.py", "c\n"), EVERYTHING[4]))) == ()
    if sys.platform != "win32":
        assert (root / "a.py").stat().st_mode & 0o7777 == 0o751
        assert (root / "new/both.py").stat().st_mode & 0o7777 == 0o751
    assert (root / "c.py").stat().st_mode == (root / "plain").stat().st_mode


def test_a_file_changed_meanwhile_stops_everything(root: Path):
    check_refused(root, "STALE", *EVERYTHING[:3], edit("old.py", "older\n", "new\n"), saying="changed meanwhile")
    check_refused(root, "STALE", EVERYTHING[0], Delete("gone.py", text_sha("other\n"), "other\n"))
    check_refused(root, "STALE", EVERYTHING[0], Rename("old.py", "c.py", text_sha("other\n")))
    check_refused(root, "STALE", EVERYTHING[0], moved("c.py", edit("old.py", "other\n", "new\n")))


def test_a_file_that_is_gone_stops_everything(root: Path):
    check_refused(root, "STALE", *EVERYTHING[:3], edit("none.py", "x\n", "y\n"), saying="is gone")
    check_refused(root, "STALE", *EVERYTHING[:3], edit("none/none.py", "x\n", "y\n"), saying="is gone")


def test_nothing_is_written_over(root: Path):
    check_refused(root, "EXISTS", EVERYTHING[0], Create("old.py", "x\n"))
    check_refused(root, "EXISTS", EVERYTHING[0], Rename("old.py", "gone.py", text_sha("old\n")))
    check_refused(root, "EXISTS", EVERYTHING[0], moved("gone.py", edit("old.py", "old\n", "new\n")))


def test_a_read_only_file_stays(root: Path):
    (root / "app/b.py").chmod(0o444)
    check_refused(root, "UNWRITABLE", *EVERYTHING, saying="read-only")
    check_refused(root, "UNWRITABLE", moved("c.py", edit("app/b.py", "b = 1\r\n", "c\r\n")), saying="read-only")


@pytest.mark.parametrize("link", ["app", "a.py", "out"])
def test_a_link_in_the_way_leads_nowhere(root: Path, link: str):
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "b.py").write_bytes(BEFORE["app/b.py"])
    (outside / "a.py").write_bytes(BEFORE["a.py"])
    if link == "app":
        (root / "app/b.py").unlink()
        (root / "app").rmdir()
        (root / "app").symlink_to(outside)
        check_refused(root, "DENIED", *EVERYTHING)
    elif link == "a.py":
        (root / "a.py").unlink()
        (root / "a.py").symlink_to(outside / "a.py")
        check_refused(root, "DENIED", *EVERYTHING)
    else:
        (root / "new").symlink_to(outside)
        check_refused(root, "DENIED", *EVERYTHING)
    assert tree(outside) == {"b.py": BEFORE["app/b.py"], "a.py": BEFORE["a.py"]}


@pytest.mark.parametrize("failing", range(8))
def test_a_failure_at_any_step_puts_everything_back(root: Path, monkeypatch: pytest.MonkeyPatch, failing: int):
    """The n-th of the calls that change a user's file fails; two edits, a new file, two renames (one of
    two calls), a delete."""
    steps = 0

    def fails_once(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == failing + 1:
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*arguments)

        return wrapped

    monkeypatch.setattr(folder, "put", fails_once(folder.put))
    monkeypatch.setattr(folder, "remove", fails_once(folder.remove))
    monkeypatch.setattr(
        folder, "write_beside", fails_once(folder.write_beside) if failing == 7 else folder.write_beside
    )
    check_refused(root, "UNWRITABLE", *EVERYTHING, saying="No space left")


def test_an_interruption_puts_everything_back(root: Path, monkeypatch: pytest.MonkeyPatch):
    reserve = folder.reserve

    def interrupted(where: folder.Folder, name: str) -> None:
        if name == "c.py":
            raise KeyboardInterrupt
        reserve(where, name)

    monkeypatch.setattr(folder, "reserve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_change(root, ChangeSet(EVERYTHING))
    assert tree(root) == BEFORE
    assert not (root / "new").exists()


def test_what_cannot_be_put_back_is_told(root: Path, monkeypatch: pytest.MonkeyPatch):
    put = folder.put
    calls = 0

    def fails_from_the_second(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "Input/output error")
        put(*arguments)

    state = root.parent / "state"
    with monkeypatch.context() as patched:
        patched.setattr(folder, "put", fails_from_the_second)
        problems = write_kept(root, ChangeSet(EVERYTHING[:2]), Record("Change both", "reply"), state)
    assert [problem.code for problem in problems] == ["UNWRITABLE", "UNWRITABLE"]
    assert "could not be put back" in problems[1].message
    assert tree(root) != BEFORE
    undo = undo_of(Journal(state, root), "", Snapshot(root))
    assert isinstance(undo, Undo), undo
    assert write_kept(root, undo.change, undo.record, state) == ()
    assert tree(root)["a.py"] == BEFORE["a.py"]


def test_a_folder_swapped_for_a_link_at_any_moment_never_leads_outside(root: Path):
    if not folder.HAS_DESCRIPTORS:
        print("names can be swapped between the look and the work: only descriptors are safe")
        return
    outside, real, link = root.parent / "outside", root.parent / "real", root.parent / "link"
    outside.mkdir()
    (outside / "b.py").write_bytes(BEFORE["app/b.py"])
    link.symlink_to(outside)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            os.rename(root / "app", real)  # noqa: PTH104
            os.rename(link, root / "app")  # noqa: PTH104
            os.rename(root / "app", link)  # noqa: PTH104
            os.rename(real, root / "app")  # noqa: PTH104

    swapper = threading.Thread(target=swap)
    swapper.start()
    written = 0
    try:
        for number in range(1000):
            written += not write_change(root, ChangeSet((edit("app/b.py", "b = 1\r\n", "b = 1\r\n"),)))
            assert not write_change(root, ChangeSet((Create(f"new{number}.py", ""),)))
    finally:
        stop.set()
        swapper.join()
    assert tree(outside) == {"b.py": BEFORE["app/b.py"]}
    assert written
