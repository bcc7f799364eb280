"""Is a unified diff made exactly, whatever its line numbers say, or refused?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Edit
from lsp_server.edits.diff import unified
from tests.edits.checks import change_of, check_edit
from tests.edits.test_any_reply import EXAMPLES

NUMBERS = {"n.txt": "".join(f"{number}\n" for number in range(1, 101))}
TWINS = {"n.txt": "x\ny\n" + "-\n" * 98 + "x\ny\n"}


def diff(*lines: str, path: str = "n.txt") -> str:
    return "\n".join((f"--- a/{path}", f"+++ b/{path}", *lines, ""))


def fenced(text: str) -> str:
    return f"```diff\n{text}```\n"


@pytest.mark.parametrize("header", ["@@ -50,3 +50,3 @@", "@@ -7 +900,9 @@", "@@ @@", "@@", "@@ ... @@ ", ""])
def test_line_numbers_need_not_be_right(header: str):
    body = [" 50", "-51", "+fifty-one", " 52"]
    if header == "@@ ... @@ ":
        return check_edit(NUMBERS, fenced(diff(header, *body)), refused="NOT_FOUND")
    after = {"n.txt": NUMBERS["n.txt"].replace("51\n", "fifty-one\n")}
    return check_edit(NUMBERS, fenced(diff(*([header] if header else []), *body)), after)


def test_a_counted_line_chooses_among_twins_and_never_makes_a_place():
    body = [" x", "-y", "+z"]
    after = {"n.txt": TWINS["n.txt"].removesuffix("y\n") + "z\n"}
    check_edit(TWINS, diff("@@ -101,2 +101,2 @@", *body), after)
    check_edit(TWINS, diff("@@ -95,2 +95,2 @@", *body), after)
    for line in ("50,2 +50,2", "1,2 +1,2", "101,9 +101,9"):
        check_edit(TWINS, fenced(diff(f"@@ -{line} @@", *body)), refused="AMBIGUOUS")
    check_edit(TWINS, diff("@@ -3,0 +4 @@", "+new"), refused="NOT_FOUND", saying="A line number alone is no place")


REPEATED = {"n.txt": "top\n" + "x\ny\n-\n" * 3 + "end\n"}


def test_a_counted_line_among_near_twins_is_believed_where_all_numbers_fit():
    body = [" x", "-y", "+z"]
    after = {"n.txt": "top\nx\ny\n-\nx\nz\n-\nx\ny\n-\nend\n"}
    last = ["-end", "+END"]
    check_edit(REPEATED, diff("@@ -5,2 +5,2 @@", *body), after)
    both = {"n.txt": after["n.txt"].replace("end", "END")}
    check_edit(REPEATED, diff("@@ -5,2 +5,2 @@", *body, "@@ -11 +11 @@", *last), both)
    check_edit(REPEATED, diff("@@ -5,2 +8,2 @@", *body), refused="AMBIGUOUS")
    check_edit(REPEATED, diff("@@ -5,2 +5,2 @@", *body, "@@ -11 +14 @@", *last), refused="AMBIGUOUS")
    check_edit(REPEATED, diff("@@ -5,2 +5,2 @@", *body, "@@ -14 +14 @@", *last), refused="AMBIGUOUS")


def test_signs_that_were_forgotten_are_no_indentation():
    files = {"a.js": "function f() {\n    const a = 1;\n    g();\n}\n"}
    reply = diff("@@", "    const a = 1;", "+    const b = 2;", path="a.js")
    check_edit(files, reply, refused="NOT_FOUND", saying="another indentation")


def test_the_heading_of_a_hunk_chooses_among_twins():
    text = "def f():\n    go()\n\ndef g():\n    go()\n"
    reply = diff("@@ -1,1 +1,1 @@ def g():", "-    go()", "+    stop()", path="a.py")
    check_edit({"a.py": text}, reply, {"a.py": "def f():\n    go()\n\ndef g():\n    stop()\n"})
    scoped = diff("@@ def g(): @@", "-    go()", "+    stop()", path="a.py")
    check_edit({"a.py": text}, scoped, {"a.py": "def f():\n    go()\n\ndef g():\n    stop()\n"})


def test_changed_lines_that_look_like_headers_are_lines():
    files = {"q.sql": "a\n-- old\nb\n-- more\nc\n"}
    body = [" a", "--- old", "+++ new", " b", "--- more", " c"]
    after = {"q.sql": "a\n++ new\nb\nc\n"}
    check_edit(files, diff("@@ -1,5 +1,4 @@", *body, path="q.sql"), after)
    check_edit(files, fenced(diff("@@", *body, path="q.sql")), after)


def test_a_blank_line_may_have_lost_its_sign():
    files = {"n.txt": "a\n\nb\n\nc\n"}
    for header in ("@@ -1,5 +1,5 @@", "@@ @@"):
        check_edit(files, fenced(diff(header, " a", "", "-b", "+B", "", " c")), {"n.txt": "a\n\nB\n\nc\n"})
    check_edit({"n.txt": "a\nb\n"}, fenced(diff("@@ @@", " a", "-b", "+B", "", "")), {"n.txt": "a\nB\n"})


def test_a_line_without_a_sign_is_refused():
    check_edit(NUMBERS, fenced(diff("@@ @@", " 50", "51", "-52", "+x")), refused="FORMAT")


def test_files_are_made_moved_and_deleted():
    reply = """\
        diff --git a/new.sh b/new.sh
        new file mode 100755
        --- /dev/null
        +++ b/new.sh
        @@ -0,0 +1 @@
        +true
        diff --git a/a.py b/lib/a.py
        similarity index 50%
        rename from a.py
        rename to lib/a.py
        --- a/a.py
        +++ b/lib/a.py
        @@ -1 +1 @@
        -a = 1
        +a = 2
        diff --git a/b.py b/lib/b.py
        rename from b.py
        rename to lib/b.py
        diff --git a/c.py b/c.py
        deleted file mode 100644
        --- a/c.py
        +++ /dev/null
        @@ -1 +0,0 @@
        -c = 1
        """
    after = {"new.sh": "true\n", "lib/a.py": "a = 2\n", "lib/b.py": "b = 1\n"}
    check_edit({"a.py": "a = 1\n", "b.py": "b = 1\n", "c.py": "c = 1\n"}, reply, after, gone=["a.py", "b.py", "c.py"])


@pytest.mark.parametrize(
    ("before", "lines", "after"),
    [
        ("a\nb", ["-b", "\\ No newline at end of file", "+b"], "a\nb\n"),
        ("a\nb\n", ["-b", "+b", "\\ No newline at end of file"], "a\nb"),
        ("a\r\nb", ["-b", "\\ No newline at end of file", "+b", "+c"], "a\r\nb\r\nc\r\n"),
        ("a\nb", [" a", "+x", " b", "\\ No newline at end of file"], "a\nx\nb"),
        ("a\nb", ["-b", "+c"], "a\nc"),
    ],
)
def test_the_newline_at_the_end_is_as_the_diff_says(before: str, lines: list[str], after: str):
    check_edit({"n.txt": before}, fenced(diff("@@ @@", *lines)), {"n.txt": after})


def test_a_mark_for_the_end_of_the_file_belongs_to_its_last_line():
    lines = ["-a", "+x", "\\ No newline at end of file"]
    check_edit({"n.txt": "a\nb"}, fenced(diff("@@ @@", *lines)), refused="NOT_FOUND")
    check_edit({"n.txt": "a\nb"}, fenced(diff("@@ @@", *lines, " b")), refused="FORMAT")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1 @@\n+x\n", "EXISTS"),
        ("--- a/n.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n", "STALE"),
        ("--- a/m.txt\n+++ b/m.txt\n@@ -1 +1 @@\n-1\n+2\n", "MISSING"),
        ("--- a/n.txt\n+++ b/m.txt\n@@ -1 +1 @@\n-1\n+2\n", "PATH"),
        ("--- a/../n.txt\n+++ b/../n.txt\n@@ -1 +1 @@\n-1\n+2\n", "PATH"),
        ("diff --git a/n.txt b/m.txt\ncopy from n.txt\ncopy to m.txt\n", "FORMAT"),
        ("diff --git a/n.txt b/n.txt\nold mode 100644\nnew mode 100755\n", "FORMAT"),
        ("diff --git a/n.txt b/n.txt\nBinary files a/n.txt and b/n.txt differ\n", "BINARY"),
        ("diff --git a/n.txt b/n.txt\nrename from n.txt\n", "FORMAT"),
        ("--- a/n.txt\n+++ b/n.txt\n", "NO_EDIT"),
        ("@@ -1 +1 @@\n-1\n+2\n", "PATH"),
        ("--- a/n.txt\n+++ b/n.txt\n@@ -1,3 +1,3 @@\n 1\n-2\n", "TRUNCATED"),
        ("```diff\n--- a/n.txt\n+++ b/n.txt\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n", "TRUNCATED"),
        ("```diff\n--- a/n.txt\n+++ b/n.txt\n@@ @@\n-2\n+x\n```\nm.txt\n```\ny\n```\n", "FORMAT"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(reply: str, code: str):
    check_edit(NUMBERS, reply, refused=code)


def test_a_file_may_be_named_above_the_fence_or_be_the_default():
    after = {"n.txt": NUMBERS["n.txt"].replace("51\n", "x\n")}
    check_edit(NUMBERS, "n.txt\n```diff\n@@ @@\n-51\n+x\n```\n", after)
    check_edit(NUMBERS, "```diff\n-51\n+x\n```\n", after, default_path="n.txt")


def test_folders_called_a_and_b_are_no_prefixes():
    files = {"a/n.txt": "x\n", "n.txt": "x\n"}
    check_edit(files, "--- a/n.txt\n+++ a/n.txt\n@@ -1 +1 @@\n-x\n+y\n", {"a/n.txt": "y\n"})
    check_edit(files, "--- a/n.txt\n+++ b/n.txt\n@@ -1 +1 @@\n-x\n+y\n", {"n.txt": "y\n"})
    check_edit(files, "--- n.txt\n+++ n.txt\n@@ -1 +1 @@\n-x\n+y\n", {"n.txt": "y\n"})


def test_a_name_in_quotes_is_read_as_git_writes_it():
    reply = '--- "a/caf\\303\\251 1.txt"\t\n+++ "b/caf\\303\\251 1.txt"\n@@ -1 +1 @@\n-x\n+y\n'
    check_edit({"café 1.txt": "x\n"}, reply, {"café 1.txt": "y\n"})


def test_prose_and_a_signature_around_a_diff_are_passed_over():
    text = diff("@@ -50,2 +50,2 @@", " 50", "-51", "+x")
    after = {"n.txt": NUMBERS["n.txt"].replace("51\n", "x\n")}
    check_edit(NUMBERS, f"Here:\n\n{text}\nThat is all.\n", after)
    check_edit(NUMBERS, f"{text}-- \n2.39.0\n", after)


TEXTS = st.builds(
    lambda lines, last: "\n".join(lines) + last,
    st.lists(st.sampled_from(["a", "b", "  c", "", "-- d", "++ e", "@@ f"]), min_size=1, max_size=12),
    st.sampled_from(["\n", ""]),
)


@settings(max_examples=EXAMPLES)
@given(TEXTS, TEXTS)
def test_our_own_diffs_are_read_back_or_refused_never_otherwise(before: str, after: str):
    change = ChangeSet((Edit("n.txt", text_sha(before), before, after),))
    again = change_of({"n.txt": before}, unified(change))
    if isinstance(again, ChangeSet):
        assert again.texts_after() == {"n.txt": after}


def test_a_long_diff_of_ours_is_read_back():
    after = NUMBERS["n.txt"].replace("7\n", "seven\nand\n")
    edit = Edit("n.txt", text_sha(NUMBERS["n.txt"]), NUMBERS["n.txt"], after)
    check_edit(NUMBERS, unified(ChangeSet((edit,))), {"n.txt": after})


def test_a_file_that_may_be_meant_to_hold_the_diff_is_refused():
    text = diff("@@ -50,2 +50,2 @@", " 50", "-51", "+x")
    check_edit(NUMBERS, f"fix.patch\n```\n{text}```\n", refused="FORMAT", saying="fix.patch")
    patch = "*** Begin Patch\n*** Delete File: n.txt\n*** End Patch\n"
    check_edit(NUMBERS, f"fix.patch\n```\n{patch}```\n", refused="FORMAT", saying="fix.patch")
