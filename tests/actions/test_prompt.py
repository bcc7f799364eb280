"""What the model is told, byte for byte where it matters."""

from pathlib import Path

import pytest

from clients.outgoing import Cleared, OutgoingGate, Source
from context.retrieval.select import Context, Piece
from context.snapshot import Place, Snapshot, from_buffer
from lsp_server.actions.ask import Ask
from lsp_server.actions.prompt import build_prompt, mend_prompt
from lsp_server.actions.registry import ACTIONS, action_named
from lsp_server.edits.change import Problem


def check_prompt(action: str, text: str, pieces: list[tuple[int, int]], place: Place | None, root: Path) -> str:
    """The user turn's text, with each file's text in place."""
    file = from_buffer("a.py", text, 1)
    lines = text.split("\n")
    context = Context(
        tuple(Piece("a.py", start, end, 1.0, "", "\n".join(lines[start - 1 : end]), 10) for start, end in pieces),
        10,
    )
    found = action_named(action)
    assert found is not None
    prompt = build_prompt(Ask(action, "do it", place), found, context, Snapshot(root, {"a.py": file}))
    assert prompt.turns[0].role == "system"
    assert ("SEARCH" in str(prompt.turns[0].parts[0])) == (found.rules == "system.md")
    return "".join(part.text if isinstance(part, Source) else part for part in prompt.turns[1].parts)


TEN = "".join(f"line{number}\n" for number in range(1, 11))


@pytest.mark.parametrize("comment", ["# do it", "# Then\n#  do   it, now", "/* do it */"])
def test_a_comment_that_asks_for_the_change_may_go(tmp_path: Path, comment: str):
    place = Place("a.py", 1, comment.count("\n") + 1)
    shown = check_prompt("changeFiles", f"{comment}\nx = 1\n", [], place, tmp_path)
    assert "remove that comment" in shown


@pytest.mark.parametrize("line", ["import os", "# redo it", "# do items", ""])
def test_where_a_description_does_not_stand_nothing_is_said_of_a_comment(tmp_path: Path, line: str):
    shown = check_prompt("changeFiles", f"{line}\nx = 1\n", [], Place("a.py", 1, 1), tmp_path)
    assert "The cursor was at `a.py`, line 1:\n\n```python\n" in shown
    assert "comment" not in shown.partition("# Task")[2]


def test_pieces_that_touch_are_shown_as_one(tmp_path: Path):
    shown = check_prompt("changeFiles", TEN, [(5, 6), (1, 2), (3, 4)], None, tmp_path)
    assert "## a.py (lines 1-6 of 10)\n```python\nline1\nline2\nline3\nline4\nline5\nline6\n```\n" in shown


def test_pieces_that_overlap_show_no_line_twice(tmp_path: Path):
    shown = check_prompt("changeFiles", TEN, [(1, 4), (3, 6), (2, 3)], None, tmp_path)
    assert [shown.count(f"line{number}\n") for number in range(1, 7)] == [1] * 6


def test_blank_lines_between_pieces_are_kept(tmp_path: Path):
    shown = check_prompt("changeFiles", "a\n\n\nb\n\nc\n", [(1, 2), (3, 5), (6, 6)], None, tmp_path)
    assert "```python\na\n\n\nb\n\nc\n```\n" in shown


def test_windows_line_ends_are_shown_as_plain_lines(tmp_path: Path):
    shown = check_prompt("changeFiles", "a\r\nb\r\n", [(1, 2)], Place("a.py", 1, 2), tmp_path)
    assert "\r" not in shown
    assert "```python\na\nb\n```\n" in shown


def test_pieces_apart_stay_apart_and_say_their_lines(tmp_path: Path):
    shown = check_prompt("changeFiles", TEN, [(1, 1), (9, 10)], None, tmp_path)
    assert "(lines 1-1 of 10)" in shown
    assert "(lines 9-10 of 10)" in shown


def test_a_whole_file_says_so(tmp_path: Path):
    assert "## a.py (whole file)" in check_prompt("changeFiles", TEN, [(1, 10)], None, tmp_path)


def test_a_text_with_fences_gets_a_longer_fence(tmp_path: Path):
    shown = check_prompt("changeFiles", "x\n````\ny\n````\n", [(1, 4)], None, tmp_path)
    assert "`````python\nx\n````\ny\n````\n`````\n" in shown


def test_the_task_quotes_the_lines_of_the_place(tmp_path: Path):
    shown = check_prompt("implementComment", TEN, [], Place("a.py", 2, 3), tmp_path)
    assert "`a.py`, lines 2-3" in shown
    assert "```python\nline2\nline3\n```" in shown


def test_a_description_without_a_place_quotes_nothing(tmp_path: Path):
    shown = check_prompt("changeFiles", TEN, [], None, tmp_path)
    assert "do it" in shown
    assert "line1" not in shown


def test_every_action_has_a_prompt_that_can_be_filled(tmp_path: Path):
    for action in ACTIONS:
        shown = check_prompt(action.id, TEN, [(1, 10)], Place("a.py", 1, 1), tmp_path)
        assert "$" not in shown


def test_a_dollar_in_a_description_or_file_is_kept(tmp_path: Path):
    shown = check_prompt("implementComment", "cost = '$lines ${path}'\n", [], Place("a.py", 1, 1), tmp_path)
    assert "cost = '$lines ${path}'" in shown


def test_all_file_text_passes_the_gate_as_a_source(tmp_path: Path):
    text = "canary = 1\n"
    found = action_named("implementComment")
    assert found is not None
    context = Context((Piece("a.py", 1, 1, 1.0, "", text, 10),), 10)
    snapshot = Snapshot(tmp_path, {"a.py": from_buffer("a.py", text, 1)})
    prompt = build_prompt(Ask("implementComment", "do it", Place("a.py", 1, 1)), found, context, snapshot)
    plain = [part for turn in prompt.turns for part in turn.parts if isinstance(part, str)]
    assert not any("canary" in part for part in plain)


def test_what_was_wrong_is_told_with_block_and_path(tmp_path: Path):
    found = action_named("changeFiles")
    assert found is not None
    prompt = build_prompt(Ask("changeFiles", "do it"), found, Context((), 0), Snapshot(tmp_path))
    problem = Problem("AMBIGUOUS", "two places.", "a.py", 2, details="+ 3 x")
    mended = mend_prompt(prompt, "my reply", (problem,), Snapshot(tmp_path))
    assert [turn.role for turn in mended.turns] == ["system", "user", "assistant", "user"]
    said = "".join(part.text if isinstance(part, Source) else part for part in mended.turns[3].parts)
    assert "\n\n- block 2, a.py: AMBIGUOUS: two places.\n+ 3 x\n\nIn the lines shown" in said


@pytest.mark.parametrize("path", ["", "../x", "/etc/passwd", "a\0b", "~/x", "x" * 5000])
def test_a_problem_with_an_odd_path_can_be_told(tmp_path: Path, path: str):
    found = action_named("changeFiles")
    assert found is not None
    prompt = build_prompt(Ask("changeFiles", "do it"), found, Context((), 0), Snapshot(tmp_path))
    mended = mend_prompt(prompt, "my reply", (Problem("PATH", "no.", path),), Snapshot(tmp_path))
    assert isinstance(OutgoingGate(root=tmp_path).clear(mended.turns[3].parts), Cleared)
