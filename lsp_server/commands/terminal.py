"""What is printed, and where? Results on standard output, all else on standard error; colour only on a terminal."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


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


DIFF_STYLES = (
    ("--- ", "bold"),
    ("+++ ", "bold"),
    ("diff --git ", "bold"),
    ("@@", "cyan"),
    ("+", "green"),
    ("-", "red"),
)
"""The style of a line by how it begins; the first row that fits decides."""


def print_diff(console: Console, diff: str) -> None:
    """A unified diff, in colour on a terminal; byte for byte where it is piped into another program."""
    if not console.is_terminal:
        console.file.write(diff)
        return
    for line in diff.removesuffix("\n").split("\n") if diff else ():
        style = next((style for beginning, style in DIFF_STYLES if line.startswith(beginning)), "")
        console.print(Text(visible(line), style))


def visible(line: str) -> str:
    """A line whose invisible characters are written out: a text may not steer the terminal that shows it."""
    return "".join(
        letter if letter.isprintable() or letter == "\t" else letter.encode("unicode_escape").decode()
        for letter in line
    )


def print_page(console: Console, page: str) -> None:
    """A Markdown page, wrapped to the terminal."""
    from rich.markdown import Markdown

    console.print(Markdown(page), soft_wrap=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A plain table; its cells are text, never markup, since they may come from a workspace."""
    built = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        # An id is there to be copied: the other columns make room for it.
        built.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        built.add_row(*(Text(visible(cell)) for cell in row))
    return built


def agreed(console: Console, question: str) -> bool:
    """Whether the person at the terminal says yes; the end of the input means no."""
    try:
        return console.input(f"{question} [y/N] ", markup=False).strip().lower() in ("y", "yes")
    except EOFError:
        console.print()
        return False


def read_description(given: str | None) -> str:
    """The description: the argument itself, or standard input for `-`."""
    if given is None:
        return ""
    if given != "-":
        return given
    return sys.stdin.buffer.read().decode("utf-8", "replace")
