"""Whatever a model writes: no exception, nothing outside, and an edit that was meant is found exactly or refused."""

import json
import os

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Refused, Rename
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import contents
from lsp_server.edits.paths import normalise
from lsp_server.edits.reply import parse
from tests.edits.checks import change_of

EXAMPLES = int(os.environ.get("EDIT_EXAMPLES", "400"))
"""More than in an ordinary run: `EDIT_EXAMPLES=20000 pytest tests/edits/test_any_reply.py`."""

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


SIGNED = """
@@|@@ def g(x):|@@ -5,2 +5,3 @@|@@ -1 +1 @@ def f(x):|*** Update File: a.py|*** Add File: new/d.py
*** Delete File: c.txt
*** Move to: e.py|*** Move to: ../e.py|*** End Patch|*** End of File|--- /dev/null|+++ /dev/null|rename from a.py
rename to e.py|diff --git a/a.py b/a.py|new file mode 100644|deleted file mode 100644|-    return x|+    return -x
 def f(x):|+new|-x|-def f(x):| |-- x|+|\\ No newline at end of file|EOF|index 12..34
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
SIGNED_LINES = st.lists(st.sampled_from(words(SIGNED)), max_size=12)
PATCHES = st.builds(lambda lines: "\n".join(("*** Begin Patch", *lines, "*** End Patch")), SIGNED_LINES)
DIFFS = st.builds(
    lambda path, lines, fence: "\n".join((*fence[:1], f"--- a/{path}", f"+++ b/{path}", *lines, *fence[1:])),
    st.sampled_from(["a.py", "c.txt", "b.md", "../x", "new.py"]),
    SIGNED_LINES,
    st.sampled_from([(), ("```diff", "```")]),
)
KEYS = ["path", "old_str", "new_str", "command", "file_text", "new_path", "arguments", "edits", "name", "insert_line"]
VALUES = st.sampled_from([*FILES, "x", "return", "    return x\n", "create", "delete", "rename", "new.py", "../x", ""])
CALLS = st.recursive(
    st.dictionaries(st.sampled_from(KEYS), st.one_of(VALUES, st.none(), st.integers()), max_size=5),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=2)),
    max_leaves=4,
).map(json.dumps)
CUT_CALLS = st.builds(lambda text, cut: text[: len(text) - cut], CALLS, st.integers(0, 9))
REPLIES = st.one_of(
    PATCHES,
    DIFFS,
    CUT_CALLS,
    st.builds(str.join, st.sampled_from(["\n", "\n", "\r\n", "\r"]), st.lists(LINES, max_size=30)),
    st.lists(st.one_of(BLOCKS, FENCES, LINES), max_size=4).map("\n".join),
    st.text(max_size=200),
)


@settings(max_examples=2 * EXAMPLES)
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
                check_hunks(operation)
            case Delete():
                assert operation.before == FILES[operation.path]
            case Rename(path, new_path, base_sha, edit):
                assert path in FILES
                assert new_path not in FILES
                assert normalise(new_path) == new_path
                if edit is not None:
                    assert (edit.path, edit.base_sha) == (path, base_sha)
                    check_hunks(edit)


def check_hunks(edit: Edit) -> None:
    """An edit changes its file, as its hunks say."""
    assert edit.before == FILES[edit.path] != edit.after
    edit.after.encode()
    if edit.before:
        made = apply_hunks(edit.before, edit.hunks)
        assert made.rstrip("\r\n") == edit.after.rstrip("\r\n")


@settings(max_examples=EXAMPLES)
@given(REPLIES)
def test_a_reply_parses_the_same_twice_and_with_other_line_ends(reply: str):
    parsed = parse(reply)
    assert isinstance(parsed, ParsedReply)
    assert parse("\r\n".join(contents(reply))) == parse("\n".join(contents(reply)))


CODE = st.lists(st.sampled_from(["a", "b", "    a", "    b", "", "c  ", "\td"]), min_size=1, max_size=10)


@settings(max_examples=EXAMPLES)
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
    numbered = "".join(f"line {number}\n" for number in range(20_000))
    search = "a.py\n<<<<<<< SEARCH\n{}\n=======\ny\n>>>>>>> REPLACE\n"
    change_of({"a.py": numbered}, "".join(search.format(f"zine {number}") for number in range(5_000)))
    change_of({"a.py": numbered}, "".join(search.format(f"‘line {number}") for number in range(500)))
    scopes = "@@ line 1\n" * 20_000
    change_of({"a.py": numbered}, f"*** Begin Patch\n*** Update File: a.py\n{scopes}-line 2\n+x\n*** End Patch\n")
