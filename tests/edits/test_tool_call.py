"""Is an edit tool call in JSON made exactly, or refused?"""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lsp_server.edits.change import ChangeSet
from tests.edits.checks import change_of, check_edit
from tests.edits.test_any_reply import EXAMPLES

CODE = "def net(price, rate):\n    return price / rate\n\n\ndef gross(price):\n    return price\n"
FILES = {"tax.py": CODE}


def call(**arguments: Any) -> str:
    return json.dumps(arguments)


def replacing(old: str, new: str, **others: Any) -> str:
    return call(path="tax.py", old_str=old, new_str=new, **others)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return price / rate", "    return price / (1 + rate)"),
        ("price / rate", "price / (1 + rate)"),
        ("rate):\n    return price / rate\n", "rate):\n    return 0\n"),
        ("    return price / rate\n", ""),
        ("\n\n\ndef gross", "\n\ndef gross"),
        ("return price\n", "return -price\n"),
        ("def net", "# The net price.\ndef net"),
    ],
)
def test_a_text_that_stands_once_is_replaced(old: str, new: str):
    check_edit(FILES, replacing(old, new), {"tax.py": CODE.replace(old, new)})


def test_a_text_that_stands_twice_is_refused_and_one_inside_a_word_does_not_count():
    check_edit(FILES, replacing("return price", "return 0"), refused="AMBIGUOUS", saying="lines 2, 6")
    check_edit(FILES, replacing("pric", "cost"), refused="NOT_FOUND")
    check_edit({"tax.py": "max = 1\nx = 1\n"}, replacing("x = 1", "x = 2"), {"tax.py": "max = 1\nx = 2\n"})
    check_edit({"tax.py": "x = 1.5\n"}, replacing("x = 1", "x = 2"), refused="NOT_FOUND")
    check_edit({"tax.py": "x = 1.5\ny = 5\n"}, replacing("5\n", "6\n"), {"tax.py": "x = 1.5\ny = 6\n"})
    check_edit({"tax.py": "x = f(1).g\n"}, replacing("f(1)", "f(2)"), {"tax.py": "x = f(2).g\n"})


@pytest.mark.parametrize(
    "reply",
    [
        '{"file_path": "tax.py", "old_string": "/ rate", "new_string": "* rate"}',
        '{"name": "edit", "arguments": {"path": "tax.py", "old_str": "/ rate", "new_str": "* rate"}}',
        json.dumps({"function": {"name": "edit", "arguments": replacing("/ rate", "* rate")}}),
        '{"path": "tax.py", "edits": [{"old_str": "/ rate", "new_str": "* rate"}]}',
        '<tool_call>\n{"path": "tax.py", "old_str": "/ rate", "new_str": "* rate"}\n</tool_call>',
        'I call it:\n```json\n[{"path": "tax.py", "old_str": "/ rate", "new_str": "* rate"}]\n```\nDone.',
    ],
)
def test_a_call_may_be_wrapped(reply: str):
    check_edit(FILES, reply, {"tax.py": CODE.replace("/ rate", "* rate")})


def test_files_are_made_moved_and_deleted():
    calls = [
        call(command="create", path="b.py", file_text="b = 1\n"),
        call(command="rename", path="tax.py", new_path="taxes.py"),
        call(command="delete", path="c.py"),
    ]
    after = {"b.py": "b = 1\n", "taxes.py": CODE}
    check_edit(FILES | {"c.py": ""}, "\n".join(calls), after, gone=["tax.py", "c.py"])


def test_a_file_keeps_its_line_ends():
    check_edit({"tax.py": "a\r\nb\r\n"}, replacing("a\nb", "a\nx\nb"), {"tax.py": "a\r\nx\r\nb\r\n"})


def test_a_patch_may_come_as_an_argument():
    patch = "*** Begin Patch\n*** Update File: tax.py\n@@\n-    return price\n+    return 0\n*** End Patch"
    reply = json.dumps({"name": "create", "arguments": {"input": patch}})
    check_edit(FILES, reply, {"tax.py": CODE.replace("return price\n", "return 0\n")})


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (replacing("x", "y")[:-5], "TRUNCATED"),
        (replacing("price / rate", "0") + '\n{"path": "b.py", "old_str": "', "TRUNCATED"),
        (call(old_str="x", new_str="y"), "PATH"),
        (replacing("x", "y").replace("tax.py", "/etc/tax.py"), "PATH"),
        (call(command="create", path="tax.py", file_text="x"), "EXISTS"),
        (call(command="insert", path="tax.py", insert_line=1, insert_text="x"), "FORMAT"),
        (call(path="tax.py", old_str="x"), "FORMAT"),
        (call(path="no.py", old_str="x", new_str="y"), "MISSING"),
        (replacing("price / rate", "# ... existing code ..."), "LAZY"),
        ('{"edits": [], "name": "create"}', "NO_EDIT"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(reply: str, code: str):
    check_edit(FILES, reply, refused=code)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("if (x == 1) {\n", "x =", "y ="),
        ("if (x == 1) {\n", "= 1", "= 2"),
        ("if (a && b) c();\n", "a &", "b &"),
        ("fn a() -> i32 {\n", "> i32", "> i64"),
        ("cout << x;\n", "< x", "< y"),
        ("total += 1\n", "= 1", "= 2"),
        ("    background-color: red;\n", "color: red", "color: blue"),
        ("    color-scheme: dark;\n", "color", "colour"),
        ("cafe\u0301 noir\n", "cafe", "tea"),
    ],
)
def test_an_operator_a_hyphened_name_or_an_accented_letter_is_not_cut(text: str, old: str, new: str):
    check_edit({"tax.py": text}, replacing(old, new), refused="NOT_FOUND")


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("x = -1\n", "= -1", "= -2"),
        ("range(n-1)\n", "range(n", "range(m"),
        ("Map<A, List<B>> all;\n", "List<B>", "Set<B>"),
        ("self.count = 0\n", ".count = 0", ".total = 0"),
        ("if (a && b) c();\n", "(a && b)", "(a || b)"),
    ],
)
def test_a_text_beside_an_operator_is_replaced(text: str, old: str, new: str):
    check_edit({"tax.py": text}, replacing(old, new), {"tax.py": text.replace(old, new)})


BESIDE = (
    "tax.py\n<<<<<<< SEARCH\ndef net(price, rate):\n=======\ndef net(price, rate=1):\n>>>>>>> REPLACE\n",
    "tax.py\n```python\n" + CODE.replace("net", "netto") + "```\n",
    "```diff\n--- a/tax.py\n+++ b/tax.py\n@@ @@\n-def net(price, rate):\n+def net(price, rate=1):\n```\n",
    "Then: " + replacing("def net(price, rate)", "def net(price, rate=1)") + "\n",
)


@pytest.mark.parametrize("other", BESIDE)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_edit_in_another_form_beside_a_call_is_not_passed_over(other: str, *, is_first: bool):
    fenced = f"```json\n{replacing('price / rate', '0')}\n```\n"
    check_edit(FILES, f"{other}\n{fenced}" if is_first else f"{fenced}\n{other}", refused="FORMAT")


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "delete", "old_str": "def net"},
        {"command": "remove", "start_line": 1, "end_line": 2},
        {"command": "rename", "old_str": "net", "new_str": "netto", "to": "netto"},
    ],
)
def test_a_file_does_not_go_where_only_a_part_of_it_is_named(arguments: dict[str, Any]):
    check_edit(FILES, call(path="tax.py", **arguments), refused="FORMAT")


def test_two_replacements_in_one_object_are_refused():
    reply = '{"path": "tax.py", "old_str": "price / rate", "new_str": "0", "old_str": "net", "new_str": "netto"}'
    check_edit(FILES, reply, refused="FORMAT")


TEXTS = st.builds(
    lambda lines, last: "\n".join(lines) + last,
    st.lists(st.sampled_from(["a b", "  c", "", "d(e)", "f"]), min_size=1, max_size=8),
    st.sampled_from(["\n", ""]),
)


@settings(max_examples=EXAMPLES)
@given(data=st.data(), text=TEXTS, new=st.sampled_from(["", "x", "\n", "x\ny", "  z\n", "a b"]))
def test_any_text_cut_from_a_file_is_replaced_exactly_or_refused(data: st.DataObject, text: str, new: str):
    start = data.draw(st.integers(0, len(text) - 1)) if text else 0
    end = data.draw(st.integers(start, len(text)))
    old = text[start:end]
    assume(old.strip())
    change = change_of({"tax.py": text}, replacing(old, new))
    if isinstance(change, ChangeSet):
        after = text[:start] + new + text[end:]
        assert text.count(old) == 1
        made = change.texts_after()["tax.py"]
        assert made is not None
        assert made.removesuffix("\n") == after.removesuffix("\n")
