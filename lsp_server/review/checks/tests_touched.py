"""Do the project's tests that a change touches still pass? Run with pytest, in a copy, before and after."""

import re
from collections.abc import Sequence
from pathlib import Path

from lsp_server.review.checks.fresh import Reported
from lsp_server.review.verdict import CheckState

NAME = "pytest"
SECONDS = 120.0
MOST_FILES = 20

NO_TESTS = 5
"""Pytest's exit code where it found none."""

_FAILED = re.compile(
    r"^(?:FAILED|ERROR) (?P<test>(?P<path>[^\s:]+\.py)(?:::[^\s\[]+(?:\[.*?\](?= - |$))?)?)(?: - (?P<why>.*))?$",
    re.MULTILINE,
)
"""A line of pytest's summary; the parameters of a test may hold anything."""


def interpreter(root: Path) -> str | None:
    """The Python of the project's own environment."""
    for folder in (".venv", "venv", "env"):
        for program in ("bin/python", "Scripts/python.exe"):
            if (root / folder / program).is_file():
                return str(root / folder / program)
    return None


def command(program: str, files: Sequence[str]) -> list[str]:
    """Runs the tests of some files and says at the end which failed."""
    options = ("-q", "--no-header", "-p", "no:cacheprovider", "--tb=line", "-rfE", "--color=no")
    return [program, "-m", "pytest", *options, *files]


def outcome(code: int, output: str) -> Sequence[Reported] | CheckState:
    """The tests that failed, none where all passed; or why nothing can be said."""
    if "No module named pytest" in output:
        return "tool-missing"
    if code == NO_TESTS:
        return "not-run"
    failed = [
        Reported("failed", found["path"], 0, f"{found['test']} fails{_because(found['why'])}")
        for found in _FAILED.finditer(output)
    ]
    return "crashed" if code and not failed else failed


def same(found: Reported) -> tuple[str, str]:
    """What two runs of one failing test have in common, whatever it fails with."""
    return found.path, found.message.partition(" fails")[0]


def _because(why: str | None) -> str:
    return f": {why[:160]}" if why else ""
