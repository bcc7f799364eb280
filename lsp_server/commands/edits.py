"""Applies a model's reply to a tree: every block of it, or nothing.

    patchwright edits apply --root DIR --reply FILE [--base DIR] [--json]

What needs a person's approval is shown at a terminal and asked about; where nobody can be asked it is refused, unless
--yes says that you have looked at it. What is denied cannot be approved.
Exit codes: 0 applied; 3 refused, nothing is written and the problems say why, block by block.
"""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from clients.outgoing import NEVER_SEND
from lsp_server.actions.waiting import note_approval, policy_of
from lsp_server.commands.edits_apply import Rules, edits_apply
from lsp_server.commands.terminal import agreed, print_diff, print_json, remarks
from lsp_server.commands.workspace import folder
from lsp_server.edits.change import ChangeSet, Problem, Refused
from lsp_server.edits.diff import unified
from lsp_server.review.approval import Pending, approve
from lsp_server.review.audit import Audit
from lsp_server.review.policy_files import load_policy
from lsp_server.settings import Settings, load_settings

EXIT_REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The fixed interface of `edits apply`."""
    subparsers = parser.add_subparsers(required=True, metavar="apply")
    apply = subparsers.add_parser("apply", help="apply a reply", description=parser.description)
    apply.formatter_class = argparse.RawDescriptionHelpFormatter
    apply.add_argument("--root", type=Path, metavar="DIR", required=True, help="the files as they are now")
    apply.add_argument("--reply", type=Path, metavar="FILE", required=True, help="the model's reply, as it came")
    apply.add_argument(
        "--base", type=Path, metavar="DIR", help="the files as the model saw them, if they changed since"
    )
    apply.add_argument("--default-path", metavar="P", help="the file that a reply without a path is about")
    apply.add_argument("--yes", action="store_true", help="apply also what needs a person's approval")
    apply.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Applies the reply; see the module's exit codes."""
    for given in (arguments.root, arguments.base):
        if given is not None and folder(given) is None:
            return 2
    try:
        reply = arguments.reply.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        remarks().print(f"{arguments.reply} cannot be read ({error.strerror}).", style="red", markup=False)
        return 2
    settings, _ = load_settings()
    policy = load_policy(arguments.root, settings.config_file.parent)
    never_send = (*NEVER_SEND, *settings.never_send, *policy.never_send)
    rules = Rules(never_send, policy, lambda change, why: _agrees(arguments, change, why, settings))
    outcome = edits_apply(arguments.root, reply, arguments.base, arguments.default_path, settings.state_folder, rules)
    if isinstance(outcome, Refused):
        if arguments.json:
            print_json({"problems": [asdict(problem) for problem in outcome.problems]})
        for problem in outcome.problems:
            remarks().print(_said(problem), style="red", markup=False)
        return EXIT_REFUSED
    for remark in outcome.remarks:
        remarks().print(f"Look at this: {remark}", style="yellow", markup=False)
    if arguments.json:
        print_json({"paths": outcome.paths})
    else:
        remarks().print("Applied: " + ", ".join(outcome.paths), style="green", markup=False)
    return 0


def _agrees(arguments: argparse.Namespace, change: ChangeSet, why: tuple[Problem, ...], settings: Settings) -> bool:
    """Whether the user approves: with --yes, or at the terminal, once they have seen the change and the reasons."""
    if not arguments.yes:
        if arguments.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        print_diff(remarks(), unified(change))
        for problem in why:
            remarks().print(_said(problem), style="yellow", markup=False)
        if not agreed(remarks(), f"Approve this ({', '.join(change.paths())})?"):
            return False
    reasons = tuple(problem.message for problem in why)
    pending = Pending(change, "Apply a reply", "reply", reasons, policy_of(arguments.root, settings))
    approval = approve(pending, "terminal")
    note_approval(Audit(settings.state_folder), arguments.root, pending, approval.channel, approval.user, "")
    return True


def _said(problem: Problem) -> str:
    block = f"block {problem.block}" if problem.block else ""
    return ": ".join(filter(None, (block, problem.path, problem.code, problem.message)))
