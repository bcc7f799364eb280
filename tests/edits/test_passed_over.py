"""Is any edit of a reply passed over in silence, or one made that is none? What is not read refuses the reply."""

import pytest

from lsp_server.edits.change import Refused
from lsp_server.edits.reply import to_change
from tests.edits.checks import check_edit, snapshot_of

CODE = "import os\nimport sys\n\nRATE = 19\n\n\ndef tax(net):\n    return net * RATE\n"
FILES = {"a.py": CODE, "b.py": "X = 1\n"}
AFTER = {"a.py": CODE.replace("19", "20")}


def block(old: str, new: str) -> str:
    return f"a.py\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"


GOOD = block("RATE = 19", "RATE = 20")
DRAFT = block("import sys", "import io")


def indented(text: str) -> str:
    return "".join(f"   {line}\n" for line in text.splitlines())


@pytest.mark.parametrize("other", [DRAFT, "`b.py`\n```python\nX = 2\n```\n"])
def test_an_indented_edit_beside_another_is_refused(other: str):
    check_edit(FILES, f"1. First:\n\n{GOOD}\n2. Then:\n\n{indented(other)}", refused="FORMAT")


def test_an_indented_file_beside_a_whole_one_or_a_diff_is_refused():
    other = indented("`b.py`\n\n```python\nX = 2\n```\n")
    check_edit(FILES, f"a.py\n```python\n{AFTER['a.py']}```\n\n{other}", refused="FORMAT")
    diff = "```diff\n--- a/a.py\n+++ b/a.py\n@@ @@\n-RATE = 19\n+RATE = 20\n```\n"
    check_edit(FILES, f"{diff}\n{other}", refused="FORMAT")


def test_an_indented_fence_without_a_path_is_prose():
    check_edit(FILES, f"{GOOD}\n- To try it:\n\n  ```python\n  tax(1)\n  ```\n", AFTER)


@pytest.mark.parametrize("cut", ["<<<<<<< SEA", "<<<<<<<", "<<<", "``"])
def test_a_reply_that_ends_inside_a_marker_is_refused(cut: str):
    check_edit(FILES, f"{GOOD}\nb.py\n{cut}", refused="TRUNCATED")


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        *((f"<{name}>\n", f"\n</{name}>\n") for name in ("think", "thought", "reasoning", "scratchpad", "analysis")),
        ("[THINK]\n", "[/THINK]\n"),
        ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>\n"),
        ("Well.\n<think>\n", "No, only the rate.</think>\n"),
    ],
)
def test_a_draft_in_a_models_thoughts_is_no_edit(begin: str, end: str):
    check_edit(FILES, f"{begin}{DRAFT}{end}{GOOD}", AFTER)


@pytest.mark.parametrize("begin", ["<thought>\n", "[THINK]\n", "<|channel|>analysis<|message|>"])
def test_thoughts_without_an_end_are_no_edit(begin: str):
    check_edit(FILES, f"{begin}{DRAFT}", refused="NO_EDIT")


def test_a_media_type_behind_a_fence_is_no_path():
    answer = "The answer:\n\n```application/json\n{}\n```\n"
    check_edit(FILES, f"{GOOD}\n{answer}", AFTER)
    check_edit(FILES, answer, refused="PATH")


def test_a_new_file_in_a_folder_called_b_is_not_the_one_above_it():
    text = "# Package\n"
    check_edit({"README.md": "# All\n"}, f"b/README.md\n```markdown\n{text}```\n", {"b/README.md": text})


def test_a_whole_file_whose_path_lost_its_folders_is_no_new_one():
    snapshot = snapshot_of({"app/a.py": CODE, "app/__init__.py": "X = 1\n"})
    reply = f"a.py\n```python\n{AFTER['a.py']}```\n"
    change = to_change(reply, snapshot, None, lambda: ("app/a.py", "app/__init__.py"))
    assert isinstance(change, Refused)
    assert [problem.code for problem in change.problems] == ["PATH"]
    other = to_change("__init__.py\n```python\nX = 1\n```\n", snapshot, None, lambda: ("app/__init__.py",))
    assert not isinstance(other, Refused)


@pytest.mark.parametrize("header", ["@@ @@", "@@ -1,2 +1,2 @@", "@@ -1,9 +1,9 @@"])
def test_a_diff_that_goes_on_below_a_line_without_a_sign_is_refused(header: str):
    lines = [
        header,
        " import os",
        "-import sys",
        "+import io",
        "",
        "RATE = 19",
        "-    return net * RATE",
        "+    return 0",
    ]
    reply = "--- a/a.py\n+++ b/a.py\n" + "\n".join(lines) + "\n"
    change = to_change(reply, snapshot_of(FILES))
    assert isinstance(change, Refused)


def test_a_list_below_a_diff_is_prose():
    diff = "--- a/a.py\n+++ b/a.py\n@@ -4 +4 @@\n-RATE = 19\n+RATE = 20\n"
    check_edit(FILES, f"{diff}\nSummary:\n- The rate is 20.\n+ Nothing else.\n---\n", AFTER)
