"""Whatever a model writes: no exception, nothing outside, and an edit that was meant is found exactly or refused."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.change import ChangeSet, Create, Edit, Refused
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import contents
from lsp_server.edits.paths import normalise
from lsp_server.edits.reply import parse
from tests.edits.checks import change_of

FILES = {
    "a.py": "def f(x):\n    return x\n\n\ndef g(x):\n    return x\n",
    "b.md": "# Use\r\n\r\n```\r\nrun\r\n```\r\n",
    "c.txt": "x\nx\n\tx\n  x",
    "empty.py": "",
}
MARKERS = """
<<<<<<< SEARCH|=======|>>>>>>> REPLACE|------- SEARCH|+++++++ REPLACE|<<<<< SEARCH|=====|<<<<<<< HEAD|>>>>>>> x
```|```python|````|~~~|```diff|```bash|<think>|</think>|*** Begin Patch|--- a/a.py|+++ b/a.py|@@ -1 +1 @@|---
"""
PATHS = """
a.py|b.md|**c.txt**|# a.py|new/d.py|`empty.py`:|../e.py|.git/config|C:\\x|/x|In a.py:|1. a.py|prose with words
"""
TEXTS = """
def f(x):|    return x|return x|def g(x):|    return -x|# Use|run|x|\tx|  x|y|| |...|# ... existing code ...
\0|\ud800|\u2028|\x0c|é𝒳|{"old_str": "x", "new_str": "y"}
"""


def words(text: str) -> list[str]:
    return [word for line in text.strip("\n").split("\n") for word in line.split("|")]


LINES = st.sampled_from(words(MARKERS) + words(PATHS) + words(TEXTS))
CODE_LINES = st.lists(st.sampled_from(words(TEXTS)[:11]), max_size=3)
BLOCKS = st.builds(
    lambda path, old, new: "\n".join([path, "<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE"]),
    st.sampled_from(words(PATHS)),
    CODE_LINES,
    CODE_LINES,
)
FENCES = st.builds(
    lambda path, lines: "\n".join([path, "```", *lines, "```"]), st.sampled_from(words(PATHS)), CODE_LINES
)
REPLIES = st.one_of(
    st.builds(str.join, st.sampled_from(["\n", "\n", "\r\n", "\r"]), st.lists(LINES, max_size=30)),
    st.lists(st.one_of(BLOCKS, FENCES, LINES), max_size=4).map("\n".join),
    st.text(max_size=200),
)


@settings(max_examples=1000, deadline=None)
@given(REPLIES, st.sampled_from([None, "a.py", "../x"]))
def test_any_reply_is_a_change_or_refused(reply: str, default_path: str | None):
    change = change_of(FILES, reply, default_path)
    if isinstance(change, Refused):
        assert change.problems
        assert all(problem.message.isprintable() or "\n" not in problem.message for problem in change.problems)
        return
    assert change.operations
    assert len(set(change.paths())) == len(change.paths())
    for operation in change.operations:
        assert normalise(operation.path) == operation.path
        match operation:
            case Create(path, text):
                assert path not in FILES
                text.encode()
            case Edit():
                assert operation.before == FILES[operation.path] != operation.after
                operation.after.encode()
                if operation.before:
                    assert apply_hunks(operation.before, operation.hunks) == operation.after
            case _:
                raise AssertionError(operation)


@settings(max_examples=300, deadline=None)
@given(REPLIES)
def test_a_reply_parses_the_same_twice_and_with_other_line_ends(reply: str):
    parsed = parse(reply)
    assert isinstance(parsed, ParsedReply)
    assert parse("\r\n".join(contents(reply))) == parse("\n".join(contents(reply)))


CODE = st.lists(st.sampled_from(["a", "b", "    a", "    b", "", "c  ", "\td"]), min_size=1, max_size=10)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), lines=CODE, eol=st.sampled_from(["\n", "\r\n"]), last=st.sampled_from(["", "\n"]))
def test_an_edit_that_was_meant_is_made_exactly_or_refused(data: st.DataObject, lines: list[str], eol: str, last: str):
    """Lines are cut from a file and replaced: the reply gives just that, unless the lines stand twice."""
    assume(any(lines))
    start = data.draw(st.integers(0, len(lines) - 1))
    end = data.draw(st.integers(start + 1, len(lines)))
    new = data.draw(st.lists(st.sampled_from(["a", "x", "    y", "", "z "]), max_size=4))
    text = eol.join(lines) + (eol if last or not lines[-1] else "")
    search, replace = ("".join(f"{line}\n" for line in part) for part in (lines[start:end], new))
    change = change_of({"a.txt": text}, f"a.txt\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n")
    if isinstance(change, ChangeSet):
        (edit,) = change.operations
        assert isinstance(edit, Edit)
        assert contents(edit.after) == [*lines[:start], *new, *lines[end:]][: len(contents(edit.after))]
        twice = [at for at in range(len(lines)) if lines[at : at + end - start] == lines[start:end]]
        assert len(twice) == 1
    else:
        assert {problem.code for problem in change.problems} <= {"AMBIGUOUS", "EXISTS", "NO_CHANGE", "ALREADY_APPLIED"}


def test_long_replies_take_no_long_time():
    """Each would take minutes if anything were quadratic in the length of a line or in the number of marks."""
    for line in (
        "`" * 100_000,
        "```" + " " * 100_000 + "`",
        "# rest of " * 20_000,
        " " * 100_000 + "x",
        "# " + " " * 100_000,
    ):
        change_of(FILES, f"{line}\n```\n{line}\n```\na.py\n<<<<<<< SEARCH\nx\n=======\n{line}\n>>>>>>> REPLACE\n")
    change_of(FILES, "<think></think>" * 20_000)
    change_of(FILES, "a.py\n" + "<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n```\n" * 5_000)
    change_of(
        {"a.py": "x\ny\n" * 100_000}, "a.py\n<<<<<<< SEARCH\n" + "x\ny\n" * 3_000 + "z\n=======\ny\n>>>>>>> REPLACE\n"
    )
