"""Takes a change back that Patchwright made, in this terminal or in an editor. Nothing that came later is lost.

    patchwright undo                 the newest change of this workspace
    patchwright undo --list          what can be taken back
    patchwright undo ID              that change; also one that took another back

Later edits stay: taking back is a merge. Where they touch the same lines nothing is written, and the place is said.
Exit codes: 0 taken back; 3 nothing was written, and why is said.
"""

import argparse
from pathlib import Path

from context.snapshot import Snapshot
from lsp_server.actions.describe import when
from lsp_server.commands.keeping import write_kept
from lsp_server.commands.terminal import print_diff, print_json, remarks, results, table
from lsp_server.commands.workspace import folder
from lsp_server.edits.diff import unified
from lsp_server.review.journal import Entry, Journal, taken_back
from lsp_server.review.undo import Undo, undo_of
from lsp_server.settings import load_settings

EXIT_REFUSED = 3
SHOWN_PATHS = 3
OUTCOMES = {
    "done": "",
    "not-visible-yet": "",
    "": " (not known how it ended)",
    "partial": " (the editor applied some of it)",
    "chosen": " (without what you left out)",
}
"""How a change ended, where it happened."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"undone", "diff", "message"}`, with `--list` `{"changes": [...]}`."""
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="the change (default: the newest)")
    parser.add_argument("--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder")
    parser.add_argument("--list", action="store_true", help="show what can be taken back, and write nothing")
    parser.add_argument("--show", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Takes it back; see the module's exit codes."""
    root = folder(arguments.root)
    if root is None:
        return 2
    state = load_settings()[0].state_folder
    journal = Journal(state, root)
    if arguments.list:
        _list(journal.entries(), as_json=arguments.json)
        return 0
    undo = undo_of(journal, arguments.id, Snapshot(root))
    if isinstance(undo, str):
        return _say(undo, "", as_json=arguments.json)
    diff = unified(undo.change)
    if arguments.show:
        return _show(undo, diff, as_json=arguments.json)
    problems = write_kept(root, undo.change, undo.record, state)
    if problems:
        return _say(" ".join(problem.message for problem in problems), "", as_json=arguments.json)
    return _say(f"Undone: {undo.entry.record.summary}", undo.entry.id, diff, as_json=arguments.json)


def _say(message: str, undone: str, diff: str = "", *, as_json: bool) -> int:
    """Prints how it ended; `undone` is the id of what was taken back, empty for nothing."""
    if as_json:
        print_json({"undone": undone, "diff": diff, "message": message})
    else:
        if diff:
            print_diff(results(), diff)
        remarks().print(message, style="green" if undone else "red", markup=False)
    return 0 if undone else EXIT_REFUSED


def _show(undo: Undo, diff: str, *, as_json: bool) -> int:
    if as_json:
        print_json({"undone": "", "diff": diff, "message": f"This would undo: {undo.entry.record.summary}"})
    else:
        print_diff(results(), diff)
    return 0


def _list(entries: list[Entry], *, as_json: bool) -> None:
    """The changes, the newest first; those that never happened are left out."""
    happened = [entry for entry in entries if entry.happened]
    undone = taken_back(happened)
    if as_json:
        print_json({"changes": [_json(entry, undone=entry.id in undone) for entry in happened]})
        return
    if not happened:
        remarks().print("Nothing was changed here yet.", markup=False)
        return
    rows = [
        (
            entry.id,
            when(entry.time),
            entry.record.made_by,
            f"{entry.record.summary}{_state(entry, undone)}",
            _paths(entry),
        )
        for entry in happened
    ]
    results().print(table("", ("id", "when", "by", "change", "files"), rows))


def _state(entry: Entry, undone: frozenset[str]) -> str:
    if entry.id in undone:
        return " (undone)"
    return OUTCOMES.get(entry.outcome, f" ({entry.outcome})")


def _paths(entry: Entry) -> str:
    paths = entry.change.paths()
    more = f" and {len(paths) - SHOWN_PATHS} more" if len(paths) > SHOWN_PATHS else ""
    return ", ".join(paths[:SHOWN_PATHS]) + more


def _json(entry: Entry, *, undone: bool) -> dict[str, object]:
    return {
        "id": entry.id,
        "time": entry.time,
        "made_by": entry.record.made_by,
        "summary": entry.record.summary,
        "undoes": entry.record.undoes,
        "outcome": entry.outcome,
        "undone": undone,
        "paths": list(entry.change.paths()),
    }
