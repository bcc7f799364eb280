"""Can every change be taken back, whatever came after it, and is nothing of the user's lost?"""

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.snapshot import Snapshot, from_buffer, text_sha
from lsp_server.commands.keeping import write_kept
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.inverse import taking_back
from lsp_server.review.journal import Journal, Record
from lsp_server.review.undo import Undo, undo_of
from tests.review.checks import edit

RECORD = Record("Do it", "model")
BEFORE = "".join(f"line {number}\n" for number in range(20))
AFTER = BEFORE.replace("line 3\n", "LINE 3\nmore\n").replace("line 15\n", "")


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        (root / f"{name}.txt").write_text(text)


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*")) if path.is_file()}


def made(tmp_path: Path, *operations: Operation, **files: str) -> tuple[Path, Journal]:
    """A workspace with a change made in it, and its journal."""
    root = tmp_path / "root"
    root.mkdir()
    put(root, **files)
    assert write_kept(root, ChangeSet(operations), RECORD, tmp_path / "state") == ()
    return root, Journal(tmp_path / "state", root)


def undone(root: Path, journal: Journal, name: str = "") -> str:
    """Takes a change back; what is said if that cannot be."""
    undo = undo_of(journal, name, Snapshot(root))
    if isinstance(undo, str):
        return undo
    problems = write_kept(root, undo.change, undo.record, journal._folder.parents[1])  # pyright: ignore[reportPrivateUsage] - its own
    return " ".join(problem.message for problem in problems)


def everything(root: Path) -> tuple[Operation, ...]:
    """One operation of each kind."""
    moved = edit("moved.txt", BEFORE, AFTER)
    return (
        edit("a.txt", BEFORE, AFTER),
        Create("sub/new.txt", "new\n"),
        Delete("gone.txt", text_sha("gone\n"), "gone\n"),
        Rename("moved.txt", "sub/moved.txt", moved.base_sha, moved),
        Rename("plain.txt", "plain2.txt", text_sha("plain\n")),
    )


FILES = {"a": BEFORE, "gone": "gone\n", "moved": BEFORE, "plain": "plain\n"}


def test_every_kind_of_change_is_taken_back_and_made_again(tmp_path: Path):
    root, journal = made(tmp_path, *everything(tmp_path), **FILES)
    after = texts(root)
    assert set(after) == {"a.txt", "sub/new.txt", "sub/moved.txt", "plain2.txt"}
    assert undone(root, journal) == ""
    assert texts(root) == {f"{name}.txt": text for name, text in FILES.items()}
    newest = journal.entries()[0]
    assert newest.record.summary == "Undo: Do it"
    assert undone(root, journal, newest.id) == ""
    assert texts(root) == after


def test_later_edits_stay_where_they_are(tmp_path: Path):
    root, journal = made(tmp_path, edit("a.txt", BEFORE, AFTER), a=BEFORE)
    put(root, a="first\n" + AFTER.replace("line 9", "nine") + "last\n")
    assert undone(root, journal) == ""
    assert texts(root)["a.txt"] == "first\n" + BEFORE.replace("line 9", "nine") + "last\n"


def test_a_later_edit_of_the_same_lines_is_never_overwritten(tmp_path: Path):
    root, journal = made(tmp_path, edit("a.txt", BEFORE, AFTER), edit("b.txt", "x\n", "y\n"), a=BEFORE, b="x\n")
    put(root, a=AFTER.replace("LINE 3", "my own line"))
    was = texts(root)
    said = undone(root, journal)
    assert "a.txt: lines 4 to 5 were changed meanwhile" in said
    assert "nothing was" in said
    assert texts(root) == was


def test_a_created_file_that_was_worked_on_is_not_deleted(tmp_path: Path):
    root, journal = made(tmp_path, Create("new.txt", "new\n"))
    put(root, new="new\nand hours of work\n")
    assert "new.txt: was changed meanwhile" in undone(root, journal)
    assert texts(root) == {"new.txt": "new\nand hours of work\n"}


def test_a_deleted_file_does_not_come_back_over_another(tmp_path: Path):
    root, journal = made(tmp_path, Delete("a.txt", text_sha("old\n"), "old\n"), a="old\n")
    put(root, a="other\n")
    assert "a.txt: was created meanwhile with another text" in undone(root, journal)
    assert texts(root) == {"a.txt": "other\n"}


def test_a_moved_file_does_not_go_back_over_another(tmp_path: Path):
    root, journal = made(tmp_path, Rename("a.txt", "b.txt", text_sha("x\n")), a="x\n")
    put(root, a="other\n")
    assert undone(root, journal) != ""
    assert texts(root) == {"a.txt": "other\n", "b.txt": "x\n"}


def test_changes_are_taken_back_one_after_another_the_newest_first(tmp_path: Path):
    root, journal = made(tmp_path, edit("a.txt", "1\n", "2\n"), a="1\n")
    assert write_kept(root, ChangeSet((edit("a.txt", "2\n", "3\n"),)), RECORD, tmp_path / "state") == ()
    assert [undone(root, journal), texts(root)["a.txt"]] == ["", "2\n"]
    assert [undone(root, journal), texts(root)["a.txt"]] == ["", "1\n"]
    assert undone(root, journal) == "There is nothing to undo here."


def test_a_change_that_was_made_again_is_the_newest_to_take_back(tmp_path: Path):
    root, journal = made(tmp_path, edit("a.txt", BEFORE, AFTER), a=BEFORE)
    second = AFTER.replace("line 8\n", "LINE 8\n")
    assert write_kept(root, ChangeSet((edit("a.txt", AFTER, second),)), RECORD, tmp_path / "state") == ()
    undone(root, journal)
    undone(root, journal, journal.entries()[0].id)
    assert texts(root) == {"a.txt": second}
    undone(root, journal)
    assert texts(root) == {"a.txt": AFTER}
    undone(root, journal)
    assert texts(root) == {"a.txt": BEFORE}


def test_what_was_half_delivered_is_taken_back_as_far_as_it_was_made(tmp_path: Path):
    root = tmp_path / "root"
    root.mkdir()
    put(root, **FILES)
    journal = Journal(tmp_path / "state", root)
    entry = journal.begin(ChangeSet(everything(root)), RECORD)
    put(root, a=AFTER)
    journal.end(entry, "partial")
    assert undone(root, journal) == ""
    assert texts(root) == {f"{name}.txt": text for name, text in FILES.items()}


def test_what_never_happened_is_not_offered(tmp_path: Path):
    journal = Journal(tmp_path / "state", tmp_path)
    journal.end(journal.begin(ChangeSet((Create("a.txt", ""),)), RECORD), "declined")
    assert journal.to_undo() == []
    assert undo_of(journal, "", Snapshot(tmp_path)) == "There is nothing to undo here."


def test_open_buffers_are_the_base(tmp_path: Path):
    root, journal = made(tmp_path, edit("a.txt", BEFORE, AFTER), a=BEFORE)
    typed = Snapshot(root, {"a.txt": from_buffer("a.txt", "typed\n" + AFTER, 9)})
    undo = undo_of(journal, "", typed)
    assert isinstance(undo, Undo)
    assert dict(undo.change.texts_after()) == {"a.txt": "typed\n" + BEFORE}


def test_nothing_is_written_where_nothing_can_be_kept(tmp_path: Path):
    root = tmp_path / "root"
    root.mkdir()
    put(root, a="1\n")
    (tmp_path / "state").write_text("in the way")
    problems = write_kept(root, ChangeSet((edit("a.txt", "1\n", "2\n"),)), RECORD, tmp_path / "state")
    assert "so nothing was written" in problems[0].message
    assert texts(root) == {"a.txt": "1\n"}


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_the_journal_is_for_the_user_alone(tmp_path: Path):
    _, journal = made(tmp_path, edit("a.txt", "1\n", "2\n"), a="1\n")
    folder = journal._folder  # pyright: ignore[reportPrivateUsage] - its own
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"time": 1}', b"\xff\xfe", b'{"time": 1, "summary": "", "operations": [1]}']
)
def test_a_damaged_entry_hides_no_other(tmp_path: Path, damage: bytes):
    root, journal = made(tmp_path, edit("a.txt", "1\n", "2\n"), a="1\n")
    (journal._folder / "29991231-000000-abcdef.json").write_bytes(damage)  # pyright: ignore[reportPrivateUsage] - its own
    assert undone(root, journal) == ""
    assert texts(root) == {"a.txt": "1\n"}


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
@pytest.mark.parametrize("way", ["writable", "a link", "linked twice"])
def test_what_another_may_have_written_is_not_taken_for_what_was_made(tmp_path: Path, way: str):
    root, journal = made(tmp_path, edit("a.txt", BEFORE, AFTER), a=BEFORE)
    (kept,) = journal.entries()
    (file,) = (tmp_path / "state" / "journal").rglob(f"{kept.id}.json")
    other = tmp_path / "other.json"
    match way:
        case "writable":
            file.chmod(0o666)
        case "a link":
            file.rename(other)
            file.symlink_to(other)
        case _:
            os.link(file, other)
    assert journal.entries() == []
    assert journal.entry(kept.id) is None
    assert undone(root, journal)
    assert texts(root) == {"a.txt": AFTER}


@pytest.mark.parametrize("name", ["../../../etc/passwd", "a/b", "nope", "..", "\0"])
def test_an_id_is_no_path(tmp_path: Path, name: str):
    assert Journal(tmp_path / "state", tmp_path).entry(name) is None


def test_old_entries_make_room_and_the_newest_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lsp_server.review.journal.MOST_BYTES", 3000)
    journal = Journal(tmp_path / "state", tmp_path)
    for number in range(12):
        journal.begin(ChangeSet((Create(f"{number}.txt", "x" * 900),)), RECORD)
        time.sleep(0.001)
    kept = [entry.change.paths()[0] for entry in journal.entries()]
    assert 2 <= len(kept) <= 5


KILLED = """
import os, signal, sys
from pathlib import Path
from lsp_server.commands import disk
from lsp_server.commands import folder as at
from lsp_server.commands.keeping import write_kept
from lsp_server.edits.change import ChangeSet
from lsp_server.review import journal
from tests.review.checks import edit
from tests.review.test_journal import RECORD, BEFORE, AFTER
root, state, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
count = 0
def counted(function):
    def call(*args, **named):
        global count
        count += 1
        if count > steps:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **named)
    return call
for name in ("open", "replace", "write", "fsync", "rename", "unlink", "link", "mkdir", "fchmod"):
    if hasattr(os, name):
        setattr(os, name, counted(getattr(os, name)))
write_kept(root, ChangeSet(tuple(edit(f"{n}.txt", BEFORE, AFTER) for n in "abc")), RECORD, state)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 24])
def test_killed_at_any_step_everything_can_be_taken_back(tmp_path: Path, steps: int):
    root = tmp_path / "root"
    root.mkdir()
    put(root, a=BEFORE, b=BEFORE, c=BEFORE)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(root), str(tmp_path / "state"), str(steps)]
    ended = subprocess.run(command, check=False, capture_output=True, cwd=Path(__file__).parents[2])
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    whole = {path.name: path.read_text() for path in root.iterdir() if path.name in ("a.txt", "b.txt", "c.txt")}
    assert all(text in (BEFORE, AFTER) for text in whole.values())
    assert len(whole) == 3
    journal = Journal(tmp_path / "state", root)
    undone(root, journal)
    assert all((root / f"{name}.txt").read_text() == BEFORE for name in "abc")


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=12)


@settings(max_examples=300)
@given(LINES, LINES)
def test_taking_back_an_untouched_change_gives_the_text_before(before: list[str], after: list[str]):
    change = edit("a.txt", "".join(before), "".join(after))
    now = Snapshot(Path("/nowhere"), {"a.txt": from_buffer("a.txt", change.after, 1)})
    back = taking_back(ChangeSet((change,)), now)
    if change.before != change.after:
        assert isinstance(back, ChangeSet)
        assert back.texts_after()["a.txt"] == change.before


@settings(max_examples=300)
@given(LINES, LINES, st.integers(0, 12))
def test_a_line_that_was_added_later_survives_or_nothing_is_taken_back(before: list[str], after: list[str], at: int):
    change = edit("a.txt", "".join(before), "".join(after))
    later = [*after[:at], "mine\n", *after[at:]]
    now = Snapshot(Path("/nowhere"), {"a.txt": from_buffer("a.txt", "".join(later), 2)})
    back = taking_back(ChangeSet((change,)), now)
    if isinstance(back, ChangeSet):
        (operation,) = back.operations
        assert isinstance(operation, Edit)
        assert operation.after.count("mine\n") == 1


def test_the_newest_change_is_the_last_one_made_though_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    journal, now = Journal(tmp_path / "state", tmp_path), time.time()
    made = []
    for jump in (0, 86_400, -86_400, 0, -3600):
        monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
        made.append(journal.begin(ChangeSet((Create(f"{jump}.txt", "x\n"),)), RECORD))
    assert [entry.id for entry in journal.entries()] == made[::-1]
    assert [entry.time - now for entry in journal.entries()][::-1] == pytest.approx([0, 86_400, -86_400, 0, -3600])
