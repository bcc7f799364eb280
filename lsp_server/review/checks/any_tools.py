"""Tools for files of any language: secrets in what is added, and the team's own rules for ast-grep."""

import sys
from pathlib import Path

from lsp_server.review.checks.fresh import Reported
from lsp_server.review.checks.tool import Tool, named, parsed, rows_in, shown_path

ANY: frozenset[str] = frozenset()
"""No suffixes: for every file."""


def read_secrets(output: str, folder: Path) -> list[Reported] | None:
    """The JSON of `secret_scan`, which never holds a secret itself."""
    found = rows_in([parsed(output)])
    if not found or "results" not in found[0]:
        return None
    return [
        Reported(row["type"], shown_path(path, folder), row["line_number"], "looks like a secret")
        for path, rows in found[0]["results"].items()
        for row in rows_in(rows) or ()
    ]


def read_ast_grep(output: str, folder: Path) -> list[Reported] | None:
    """The JSON of `ast-grep scan`, which counts lines from 0."""
    rows = rows_in(parsed(output))
    if rows is None:
        return None
    return [
        Reported(row["ruleId"], shown_path(row["file"], folder), row["range"]["start"]["line"] + 1, row["message"])
        for row in rows
    ]


def _has_rules(root: Path) -> bool:
    """Whether a project has rules that are data alone: a grammar of its own would be a library that is loaded."""
    try:
        return "customLanguages" not in (root / "sgconfig.yml").read_text("utf-8", "replace")[:500_000]
    except OSError:
        return False


TOOLS = (
    Tool(
        "secrets",
        ANY,
        "static",
        lambda _: True,
        lambda _: sys.executable,
        lambda program, _, files: [program, "-I", "-m", "lsp_server.review.checks.secret_scan", *files],
        read_secrets,
        seldom=True,
    ),
    Tool(
        "ast-grep",
        ANY,
        "static",
        _has_rules,
        named("ast-grep"),
        lambda program, _, files: [program, "scan", "--json", "--", *files],
        read_ast_grep,
    ),
)
