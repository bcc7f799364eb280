"""Does every hunk have a level of its own, with the reasons that speak of its lines?"""

from pathlib import Path

import pytest

from lsp_server.edits.change import ChangeSet, Create, Delete, Hunk, Rename
from lsp_server.review.hunks import judgements_of, with_concerns
from lsp_server.review.judge import with_checks
from lsp_server.review.verdict import Concern, Finding, Judgement, Side
from tests.review.checks import edit, verdict_of

LINES = "".join(f"line {number}\n" for number in range(1, 21))
TWO = edit("a.txt", LINES, LINES.replace("line 3\n", "3\nmore\nmore\n").replace("line 15\n", ""))


def levels(judgements: tuple[Judgement, ...]) -> list[tuple[int | None, str]]:
    return [(judgement.hunk, judgement.level) for judgement in judgements]


def test_each_hunk_has_a_judgement_and_so_has_an_operation_without_any():
    change = ChangeSet((TWO, Create("b.txt", "b\n"), Delete("c.txt", "", "c\n"), Rename("d.txt", "e.txt", "")))
    assert [(each.path, each.start_line, each.hunk) for each in judgements_of(change)] == [
        ("a.txt", 3, 0),
        ("a.txt", 15, 1),
        ("b.txt", 1, None),
        ("c.txt", 1, None),
        ("d.txt", 1, None),
    ]


def test_a_file_that_moves_and_changes_has_one_for_the_move_and_one_for_each_hunk():
    rename = Rename("a.txt", "b.txt", TWO.base_sha, TWO)
    assert [each.hunk for each in judgements_of(ChangeSet((rename,)))] == [None, 0, 1]
    concern = Concern("x", "approve", "b.txt", "moves", 17)
    told = with_concerns(judgements_of(ChangeSet((rename,))), ChangeSet((rename,)), [concern])
    assert levels(told) == [(None, "allow"), (0, "allow"), (1, "approve")]


@pytest.mark.parametrize(
    ("line", "side", "hunk"),
    [
        *((line, "after", 0) for line in (1, 3, 5, 16)),
        *((line, "after", 1) for line in (17, 99)),
        *((line, "before", 0) for line in (2, 14)),
        *((line, "before", 1) for line in (15, 20)),
    ],
)
def test_a_line_belongs_to_the_nearest_hunk_above_it(line: int, side: Side, hunk: int):
    change = ChangeSet((TWO,))
    told = with_concerns(judgements_of(change), change, [Concern("x", "confirm", "a.txt", "why", line, side)])
    assert [each.hunk for each in told if each.level == "confirm"] == [hunk]


def test_a_concern_about_a_file_counts_for_all_of_it_and_one_about_another_file_for_everything():
    change = ChangeSet((TWO, Create("b.txt", "b\n")))
    of_file = with_concerns(judgements_of(change), change, [Concern("x", "deny", "a.txt", "no")])
    assert levels(of_file) == [(0, "deny"), (1, "deny"), (None, "allow")]
    elsewhere = with_concerns(judgements_of(change), change, [Concern("x", "confirm", "z.txt", "breaks z")])
    assert {level for _, level in levels(elsewhere)} == {"confirm"}


def test_hunks_that_are_not_in_order_are_still_told_apart():
    one, two = TWO.hunks
    shuffled = edit("a.txt", LINES, TWO.after)
    change = ChangeSet((type(shuffled)(shuffled.path, shuffled.base_sha, LINES, TWO.after, (two, one)),))
    told = with_concerns(judgements_of(change), change, [Concern("x", "confirm", "a.txt", "why", 17)])
    assert [each.start_line for each in told if each.level == "confirm"] == [two.start + 1]


def test_the_same_reason_is_kept_once_and_a_remark_changes_no_level():
    change = ChangeSet((TWO,))
    remark = Concern("cp.arch", "allow", "a.txt", "adds a name", 3)
    told = with_concerns(judgements_of(change), change, [remark, remark])
    assert told[0] == Judgement("a.txt", 3, "allow", ("adds a name",), 0, ("cp.arch",))


def test_only_the_hunk_with_the_invisible_character_needs_approval(tmp_path: Path):
    verdict = verdict_of(tmp_path, edit("a.txt", LINES, LINES.replace("line 3\n", "3\n").replace("line 15", "\u200b")))
    assert levels(verdict.judgements) == [(0, "allow"), (1, "approve")]


def test_what_a_tool_finds_is_said_of_its_hunk(tmp_path: Path):
    verdict = verdict_of(tmp_path, TWO)
    told = with_checks(verdict, ChangeSet((TWO,)), [Finding("ruff", "F401", "a.txt", 18, "unused")], {"ruff": "pass"})
    assert levels(told.judgements) == [(0, "allow"), (1, "confirm")]
    assert told.judgements[1].rules == ("ruff",)


def test_a_place_that_is_only_likely_is_its_own_hunk(tmp_path: Path):
    likely = Hunk(14, 15, (), "similar", "by likeness", certain=False)
    change = type(TWO)(TWO.path, TWO.base_sha, TWO.before, TWO.after, (TWO.hunks[0], likely))
    assert levels(verdict_of(tmp_path, change).judgements) == [(0, "allow"), (1, "confirm")]
