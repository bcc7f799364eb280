"""Judges a diff as a model's change is judged: may it be applied?

    git diff | patchwright check
    git diff main... | patchwright check --format github

The folder may hold the change already or not: the diff's lines tell. The formats: text for people, json (also as
--json), github for annotations of a pull request, sarif for code scanning.

Exit codes: 0 allowed, or a person should look; 2 no diff of this folder; 4 a person must approve it; 5 denied.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from context.snapshot import Snapshot
from lsp_server.actions.judged import judged_and_checked
from lsp_server.commands.check_formats import FORMATS, Judged
from lsp_server.commands.terminal import remarks
from lsp_server.commands.workspace import folder, opened
from lsp_server.edits.change import Refused
from lsp_server.edits.git_diff import Described, Remark, described
from lsp_server.review.verdict import Concern, Level, Verdict

EXIT_BY_LEVEL = {"allow": 0, "confirm": 0, "approve": 4, "deny": 5}

LEVEL_OF_REMARK: dict[str, Level] = {
    "mode": "approve",
    "binary": "confirm",
    "link": "deny",
    "submodule": "approve",
    "unreadable": "confirm",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The fixed interface: `--root DIR --json`, and `--format`."""
    parser.add_argument("--root", type=Path, metavar="DIR", default=Path(), help="the folder that the diff is of")
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="how to print it (default: text)")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Judges the diff on standard input; see the module's exit codes."""
    root = folder(arguments.root)
    if root is None:
        return 2
    if sys.stdin.isatty():
        remarks().print("Reading a diff: git diff | patchwright check", markup=False)
    diff = sys.stdin.buffer.read().decode("utf-8", "replace")
    found = described(diff, Snapshot(root))
    if isinstance(found, Refused):
        for problem in found.problems:
            remarks().print(f"Not judged: {problem.message}", style="red", markup=False)
        return 2
    verdict = asyncio.run(_verdict(root, found))
    write: Callable[[Judged], None] = FORMATS[arguments.format]
    write(Judged(found.change, verdict))
    return EXIT_BY_LEVEL[verdict.level]


async def _verdict(root: Path, found: Described) -> Verdict:
    async with opened(root) as services:
        return await judged_and_checked(found.change, found.before, services, [*map(_concern, found.remarks)])


def _concern(remark: Remark) -> Concern:
    return Concern(remark.what, LEVEL_OF_REMARK[remark.what], remark.path, remark.message)
