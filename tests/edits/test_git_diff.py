"""Does the diff that git writes become the very change that was made, whichever side of it the tree holds?"""

import random
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Refused, Rename
from lsp_server.edits.git_diff import Described, described

Files = Mapping[str, bytes]
LINES = b"".join(b"line %d\n" % number for number in range(30))


def git(root: Path, *arguments: str) -> str:
    settings = ("-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "core.autocrlf=false")
    command = ["git", *settings, *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode("utf-8", "replace")


def write(root: Path, files: Files) -> None:
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)


def sides(root: Path, before: Files, after: Files, *options: str) -> tuple[Described, Described]:
    """What the diff describes in the tree before it, and in the tree after it."""
    git(root, "init", "-q")
    write(root, before)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "before")
    for name in before.keys() - after.keys():
        (root / name).unlink()
    write(root, after)
    git(root, "add", "-A")
    diff = git(root, "diff", "--cached", "-M", *options)
    held_after = described(diff, Snapshot(root))
    git(root, "reset", "-q", "--hard")
    held_before = described(diff, Snapshot(root))
    assert isinstance(held_after, Described), held_after
    assert isinstance(held_before, Described), held_before
    return held_before, held_after


def check(root: Path, before: Files, after: Files, *options: str) -> ChangeSet:
    """Both trees give the same change, and it leads from the one to the other."""
    one, other = sides(root, before, after, *options)
    assert one.change == other.change
    for found in (one, other):
        texts = {path: data.decode() for path, data in before.items()} | dict(found.change.texts_after())
        moved = {each.new_path: each.path for each in found.change.operations if isinstance(each, Rename)}
        expected = {path: data.decode().removeprefix("\ufeff") for path, data in after.items()}
        left = {path: text.removeprefix("\ufeff") for path, text in texts.items() if text is not None}
        left |= {new: before[old].decode() for new, old in moved.items() if new not in left}
        assert left == expected
        for path in {*before, *after}:
            file = found.before.file(path)
            was = before.get(path)
            assert (file.text if isinstance(file, FileText) else None) == (
                was.decode().removeprefix("\ufeff") if was is not None else None
            )
    return one.change


@pytest.mark.parametrize("options", [(), ("-U0",), ("-U10",), ("--no-prefix",), ("--src-prefix=i/", "--dst-prefix=w/")])
def test_changed_new_deleted_and_moved_files(tmp_path: Path, options: tuple[str, ...]):
    before = {"a.py": LINES, "gone.py": b"x\n", "old name.py": LINES + b"end\n", "same.py": b"s\n"}
    after = {
        "a.py": LINES.replace(b"line 3\n", b"3\n").replace(b"line 20\n", b"") + b"more\n",
        "new.py": b"n\n",
        "dir/new name.py": LINES.replace(b"line 9", b"nine") + b"end\n",
        "same.py": b"s\n",
    }
    change = check(tmp_path, before, after, *options)
    assert sorted(type(each).__name__ for each in change.operations) == ["Create", "Delete", "Edit", "Rename"]
    edit = next(each for each in change.operations if isinstance(each, Edit))
    assert len(edit.hunks) == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"a\nb", b"a\nc"),
        (b"a\nb", b"a\nb\n"),
        (b"a\nb\n", b"a\nb"),
        (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfa\nc\n"),
        (b"", b"a\n"),
        (b"a\n", b""),
        (b"-- x\n", b"++ x\n"),
        ("é\n".encode(), "日本\u2028x\n".encode()),
        (b"a\n\x0cb\n", b"a\n\x0cc\n"),
    ],
)
def test_line_ends_marks_and_odd_lines_stay_as_they_are(tmp_path: Path, before: bytes, after: bytes):
    check(tmp_path, {"a.txt": before, "b": b"b\n"}, {"a.txt": after, "b": b"b\n"})


@pytest.mark.parametrize("name", ["with blank.txt", 'quo"te.txt', "ümlaut.txt"])
def test_names_that_git_quotes(tmp_path: Path, name: str):
    change = check(tmp_path, {name: b"a\n"}, {name: b"b\n"})
    assert change.paths() == (name,)


def test_an_empty_file_that_comes_and_one_that_goes(tmp_path: Path):
    change = check(tmp_path, {"old.txt": b"", "b": b"b\n"}, {"new.py": b"", "b": b"b\n"}, "--no-renames")
    assert {type(each) for each in change.operations} == {Create, Delete}


def test_what_is_no_text_is_remarked_and_its_path_is_in_the_change(tmp_path: Path):
    before = {"a.bin": b"\0\1", "latin.txt": b"caf\xe9\nx\n", "run.sh": b"x\n"}
    git(tmp_path, "init", "-q")
    write(tmp_path, before)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "a")
    write(tmp_path, {"a.bin": b"\0\2", "latin.txt": b"caf\xe9\ny\n"})
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("/etc/passwd")
    git(tmp_path, "add", "-A")
    found = described(git(tmp_path, "diff", "--cached"), Snapshot(tmp_path))
    assert isinstance(found, Described)
    assert {(remark.path, remark.what) for remark in found.remarks} == {
        ("a.bin", "binary"),
        ("latin.txt", "unreadable"),
        ("run.sh", "mode"),
        ("link", "link"),
    }
    assert set(found.change.paths()) == {"a.bin", "latin.txt", "run.sh", "link"}


def test_a_path_that_leads_away_is_not_read(tmp_path: Path):
    (tmp_path / "secret").write_text("key\n")
    (tmp_path / "root").mkdir()
    diff = "--- a/../secret\n+++ b/../secret\n@@ -1 +1 @@\n-key\n+other\n"
    found = described(diff, Snapshot(tmp_path / "root"))
    assert isinstance(found, Described)
    assert found.change == ChangeSet((Edit("../secret", found.change.operations[0].base_sha, "", ""),))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("diff", "saying"),
    [
        ("hello\n", "no unified diff"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\n+two\n", "was it cut"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-other\n+two\n", "does not fit a.txt"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -9 +9 @@\n-one\n+two\n", "does not fit a.txt"),
        ("--- a/none.txt\n+++ b/none.txt\n@@ -1 +1 @@\n-one\n+two\n", "does not fit none.txt"),
        ("diff --cc a.txt\nindex 1,2..3\n--- a/a.txt\n+++ b/a.txt\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n", "combined diff"),
        ("--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n+three\n", "in no hunk"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(tmp_path: Path, diff: str, saying: str):
    (tmp_path / "a.txt").write_text("one\n")
    found = described(diff, Snapshot(tmp_path))
    assert isinstance(found, Refused)
    assert saying.lower() in found.problems[0].message.lower()


def test_no_diff_is_no_change(tmp_path: Path):
    found = described("", Snapshot(tmp_path))
    assert isinstance(found, Described)
    assert found.change == ChangeSet(())


def test_what_is_put_in_may_end_like_what_stands_before_it(tmp_path: Path):
    method = b"    def %s(self):\n        return 1\n\n"
    before = b"class A:\n" + b"".join(method % name for name in (b"a", b"b", b"d", b"e"))
    after = b"class A:\n" + b"".join(method % name for name in (b"a", b"b", b"c", b"d", b"e"))
    check(tmp_path, {"a.py": before}, {"a.py": after})


def test_lines_that_repeat_are_told_apart(tmp_path: Path):
    choice = random.Random(7)
    for number in range(12):
        before = [choice.choice((b"\n", b"a\n", b"b\n")) for _ in range(choice.randrange(4, 24))]
        after = list(before)
        for _ in range(choice.randrange(1, 4)):
            at = choice.randrange(len(after) + 1)
            after[at : at + choice.randrange(3)] = [choice.choice((b"\n", b"a\n")) for _ in range(choice.randrange(3))]
        if after != before:
            folder = tmp_path / str(number)
            folder.mkdir()
            check(folder, {"a.txt": b"".join(before)}, {"a.txt": b"".join(after)})
