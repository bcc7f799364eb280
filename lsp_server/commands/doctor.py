"""Says what works on this machine, and what to do about each thing that does not.

Exit code 0 when Patchwright can do its work here (a model and an editor are optional), 1 when it cannot.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from lsp_server.commands.diagnosis import CHECKS, Finding, State, editors_check
from lsp_server.commands.terminal import print_json, results, table
from lsp_server.editor_settings import EditorSettings, from_options
from lsp_server.settings import load_settings

MARKS: dict[State, str] = {"yes": "✓", "optional": "–", "no": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"ok", "checks": [{"name", "state", "detail", "advice"}]}`."""
    parser.add_argument(
        "--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder (default: this one)"
    )
    parser.add_argument(
        "--editor",
        action="store_true",
        help="count what an editor sets as well: its initializationOptions, as JSON on standard input",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Runs every check."""
    try:
        editor = from_options(json.load(sys.stdin)) if arguments.editor else None
    except (ValueError, RecursionError) as error:
        sys.stderr.write(f"standard input holds no JSON: {error}. It is what your editor sends when it starts\n")
        return 2
    findings = asyncio.run(_examine(arguments.root.absolute(), editor))
    well = all(finding.state != "no" for finding in findings)
    if arguments.json:
        print_json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        _print(findings, well)
    return 0 if well else 1


async def _examine(root: Path, editor: EditorSettings | None) -> list[Finding]:
    settings, warnings = load_settings(editor=editor or EditorSettings())
    findings: list[Finding] = []
    # An editor that asks need not be looked for.
    for check in (each for each in CHECKS if editor is None or each is not editors_check):
        findings.extend(await check(root, settings, warnings))
    return findings


def _print(findings: Iterable[Finding], well: bool) -> None:  # noqa: FBT001
    rows = [(MARKS[finding.state], finding.name, finding.detail) for finding in findings]
    console = results()
    console.print(table("", ("", "", ""), rows))
    todo = [finding for finding in findings if finding.advice]
    if todo:
        console.print()
        console.print("What you can do", style="bold")
    for finding in todo:
        console.print(f"  {finding.name}: {finding.advice}", markup=False)
    console.print()
    console.print("Patchwright works here." if well else "Patchwright does not work here yet.", style="bold")
