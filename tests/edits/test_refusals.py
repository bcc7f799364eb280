"""What is refused whatever place it has? Placeholders, losses, other formats, files that are no text."""

from pathlib import Path

import pytest

from context.snapshot import Snapshot
from lsp_server.edits.change import Refused
from lsp_server.edits.reply import to_change
from tests.edits.checks import check_edit
from tests.edits.test_places import block

CODE = "def f():\n    a = 1\n    b = 2\n    return a\n"


@pytest.mark.parametrize(
    "placeholder",
    [
        "# ... existing code ...",
        "# ... rest of the function unchanged ...",
        "# rest of the code remains the same",
        "// ... rest of code here",
        "/* existing code */",
        "<!-- rest of the file -->",
        "{/* ... other methods ... */}",
        "# ...",
        "// …",
        "-- unchanged",
        "# remaining methods unchanged",
        "// same as before",
        "# (the rest of the code stays the same)",
        "[... existing code ...]",
        "... (rest of the file unchanged)",
        "...",
    ],
)
def test_a_placeholder_for_code_is_refused(placeholder: str):
    reply = block("a.py", CODE, f"def f(x):\n    {placeholder}\n    return x\n")
    check_edit({"a.py": CODE}, reply, refused="LAZY", saying=placeholder)


@pytest.mark.parametrize(
    "line",
    [
        "# handle existing users first",
        "# keep the rest in order",
        "print('loading...')",
        "x = rest_of_code",
        "# TODO: more tests...",
        "# remaining: int",
        "return [*head, *rest]",
        "def rest(*args): ...",
        "items: tuple[int, ...]",
    ],
)
def test_ordinary_lines_are_no_placeholders(line: str):
    after = {"a.py": CODE.replace("    b = 2\n", f"    {line}\n")}
    check_edit({"a.py": CODE}, block("a.py", "    b = 2\n", f"    {line}\n"), after)


def test_an_empty_python_body_is_no_placeholder():
    reply = block(
        "a.py", "    return a\n", "    return a\n\n\nclass P(Protocol):\n    def g(self) -> int:\n        ...\n"
    )
    check_edit({"a.py": CODE}, reply, {"a.py": CODE + "\n\nclass P(Protocol):\n    def g(self) -> int:\n        ...\n"})


def test_a_placeholder_that_the_file_holds_may_stay():
    files = {"a.py": "# ... existing code ...\nx = 1\n"}
    after = {"a.py": "# ... existing code ...\nx = 2\n"}
    search = "# ... existing code ...\nx = 1\n"
    check_edit(files, block("a.py", search, "# ... existing code ...\nx = 2\n"), after)


def test_a_sentence_in_prose_may_say_that_something_is_unchanged():
    files = {"a.md": "Old.\n"}
    new = "* The rest of the file is unchanged.\n"
    check_edit(files, block("a.md", "Old.\n", new), {"a.md": new})


@pytest.mark.parametrize("reply", ["", "\n\n", "I cannot do that.", "Use `a.py`:\n\n    x = 1\n", "```bash\nls\n```\n"])
def test_a_reply_without_an_edit_says_so(reply: str):
    check_edit({"a.py": "x\n"}, reply, refused="NO_EDIT")


def test_thinking_that_never_ends_is_no_edit():
    check_edit({"a.py": "x\n"}, "<think>\n" + block("a.py", "x\n", "y\n"), refused="NO_EDIT")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    (tmp_path / "logo.png").write_bytes(b"PNG\0x\n")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\n")
    (tmp_path / "folder").mkdir()
    for path, code in (("logo.png", "BINARY"), ("latin.txt", "ENCODING"), ("folder", "PATH")):
        for reply in (block(path, "x\n", "y\n"), block(path, "", "y\n"), f"{path}\n```\ny\n```\n"):
            change = to_change(reply, Snapshot(tmp_path), path)
            assert isinstance(change, Refused)
            assert change.problems[0].code == code


def test_text_that_no_file_can_hold_is_refused():
    check_edit({"a.py": "x\n"}, block("a.py", "x\n", "y\0\n"), refused="BINARY")
    check_edit({"a.py": "x\n"}, block("a.py", "x\n", "'\ud83d'\n"), refused="ENCODING")
    check_edit({}, block("b.py", "", "y\0\n"), refused="BINARY")


def test_one_bad_block_refuses_all():
    files = {"a.py": "x\n", "b.py": "x\n"}
    check_edit(files, block("a.py", "x\n", "y\n") + block("b.py", "z\n", "y\n"), refused="NOT_FOUND")
    check_edit(files, block("c.py", "", "new\n") + block("b.py", "z\n", "y\n"), refused="NOT_FOUND")
