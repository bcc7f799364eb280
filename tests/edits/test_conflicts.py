"""Conflicts are found as git left them, and settled only where that needs no thought."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.edits.conflicts import Clash, clashes, has_conflicts, replaced, settled, with_bases

PLAIN = "a\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> feature\nz\n"
DIFF3 = "a\n<<<<<<< HEAD\nours\n||||||| 1a2b\nbase\n=======\ntheirs\n>>>>>>> feature\nz\n"


def only(text: str) -> Clash:
    found = clashes(text)
    assert not isinstance(found, str)
    (clash,) = found
    return clash


def test_both_sides_are_found_with_their_names_and_lines():
    assert only(PLAIN) == Clash(1, 6, ("ours",), ("theirs",), None, "HEAD", "feature")
    assert only(DIFF3) == Clash(1, 8, ("ours",), ("theirs",), ("base",), "HEAD", "feature")
    assert only(PLAIN.replace("\n", "\r\n")).sides == (("ours",), ("theirs",))
    assert only("<<<<<<< a\n=======\n>>>>>>> b").sides == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "a\n<<<<<<< HEAD\nours\n",
        "<<<<<<< HEAD\nours\n=======\ntheirs\n",
        "<<<<<<< a\nx\n<<<<<<< b\ny\n=======\nz\n>>>>>>> c\n",
        "<<<<<<< a\nx\n>>>>>>> c\n",
        "a\n>>>>>>> c\n",
        "<<<<<<< a\nTitle\n=======\ntext\n=======\nother\n>>>>>>> b\n",
        "<<<<<<< a\nx\n=======\ny\n||||||| b\n>>>>>>> c\n",
    ],
)
def test_markers_that_make_no_sense_are_said_and_nothing_is_guessed(text: str):
    assert isinstance(clashes(text), str)


@pytest.mark.parametrize(
    "text",
    ["", "x << 7\n", "Title\n=======\n", "print('<<<<<<< HEAD')\n", "<<<<<<<< eight\n", ">>>>>>>\n", "=======\n"],
)
def test_what_only_looks_like_a_marker_is_none(text: str):
    assert clashes(text) == ()
    assert not has_conflicts(text)


@pytest.mark.parametrize(
    ("ours", "base", "theirs", "lines"),
    [
        ("x", None, "x", "x"),
        ("x", "x", "y", "y"),
        ("x", "y", "y", "x"),
        ("", "y", "y", ""),
        ("A b c d", "a b c d", "a b c D", "A b c D"),
        ("x", "b", "y", None),
        ("x", None, "y", None),
        ("x", "", "y", None),
        ("", "b", "y", None),
        ("A b", "a b", "a B", None),
    ],
)
def test_only_what_one_side_changed_or_both_alike_is_settled(
    ours: str, base: str | None, theirs: str, lines: str | None
):
    clash = Clash(0, 1, tuple(ours.split()), tuple(theirs.split()), None if base is None else tuple(base.split()))
    assert settled(clash) == (None if lines is None else tuple(lines.split()))


def test_a_base_is_taken_only_from_the_same_sides_merged_anew():
    found = (only(PLAIN), Clash(9, 14, ("mended",), ("theirs",)))
    assert [clash.base for clash in with_bases(found, DIFF3)] == [("base",), None]
    assert with_bases(found, "<<<<<<< broken\n") == found


def test_new_lines_end_as_the_file_does_and_all_others_stay():
    text = PLAIN.replace("\n", "\r\n") + PLAIN.replace("theirs", "é\u2028")
    found = clashes(text)
    assert not isinstance(found, str)
    assert replaced(text, found, lambda number: ("new", "lines") if number == 0 else None) == (
        "a\r\nnew\r\nlines\r\nz\r\n" + PLAIN.replace("theirs", "é\u2028")
    )
    assert replaced(text, found, lambda _: None) == text


LINES = st.lists(st.sampled_from(["a", "b", "c = 1", "", "  d"]), max_size=4).map(tuple)


@given(st.lists(st.tuples(LINES, LINES, LINES, LINES), max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_each_conflict_is_replaced_where_it_stands_and_nothing_else(parts: list[tuple[tuple[str, ...], ...]], eol: str):
    text, expected = "", ""
    for above, ours, theirs, new in parts:
        lines = (*above, "<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> b")
        text += "".join(line + eol for line in lines)
        expected += "".join(line + eol for line in (*above, *new))
    found = clashes(text)
    assert not isinstance(found, str)
    assert [clash.sides for clash in found] == [(ours, theirs) for _, ours, theirs, _ in parts]
    assert replaced(text, found, lambda number: parts[number][3]) == expected
