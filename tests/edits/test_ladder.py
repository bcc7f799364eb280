"""Is a place found by the looser rungs only where it can be no other? What is only likely is never certain."""

import pytest

from lsp_server.edits.change import ChangeSet, Edit, Refused
from lsp_server.edits.rebase import rebase
from lsp_server.review.certainty import uncertain_places
from tests.edits.checks import change_of, check_edit, snapshot_of
from tests.edits.test_places import block, rungs


@pytest.mark.parametrize(
    ("text", "search", "replace", "after"),
    [
        ('say("it")\n', "say(“it”)\n", "say(“that”)\n", 'say("that")\n'),
        ("a - b\n", "a – b\n", "a – c\n", "a - c\n"),
        ("say('x')\ngo(“y”)\n", 'say(’x’)\ngo("y")\n', 'say(’z’)\ngo("y")\n', "say('z')\ngo(“y”)\n"),
        ("a\u00a0b\nc\n", "a b\nc\n", "a b\nd\n", "a\u00a0b\nd\n"),
        ("x = 'cafe\u0301'\n", "x = 'caf\u00e9'\n", "x = 'th\u00e9'\n", "x = 'th\u00e9'\n"),
    ],
)
def test_characters_that_look_alike_are_the_files_own(text: str, search: str, replace: str, after: str):
    check_edit({"a.txt": text}, block("a.txt", search, replace), {"a.txt": after})
    assert rungs({"a.txt": text}, block("a.txt", search, replace)) == {"look-alike"}


def test_characters_are_not_guessed():
    """The file's quotes are typographic, and the changed line has plain ones: which are meant?"""
    check_edit({"a.txt": "say(“it”)\n"}, block("a.txt", 'say("it")\n', 'say("that")\n'), refused="NOT_FOUND")
    check_edit({"a.txt": "a – b\na — b\n"}, block("a.txt", "a - b\n", "c\n"), refused="AMBIGUOUS")


@pytest.mark.parametrize("form", ["{}\t{}", "{:>6}\t{}", "{}: {}", "{} | {}", "{}|{}", "{}→{}"])
def test_line_numbers_are_taken_off_if_every_line_has_one(form: str):
    text = "a\n    b\nc\n"
    search = "".join(f"{form.format(number, line)}\n" for number, line in ((1, "a"), (2, "    b")))
    check_edit({"a.txt": text}, block("a.txt", search, "x\n"), {"a.txt": "x\nc\n"})
    numbered = "".join(f"{form.format(number, line)}\n" for number, line in ((1, "a"), (2, "    B")))
    check_edit({"a.txt": text}, block("a.txt", search, numbered), {"a.txt": "a\n    B\nc\n"})


@pytest.mark.parametrize(
    ("search", "replace"),
    [("1: a\nb\n", "x\n"), ("1: a\n3: b\n", "x\n"), ("1: a\n2: b\n", "1: a\nx\n")],
)
def test_line_numbers_that_not_every_line_has_are_refused(search: str, replace: str):
    check_edit({"a.txt": "a\nb\n"}, block("a.txt", search, replace), refused="NOT_FOUND")


def test_backslashes_are_halved_if_all_are_doubled():
    files = {"a.py": 'p = r"\\d+"\nq = "\\n"\n'}
    doubled = 'p = r"\\\\d+"\nq = "\\\\n"\n'
    check_edit(files, block("a.py", doubled, doubled.replace("d+", "w+")), {"a.py": files["a.py"].replace("d+", "w+")})
    check_edit(files, block("a.py", doubled, 'p = "\\t"\n'), refused="NOT_FOUND")


FUNCTIONS = "def f():\n    a = 1\n    b = 2\n    return a\n\n\ndef g():\n    c = 3\n    return c\n"


def test_lines_left_out_in_both_parts_stay():
    reply = block("a.py", "    a = 1\n    ...\n    return a\n", "    a = 9\n    ...\n    return a + b\n")
    after = FUNCTIONS.replace("a = 1", "a = 9").replace("return a\n", "return a + b\n")
    check_edit({"a.py": FUNCTIONS}, reply, {"a.py": after})


@pytest.mark.parametrize(
    ("search", "replace", "code"),
    [
        ("def f():\n...\n    return c\n", "def f(x):\n...\n    return c\n", "NOT_FOUND"),
        ("    return a\n...\n    a = 1\n", "    return b\n...\n    a = 1\n", "NOT_FOUND"),
        ("    a = 1\n...\n    return a\n", "    a = 1\n    return a\n", "NOT_FOUND"),
        ("...\n    return a\n", "...\n    return b\n", "NOT_FOUND"),
        ("def f():\n...\n\n", "def g():\n...\n\n", "NOT_FOUND"),
        ("    a = 1\n    return a\n", "    a = 1\n    ...\n    return a\n", "LAZY"),
    ],
)
def test_lines_left_out_otherwise_are_refused(search: str, replace: str, code: str):
    check_edit({"a.py": FUNCTIONS}, block("a.py", search, replace), refused=code)


NEAR = "def load(path):\n    text = open(path).read()\n    check(text)\n    return text\n"
NEARLY = NEAR.replace("open(path)", "open(pth)")


def test_what_is_nearly_the_same_is_found_and_not_certain():
    files = {"a.py": "x = 1\n\n" + NEAR}
    change = change_of(files, block("a.py", NEARLY, NEARLY.replace("check", "verify")))
    assert isinstance(change, ChangeSet)
    (edit,) = change.operations
    assert isinstance(edit, Edit)
    assert edit.after == "x = 1\n\n" + NEAR.replace("check", "verify")
    assert [(hunk.rung, hunk.certain) for hunk in edit.hunks] == [("similar", False)]
    moved_on = rebase(change, snapshot_of({"a.py": "y = 2\n\n\n" + files["a.py"]}))
    assert isinstance(moved_on, ChangeSet)
    assert not any(hunk.certain for edit in moved_on.operations if isinstance(edit, Edit) for hunk in edit.hunks)


@pytest.mark.parametrize(
    "text",
    [
        NEAR + NEAR.replace("check", "chuck"),
        NEAR.replace("return text", "return data"),
        NEAR.replace("open(path).read()", "fetch(url, timeout=30).body"),
        "text = open(path).read()\ncheck(text)\n",
    ],
)
def test_what_is_less_alike_or_has_a_rival_is_no_place(text: str):
    search = NEARLY if "def" in text else "text = open(pth).read()\ncheck(text)\n"
    change = change_of({"a.py": text}, block("a.py", search, "pass\n"))
    assert isinstance(change, Refused)
    assert change.problems[0].code == "NOT_FOUND"


def test_a_likely_place_is_shown_also_in_a_file_that_moves():
    files = {"a.py": NEAR}
    reply = "*** Begin Patch\n*** Update File: a.py\n*** Move to: b.py\n@@\n"
    reply += "".join(f"-{line}\n" for line in NEARLY.split("\n")[:-1]) + "+pass\n*** End Patch\n"
    change = change_of(files, reply)
    assert isinstance(change, ChangeSet)
    assert [finding.rule for finding in uncertain_places(change)] == ["uncertain"]


def test_the_problem_shows_the_lines_so_that_one_can_mend_the_block():
    files = {"a.py": "import os\n\n\ndef load(path):\n\treturn open(path)\n\n# 1\n# 2\n"}
    change = change_of(files, block("a.py", "def load(path):\n    return read(path) \n", "pass\n"))
    assert isinstance(change, Refused)
    (problem,) = change.problems
    assert problem.details.split("\n") == [
        "      2 ",
        "      3 ",
        "      4 def load(path):",
        "-       ····return read(path)·",
        "+     5 →return open(path)",
        "      6 ",
        "      7 # 1",
    ]


def test_the_problem_shows_the_line_below_that_the_reply_joined_to_the_one_above():
    files = {"a.py": "x = 1\n# the same with powers of 1024 and the\n# suffixes KiB, MiB\n"}
    change = change_of(files, block("a.py", "# the same with powers of 1024 and the suffixes KiB, MiB\n", "pass\n"))
    assert isinstance(change, Refused)
    (problem,) = change.problems
    assert problem.details.split("\n") == [
        "      1 x = 1",
        "-       # the same with powers of 1024 and the suffixes KiB, MiB",
        "+     2 # the same with powers of 1024 and the",
        "      3 # suffixes KiB, MiB",
    ]


def test_nearly_the_same_lines_may_have_their_blank_lines_elsewhere():
    head = "def load(path, mode, encoding):\n    handle = open(path, mode, encoding=encoding)\n"
    text, search = f"{head}\n    return handle.read()\n", f"{head}    .\n    return handle.read()\n"
    check_edit({"a.py": text}, block("a.py", search, "pass\n"), refused="NOT_FOUND")


CODE = "def load(path):\n    return open(path)\n"


@pytest.mark.parametrize(
    ("search", "replace", "code"),
    [
        ("    return open(path)\n```\n", "```python\n    return 1\n", ""),
        ("    return open(path)\n````\n", "````\n    return 1\n", ""),
        ("```python\n    return open(path)\n```\n", "```python\n    return 1\n```\n", ""),
        ("    return open(path)\n~~~\n", "~~~py\n    return 1\n", ""),
        ("    return open(path)   \n```\n", "```\n    return 1\n", ""),
        ("return open(path)\n```\n", "```\nreturn 1\n", ""),
        ("    return open(path)\n```\n", "    return 1\n", "FORMAT"),
        ("    return open(path)\n", "```python\n    return 1\n```\n", "FORMAT"),
        ("    return open(path)\n", "    return 1\n```\n", "FORMAT"),
        ("    return open(path)\n```python\n", "```\n    return 1\n", "NOT_FOUND"),
        ("```\n    return open(path)\n```\n", "    return 1\n", "NOT_FOUND"),
        ("```python\n    return open(path)\n```\n", "```js\n    return 1\n```\n", "NOT_FOUND"),
        ("    return open(path)\n```\nx\n```\n", "```\n    return 1\n", "FORMAT"),
        ("```\n```\n", "```\n    return 1\n```\n", "NOT_FOUND"),
        ("    return close(path)\n```\n", "```\n    return 1\n", "NOT_FOUND"),
    ],
)
def test_fences_that_the_reply_put_inside_a_block_are_left_out(search: str, replace: str, code: str):
    changed = CODE.replace("open(path)", "1")
    check_edit({"a.py": CODE}, block("a.py", search, replace), {"a.py": changed}, refused=code or None)


def test_fences_in_a_docstring_or_a_document_stay():
    docstring = 'def f():\n    """Use:\n\n    ```python\n    f()\n    ```\n    """\n'
    check_edit({"a.py": "def f():\n"}, block("a.py", "def f():\n", docstring), {"a.py": docstring})
    fenced = "```sh\nmake\n```\n"
    check_edit({"a.md": "make\n"}, block("a.md", "make\n", fenced), {"a.md": fenced})
    check_edit(
        {"a.rs": "fn f()\n"},
        block("a.rs", "fn f()\n", "/// ```\n/// f()\nfn f()\n"),
        {"a.rs": "/// ```\n/// f()\nfn f()\n"},
    )
