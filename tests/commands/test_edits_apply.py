"""Does applying a reply to a tree write what was meant, or nothing at all?"""

import json
import os
import sys
from pathlib import Path

import pytest

from lsp_server.commands.edits_apply import Applied, Rules, edits_apply
from lsp_server.edits.change import Refused
from tests.commands.conftest import Ended, Run
from tests.terminal import at_terminal

BLOCK = "a.py\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"


def write(root: Path, **files: str) -> Path:
    root.mkdir(exist_ok=True)
    for name, text in files.items():
        (root / f"{name}.py").write_text(text, encoding="utf-8")
    return root


def tree(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in root.rglob("*") if path.is_file()}


def check_refused(root: Path, reply: str, code: str, base: Path | None = None) -> None:
    before = tree(root)
    outcome = edits_apply(root, reply, base, None, root.parent / "state")
    assert isinstance(outcome, Refused)
    assert code in [problem.code for problem in outcome.problems], outcome.problems
    assert tree(root) == before


def test_a_reply_is_applied_with_new_files_and_folders(tmp_path: Path):
    root = write(tmp_path / "root", a="x = 1\n", b="y = 1\n")
    outcome = edits_apply(root, BLOCK + "new/c.py\n```python\nz = 1\n```\n", None, None, root.parent / "state")
    assert outcome == Applied(("a.py", "new/c.py"))
    assert tree(root) == {"a.py": "x = 2\n", "b.py": "y = 1\n", "new/c.py": "z = 1\n"}


def test_a_reply_without_a_path_is_for_the_default_file(tmp_path: Path):
    root = write(tmp_path / "root", a="x = 1\n")
    assert edits_apply(root, BLOCK.removeprefix("a.py\n"), None, "a.py", root.parent / "state") == Applied(("a.py",))


def test_what_changed_since_is_merged(tmp_path: Path):
    base = write(tmp_path / "base", a="x = 1\n\n\ny = 1\n")
    root = write(tmp_path / "root", a="x = 1\n\n\ny = 9\n")
    assert edits_apply(root, BLOCK, base, None, root.parent / "state") == Applied(("a.py",))
    assert tree(root) == {"a.py": "x = 2\n\n\ny = 9\n"}


def test_a_conflict_writes_nothing(tmp_path: Path):
    base, root = write(tmp_path / "base", a="x = 1\n"), write(tmp_path / "root", a="x = 3\n")
    check_refused(root, BLOCK, "CONFLICT", base)


def test_what_breaks_the_syntax_is_refused(tmp_path: Path):
    root = write(tmp_path / "root", a="x = 1\n")
    check_refused(root, BLOCK.replace("x = 2", "x = = 2"), "SYNTAX_WORSE")


@pytest.mark.parametrize(
    "path", [".git/hooks/pre-commit", ".GIT/config", ".vscode/tasks.json", ".env", "AGENTS.md", "out/a"]
)
def test_what_the_policy_denies_is_refused_with_the_rest(tmp_path: Path, path: str):
    root = write(tmp_path / "root", a="x = 1\n")
    (tmp_path / "outside").mkdir()
    (root / "out").symlink_to(tmp_path / "outside")
    check_refused(root, BLOCK + f"{path}\n```\nid\n```\n", "DENIED")
    assert tree(tmp_path / "outside") == {}


def test_a_place_that_is_only_likely_is_refused(tmp_path: Path):
    text = "def load(path):\n    text = open(path).read()\n    check(text)\n    return text\n"
    root = write(tmp_path / "root", a=f"y = 0\nz = 1\n\n{text}")
    search = text.replace("open(path)", "open(pth)")
    reply = f"a.py\n<<<<<<< SEARCH\n{search}=======\npass\n>>>>>>> REPLACE\n"
    check_refused(root, reply, "UNCERTAIN")
    check_refused(write(tmp_path / "now", a=f"y = 9\nz = 1\n\n{text}"), reply, "UNCERTAIN", root)


def test_files_are_moved_and_deleted(tmp_path: Path):
    root = write(tmp_path / "root", a="x = 1\n", b="y = 1\n")
    patch = "*** Update File: a.py\n*** Move to: new/a.py\n@@\n-x = 1\n+x = 2\n*** Delete File: b.py\n"
    reply = f"*** Begin Patch\n{patch}*** End Patch\n"
    check_refused(root, reply, "APPROVAL")
    outcome = edits_apply(root, reply, None, None, root.parent / "state", Rules(agrees=lambda _change, _why: True))
    assert isinstance(outcome, Applied)
    assert tree(root) == {"new/a.py": "x = 2\n"}


def test_what_a_person_must_see_is_refused(tmp_path: Path):
    root = write(tmp_path / "root", a="x = 1\n")
    check_refused(root, BLOCK.replace("x = 2", "x = 2  # \u202eok"), "DENIED")


@pytest.mark.parametrize("whose", ["the user's", "the repository's"])
def test_a_reply_for_what_is_never_sent_is_refused(patchwright: Run, whose: str):
    patterns = '[context]\nnever_send = ["a.py"]\n'
    patchwright.write({"a.py": "x = 1\n"} | ({} if whose == "the user's" else {".patchwright.toml": patterns}))
    reply = patchwright.root.parent / "reply.md"
    reply.write_text(BLOCK)
    settings = Path(patchwright.environment["PATCHWRIGHT_CONFIG"], "config.toml")
    settings.parent.mkdir()
    settings.write_text(patterns if whose == "the user's" else "")
    ended = patchwright("edits", "apply", "--root", ".", "--reply", reply)
    assert (ended.code, patchwright.read()["a.py"]) == (3, "x = 1\n"), ended
    assert "never sent" in ended.err


def new(path: str, text: str) -> str:
    return f"{path}\n```\n{text}\n```\n"


def edit(path: str, old: str, other: str) -> str:
    return BLOCK.replace("a.py", path).replace("x = 1", old).replace("x = 2", other)


SHOP = {
    "a.py": "x = 1\n",
    "shop/prices.py": "def total(items):\n    return sum(items)\n",
    "shop/page.py": "from shop.prices import total\n\nprint(total([]))\n",
    "tests/test_shop.py": "def test_total():\n    assert total([1]) == 1\n",
}
HELD = {
    "what runs unasked": (new("conftest.py", "import os"), "conftest.py"),
    "a manifest": (new("requirements.txt", "reqeusts==1.0"), "requirements.txt"),
    "a package that nobody declared": (new("b.py", "import reqeusts_toolkit"), "reqeusts_toolkit"),
    "a name that others use": (edit("shop/prices.py", "def total(items):", "def sums(items):"), "total"),
    "money": (edit("shop/prices.py", "    return sum(items)", "    return round(sum(items), 2)"), "money"),
    "a secret": (new("b.ini", 'token = "AKIAIOSFODNN7EXAMPLQ"'), "looks like a secret"),
    "a test that asserts less": (edit("tests/test_shop.py", "    assert total([1]) == 1", "    pass"), "assert"),
}


def apply(patchwright: Run, reply: str, *options: str) -> Ended:
    file = patchwright.root.parent / "reply.md"
    file.write_text(reply)
    return patchwright("edits", "apply", "--root", ".", "--reply", file, *options)


@pytest.mark.parametrize("what", HELD)
def test_what_needs_approval_is_held_where_nobody_can_be_asked_and_applied_with_a_yes(patchwright: Run, what: str):
    reply, said = HELD[what]
    patchwright.write(SHOP)
    ended = apply(patchwright, BLOCK + reply, "--json")
    assert (ended.code, patchwright.read()) == (3, SHOP), ended
    problems = json.loads(ended.out)["problems"]
    assert {problem["code"] for problem in problems} == {"APPROVAL"}
    assert any(said in problem["message"] for problem in problems)
    assert set(problems[0]) >= {"code", "path", "block", "message"}
    assert apply(patchwright, BLOCK + reply).code == 3, "a pipe is no person"
    ended = apply(patchwright, BLOCK + reply, "--yes", "--json")
    assert (ended.code, "x = 2" in patchwright.read()["a.py"]) == (0, True), ended
    assert list(json.loads(ended.out)) == ["paths"]
    audit = Path(patchwright.environment["PATCHWRIGHT_STATE"], "audit")
    events = [json.loads(line) for file in audit.glob("*.jsonl") for line in file.read_text().splitlines()]
    assert [event["event"] for event in events] == ["approve", "apply"]


def test_a_yes_approves_nothing_that_is_denied(patchwright: Run):
    patchwright.write({"a.py": "x = 1\n", ".patchwright.toml": '[protect.a]\npaths = ["a.py"]\nlevel = "deny"\n'})
    for reply in (BLOCK, BLOCK + new(".git/hooks/pre-commit", "id")):
        ended = apply(patchwright, reply, "--yes")
        assert (ended.code, patchwright.read()["a.py"]) == (3, "x = 1\n"), ended
        assert "DENIED" in ended.err


def test_a_policy_that_wants_tools_holds_what_they_have_not_seen(patchwright: Run):
    policy = '[checks]\nrequired = ["ruff"]\non_missing = "approve"\n'
    patchwright.write({"a.py": "x = 1\n", ".patchwright.toml": policy})
    ended = apply(patchwright, BLOCK)
    assert (ended.code, "wants ruff" in ended.err) == (3, True), ended


def test_what_is_only_to_be_looked_at_is_applied_and_told(patchwright: Run):
    patchwright.write({"a.py": "# Generated by x. DO NOT EDIT.\nx = 1\n"})
    ended = apply(patchwright, BLOCK)
    assert (ended.code, "Look at this" in ended.err) == (0, True), ended


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 3), ("\n", 3)])
def test_a_person_at_a_terminal_sees_the_change_and_decides(patchwright: Run, answer: str, code: int):
    patchwright.write(SHOP)
    file = patchwright.root.parent / "reply.md"
    file.write_text(new("conftest.py", "import os"))
    program = [
        str(Path(sys.executable).with_name("patchwright")),
        "edits",
        "apply",
        "--root",
        ".",
        "--reply",
        str(file),
    ]
    environment = os.environ | dict(patchwright.environment)
    ended, _, shown = at_terminal(program, answer, patchwright.root, environment)
    assert ended == code, shown
    assert "+import os" in shown
    assert "APPROVAL" in shown
    assert (patchwright.root / "conftest.py").exists() is (code == 0)
