"""Does applying a reply to a tree write what was meant, or nothing at all?"""

from pathlib import Path

import pytest

from lsp_server.commands.edits_apply import Applied, edits_apply
from lsp_server.edits.change import Refused
from tests.commands.conftest import Run

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
    outcome = edits_apply(root, f"*** Begin Patch\n{patch}*** End Patch\n", None, None, root.parent / "state")
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
