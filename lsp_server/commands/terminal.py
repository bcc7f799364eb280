"""What is printed, and where? Results on standard output, all else on standard error; colour only on a terminal."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 120


def results() -> Console:
    """Standard output, for people."""
    return Console(highlight=False, soft_wrap=True)


def remarks() -> Console:
    """Standard error: progress, warnings, what to do next."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Exactly one JSON object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_diff(console: Console, diff: str) -> None:
    """A unified diff, in colour on a terminal; byte for byte where it is piped into another program."""
    if not console.is_terminal:
        console.file.write(diff)
        return
    console.print(Syntax(diff.rstrip("\n"), "diff", theme="ansi_dark", background_color="default"), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A plain table; its cells are text, never markup, since they may come from a workspace."""
    from rich.text import Text

    built = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        built.add_column(column, overflow="fold")
    for row in rows:
        built.add_row(*(Text(cell) for cell in row))
    return built


def read_description(given: str | None) -> str:
    """The description: the argument itself, or standard input for `-`."""
    if given is None:
        return ""
    if given != "-":
        return given
    return sys.stdin.buffer.read().decode("utf-8", "replace")
