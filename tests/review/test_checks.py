"""What do the project's tools say of a change? Real tools, real processes, on real folders."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from context.snapshot import Snapshot, from_buffer, text_sha
from lsp_server.edits.change import ChangeSet, Create, Delete, Operation, Rename
from lsp_server.review.checks import other_tools, python_tools, tests_touched
from lsp_server.review.checks.checking import Checked, check
from lsp_server.review.checks.copy import is_possible
from lsp_server.review.checks.fresh import Reported, new_findings
from lsp_server.review.checks.running import run, scrubbed
from lsp_server.review.checks.tool import Read
from tests.review.checks import edit

OLD = "".join(f"x{number} = missing_before_{number}\n" for number in range(23))


def put(root: Path, path: str, text: str) -> str:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return text


async def checked(
    root: Path,
    *operations: Operation,
    tests: Iterable[str] = (),
    trusted: bool = False,
    snapshot: Snapshot | None = None,
) -> Checked:
    return await check(ChangeSet(operations), snapshot or Snapshot(root), tuple(tests), trusted=trusted)


def rules(found: Checked) -> list[tuple[str, str, int]]:
    return [(each.rule, each.path, each.line) for each in found.findings]


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder, with the times of the files."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


async def test_of_shifted_lines_only_what_is_new_is_reported(tmp_path: Path):
    put(tmp_path, "a.py", OLD)
    added = "".join(f"y{number} = invented_{number}\n" for number in range(40))
    found = await checked(tmp_path, edit("a.py", OLD, "# one\n# two\n# three\n" + OLD + added))
    assert [each.message for each in found.findings] == [f"Undefined name `invented_{n}`" for n in range(40)]
    assert found.states["ruff"] == "new-findings"


async def test_a_secret_that_is_added_is_found_in_any_file_and_one_that_was_there_is_not(tmp_path: Path):
    old = put(tmp_path, "settings.ini", 'password = "hunter2hunter2"\n')
    found = await checked(tmp_path, edit("settings.ini", old, f'\n{old}token = "AKIAIOSFODNN7EXAMPLQ"\n'))
    assert [(each.tool, each.line) for each in found.findings] == [("secrets", 3)]
    assert "AKIA" not in found.findings[0].message


@pytest.mark.parametrize("more", [(), ("b.ini", "c.ini")], ids=["one file", "several"])
async def test_a_secret_in_a_file_that_is_new_is_found_too(tmp_path: Path, more: tuple[str, ...]):
    others = (Create(path, "color = red\n") for path in more)
    found = await checked(tmp_path, Create("settings.ini", 'token = "AKIAIOSFODNN7EXAMPLQ"\n'), *others)
    assert [(each.tool, each.path, each.line) for each in found.findings] == [("secrets", "settings.ini", 1)]
    assert found.states["secrets"] == "new-findings"


async def test_where_files_are_only_new_or_only_gone_every_tool_has_looked(tmp_path: Path):
    text = put(tmp_path, "a.py", "x = 1\n")
    put(tmp_path, "sgconfig.yml", "ruleDirs: []\n")
    new = await checked(tmp_path, Create("b.py", text))
    gone = await checked(tmp_path, Delete("a.py", text_sha(text), text))
    assert new.states["secrets"] == new.states["ruff"] == gone.states["secrets"] == gone.states["ruff"] == "pass"
    assert "crashed" not in [*new.states.values(), *gone.states.values()]


BROKEN = "print 'x'\n"


async def test_a_file_that_was_broken_before_keeps_no_tool_from_the_others(tmp_path: Path):
    old = put(tmp_path, "legacy.py", BROKEN)
    found = await checked(
        tmp_path, edit("legacy.py", old, old + "# more\n"), Create("new.py", "eval(input())\nx = y\n")
    )
    assert [(each.tool, each.rule, each.path) for each in found.findings] == [
        ("ruff", "F821", "new.py"),
        ("security", "S307", "new.py"),
    ]


@pytest.mark.parametrize("comment", ["# noqa", "# NoQA: S307", "# nosec"])
async def test_no_comment_of_a_change_hides_what_is_unsafe(tmp_path: Path, comment: str):
    for text in (f"eval(input())  {comment}\n", f"# ruff: noqa\n# flake8: noqa\neval(input())  {comment}\n"):
        found = await checked(tmp_path, Create("a.py", text))
        assert [(each.tool, each.rule) for each in found.findings if each.tool == "security"] == [("security", "S307")]


@pytest.mark.parametrize(
    "text",
    [
        'token = "{}"  # pragma: allowlist secret\n',
        '# pragma: allowlist nextline secret\ntoken = "{}"\n',
        'token = "{}"  # pragma: whitelist secret\n',
    ],
)
async def test_no_comment_of_a_change_hides_a_secret(tmp_path: Path, text: str):
    secret = text.format("AKIAIOSFODNN7EXAMPLQ")
    found = await checked(tmp_path, Create("settings.ini", secret))
    assert [each.tool for each in found.findings] == ["secrets"]
    old = put(tmp_path, "settings.ini", secret)
    assert (await checked(tmp_path, edit("settings.ini", old, f"x = 1\n{old}"))).findings == ()


async def test_an_equal_finding_once_more_is_a_new_one(tmp_path: Path):
    before = put(tmp_path, "a.py", "print(nothing)\n")
    found = await checked(tmp_path, edit("a.py", before, "print(nothing)\n" * 3))
    assert len(found.findings) == 2


async def test_a_file_that_moves_keeps_its_findings(tmp_path: Path):
    before = put(tmp_path, "a.py", "print(nothing)\n")
    change = edit("a.py", before, "print(nothing)\nprint(more)\n")
    found = await checked(tmp_path, Rename("a.py", "sub/b.py", change.base_sha, change))
    assert rules(found) == [("F821", "sub/b.py", 2)]


async def test_files_that_come_and_go_are_checked_for_what_they_are(tmp_path: Path):
    before = put(tmp_path, "old.py", "print(nothing)\n")
    gone = edit("old.py", before, "")
    found = await checked(tmp_path, Create("new.py", "eval(input())\n"), Delete("old.py", gone.base_sha, before))
    assert rules(found) == [("S307", "new.py", 1)]
    assert found.states["security"] == "new-findings"
    assert found.states["ruff"] == "pass"


async def test_what_is_open_in_the_editor_is_the_base(tmp_path: Path):
    put(tmp_path, "a.py", "x = 1\n")
    typed = "print(nothing)\n"
    snapshot = Snapshot(tmp_path, {"a.py": from_buffer("a.py", typed, 7)})
    found = await checked(tmp_path, edit("a.py", typed, typed + "y = 2\n"), snapshot=snapshot)
    assert found.findings == ()
    assert found.states["ruff"] == "pass"


async def test_the_project_says_what_is_looked_for_and_a_change_cannot_unsay_it(tmp_path: Path):
    strict = put(tmp_path, "pyproject.toml", '[tool.ruff.lint]\nselect = ["D100"]\n')
    before = put(tmp_path, "pkg/a.py", '"""Said."""\n')
    loose = edit("pyproject.toml", strict, "[tool.ruff.lint]\nselect = []\n")
    found = await checked(tmp_path, edit("pkg/a.py", before, "x = 1\n"), loose)
    assert [each[0] for each in rules(found)] == ["D100"]


async def test_nothing_of_an_untrusted_project_runs_and_nothing_in_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    root, mark = tmp_path / "project", tmp_path / "it-ran"
    planted = f"#!/bin/sh\ntouch {mark}\n"
    for program in ("bin/ty", "bin/mypy", "bin/ruff", ".venv/bin/python", ".venv/bin/mypy", "node_modules/.bin/eslint"):
        put(root, program, planted)
        (root / program).chmod(0o755)
    put(root, "pyproject.toml", '[tool.ty]\n[tool.mypy]\nplugins = ["evil"]\n[tool.pytest.ini_options]\n')
    put(root, "evil.py", f"open({str(mark)!r}, 'w')\n")
    put(root, "conftest.py", f"open({str(mark)!r}, 'w')\n")
    put(root, "eslint.config.js", f"require('fs').writeFileSync({str(mark)!r}, '')\n")
    put(root, "tests/test_a.py", "def test(): pass\n")
    before, script = put(root, "a.py", "x = 1\n"), put(root, "b.js", "a\n")
    monkeypatch.setenv("PATH", f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}")
    was = tree(root)
    found = await checked(root, edit("a.py", before, "x = 2\n"), edit("b.js", script, "b\n"), tests=["tests/test_a.py"])
    assert not mark.exists()
    assert tree(root) == was
    assert found.states["ruff"] == "pass"
    assert {found.states[name] for name in ("mypy", "eslint", "pytest")} == {"not-run"}
    assert found.states["ty"] in ("tool-missing", "pass")


async def test_a_tool_that_hangs_ends_with_all_that_it_started(tmp_path: Path):
    command = ["sh", "-c", f"(sleep 300; touch {tmp_path / 'late'}) & echo $! > {tmp_path / 'child'}; sleep 300"]
    ended = await run(command, tmp_path, scrubbed(tmp_path), 2.0)
    assert ended.how == "timeout"
    child = int((tmp_path / "child").read_text())
    for _ in range(1200):
        if not _lives(child):
            break
        await asyncio.sleep(0.05)
    assert not _lives(child)


def _lives(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    if stat.parent.parent.is_dir():
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_endless_output_and_a_missing_program_are_crashes(tmp_path: Path):
    assert (await run(["sh", "-c", "yes"], tmp_path, scrubbed(tmp_path), 30.0)).how == "crashed"
    assert (await run([str(tmp_path / "none")], tmp_path, scrubbed(tmp_path), 5.0)).how == "crashed"


async def test_a_cancelled_tool_is_gone(tmp_path: Path):
    command = ["sh", "-c", f"echo $$ > {tmp_path / 'shell'}; sleep 300"]
    running = asyncio.create_task(run(command, tmp_path, scrubbed(tmp_path), 300.0))
    deadline = time.monotonic() + 20
    while not (tmp_path / "shell").exists() or not (tmp_path / "shell").read_text():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not _lives(int((tmp_path / "shell").read_text()))


async def test_a_tool_that_left_something_behind_which_holds_its_output_open_ends_in_time(tmp_path: Path):
    command = ["sh", "-c", f"setsid sh -c 'echo $$ > {tmp_path / 'left'}; sleep 300' & echo begun; sleep 300"]
    async with asyncio.timeout(60):
        assert (await run(command, tmp_path, scrubbed(tmp_path), 2.0)).how == "timeout"
    left = int((tmp_path / "left").read_text())
    assert _lives(left)
    os.killpg(left, signal.SIGKILL)


async def test_while_a_tool_is_started_the_loop_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started, may_start = subprocess.Popen, threading.Event()

    def slowly(*given: Any, **named: Any) -> Any:
        assert may_start.wait(20)
        return started(*given, **named)

    monkeypatch.setattr(subprocess, "Popen", slowly)
    running = asyncio.create_task(run(["sh", "-c", "echo said"], tmp_path, scrubbed(tmp_path), 20.0))
    for _ in range(10):
        await asyncio.sleep(0.01)
    may_start.set()
    assert (await running).output == "said\n"


async def test_a_tool_sees_no_secret_of_the_users_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MY_API_KEY", "canary-7781")
    ended = await run(["sh", "-c", "env"], tmp_path, scrubbed(tmp_path), 5.0)
    assert "canary" not in ended.output
    assert f"HOME={tmp_path}" in ended.output


NETWORK = """
import pathlib, socket
import pytest
from pkg.a import total

def test_total():
    assert total([1, 2]) == 3

def test_red_before():
    assert total([]) == 1

def test_no_network():
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", PORT), 1)

def test_writes():
    pathlib.Path("written-by-a-test").write_text("x")
    pathlib.Path("pkg/a.py").write_text("broken")
"""


async def test_tests_run_in_a_copy_that_nothing_leaves(tmp_path: Path):
    root = tmp_path / "project"
    put(root, "pkg/__init__.py", "")
    before = put(root, "pkg/a.py", "def total(xs):\n    return sum(xs)\n")
    (tmp_path / "trial").mkdir()
    if not await is_possible(root, tmp_path / "trial" / "place"):
        pytest.skip("this system does not let namespaces be made")
    _environment(root)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    put(root, "tests/test_a.py", NETWORK.replace("PORT", str(port)))
    was = tree(root)
    fine = await checked(
        root, edit("pkg/a.py", before, before + "\n\nX = 1\n"), tests=["tests/test_a.py"], trusted=True
    )
    bad = await checked(
        root, edit("pkg/a.py", before, before.replace("sum(xs)", "0")), tests=["tests/test_a.py"], trusted=True
    )
    server.close()
    assert tree(root) == was
    assert fine.states["pytest"] == "pass", fine
    assert [each.message for each in bad.findings] == ["tests/test_a.py::test_total fails: assert 0 == 3"]


async def test_a_test_that_fails_is_told_though_none_was_there_before(tmp_path: Path):
    root = tmp_path / "project"
    _environment(root)
    (tmp_path / "trial").mkdir()
    if not await is_possible(root, tmp_path / "trial"):
        pytest.skip("this system makes no copies that nothing leaves")
    before = put(root, "test_a.py", "# none yet\n")
    found = await checked(
        root, edit("test_a.py", before, "def test_a():\n    assert 0\n"), tests=["test_a.py"], trusted=True
    )
    assert (found.states["pytest"], [each.path for each in found.findings]) == ("new-findings", ["test_a.py"])


def _environment(root: Path) -> None:
    """An environment that has what ours has."""
    program = root / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)


async def test_a_project_without_an_environment_says_that_its_tests_cannot_run(tmp_path: Path):
    before = put(tmp_path, "a.py", "x = 1\n")
    put(tmp_path, "test_a.py", "def test(): pass\n")
    found = await checked(tmp_path, edit("a.py", before, "x = 2\n"), tests=["test_a.py"], trusted=True)
    assert found.states["pytest"] == "tool-missing"


async def test_scratch_copies_do_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    before = put(tmp_path, "project/deep/down/a.py", "x = 1\n")
    put(tmp_path, "project/deep/other.txt", "kept")
    found = await checked(tmp_path / "project", edit("deep/down/a.py", before, "x = nothing\n"))
    assert rules(found) == [("F821", "deep/down/a.py", 1)]
    assert list((tmp_path / "temporary").iterdir()) == []
    assert (tmp_path / "project/deep/other.txt").read_text() == "kept"


FOLDER = Path("/scratch/after")


@pytest.mark.parametrize(
    ("read", "output", "expected"),
    [
        (
            python_tools.read_mypy,
            '{"file": "pkg/a.py", "line": 3, "column": 4, "message": "Incompatible types", "hint": null,'
            ' "code": "assignment", "severity": "error"}\n{"file": "pkg/a.py", "line": 4, "column": 0,'
            ' "message": "See", "hint": null, "code": null, "severity": "note"}\n',
            [Reported("assignment", "pkg/a.py", 3, "Incompatible types")],
        ),
        (
            python_tools.read_pyright,
            '{"generalDiagnostics": [{"file": "/scratch/after/a.py", "severity": "error", "rule": "reportCall",'
            ' "message": "Wrong\\n  in detail", "range": {"start": {"line": 6, "character": 2}}}]}',
            [Reported("reportCall", "a.py", 7, "Wrong")],
        ),
        (
            python_tools.read_concise,
            "a.py:2:5: error[unresolved-reference] Name `x` used when not defined\nFound 1 diagnostic\n",
            [Reported("unresolved-reference", "a.py", 2, "Name `x` used when not defined")],
        ),
        (
            other_tools.read_eslint,
            '[{"filePath": "/scratch/after/src/a.js", "messages": [{"ruleId": "no-undef", "line": 4,'
            ' "message": "\'a\' is not defined."}]}]',
            [Reported("no-undef", "src/a.js", 4, "'a' is not defined.")],
        ),
        (
            other_tools.read_tsc,
            "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\nFound 1 error.\n",
            [Reported("TS2322", "src/a.ts", 3, "Type 'string' is not assignable to type 'number'.")],
        ),
        (
            other_tools.read_vet,
            "# example.com/m/pkg\nvet: pkg/a.go:7:2: undefined: nothing\n",
            [Reported("vet", "pkg/a.go", 7, "undefined: nothing")],
        ),
        (
            other_tools.read_cargo,
            '{"reason": "compiler-message", "message": {"message": "cannot find value", "level": "error",'
            ' "code": {"code": "E0425"}, "spans": [{"is_primary": true, "file_name": "src/lib.rs",'
            ' "line_start": 2}]}}\n'
            '{"reason": "build-finished", "success": false}\n',
            [Reported("E0425", "src/lib.rs", 2, "cannot find value")],
        ),
    ],
)
def test_what_tools_print_is_read(read: Read, output: str, expected: list[Reported]):
    assert read(output, FOLDER) == expected


def test_failing_tests_are_read_whatever_stands_around_them():
    output = "..F\n/x/tests/test_a.py:9: assert 0 == 3\nFAILED tests/test_a.py::Test::test_b[a - b] - assert 0 == 3\n"
    assert tests_touched.outcome(1, output) == [
        Reported("failed", "tests/test_a.py", 0, "tests/test_a.py::Test::test_b[a - b] fails: assert 0 == 3")
    ]
    assert tests_touched.outcome(4, "usage error") == "crashed"
    assert tests_touched.outcome(0, "3 passed") == []
    assert tests_touched.outcome(1, "No module named pytest") == "tool-missing"


def test_a_line_that_moved_far_is_the_same_line():
    before = [Reported("r", "a", 1, "m")]
    assert new_findings(before, [Reported("r", "a", 3, "m")], {"a": "bad\n"}, {"a": "\n\n  bad\n"}, {}) == []
