"""Approves a change that waits for a person, after showing it. Needs a terminal: there is no other way to say yes.

    patchwright approve              what waits in this workspace
    patchwright approve ID           shows that change, and asks

What was asked for in an editor is applied by it, from `patchwright ask --apply` it is written here. An approval is for
these very hunks, texts and policy, counts once, and within ten minutes of the ask.
Exit codes: 0 approved, or the list; 3 nothing waits under this ID; 4 not approved; 5 denied.
"""

import argparse
import sys
import time
from pathlib import Path

from clients.outgoing import NEVER_SEND
from context.parsing.names import code_words
from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot
from lsp_server.actions.waiting import note_approval, policy_of
from lsp_server.commands.keeping import write_kept
from lsp_server.commands.terminal import agreed, print_diff, print_json, remarks, results, table
from lsp_server.commands.workspace import folder
from lsp_server.edits.diff import unified
from lsp_server.review.approval import Approvals, Pending, approve, refusal
from lsp_server.review.audit import Audit
from lsp_server.review.journal import Record
from lsp_server.review.judge import judge
from lsp_server.settings import Settings, load_settings

EXIT_NOTHING, EXIT_NOT_APPROVED, EXIT_DENIED = 3, 4, 5
SECONDS_FOR_EDITOR = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` prints `{"pending": [...]}`, with an id `{"approved", "message"}`."""
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="the change (default: list what waits)")
    parser.add_argument("--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Lists or approves; see the module's exit codes."""
    root = folder(arguments.root)
    if root is None:
        return 2
    settings, _ = load_settings()
    approvals = Approvals(settings.state_folder, root)
    if not arguments.id:
        _list(approvals.waiting(time.time()), as_json=arguments.json)
        return 0
    pending = approvals.pending(arguments.id)
    if pending is None or pending.seconds_left(time.time()) < 0:
        return _end(
            f"Nothing waits here under {arguments.id[:20]!r}. Ask again for the change.", EXIT_NOTHING, arguments
        )
    print_diff(remarks() if arguments.json else results(), unified(pending.change))
    for reason in pending.reasons:
        remarks().print(f"approve: {reason}", style="yellow", markup=False)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return _end("Not approved: an approval needs a person at a terminal.", EXIT_NOT_APPROVED, arguments)
    if not agreed(remarks(), f"Approve “{pending.summary}” ({', '.join(pending.change.paths())})?"):
        return _end("Not approved. Nothing was changed.", EXIT_NOT_APPROVED, arguments)
    message, code = _approve(root, approvals, pending, settings)
    return _end(message, code, arguments)


def _list(waiting: list[Pending], *, as_json: bool) -> None:
    now = time.time()
    if as_json:
        print_json({"pending": [_json(pending, now) for pending in waiting]})
    elif not waiting:
        remarks().print("Nothing waits for approval here.", markup=False)
    else:
        rows = [
            (
                pending.id,
                f"{max(0, pending.seconds_left(now)) / 60:.0f} min",
                pending.summary,
                " ".join(pending.reasons),
            )
            for pending in waiting
        ]
        results().print(table("", ("id", "left", "change", "why"), rows))


def _json(pending: Pending, now: float) -> dict[str, object]:
    return {
        "id": pending.id,
        "summary": pending.summary,
        "made_by": pending.made_by,
        "paths": list(pending.change.paths()),
        "reasons": list(pending.reasons),
        "seconds_left": round(max(0, pending.seconds_left(now))),
        "diff": unified(pending.change),
    }


def _end(message: str, code: int, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json({"approved": arguments.id if code == 0 else "", "message": message})
    else:
        remarks().print(message, style="green" if code == 0 else "red", markup=False)
    return code


def _approve(root: Path, approvals: Approvals, pending: Pending, settings: Settings) -> tuple[str, int]:
    """Gives the approval: to the server that holds the change, or to ourselves where none does."""
    approval = approve(pending, "terminal")
    if pending.session:
        return _given_to_editor(approvals, pending)
    refused = refusal(pending, approval, policy_of(root, settings), time.time())
    # Taken before it is used: whoever comes second finds nothing.
    if not refused and not approvals.take(pending.id):
        refused = "it was approved already"
    verdict = judge(pending.change, Snapshot(root), (*NEVER_SEND, *settings.never_send), syntax_faults, code_words)
    if not refused and verdict.level == "deny":
        refused = " ".join(verdict.reasons)
    note_approval(Audit(settings.state_folder), root, pending, "terminal", approval.user, refused)
    if refused:
        return f"Not applied: {refused}. Ask again.", EXIT_DENIED if verdict.level == "deny" else EXIT_NOT_APPROVED
    problems = write_kept(root, pending.change, Record(pending.summary, pending.made_by), settings.state_folder)
    if problems:
        return " ".join(problem.message for problem in problems), EXIT_NOT_APPROVED
    return f"Written: {', '.join(pending.change.paths())}. `patchwright undo` takes it back.", 0


def _given_to_editor(approvals: Approvals, pending: Pending) -> tuple[str, int]:
    """Leaves the approval for the server of the editor, and waits until it has taken it."""
    try:
        approvals.give(approve(pending, "terminal"))
    except OSError as error:
        return f"The approval cannot be kept ({error.strerror}). Nothing was changed.", EXIT_NOT_APPROVED
    until = time.monotonic() + SECONDS_FOR_EDITOR
    while approvals.is_given(pending.id):
        if time.monotonic() > until:
            approvals.forget(pending.id)
            return "The editor that asked is not there any more. Nothing was changed; ask again.", EXIT_NOT_APPROVED
        time.sleep(0.05)
    return "Approved: the editor applies it, and says so there.", 0
