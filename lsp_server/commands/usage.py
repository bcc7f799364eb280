"""Shows what was used and what it cost, by day, workspace and model, from your own ledger. Nothing is sent.

    patchwright usage --days 30

Costs are counted from the prices that were known when each call was made; calls without a known price are counted in
tokens alone.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from clients.budget import Caps
from clients.ledger import Entry, Ledger
from lsp_server.commands.terminal import print_json, results, table
from lsp_server.settings import load_settings


@dataclass(frozen=True, slots=True)
class Line:
    """Calls of one day, workspace and model. `unpriced` of them have no known cost; `estimated`: some were counted."""

    day: str
    workspace: str
    host: str
    model: str
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    usd: float
    unpriced: int
    estimated: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"lines": [...], "total": {...}, "caps": {...}}`."""
    parser.add_argument("--days", type=int, default=7, metavar="N", help="how many days back, this one included (7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Shows them; the exit code is 0."""
    settings, _ = load_settings()
    since = datetime.now().astimezone().date() - timedelta(days=max(1, arguments.days) - 1)
    entries = Ledger(settings.state_folder).entries(since)
    lines = summed(entries)
    if arguments.json:
        print_json({"lines": [_json(line) for line in lines], "total": _total(lines), "caps": _caps(settings.caps)})
        return 0
    console = results()
    if not lines:
        console.print(f"No call since {since}.", markup=False)
        return 0
    columns = ("day", "workspace", "model", "calls", "in", "cached", "out", "cost")
    console.print(table("", columns, [_row(line) for line in lines]))
    total = _total(lines)
    unpriced = f", {total['unpriced']} calls without a known price" if total["unpriced"] else ""
    tokens = total["input_tokens"] + total["output_tokens"]
    console.print(f"\n{tokens:,} tokens, ${total['usd']:.4f}{unpriced}", markup=False)
    for name, cap in _caps(settings.caps).items():
        console.print(f"budget.{name} = {cap:g}", markup=False)
    return 0


def summed(entries: Iterable[Entry]) -> list[Line]:
    """The entries by day, workspace, host and model, in that order."""
    groups: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.day.isoformat(), entry.workspace, entry.host, entry.model), []).append(entry)
    return [
        Line(
            *key,
            calls=len(group),
            input_tokens=sum(entry.input_tokens for entry in group),
            cached_tokens=sum(entry.cached_tokens for entry in group),
            output_tokens=sum(entry.output_tokens for entry in group),
            usd=sum(entry.usd or 0.0 for entry in group),
            unpriced=sum(entry.usd is None for entry in group),
            estimated=any(entry.estimated for entry in group),
        )
        for key, group in sorted(groups.items())
    ]


def _row(line: Line) -> tuple[str, ...]:
    about = "about " if line.estimated else ""
    cost = "not known" if line.unpriced == line.calls else f"${line.usd:.4f}"
    # Its name alone: a path would leave no room for the numbers; --json has it.
    workspace = Path(line.workspace).name if line.workspace else "(connect)"
    tokens = (f"{about}{line.input_tokens:,}", f"{line.cached_tokens:,}", f"{about}{line.output_tokens:,}")
    return line.day, workspace, f"{line.model} at {line.host}", f"{line.calls:,}", *tokens, cost


def _json(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__dataclass_fields__}


def _total(lines: Iterable[Line]) -> dict[str, Any]:
    known = list(lines)
    names = ("calls", "input_tokens", "cached_tokens", "output_tokens", "usd", "unpriced")
    return {name: sum(getattr(line, name) for line in known) for name in names}


def _caps(caps: Caps) -> dict[str, float]:
    return {name: cap for name in Caps.__dataclass_fields__ if (cap := getattr(caps, name)) is not None}
