# ruff: noqa: E501
"""Replies as models of several kinds write them: applied exactly, or refused with the reason. Written before they ran."""

import pytest

from tests.edits.checks import check_edit

SHOP = "import os\n\n\nclass Shop:\n    def open(self):\n        return True\n\n    def close(self):\n        return False\n"
FILES = {"src/shop.py": SHOP}
TABS = "func main() {\n\tif ok {\n\t\trun()\n\t}\n}\n"


def edit(search: str, replace: str, path: str = "src/shop.py", fence: str = "```python") -> str:
    return f"{path}\n{fence}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n```\n"


GOOD = edit("        return True", "        return 1")
DONE = {"src/shop.py": SHOP.replace("True", "1")}

APPLIED = {
    "prose before and after": f"I'll change what `open` returns.\n\n{GOOD}\nThis makes it an int. Let me know!\n",
    "thinking with a draft in it": f"<think>\nMaybe:\n{edit('import os', 'import re')}</think>\n\n{GOOD}",
    "thinking that lost its first tag": f"Let me look.\n{edit('import os', 'import re')}</think>\n{GOOD}",
    "path in bold": GOOD.replace("src/shop.py", "**src/shop.py**", 1),
    "path in backticks with colon": GOOD.replace("src/shop.py", "`src/shop.py`:", 1),
    "path as heading": GOOD.replace("src/shop.py", "### File: src/shop.py", 1),
    "path in the info string": GOOD.replace("src/shop.py\n```python", "```python src/shop.py", 1),
    "path as a comment in the fence": GOOD.replace("src/shop.py\n```python", "```python\n# src/shop.py", 1),
    "dot before the path": GOOD.replace("src/shop.py", "./src/shop.py", 1),
    "base name alone": GOOD,
    "no fence": GOOD.replace("```python\n", "").replace("```\n", ""),
    "long markers": GOOD.replace("<<<<<<< ", "<<<<<<<<< ")
    .replace("=======", "=========")
    .replace(">>>>>>> ", ">>>>>>>>> "),
    "carriage returns": GOOD.replace("\n", "\r\n"),
    "trailing blanks on markers": GOOD.replace("=======", "=======  ").replace("SEARCH", "SEARCH "),
    "trailing blanks in SEARCH": edit("        return True   ", "        return 1"),
    "whole block not indented": edit("def open(self):\n    return True", "def open(self):\n    return 1"),
    "whole block indented too far": edit("            return True", "            return 1"),
    "line numbers copied": edit(
        "    5|    def open(self):\n    6|        return True", "    5|    def open(self):\n    6|        return 1"
    ),
    "patch": "*** Begin Patch\n*** Update File: src/shop.py\n@@ class Shop:\n     def open(self):\n-        return True\n+        return 1\n*** End Patch\n",
    "patch in a fence with prose": "Sure:\n```\n*** Begin Patch\n*** Update File: src/shop.py\n@@\n-        return True\n+        return 1\n*** End Patch\n```\nDone.\n",
    "diff with wrong numbers": "```diff\n--- a/src/shop.py\n+++ b/src/shop.py\n@@ -50,3 +50,3 @@\n     def open(self):\n-        return True\n+        return 1\n```\n",
    "diff without prefixes": "--- src/shop.py\n+++ src/shop.py\n@@ -6 +6 @@\n-        return True\n+        return 1\n",
    "tool call in a fence": '```json\n{"path": "src/shop.py", "old_str": "return True", "new_str": "return 1"}\n```\n',
    "tool call in tags": '<tool_call>\n{"name": "str_replace", "arguments": {"path": "src/shop.py", "old_str": "return True", "new_str": "return 1"}}\n</tool_call>',
    "whole file": f"src/shop.py\n```python\n{SHOP.replace('True', '1')}```\n",
    "the same block twice": GOOD + GOOD,
}


@pytest.mark.parametrize("name", APPLIED)
def test_it_is_applied_exactly(name: str):
    check_edit(FILES, APPLIED[name], DONE)


REFUSED = {
    "rest of the file left out": (
        f"src/shop.py\n```python\n{SHOP[:40]}\n    # ... rest of the class unchanged ...\n```\n",
        "LAZY",
    ),
    "existing code in REPLACE": (
        edit("        return True", "        # ... existing code ...\n        return 1"),
        "LAZY",
    ),
    "a line that stands twice": (edit("        return", "        yield"), "NOT_FOUND"),
    "SEARCH invented": (edit("    def opens(self, door):", "    def open(self):"), "ALREADY_APPLIED"),
    "cut in the middle": (GOOD[: GOOD.index("=======")], "TRUNCATED"),
    "prose alone": ("You should return 1 from `open`.", "NO_EDIT"),
    "two blocks on one line": (GOOD + edit("        return True", "        return 2"), "OVERLAP"),
    "absolute path": (GOOD.replace("src/shop.py", "/workspace/src/shop.py", 1), "PATH"),
    "a diff beside a block": (GOOD + "\n```diff\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n```\n", "FORMAT"),
    "an example in a fence after it": (edit("        return True", "```python\n        return 1\n```"), "FORMAT"),
    "no path at all": (GOOD.replace("src/shop.py\n", ""), "PATH"),
    "moved code that is only deleted from a shorter file": (f"src/shop.py\n```python\n{SHOP[:12]}```\n", "SHRINKS"),
    "search of blank lines": (edit("", "import re"), "EXISTS"),
    "dots over the beginning of a function": (
        edit("class Shop:\n    ...\n        return True", "class Shop:\n    ...\n        return 1"),
        "NOT_FOUND",
    ),
    "half width typo in SEARCH": (edit("        return Ｔrue", "        return 1"), "NOT_FOUND"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_reason(name: str):
    reply, code = REFUSED[name]
    check_edit(FILES, reply, refused=code)


OTHERS = {
    "spaces for tabs": (
        "m.go",
        TABS,
        edit("    if ok {\n        run()", "    if ok {\n        log()\n        run()", "m.go"),
        TABS.replace("\t\trun", "\t\tlog()\n\t\trun"),
    ),
    "curly quotes in the file": (
        "a.md",
        "It’s here\nold\n",
        edit("It's here\nold", "It's here\nnew", "a.md"),
        "It’s here\nnew\n",
    ),
    "CRLF": ("a.cs", "a;\r\nb;\r\n", edit("b;", "c;\nd;", "a.cs"), "a;\r\nc;\r\nd;\r\n"),
    "a fence in a fence": (
        "a.md",
        "# A\n\n```sh\nmake\n```\n",
        edit("```sh\nmake\n```", "```sh\nmake all\n```", "a.md", "```markdown"),
        "# A\n\n```sh\nmake all\n```\n",
    ),
    "duplicated function told apart": (
        "a.py",
        "def a():\n    return 1\n\n\ndef b():\n    return 1\n",
        edit("def b():\n    return 1", "def b():\n    return 2", "a.py"),
        "def a():\n    return 1\n\n\ndef b():\n    return 2\n",
    ),
    "code moved within a file": (
        "a.py",
        "A = 1\nB = 2\nC = 3\n",
        edit("A = 1\nB = 2", "B = 2", "a.py") + edit("C = 3", "C = 3\nA = 1", "a.py"),
        "B = 2\nC = 3\nA = 1\n",
    ),
    "no final newline": ("a.txt", "a\nb", edit("b", "c", "a.txt"), "a\nc"),
    "backslashes": ("a.py", 'p = "a\\n"\n', edit('p = "a\\n"', 'p = "b\\n"', "a.py"), 'p = "b\\n"\n'),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_keep_what_is_theirs(name: str):
    path, before, reply, after = OTHERS[name]
    check_edit({path: before}, reply, {path: after})
