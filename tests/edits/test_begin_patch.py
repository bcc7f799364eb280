"""Is a patch between `*** Begin Patch` and `*** End Patch` made exactly, or refused?"""

import pytest

from tests.edits.checks import check_edit

TWICE = "def net(price):\n    rate = 19\n    return price\n\n\ndef gross(price):\n    rate = 19\n    return -price\n"


def patch(*lines: str) -> str:
    return "\n".join(("*** Begin Patch", *lines, "*** End Patch", ""))


def test_lines_that_stand_once_need_no_scope():
    reply = patch("*** Update File: tax.py", "@@", " def gross(price):", "-    rate = 19", "+    rate = 7")
    check_edit(
        {"tax.py": TWICE},
        reply,
        {"tax.py": TWICE.replace("gross(price):\n    rate = 19", "gross(price):\n    rate = 7")},
    )


def test_a_scope_chooses_among_twins():
    reply = patch("*** Update File: tax.py", "@@ def net(price):", "-    rate = 19", "+    rate = 7")
    check_edit({"tax.py": TWICE}, reply, {"tax.py": TWICE.replace("19", "7", 1)})
    without = patch("*** Update File: tax.py", "@@", "-    rate = 19", "+    rate = 7")
    check_edit({"tax.py": TWICE}, without, refused="AMBIGUOUS", saying="lines 2, 7")


@pytest.mark.parametrize("scope", ["def total(price):", "def net(price):\n@@ def gross(price):"])
def test_a_place_that_is_not_under_its_scope_is_refused(scope: str):
    reply = patch("*** Update File: tax.py", f"@@ {scope}", "-    return price", "+    return 0")
    check_edit({"tax.py": TWICE}, reply, refused="NOT_FOUND", saying="not where the block says")


def test_nested_scopes_lead_to_the_inner_one():
    text = "class A:\n    def f(self):\n        go()\n\nclass B:\n    def f(self):\n        go()\n"
    reply = patch("*** Update File: a.py", "@@ class B:", "@@     def f(self):", "-        go()", "+        stop()")
    check_edit({"a.py": text}, reply, {"a.py": text.removesuffix("go()\n") + "stop()\n"})


def test_a_heading_holds_all_lines_up_to_the_next():
    text = "[one]\nsize = 1\n[two]\nsize = 1\n"
    reply = patch("*** Update File: a.toml", "@@ [two]", "-size = 1", "+size = 2")
    check_edit({"a.toml": text}, reply, {"a.toml": "[one]\nsize = 1\n[two]\nsize = 2\n"})


def test_new_lines_alone_stand_right_below_their_scope():
    reply = patch("*** Update File: tax.py", "@@ def gross(price):", "+    check(price)")
    check_edit(
        {"tax.py": TWICE}, reply, {"tax.py": TWICE.replace("gross(price):\n", "gross(price):\n    check(price)\n")}
    )


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("def f(\n    a,\n):\n    go()\n", "def f("),
        ('def f():\n    """Goes."""\n    go()\n', "def f():"),
        ("def g():\n    go()\n", "def f():"),
        ("go()\n", ""),
    ],
)
def test_new_lines_alone_are_refused_where_their_place_is_not_clear(text: str, scope: str):
    reply = patch("*** Update File: a.py", f"@@ {scope}".strip(), "+    new()")
    check_edit({"a.py": text}, reply, refused="NOT_FOUND")


def test_the_end_of_the_file_chooses_among_twins():
    reply = patch("*** Update File: a.txt", "@@", "-x", "+y", "*** End of File")
    check_edit({"a.txt": "x\na\nx\n"}, reply, {"a.txt": "x\na\ny\n"})
    check_edit({"a.txt": "x\na\n"}, reply, refused="NOT_FOUND")


def test_files_are_made_moved_and_deleted_together():
    reply = patch(
        "*** Add File: new/c.py",
        "+c = 1",
        "+",
        "*** Update File: a.py",
        "*** Move to: new/a.py",
        "@@",
        "-a = 1",
        "+a = 2",
        "*** Update File: b.py",
        "*** Move to: new/b.py",
        "*** Delete File: d.py",
    )
    check_edit(
        {"a.py": "\ufeffa = 1\r\n", "b.py": "b = 1\n", "d.py": "d = 1\n"},
        reply,
        {"new/c.py": "c = 1\n\n", "new/a.py": "\ufeffa = 2\r\n", "new/b.py": "b = 1\n"},
        gone=["a.py", "b.py", "d.py"],
    )


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["*** Add File: a.py", "+y"], "EXISTS"),
        (["*** Add File: b.py", "y"], "FORMAT"),
        (["*** Delete File: b.py"], "MISSING"),
        (["*** Update File: b.py", "@@", "-x", "+y"], "MISSING"),
        (["*** Update File: a.py", "*** Move to: c.py"], "EXISTS"),
        (["*** Update File: a.py", "*** Move to: ../b.py"], "PATH"),
        (["*** Update File: a.py"], "NO_EDIT"),
        (["*** Update File: a.py", "@@", "x", "+y"], "FORMAT"),
        (["*** Update File: a.py", "*** Move to: d.py", "*** Delete File: a.py"], "OVERLAP"),
        (["*** Add File: d.py", "+1", "*** Update File: a.py", "*** Move to: d.py"], "OVERLAP"),
        (["Sure:", "*** Delete File: a.py"], "FORMAT"),
        (["*** Update File: a.py", "@@", "-x", "+# ... existing code ..."], "LAZY"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(lines: list[str], code: str):
    check_edit({"a.py": "x\n", "c.py": "z\n"}, patch(*lines), refused=code)


@pytest.mark.parametrize(
    "before", ["Here:\n```patch\n", "apply_patch <<'EOF'\n", "```bash\ncat <<EOF | apply_patch\n", ""]
)
def test_what_stands_around_a_patch_is_passed_over(before: str):
    after = "EOF\n" * ("EOF" in before) + "```\n" * ("```" in before)
    reply = before + patch("*** Update File: a.py", "-x", "+y", "") + after + "Done.\n"
    check_edit({"a.py": "x\n"}, reply, {"a.py": "y\n"})


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_patch_that_was_cut_off_is_refused(missing: int):
    lines = patch("*** Update File: a.py", "@@", "-x", "+y").split("\n")[:-1]
    check_edit({"a.py": "x\n"}, "\n".join(lines[:-missing]), refused="TRUNCATED")


def test_a_patch_beside_a_whole_file_is_refused():
    check_edit(
        {"a.py": "x\n"}, patch("*** Delete File: a.py") + "b.py\n```\ny\n```\n", refused="FORMAT", saying="mixes"
    )
