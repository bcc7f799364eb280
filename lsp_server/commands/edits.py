"""Applies a model's reply to a tree: every block of it, or nothing.

    patchwright edits apply --root DIR --reply FILE [--base DIR] [--json]

Exit codes: 0 applied; 3 refused, nothing is written and the problems say why, block by block.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from clients.outgoing import NEVER_SEND
from lsp_server.commands.edits_apply import edits_apply
from lsp_server.commands.terminal import print_json, remarks
from lsp_server.commands.workspace import folder
from lsp_server.edits.change import Refused
from lsp_server.review.policy_files import load_policy
from lsp_server.settings import load_settings

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
    outcome = edits_apply(
        arguments.root, reply, arguments.base, arguments.default_path, settings.state_folder, never_send
    )
    if isinstance(outcome, Refused):
        if arguments.json:
            print_json({"problems": [asdict(problem) for problem in outcome.problems]})
        for problem in outcome.problems:
            block = f"block {problem.block}" if problem.block else ""
            said = ": ".join(filter(None, (block, problem.path, problem.code, problem.message)))
            remarks().print(said, style="red", markup=False)
        return EXIT_REFUSED
    if arguments.json:
        print_json(asdict(outcome))
    else:
        remarks().print("Applied: " + ", ".join(outcome.paths), style="green", markup=False)
    return 0
