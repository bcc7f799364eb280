"""Is what must come again joined with what fitted, as if all had come at once, or else refused?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.edits.again import Kept, read_cut_reply, read_reply
from lsp_server.edits.change import ChangeSet, Refused
from tests.edits.checks import snapshot_of
from tests.edits.test_any_reply import EXAMPLES

FILES = {
    "a.py": "import os\n\ndef one():\n    return 1\n\ndef two():\n    return 2\n\ndef three():\n    return 3\n",
    "b.py": "B = 1\n",
}


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n```\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n```\n"


ONE = block("a.py", "    return 1", "    return 10")
TWO = block("a.py", "    return 2", "    return 20")
BAD_TWO = block("a.py", "    return  two", "    return 20")
THREE = block("a.py", "    return 3", "    return 30")
B = block("b.py", "B = 1", "B = 10")
ALL = FILES["a.py"].replace("return 1", "return 10").replace("return 2", "return 20").replace("return 3", "return 30")


def kept_of(first: str, default_path: str | None = None) -> Kept:
    reading = read_reply(first, snapshot_of(FILES), default_path)
    assert isinstance(reading.change, Refused)
    assert reading.kept is not None, reading.change
    return reading.kept


def check_again(first: str, second: str, after: dict[str, str] | str, kept: Kept | None = None) -> None:
    """Both replies together make the files `after`, or are refused with a code."""
    snapshot = snapshot_of(FILES)
    change = read_reply(second, snapshot, None, kept or kept_of(first)).change
    if isinstance(after, str):
        assert isinstance(change, Refused), change
        assert after in [problem.code for problem in change.problems], change.problems
    else:
        assert isinstance(change, ChangeSet), change
        assert dict(change.texts_after()) == after


@pytest.mark.parametrize("second", [TWO, TWO + ONE, ONE + TWO + THREE, "Sorry.\n\n" + TWO])
def test_the_blocks_that_fitted_need_not_come_again(second: str):
    kept = kept_of(ONE + BAD_TWO + THREE)
    assert [block.number for block in kept.blocks] == [1, 3]
    assert kept.missing() == (2,)
    check_again(ONE + BAD_TWO + THREE, second, {"a.py": ALL})


def test_a_complete_new_reply_stands_alone():
    changed = block("a.py", "    return 1", "    return 11")
    other = FILES["a.py"].replace("return 1", "return 11").replace("return 2", "return 20")
    check_again(ONE + BAD_TWO, changed + TWO, {"a.py": other})


def test_what_repeats_only_some_kept_blocks_in_another_form_is_refused():
    changed = block("a.py", "    return 1", "    return 11")
    check_again(ONE + BAD_TWO + THREE, changed + TWO, "OVERLAP")


def test_the_same_edit_cut_otherwise_is_refused_rather_than_made_twice():
    above = block("a.py", "import os", "import os\nimport sys")
    below = block("a.py", "\ndef one():", "import sys\n\ndef one():")
    check_again(above + BAD_TWO, below + TWO, "OVERLAP")


def test_the_same_edit_with_more_at_another_place_is_refused_rather_than_made_twice():
    above = block("a.py", "import os", "import os\nimport sys")
    below = block("a.py", "\ndef one():", "import sys\nimport re\n\ndef one():")
    check_again(above + BAD_TWO, below + TWO, "OVERLAP")
    check_again(above + BAD_TWO, below, "OVERLAP")


@pytest.mark.parametrize("second", [ONE, B, ONE + THREE, "I see.", ""])
def test_a_block_that_does_not_come_again_is_missed(second: str):
    snapshot = snapshot_of(FILES)
    assert isinstance(read_reply(second, snapshot, None, kept_of(ONE + BAD_TWO + THREE)).change, Refused)


def test_each_missing_block_is_waited_for():
    first = ONE + BAD_TWO + block("b.py", "B = 0", "B = 10")
    check_again(first, TWO, "NOT_FOUND")
    check_again(first, TWO + B, {"a.py": ALL.replace("return 30", "return 3"), "b.py": "B = 10\n"})


def test_a_block_that_is_still_wrong_keeps_its_number():
    snapshot = snapshot_of(FILES)
    change = read_reply(BAD_TWO, snapshot, None, kept_of(ONE + BAD_TWO + THREE)).change
    assert isinstance(change, Refused)
    assert [(problem.code, problem.block) for problem in change.problems] == [("NOT_FOUND", 2)]


def test_a_block_without_its_path_is_for_the_file_that_was_asked_about():
    second = TWO.removeprefix("a.py\n")
    check_again(ONE + BAD_TWO, second, {"a.py": ALL.replace("return 30", "return 3")})


def test_a_block_for_a_file_that_is_not_there_may_come_for_another():
    check_again(
        ONE + block("c.py", "B = 1", "B = 10"), B, {"a.py": FILES["a.py"].replace("1", "10"), "b.py": "B = 10\n"}
    )


def test_a_block_that_was_not_needed_may_stay_away():
    there = block("a.py", "import os", "import os\n\ndef one():")
    only = {"a.py": FILES["a.py"].replace("return 1", "return 10")}
    check_again(ONE + there, "It is there already.", only)
    check_again(ONE + there + BAD_TWO, TWO, {"a.py": ALL.replace("return 30", "return 3")})


def test_what_is_wrong_between_blocks_keeps_none():
    overlapping = ONE + block("a.py", "def one():\n    return 1", "def one():\n    return 11")
    for first in (overlapping, BAD_TWO, "prose", ONE + "c.py\n```diff\n-x\n+y\n```\n"):
        assert read_reply(first, snapshot_of(FILES), None).kept is None


FORMATS = {
    "patch": (
        "*** Begin Patch\n*** Update File: a.py\n@@\n-    return 1\n+    return 10\n@@\n-    return two\n"
        "+    return 20\n@@\n-    return 3\n+    return 30\n*** End Patch\n",
        "*** Begin Patch\n*** Update File: a.py\n@@\n-    return 2\n+    return 20\n*** End Patch\n",
    ),
    "diff": (
        "--- a/a.py\n+++ b/a.py\n@@ -4 +4 @@\n-    return 1\n+    return 10\n@@ -7 +7 @@\n-    return two\n"
        "+    return 20\n@@ -10 +10 @@\n-    return 3\n+    return 30\n",
        "```diff\n--- a/a.py\n+++ b/a.py\n@@ -7 +7 @@\n-    return 2\n+    return 20\n```\n",
    ),
    "tool calls": (
        '{"path": "a.py", "old_str": "return 1", "new_str": "return 10"}\n'
        '{"path": "a.py", "old_str": "return two", "new_str": "return 20"}\n'
        '{"path": "a.py", "old_str": "return 3", "new_str": "return 30"}\n',
        '{"path": "a.py", "old_str": "return 2", "new_str": "return 20"}\n',
    ),
    "another form": (ONE + BAD_TWO + THREE, '{"path": "a.py", "old_str": "return 2", "new_str": "return 20"}'),
}


@pytest.mark.parametrize("name", FORMATS)
def test_it_works_in_every_format(name: str):
    first, second = FORMATS[name]
    check_again(first, second, {"a.py": ALL})


def test_a_file_that_comes_as_a_whole_may_come_again():
    first = ONE + block("b.py", "B = 0", "B = 10")
    check_again(first, "b.py\n```\nB = 10\n```\n", {"a.py": FILES["a.py"].replace("1", "10"), "b.py": "B = 10\n"})


def test_a_reply_that_was_cut_off_goes_on():
    for cut in (ONE + TWO, ONE + TWO + THREE[:30], ONE + TWO + THREE[:-20], ONE + TWO + "a.py\n"):
        kept = read_cut_reply(cut, snapshot_of(FILES), None)
        assert kept is not None
        assert kept.goes_on
        check_again("", THREE, {"a.py": ALL}, kept)
        check_again("", ONE + TWO + THREE, {"a.py": ALL}, kept)
        check_again("", "Nothing is left.", "NO_EDIT", kept)


def test_a_reply_that_was_cut_off_in_its_first_block_keeps_nothing():
    assert read_cut_reply(ONE[:40], snapshot_of(FILES), None) is None
    assert read_cut_reply("--- a/a.py\n+++ b/a.py\n@@ -4 +4 @@\n-    return 1\n", snapshot_of(FILES), None) is None


def test_a_reply_without_its_last_marker_goes_on():
    kept = kept_of(ONE + TWO + THREE[:-25])
    assert kept.goes_on
    check_again("", THREE, {"a.py": ALL}, kept)


BLOCKS = st.lists(
    st.sampled_from([ONE, TWO, BAD_TWO, THREE, B, block("a.py", "    return 1", "    return 11")]), max_size=4
)


@settings(max_examples=EXAMPLES)
@given(BLOCKS, BLOCKS)
def test_joined_blocks_are_judged_as_one_reply(first: list[str], second: list[str]):
    """Whatever comes: never a change in which a block that was kept, or one that came, is not made."""
    snapshot = snapshot_of(FILES)
    reading = read_reply("".join(first), snapshot, None)
    if reading.kept is None:
        return
    change = read_reply("".join(second), snapshot, None, reading.kept).change
    if isinstance(change, ChangeSet):
        alone = [
            read_reply(text, snapshot, None).change
            for text in ("".join({*first, *second} - {BAD_TWO}), "".join(second))
        ]
        assert any(isinstance(other, ChangeSet) and other.texts_after() == change.texts_after() for other in alone)
