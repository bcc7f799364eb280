"""Where does a block belong? In exactly one place, found exactly or by one of two looser comparisons; else nowhere."""

import pytest

from lsp_server.edits.change import ChangeSet, Edit, Refused
from tests.edits.checks import change_of, check_edit


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n```\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n```\n"


def rungs(files: dict[str, str], reply: str) -> set[str]:
    change = change_of(files, reply)
    assert isinstance(change, ChangeSet), change
    return {hunk.rung for edit in change.operations if isinstance(edit, Edit) for hunk in edit.hunks}


TWICE = {"a.py": "def a():\n    return None\n\n\ndef b():\n    return None\n"}


def test_a_text_in_two_places_is_refused_with_both_lines():
    check_edit(TWICE, block("a.py", "    return None\n", "    return 1\n"), refused="AMBIGUOUS", saying="2, 6")


def test_more_lines_make_the_place_unique():
    after = {"a.py": "def a():\n    return None\n\n\ndef b():\n    return 1\n"}
    check_edit(TWICE, block("a.py", "def b():\n    return None\n", "def b():\n    return 1\n"), after)


def test_an_exact_place_wins_over_a_loose_one():
    files = {"a.py": "if a:\n    go()\nif b:\n        go()\n"}
    check_edit(files, block("a.py", "    go()\n", "    stop()\n"), {"a.py": "if a:\n    stop()\nif b:\n        go()\n"})


def test_two_exact_places_never_fall_to_a_looser_comparison():
    files = {"a.py": "x\nx\n    x\n"}
    check_edit(files, block("a.py", "x\n", "y\n"), refused="AMBIGUOUS")


def test_two_loose_places_are_refused():
    files = {"a.py": "if a:\n    go()\nif b:\n        go()\n"}
    check_edit(files, block("a.py", "go()\n", "stop()\n"), refused="AMBIGUOUS")


def test_places_that_overlap_are_several():
    check_edit({"a.txt": "x\nx\nx\n"}, block("a.txt", "x\nx\n", "y\n"), refused="AMBIGUOUS", saying="1, 2")


def test_part_of_a_line_is_no_place():
    check_edit({"a.py": "total = price * 2\n"}, block("a.py", "price\n", "cost\n"), refused="NOT_FOUND")


def test_first_and_last_line_alone_are_no_place():
    files = {"a.py": "def a():\n    one()\n    return\n"}
    check_edit(files, block("a.py", "def a():\n    two()\n    return\n", "pass\n"), refused="NOT_FOUND")


def test_a_search_that_reaches_beyond_the_end_is_no_place():
    check_edit({"a.py": "a\nb\n"}, block("a.py", "b\nc\n", "x\n"), refused="NOT_FOUND")
    check_edit({"a.py": "a\nb\n"}, block("a.py", "  b\n  c\n", "x\n"), refused="NOT_FOUND")


def test_blanks_at_line_ends_do_not_hide_a_place_and_unchanged_lines_keep_theirs():
    files = {"a.py": "a = 1   \nb = 2\t\nc = 3\n"}
    reply = block("a.py", "a = 1\nb = 2\nc = 3\n", "a = 1\nb = 2\nc = 4\n")
    check_edit(files, reply, {"a.py": "a = 1   \nb = 2\t\nc = 4\n"})
    assert rungs(files, reply) == {"trailing-space"}


def test_exact_blanks_at_line_ends_may_be_changed():
    check_edit({"a.md": "one  \ntwo\n"}, block("a.md", "one  \n", "one\n"), {"a.md": "one\ntwo\n"})


@pytest.mark.parametrize(
    ("text", "search", "replace", "after"),
    [
        (
            "class A:\n    def f(self):\n        go()\n",
            "def f(self):\n    go()\n",
            "def f(self):\n    stop()\n",
            "class A:\n    def f(self):\n        stop()\n",
        ),
        (
            "def f():\n    go()\n",
            "    def f():\n        go()\n",
            "    def f():\n        stop()\n",
            "def f():\n    stop()\n",
        ),
        ("    a\n\n    b\n", "a\n\nb\n", "a\n\n\nc\n", "    a\n\n\n    c\n"),
        (
            "if x {\n\tif y {\n\t\tgo()\n\t}\n}\n",
            "    if y {\n        go()\n    }\n",
            "    if y {\n        stop(func() {\n            go()\n        })\n    }\n",
            "if x {\n\tif y {\n\t\tstop(func() {\n\t\t\tgo()\n\t\t})\n\t}\n}\n",
        ),
        (
            "if x:\n  if y:\n    go()\n",
            "\tif y:\n\t\tgo()\n",
            "\tif y:\n\t\tif z:\n\t\t\tgo()\n",
            "if x:\n  if y:\n    if z:\n      go()\n",
        ),
        ("{\n\tgo()\n}\n", "go()\n", "if x {\n    go()\n}\n", "{\n\tif x {\n\t\tgo()\n\t}\n}\n"),
        ("{\n\tgo()\n}\n", "    go()\n", "    if x {\n        go()\n    }\n", "{\n\tif x {\n\t\tgo()\n\t}\n}\n"),
    ],
)
def test_new_lines_are_indented_as_the_file_is(text: str, search: str, replace: str, after: str):
    files = {"a.txt": text}
    check_edit(files, block("a.txt", search, replace), {"a.txt": after})
    assert rungs(files, block("a.txt", search, replace)) == {"re-indented"}


def test_one_shift_must_fit_every_line():
    files = {"a.py": "if x:\n        a()\n    b()\n"}
    check_edit(files, block("a.py", "    a()\n    b()\n", "    c()\n"), refused="NOT_FOUND")


def test_a_new_line_that_cannot_be_shifted_is_refused():
    files = {"a.py": "a()\nb()\n"}
    reply = block("a.py", "    a()\n    b()\n", "  a()\n    c()\n")
    check_edit(files, reply, refused="NOT_FOUND", saying="line 1 with another indentation")


def test_the_change_inside_a_block_is_as_small_as_it_can_be():
    files = {"a.py": "one\ntwo\nthree\nfour\n"}
    change = change_of(files, block("a.py", "one\ntwo\nthree\n", "one\n2\nthree\n"))
    assert isinstance(change, ChangeSet)
    (edit,) = change.operations
    assert isinstance(edit, Edit)
    assert [(hunk.start, hunk.end, hunk.lines) for hunk in edit.hunks] == [(1, 2, ("2",))]


def test_the_nearest_lines_and_the_first_difference_are_told():
    files = {"a.py": "import os\n\ndef load(path):\n\treturn open(path)\n"}
    reply = block("a.py", "def load(path):\n\treturn read(path)\n", "pass\n")
    check_edit(files, reply, refused="NOT_FOUND", saying="lines 3 to 4; line 4 differs: yours is “→return read(path)”")


def test_a_block_that_changes_nothing_is_refused():
    check_edit(TWICE, block("a.py", "def a():\n", "def a():\n"), refused="NO_CHANGE")
    check_edit({"a.py": "def a():\n"}, block("a.py", "def a(): \n", "def a():\n"), refused="NO_CHANGE")


def test_a_change_that_is_already_there_is_refused():
    files = {"a.py": "import a\nimport b\n"}
    check_edit(files, block("a.py", "import c\n", "import b\n"), refused="ALREADY_APPLIED")
    check_edit(files, block("a.py", "import a\n", "import a\nimport b\n"), refused="ALREADY_APPLIED", saying="line 1")
    check_edit(files, block("a.py", "import b\n", "import a\nimport b\n"), refused="ALREADY_APPLIED", saying="already")


def test_a_block_sent_twice_counts_once():
    reply = block("a.py", "b\n", "b\nnew\n")
    check_edit({"a.py": "a\nb\n"}, reply + reply, {"a.py": "a\nb\nnew\n"})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("a\nb\n", "A\nB\n"), ("b\nc\n", "b2\nc2\n")),
        (("a\nb\n", "a\nB\n"), ("b\nc\n", "b\nC\n")),
        (("a\nb\n", "a\nx\nb\n"), ("a\nb\n", "a\ny\nb\n")),
        (("a\nb\n", "a\nb\nx\n"), ("b\nc\n", "b\ny\nc\n")),
    ],
)
def test_blocks_that_claim_the_same_lines_are_refused(first: tuple[str, str], second: tuple[str, str]):
    reply = block("a.txt", *first) + block("a.txt", *second)
    check_edit({"a.txt": "a\nb\nc\nd\n"}, reply, refused="OVERLAP", saying="blocks 1 and 2")


def test_of_a_thousand_blocks_for_one_line_not_every_pair_is_told():
    reply = "".join(f"a.py\n<<<<<<< SEARCH\nx = 1\n=======\nx = {n}\n>>>>>>> REPLACE\n" for n in range(2, 1002))
    change = change_of({"a.py": "x = 1\n"}, reply)
    assert isinstance(change, Refused)
    assert {problem.code for problem in change.problems} == {"OVERLAP"}
    assert len(change.problems) < 2000


def test_blocks_that_share_lines_which_neither_changes_are_fine():
    reply = block("a.txt", "a\nb\n", "A\nb\n") + block("a.txt", "b\nc\n", "b\nC\n")
    check_edit({"a.txt": "a\nb\nc\n"}, reply, {"a.txt": "A\nb\nC\n"})


def test_blocks_side_by_side_are_fine():
    reply = block("a.txt", "a\n", "a\nx\n") + block("a.txt", "b\n", "y\nb\n")
    check_edit({"a.txt": "a\nb\n"}, reply, {"a.txt": "a\nx\ny\nb\n"})


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_a_file_keeps_its_line_ends(end: str):
    files = {"a.txt": f"a{end}b{end}c{end}"}
    check_edit(files, block("a.txt", "b\n", "x\ny\n"), {"a.txt": f"a{end}x{end}y{end}c{end}"})


def test_a_file_with_mixed_line_ends_keeps_each():
    files = {"a.txt": "a\r\nb\nc\r\nd\n"}
    check_edit(files, block("a.txt", "b\nc\n", "B\nC\nnew\n"), {"a.txt": "a\r\nB\nC\r\nnew\r\nd\n"})


def test_a_file_without_a_final_newline_stays_so():
    check_edit({"a.txt": "a\nb"}, block("a.txt", "b\n", "c\n"), {"a.txt": "a\nc"})
    check_edit({"a.txt": "a\nb"}, block("a.txt", "b\n", "b\nc\n"), {"a.txt": "a\nb\nc"})
    check_edit({"a.txt": "a\r\nb"}, block("a.txt", "b\n", "b\nc\n"), {"a.txt": "a\r\nb\r\nc"})
    check_edit({"a.txt": "a"}, block("a.txt", "a\n", "b\nc\n"), {"a.txt": "b\nc"})


def test_a_byte_order_mark_stays():
    check_edit(
        {"a.cs": "\ufeffusing A;\nb\n"}, block("a.cs", "using A;\n", "using B;\n"), {"a.cs": "\ufeffusing B;\nb\n"}
    )


def test_only_line_ends_end_a_line():
    files = {"a.txt": "a\x0cb\u2028c\x0bd\x85e\n\x1cf\n"}
    check_edit(files, block("a.txt", "\x1cf\n", "\x1cg\n"), {"a.txt": "a\x0cb\u2028c\x0bd\x85e\n\x1cg\n"})
