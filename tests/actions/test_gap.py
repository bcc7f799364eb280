"""Where may code be suggested, and where does a suggestion end? `|` is the cursor."""

import pytest

from lsp_server.actions.gap import Gap, cut, gap_at, is_over


def gap_in(marked: str, path: str = "a.py") -> Gap | None:
    return gap_at(path, marked.replace("|", "", 1), marked.index("|"))


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("x = |", "line"),
        ("print(|)", "line"),
        ("def f():\n    |", "lines"),
        ("# add two numbers|", "lines"),
        ("def f():|\n", "lines"),
        ("", None),
    ],
)
def test_what_may_be_suggested(marked: str, kind: str | None):
    if kind is None:
        assert gap_at("a.py", "", 0) is not None
        return
    gap = gap_in(marked)
    assert gap is not None
    assert gap.kind == kind


@pytest.mark.parametrize("marked", ["x = |y", "# half a comment| goes on", "a|bc = 1"])
def test_nothing_in_the_middle_of_code(marked: str):
    assert gap_in(marked) is None


def test_nothing_in_files_of_no_known_language():
    assert gap_in("hello |", "notes.txt") is None
    assert gap_at("a.py", "x", 7) is None


@pytest.mark.parametrize(
    ("marked", "said", "expected"),
    [
        ("x = |\n", "1 + 2\ny = 3\n", "1 + 2"),
        ("print(|)\n", '"hello")\nprint()', '"hello"'),
        ("def f():\n    |\n\ndef g():\n    pass\n", "a = 1\n    return a\n\ndef h():\n    pass", "a = 1\n    return a"),
        ("def f():|\n", "\n    return 1\n\nx = 2\n", "\n    return 1"),
        ("def f():|\n", "\n    return 1\nx = 2", "\n    return 1"),
        (
            "class A:\n    # make it|\n",
            "\n    def it(self):\n        pass\n\nclass B:\n    pass",
            "\n    def it(self):\n        pass",
        ),
        ("x = |\n", "\n", ""),
        ("def f():\n    |\n    return b\n", "b = 1\n    return b\n", "b = 1"),
    ],
)
def test_a_suggestion_ends_with_its_block(marked: str, said: str, expected: str):
    gap = gap_in(marked)
    assert gap is not None
    assert cut(gap, said) == expected


def test_a_block_in_braces_takes_its_closing_brace_along():
    gap = gap_in("function f() {|\n", "a.js")
    assert gap is not None
    assert cut(gap, "\n  return 1;\n}\nf();\n") == "\n  return 1;\n}"


def test_the_rest_need_not_be_waited_for():
    gap = gap_in("def f():|\n")
    assert gap is not None
    assert not is_over(gap, "\n    return 1\n")
    assert not is_over(gap, "\n    return 1\nx")
    assert is_over(gap, "\n    return 1\nx = 2\n")


def test_long_files_are_shown_in_part_from_the_beginning_of_a_line():
    text = "".join(f"line_{number} = {number}\n" for number in range(3000))
    gap = gap_at("a.py", text + "x = ", len(text) + 4)
    assert gap is not None
    assert gap.prefix.startswith("line_")
    assert len(gap.prefix) <= 6000
