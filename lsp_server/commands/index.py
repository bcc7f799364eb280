"""Brings the index of a workspace up to date and says what is in it. What did not change is not parsed again.

    patchwright index --root . --json

The index lies in the user's cache folder; nothing is written into the workspace.
"""

import argparse
import asyncio
from dataclasses import asdict
from pathlib import Path

from context.index import IndexStats
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
    stats = asyncio.run(_refresh(root))
    if arguments.json:
        print_json(asdict(stats))
        return 0
    rows = [
        ("files", f"{stats.files:,} ({stats.skipped:,} skipped)"),
        ("symbols", f"{stats.symbols:,}"),
        ("references", f"{stats.references:,}"),
        ("time", f"{stats.seconds:.2f} s, {stats.cpu_seconds:.2f} s of processor ({stats.mode})"),
        ("memory", f"{stats.peak_rss_mb:.0f} MB at most"),
        ("on disk", f"{stats.store_bytes / 1e6:.1f} MB"),
    ]
    results().print(table(str(root), ("", ""), rows))
    return 0


async def _refresh(root: Path) -> IndexStats:
    settings, warnings = load_settings()
    console = remarks()
    services = open_services(root, settings)
    try:
        stats = await refreshed(services, console)
        for warning in (*warnings, *services.index.warnings):
            console.print(warning, style="yellow", markup=False)
    finally:
        await services.close()
    return stats
