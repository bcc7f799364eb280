"""Ruff, its security rules, and the type checkers of Python."""

import sys
from collections.abc import Sequence
from pathlib import Path

from lsp_server.review.checks.fresh import Reported
from lsp_server.review.checks.tool import Tool, has_section, named, parsed, rows_in, shown_path

PYTHON = frozenset({".py", ".pyi"})

SECURITY = ("S102", "S103", "S104", "S105", "S106", "S107", "S113", "S2", "S3", "S5", "S6", "S7")
"""What Bandit looks for, as ruff's rules: not `assert`, `try`/`pass` or a plain `subprocess`, which are everywhere."""

NOT_SECURITY = ("S311", "S314", "S603", "S606", "S607")

ERRORS = ("E9", "F5", "F6", "F7", "F811", "F82")
"""What ruff looks for where the project has not said: what is wrong, whatever its style; undefined names above all."""

_QUIET = ("--no-cache", "--exit-zero", "--output-format=json")
"""An exit code that counts findings would also count broken syntax, which is not told, and look like a crash."""

_uses_ruff = has_section("tool.ruff", "ruff.toml", ".ruff.toml")


def _own_ruff(_: Sequence[Path]) -> str | None:
    """The ruff that Patchwright came with; one of the project could be anything."""
    program = Path(sys.executable).with_name("ruff.exe" if sys.platform == "win32" else "ruff")
    return str(program) if program.is_file() else None


def _ruff(program: str, root: Path, files: Sequence[str]) -> list[str]:
    alone = () if _uses_ruff(root) else ("--isolated", f"--select={','.join(ERRORS)}")
    return [program, "check", *_QUIET, "--force-exclude", *alone, "--", *files]


def _security(program: str, _: Path, files: Sequence[str]) -> list[str]:
    rules = (f"--select={','.join(SECURITY)}", f"--ignore={','.join(NOT_SECURITY)}")
    return [program, "check", *_QUIET, "--isolated", "--ignore-noqa", *rules, "--", *files]


def read_ruff(output: str, folder: Path) -> list[Reported] | None:
    """Ruff's JSON. Broken syntax is left to the check of the syntax, which can tell what was broken before."""
    rows = rows_in(parsed(output))
    if rows is None:
        return None
    return [
        Reported(row["code"], shown_path(row["filename"], folder), row["location"]["row"], row["message"])
        for row in rows
        if row.get("code") and row["code"] != "invalid-syntax"
    ]


def read_mypy(output: str, folder: Path) -> list[Reported] | None:
    """Mypy's JSON, one object on each line."""
    rows = rows_in([parsed(line) for line in output.splitlines()]) or []
    if not rows and "error:" in output:
        return None
    return [
        Reported(row["code"] or "error", shown_path(row["file"], folder), row["line"], row["message"])
        for row in rows
        if row["severity"] == "error"
    ]


def read_pyright(output: str, folder: Path) -> list[Reported] | None:
    """The JSON of pyright and basedpyright, which count lines from 0."""
    found = rows_in([parsed(output)])
    rows = rows_in(found[0]["generalDiagnostics"]) if found else None
    if rows is None:
        return None
    return [
        Reported(
            row.get("rule", "error"),
            shown_path(row["file"], folder),
            row["range"]["start"]["line"] + 1,
            row["message"].split("\n")[0],
        )
        for row in rows
        if row["severity"] == "error" and "range" in row
    ]


def read_concise(output: str, folder: Path) -> list[Reported] | None:
    """The lines `path:line:column: error[rule] message` of ty."""
    found: list[Reported] = []
    for line in output.splitlines():
        place, _, rest = line.partition(": ")
        path, *numbers = place.split(":")
        kind, _, message = rest.partition("] ")
        if len(numbers) == 2 and numbers[0].isdigit() and kind.startswith("error["):
            found.append(Reported(kind[6:], shown_path(path, folder), int(numbers[0]), message))
    return found


def _mypy(program: str, _: Path, files: Sequence[str]) -> list[str]:
    return [program, "--output=json", "--no-error-summary", "--cache-dir=/dev/null", "--", *files]


TOOLS = (
    Tool("ruff", PYTHON, "static", lambda _: True, _own_ruff, _ruff, read_ruff),
    Tool("security", PYTHON, "static", lambda _: True, _own_ruff, _security, read_ruff),
    Tool(
        "ty",
        PYTHON,
        "static",
        has_section("tool.ty", "ty.toml"),
        named("ty"),
        lambda program, _, files: [program, "check", "--output-format=concise", "--", *files],
        read_concise,
    ),
    # Plugins of mypy, and the interpreter that pyright asks for its paths, are the project's.
    Tool("mypy", PYTHON, "trusted", has_section("tool.mypy", "mypy.ini", ".mypy.ini"), named("mypy"), _mypy, read_mypy),
    Tool(
        "basedpyright",
        PYTHON,
        "trusted",
        has_section("tool.basedpyright"),
        named("basedpyright"),
        lambda program, _, files: [program, "--outputjson", *files],
        read_pyright,
        seconds=60.0,
    ),
    Tool(
        "pyright",
        PYTHON,
        "trusted",
        has_section("tool.pyright", "pyrightconfig.json"),
        named("pyright"),
        lambda program, _, files: [program, "--outputjson", *files],
        read_pyright,
        seconds=60.0,
    ),
)
