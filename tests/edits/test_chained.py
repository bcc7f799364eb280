"""Is a block that searches for what an earlier one makes applied after it, and only where nothing else can be meant?"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.edits.change import ChangeSet
from tests.edits.checks import change_of, check_edit
from tests.edits.test_any_reply import EXAMPLES
from tests.edits.test_places import block

Pairs = list[tuple[str, str]]


def blocks(*pairs: tuple[str, str]) -> str:
    return "".join(block("a.txt", f"{search}\n", f"{replace}\n" if replace else "") for search, replace in pairs)


@pytest.mark.parametrize(
    ("text", "pairs", "after"),
    [
        ("a = 1\nb = 2\n", [("a = 1", "a = 5"), ("a = 5\nb = 2", "a = 5\nb = 6")], "a = 5\nb = 6\n"),
        ("a\nz\n", [("a", "a\nb"), ("b\nz", "b\nc\nz")], "a\nb\nc\nz\n"),
        ("a\nz\n", [("a", "b"), ("b", "c"), ("c\nz", "d\nz")], "d\nz\n"),
        ("f(x)\ng()\n", [("f(x)", "f(x, y)"), ("g()", "g(1)"), ("f(x, y)\ng(1)", "h()")], "h()\n"),
        ("one\ntwo\nthree\n", [("two", ""), ("one\nthree", "one\n2\nthree")], "one\n2\nthree\n"),
        ("a\r\nb\r\n", [("a", "x"), ("x\nb", "x\ny\nb")], "x\r\ny\r\nb\r\n"),
        ("q\na\nb\n", [("q", "q2"), ("a", "x"), ("x\nb", "y")], "q2\ny\n"),
    ],
)
def test_blocks_that_only_fit_one_after_the_other_are_read_so(text: str, pairs: Pairs, after: str):
    check_edit({"a.txt": text}, blocks(*pairs), {"a.txt": after})


@pytest.mark.parametrize(
    ("text", "pairs", "code"),
    [
        # The second block stands in the file and in what the first one makes.
        ("a\nq\nx\n", [("a", "x"), ("x", "y")], "AMBIGUOUS"),
        ("a\nb\n", [("a", "b"), ("b", "a")], "AMBIGUOUS"),
        ("f()\nend\ng()\n", [("f()", "f()\nnew()\ng()"), ("g()", "g(1)")], "AMBIGUOUS"),
        # One after the other the second has two places.
        ("a\nq\n", [("a", "x\nx"), ("x", "y")], "NOT_FOUND"),
        # The order is wrong: what is searched for is made later.
        ("a\n", [("b", "c"), ("a", "b")], "NOT_FOUND"),
        # An earlier one takes away what a later one searches for.
        ("a\nb\nc\n", [("a\nb", "x"), ("b\nc", "y")], "OVERLAP"),
        # What is made is nearly what is searched for.
        ("a\nz\n", [("a", "total = price * quantity"), ("total = price * quantiy\nz", "y")], "NOT_FOUND"),
        # A block after the chain fits nowhere.
        ("a\nb\n", [("a", "x"), ("x\nb", "y"), ("q", "r")], "NOT_FOUND NOT_FOUND"),
        ("a\nb\nb2\n", [("a", "x"), ("x", "# ... existing code ..."), ("b", "y")], "LAZY"),
    ],
)
def test_where_both_or_no_readings_are_possible_nothing_is_applied(text: str, pairs: Pairs, code: str):
    check_edit({"a.txt": text}, blocks(*pairs), refused=code)


def test_a_block_above_what_a_later_one_repeats_is_fine():
    """The later block makes the lines of the earlier one, so no order lets the earlier one mean them."""
    check_edit({"a.txt": "x\nq\nb\n"}, blocks(("x", "y"), ("b", "x")), {"a.txt": "y\nq\nx\n"})


def test_tool_calls_follow_one_another():
    calls = [
        {"path": "a.txt", "old_str": "f(x)", "new_str": "f(x, y)"},
        {"path": "a.txt", "old_str": "f(x, y)\n", "new_str": "f(x, y)\ng()\n"},
    ]
    check_edit({"a.txt": "f(x)\nend\n"}, "\n".join(map(json.dumps, calls)), {"a.txt": "f(x, y)\ng()\nend\n"})


def test_the_hunks_of_a_diff_never_follow_one_another():
    diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+x\n@@ -1,2 +1,2 @@\n x\n-b\n+y\n"
    check_edit({"a.txt": "a\nb\n"}, diff, refused="NOT_FOUND")


LINES = st.lists(st.sampled_from("abcde"), min_size=1, max_size=5)


@settings(max_examples=EXAMPLES)
@given(text=LINES, pairs=st.lists(st.tuples(LINES, LINES), min_size=1, max_size=3))
def test_a_change_is_what_the_blocks_make_one_after_the_other(
    text: list[str], pairs: list[tuple[list[str], list[str]]]
):
    """Whatever is applied is the sequential reading too, where that has exactly one place for each block."""
    change = change_of({"a.txt": "\n".join([*text, ""])}, blocks(*(("\n".join(o), "\n".join(n)) for o, n in pairs)))
    if not isinstance(change, ChangeSet):
        return
    now = list(text)
    for old, new in dict.fromkeys((tuple(o), tuple(n)) for o, n in pairs):
        places = [at for at in range(len(now)) if tuple(now[at : at + len(old)]) == old]
        assert len(places) == 1 or len(pairs) > 1
        if len(places) != 1:
            return
        now[places[0] : places[0] + len(old)] = new
    assert change.texts_after()["a.txt"] == "\n".join([*now, ""])
