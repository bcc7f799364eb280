"""Says what works on this machine, and what to do about each thing that does not.

Exit code 0 when Patchwright can do its work here (a model and an editor are optional), 1 when it cannot.
"""

import argparse
import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from lsp_server.commands.diagnosis import CHECKS, Finding, State
from lsp_server.commands.terminal import print_json, results, table
from lsp_server.settings import load_settings

MARKS: dict[State, str] = {"yes": "✓", "optional": "–", "no": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"ok", "checks": [{"name", "state", "detail", "advice"}]}`."""
    parser.add_argument(
        "--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder (default: this one)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Runs every check."""
    findings = asyncio.run(_examine(arguments.root.absolute()))
    well = all(finding.state != "no" for finding in findings)
    if arguments.json:
        print_json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        _print(findings, well)
    return 0 if well else 1


async def _examine(root: Path) -> list[Finding]:
    settings, warnings = load_settings()
    findings: list[Finding] = []
    for check in CHECKS:
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
