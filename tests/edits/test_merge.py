"""Does a three-way merge give what git gives, or a conflict? Never another text."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lsp_server.edits import compare
from lsp_server.edits.merge import Conflict, merge

EXAMPLES = int(os.environ.get("MERGE_EXAMPLES", "500"))
"""More than in an ordinary run: `MERGE_EXAMPLES=10000 pytest tests/edits/test_merge.py`."""

BASE = "a\nb\nc\nd\ne\nf\n"


@st.composite
def three_texts(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text and two that were made from it by a few changes; the fewer letters, the more lines are alike.

    With two or three letters a change can be explained in many equally short ways, and git's choice is its own.
    """
    letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz"[: draw(st.sampled_from([4, 8, 26]))])
    base = draw(st.lists(letters, max_size=14))
    sides: list[list[str]] = []
    for _ in range(2):
        side = list(base)
        for _ in range(draw(st.integers(0, 3))):
            start = draw(st.integers(0, len(side)))
            side[start : start + draw(st.integers(0, 2))] = draw(st.lists(letters, max_size=2))
        sides.append(side)
    one, two, three = ("".join(f"{line}\n" for line in lines) for lines in (base, *sides))
    return one, two, three


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("merge")


def merged_by_git(folder: Path, *texts: str) -> str | None:
    """What `git merge-file` makes of base, ours and theirs; None for a conflict."""
    for name, text in zip(("base", "ours", "theirs"), texts, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert 0 <= result.returncode < 128, result.stderr
    return None if result.returncode else result.stdout.decode()


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=three_texts())
def test_what_merges_merges_as_git_does(folder: Path, texts: tuple[str, str, str]):
    merged = merge(*texts)
    if not isinstance(merged, Conflict):
        assert merged == merged_by_git(folder, *texts)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=three_texts())
@example(texts=("a\na\na\n", "b\na\na\na\nb\na\n", "a\na\na\nb\n"))
def test_long_texts_that_are_cut_into_sections_merge_as_git_does(folder: Path, texts: tuple[str, str, str]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "MAX_CELLS", 8)
        merged = merge(*texts)
    if not isinstance(merged, Conflict):
        assert merged == merged_by_git(folder, *texts)


def test_far_apart_changes_in_a_long_file_are_both_kept():
    lines = [f"line {number}" if number % 3 else "" for number in range(9_000)]
    base = "\n".join(lines)
    merged = merge(base, base.replace("line 100\n", "line 100\nours\n"), base.replace("line 8000\n", "theirs\n"))
    assert merged == base.replace("line 100\n", "line 100\nours\n").replace("line 8000\n", "theirs\n")
    clash = merge(base, base.replace("line 8000\n", "ours\n"), base.replace("line 8000\n", "theirs\n"))
    assert isinstance(clash, Conflict)
    assert (clash.start_line, clash.ours, clash.theirs) == (8001, "ours", "theirs")


def test_a_unique_line_that_was_moved_hides_no_deletion(monkeypatch: pytest.MonkeyPatch):
    """Where ours moved `a` and theirs deleted the rest, both seem to delete the rest."""
    monkeypatch.setattr(compare, "MAX_CELLS", 8)
    assert isinstance(merge("a\nb\nb\n", "b\nb\na\n", "a\n"), Conflict)
    assert merge("a\nb\nb\nc\nd\n", "b\nb\na\nc\nd\n", "a\nb\nb\nc\ne\n") == "b\nb\na\nc\ne\n"


def test_mixed_line_ends_are_no_conflict():
    """Where a change can be seen at several places, they differ in the ends of lines only."""
    base = "b\r\nc\r\na"
    ours, theirs = "b\r\nc\r\nd\na\n", "b\r\nd\na\nb\na\r\nd\r\nb\r\nc\r\na"
    merged = merge(base, ours, theirs)
    assert isinstance(merged, str)
    assert merged.split() == ["b", "d", "a", "b", "a", "d", "b", "c", "d", "a"]


@settings(max_examples=300)
@given(texts=three_texts())
def test_both_sides_are_equal(texts: tuple[str, str, str]):
    base, ours, theirs = texts
    there, back = merge(base, ours, theirs), merge(base, theirs, ours)
    assert isinstance(there, Conflict) == isinstance(back, Conflict)
    assert isinstance(there, Conflict) or there == back


def test_changes_apart_are_both_kept():
    assert merge(BASE, BASE.replace("a\n", "A\nA2\n"), BASE.replace("f\n", "")) == "A\nA2\nb\nc\nd\ne\n"


def test_the_same_change_on_both_sides_is_nothing_to_do():
    changed = BASE.replace("c", "C")
    assert merge(BASE, changed, changed) == changed
    assert merge(BASE, changed.replace("a", "A"), changed) == changed.replace("a", "A")


@pytest.mark.parametrize(
    ("ours", "theirs", "lines"),
    [
        (BASE.replace("c", "x"), BASE.replace("c", "y"), (3, 3)),
        (BASE.replace("c", "x"), BASE.replace("d", "y"), (3, 4)),
        (BASE.replace("c\n", ""), BASE.replace("c", "y"), (3, 2)),
        (BASE.replace("c\n", "c\nx\n"), BASE.replace("c\n", "c\ny\n"), (4, 4)),
        (BASE.replace("c\nd\n", "x\n"), BASE.replace("d\ne\n", "y\n"), (3, 4)),
    ],
)
def test_changes_that_overlap_or_touch_conflict(ours: str, theirs: str, lines: tuple[int, int]):
    conflict = merge(BASE, ours, theirs)
    assert isinstance(conflict, Conflict)
    assert (conflict.start_line, conflict.end_line) == lines


def test_a_line_that_could_stand_at_two_places_conflicts_with_both():
    conflict = merge("a\nx\nx\nb\n", "a\nx\nx\nx\nb\n", "a\nx\nnew\nx\nb\n")
    assert isinstance(conflict, Conflict)


def test_a_changed_line_end_is_no_changed_line():
    ours = BASE.replace("\n", "\r\n")
    assert merge(BASE, ours, BASE.replace("c\n", "C\nnew\n")) == ours.replace("c\r\n", "C\r\nnew\r\n")


def test_the_final_newline_is_of_the_side_that_changed_it():
    assert merge("a\nb\nc", "A\nb\nc", "a\nb\nc\n") == "A\nb\nc\n"
    assert merge("a\nb\nc\n", "a\nb\nc", "A\nb\nc\n") == "A\nb\nc"
    assert merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nc") == "A\nb\nc"


def test_the_same_change_at_a_place_that_is_not_certain_conflicts():
    """Both took one of three equal lines away: the same one, or two of them?"""
    base = "a\nx\nx\nx\nb\nc\nd\n"
    assert isinstance(merge(base, base.replace("x\n", "", 1), base.replace("x\n", "", 1) + "e\n"), Conflict)


def test_lines_that_repeat_are_no_obstacle_apart_from_the_changes():
    base = "x = 1\n\n\ny = 2\n\n\nz = 3\n"
    assert merge(base, base.replace("1", "9"), base.replace("2", "8")) == "x = 9\n\n\ny = 8\n\n\nz = 3\n"


def test_emptied_and_filled_texts():
    assert merge("", "", "a\n") == "a\n"
    assert merge("a\n", "", "a\n") == ""
    assert isinstance(merge("a\n", "", "b\n"), Conflict)
    assert isinstance(merge("", "a\n", "b\n"), Conflict)
