"""Brings the index of a workspace up to date and says what is in it. What did not change is not parsed again.

    patchwright index --root . --json

The index lies in the user's cache folder; nothing is written into the workspace.
"""

import argparse
import asyncio
from dataclasses import asdict
from pathlib import Path

from context.index import IndexStats
from context.storage.store import Unparsed
from lsp_server.actions.services import open_services
from lsp_server.commands.terminal import print_json, remarks, results, table
from lsp_server.commands.workspace import folder, refreshed
from lsp_server.settings import load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The fixed interface: `--root DIR --json`."""
    parser.add_argument(
        "--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder (default: this one)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Prints the statistics. Exit code 0, or 2 when the folder does not exist."""
    root = folder(arguments.root)
    if root is None:
        return 2
    stats, unparsed = asyncio.run(_refresh(root))
    if arguments.json:
        print_json(asdict(stats))
        return 0
    console = results()
    console.print(table(str(root), ("", ""), _rows(stats)))
    if unparsed:
        console.print()
        columns = ("files", "not parsed, and why", "for example")
        rows = [(f"{each.files:,}", each.why, _examples(each)) for each in unparsed]
        console.print(table("", columns, rows))
    return 0


def _rows(stats: IndexStats) -> list[tuple[str, str]]:
    built = "built anew" if stats.mode == "cold" else "brought up to date"
    left_out = f"; {stats.skipped:,} more are left out" if stats.skipped else ""
    return [
        ("files", f"{stats.files:,} can be searched{left_out}"),
        ("symbols", f"{stats.symbols:,} definitions of functions, classes and the like"),
        ("references", f"{stats.references:,} uses of names"),
        ("time", f"{built} in {stats.seconds:.2f} s, with {stats.cpu_seconds:.2f} s of processor time"),
        ("memory", f"{stats.peak_rss_mb:.0f} MB at most, in all processes"),
        ("on disk", f"{stats.store_bytes / 1e6:.1f} MB"),
    ]


def _examples(unparsed: Unparsed) -> str:
    more = unparsed.files - len(unparsed.examples)
    return ", ".join(unparsed.examples) + (f" and {more:,} more" if more else "")


async def _refresh(root: Path) -> tuple[IndexStats, tuple[Unparsed, ...]]:
    settings, warnings = load_settings()
    console = remarks()
    services = open_services(root, settings)
    try:
        stats = await refreshed(services, console)
        unparsed = await services.index.unparsed()
        for warning in (*warnings, *services.index.warnings):
            console.print(warning, style="yellow", markup=False)
    finally:
        await services.close()
    return stats, unparsed
