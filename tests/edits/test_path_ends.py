"""Does the end of a path stand for a file only where exactly one fits, and never for one that may not be seen?"""

from pathlib import Path

import pytest

from lsp_server.commands.edits_apply import Applied, edits_apply
from lsp_server.edits.change import ChangeSet, Refused
from lsp_server.edits.reply import to_change
from tests.edits.checks import snapshot_of
from tests.edits.test_places import block

FILES = {"app/io.py": "a\nb\n", "lib/net/io.py": "a\nb\n", "app/cli.py": "a\nb\n", "top.py": "a\nb\n"}
SHOWN = tuple(FILES)


def check_end(reply: str, expected: str | dict[str, str], known: tuple[str, ...] = SHOWN) -> None:
    change = to_change(reply, snapshot_of(FILES), None, lambda: known)
    if isinstance(expected, str):
        assert isinstance(change, Refused), change
        assert [problem.code for problem in change.problems] == [expected]
    else:
        assert isinstance(change, ChangeSet), change
        assert dict(change.texts_after()) == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cli.py", "app/cli.py"),
        ("./cli.py", "app/cli.py"),
        ("net/io.py", "lib/net/io.py"),
        ("net\\io.py", "lib/net/io.py"),
        ("a/top.py", "top.py"),
    ],
)
def test_the_end_of_one_path_stands_for_it(written: str, meant: str):
    check_end(block(written, "a\n", "x\n"), {meant: "x\nb\n"})


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("io.py", "PATH"),
        ("li.py", "MISSING"),
        ("CLI.py", "MISSING"),
        ("pp/cli.py", "MISSING"),
        ("src/cli.py", "MISSING"),
        ("cli.py/x.py", "MISSING"),
        ("../cli.py", "PATH"),
        ("/cli.py", "PATH"),
        ("~/cli.py", "PATH"),
    ],
)
def test_what_fits_several_or_none_is_refused(written: str, code: str):
    check_end(block(written, "a\n", "x\n"), code)


def test_the_files_that_fit_are_named():
    change = to_change(block("io.py", "a\n", "x\n"), snapshot_of(FILES), None, lambda: SHOWN)
    assert isinstance(change, Refused)
    assert "app/io.py, lib/net/io.py" in change.problems[0].message


def test_a_file_that_was_not_shown_is_not_meant():
    check_end(block("cli.py", "a\n", "x\n"), "MISSING", known=("app/io.py",))


def test_a_file_at_the_path_itself_wins():
    check_end(block("top.py", "a\n", "x\n"), {"top.py": "x\nb\n"}, known=("app/top.py", "top.py"))


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("cli.py\n```\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n```\n", {"cli.py": "new\n"}),
        ("cli.py\n```\nnew\n```\n", {"cli.py": "new\n"}),
        ("*** Begin Patch\n*** Delete File: cli.py\n*** End Patch\n", "MISSING"),
        ('{"command": "rename", "path": "cli.py", "new_path": "x.py"}', "MISSING"),
        ("*** Begin Patch\n*** Add File: cli.py\n+new\n*** End Patch\n", {"cli.py": "new\n"}),
    ],
)
def test_only_lines_that_must_be_there_find_a_file_by_its_end(reply: str, code: str | dict[str, str]):
    check_end(reply, code)


def test_a_path_that_the_reply_makes_is_that_path():
    """Lines are searched for in a file that the same reply makes: not in another one of that name."""
    check_end(
        "cli.py\n```\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n```\n" + block("cli.py", "a\n", "x\n"), "OVERLAP"
    )


def test_two_names_of_one_file_change_it_together():
    reply = block("cli.py", "a\n", "x\n") + block("app/cli.py", "b\n", "y\n")
    check_end(reply, {"app/cli.py": "x\ny\n"})


def test_on_the_disk_ignored_private_and_linked_files_are_never_meant(tmp_path: Path):
    root = tmp_path / "root"
    for path in ("app/one.py", "build/two.py", "secrets/three.py", ".git/four.py", "app/.env"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("a\n")
    (root / ".gitignore").write_text("build/\n")
    (tmp_path / "five.py").write_text("a\n")
    (root / "app" / "five.py").symlink_to(tmp_path / "five.py")
    for name in ("two.py", "three.py", "four.py", "five.py", ".env"):
        refused = edits_apply(root, block(name, "a\n", "x\n"), None, None, root.parent / "state")
        assert isinstance(refused, Refused), name
        assert {problem.code for problem in refused.problems} == {"MISSING"}
    applied = edits_apply(root, block("one.py", "a\n", "x\n"), None, None, root.parent / "state")
    assert applied == Applied(("app/one.py",))
    assert (root / "app" / "one.py").read_text() == "x\n"
