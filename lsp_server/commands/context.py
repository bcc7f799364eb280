"""Shows the code that is found for a description: pieces in rank order with reasons, and the conventions near them.

    echo "retry on errors" | patchwright context --root . --budget 8000 -

`patchwright ask --show-prompt` prints all that a model would see. Nothing leaves this machine.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from context.retrieval.select import Context, Piece, Query
from context.snapshot import Snapshot
from lsp_server.commands.terminal import print_json, read_description, remarks, results, table
from lsp_server.commands.workspace import folder, opened

LEFT_OUT_SHOWN = 10
"""So many pieces without room are listed for people; programs get all that were looked at."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The fixed interface: `--root DIR --budget TOKENS --json -`."""
    parser.add_argument("description", help="the description, or - to read it from standard input")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder (default: this one)"
    )
    parser.add_argument(
        "--budget",
        type=tokens,
        default=8000,
        metavar="TOKENS",
        help="the most that all pieces may cost (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def tokens(text: str) -> int:
    """A budget; argparse tells the user of the ValueError."""
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def run(arguments: argparse.Namespace) -> int:
    """Prints the pieces. Exit code 0, or 2 for a folder that does not exist and an empty description."""
    root = folder(arguments.root)
    if root is None:
        return 2
    description = read_description(arguments.description)
    if not description.strip():
        remarks().print("Say what to find code for: the description is empty.", style="red")
        return 2
    context = asyncio.run(_select(root, description, arguments.budget))
    if arguments.json:
        pieces = [piece_json(piece) for piece in context.pieces]
        print_json(
            {
                "pieces": pieces,
                "tokens": context.tokens,
                "ms": context.ms,
                "left_out": [piece_json(piece) for piece in context.left_out],
                "conventions": list(context.conventions),
            }
        )
    else:
        if context.pieces:
            results().print(pieces_table(context))
        if context.left_out:
            results().print(left_out_table(context))
        if context.conventions:
            results().print(conventions_table(context))
        left = f"; {len(context.left_out)} did not fit" if context.left_out else ""
        part = f"; only {context.completeness:.0%} of the workspace is indexed" if context.completeness < 1 else ""
        remarks().print(f"{context.tokens:,} of {arguments.budget:,} tokens in {context.ms:.0f} ms{left}{part}")
    return 0


async def _select(root: Path, description: str, budget: int) -> Context:
    async with opened(root) as services:
        return await services.index.select(Query(description, budget), Snapshot(root))


def pieces_table(context: Context) -> Any:
    """The pieces for people: where, how much, why."""
    rows = [(f"{p.path}:{p.start_line}-{p.end_line}", f"{p.tokens:,}", p.why) for p in context.pieces]
    return table("", ("lines", "tokens", "why"), rows)


def left_out_table(context: Context) -> Any:
    """The best of what did not fit: a larger budget shows it."""
    rows = [(f"{p.path}:{p.start_line}-{p.end_line}", f"{p.tokens:,}", p.why) for p in context.left_out]
    return table("", ("did not fit", "tokens", "why"), rows[:LEFT_OUT_SHOWN])


def conventions_table(context: Context) -> Any:
    """How code is written near what was found."""
    rows = [line.partition(": ")[::2] for line in context.conventions]
    return table("", ("convention", "counted in the code nearby"), rows)


def piece_json(piece: Piece) -> dict[str, Any]:
    """One piece in the fixed shape; lines are 1-based and inclusive."""
    return {
        "path": piece.path,
        "start_line": piece.start_line,
        "end_line": piece.end_line,
        "score": piece.score,
        "why": piece.why,
    }
