"""Turns a description into a reviewed diff, or applies it.

    echo "rename load_user to fetch_user" | patchwright ask --root . -
    patchwright ask --file app/models.py --line 12 --apply

    patchwright ask --show-prompt "retry on errors"

The last shows exactly what a model would be sent, and sends nothing.

Without a description, the comment on that line is the description.

Exit codes: 0 a change, 3 none (why is said), 4 a person must approve it, 5 denied.
"""

import argparse
import asyncio
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from context.parsing.symbols import outline
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Answer, Ask, Explanation, NoChange, Proposal
from lsp_server.actions.change_files import ACTION as CHANGE_FILES
from lsp_server.actions.describe import answer_page, one_line, sites_page
from lsp_server.actions.implement_comment import ACTION as IMPLEMENT_COMMENT
from lsp_server.actions.offer import Action, Found
from lsp_server.actions.pipeline import propose
from lsp_server.actions.registry import ACTIONS, action_named, menu
from lsp_server.actions.waiting import note_withheld, pending_of, policy_of
from lsp_server.commands.ask_show import show_prompt
from lsp_server.commands.context import piece_json
from lsp_server.commands.keeping import write_kept
from lsp_server.commands.terminal import (
    agreed,
    print_diff,
    print_json,
    print_page,
    read_description,
    remarks,
    results,
    visible,
)
from lsp_server.commands.workspace import folder, opened
from lsp_server.edits.diff import unified
from lsp_server.edits.lines import contents
from lsp_server.review.approval import Approvals
from lsp_server.review.audit import Audit
from lsp_server.review.journal import Record
from lsp_server.review.verdict import Verdict
from lsp_server.settings import Settings, load_settings

EXIT_NO_CHANGE = 3
EXIT_BY_LEVEL = {"allow": 0, "confirm": 0, "approve": 4, "deny": 5}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The fixed interface: `--root DIR [--file F --line N] [--apply] [--json] -`."""
    parser.add_argument("description", nargs="?", help="the description, or - to read it from standard input")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", default=Path(), help="the workspace folder (default: this one)"
    )
    parser.add_argument("--file", metavar="F", help="the file that it is about, relative to the workspace folder")
    parser.add_argument("--line", type=int, metavar="N", help="the line in it, from 1")
    parser.add_argument("--end-line", type=int, metavar="M", help="the last line, where there are several")
    parser.add_argument(
        "--action", metavar="A", choices=[action.id for action in ACTIONS], help=f"what to do: {_named_actions()}"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--apply", action="store_true", help="write the change to the files")
    what.add_argument("--show-prompt", action="store_true", help="print exactly what would be sent, and send nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Answers one ask; see the module's exit codes."""
    root = folder(arguments.root)
    if root is None:
        return 2
    snapshot = Snapshot(root)
    settings, _ = load_settings()
    ask = _ask(arguments, snapshot, settings)
    if isinstance(ask, str):
        remarks().print(ask, style="red", markup=False)
        return 2
    if arguments.show_prompt:
        return asyncio.run(show_prompt(root, ask, snapshot, settings, as_json=arguments.json))
    answer = asyncio.run(_answer(root, ask, snapshot))
    if arguments.json:
        print_json(answer_json(answer))
    elif isinstance(answer, Explanation):
        for line in answer.text.split("\n"):
            results().print(visible(line), markup=False, highlight=False)
        remarks().print(one_line(answer), style="green", markup=False)
    elif isinstance(answer, Proposal):
        print_diff(results(), unified(answer.change))
        remarks().print(one_line(answer), style="green", markup=False)
        _print_verdict(answer.verdict)
        if page := sites_page(answer):
            print_page(remarks(), page)
    else:
        _explain(answer, settings)
    if isinstance(answer, Explanation):
        return 0
    if isinstance(answer, NoChange):
        return EXIT_BY_LEVEL["deny"] if answer.reason == "denied" else EXIT_NO_CHANGE
    return _apply(root, answer) if arguments.apply else EXIT_BY_LEVEL[answer.verdict.level]


async def _answer(root: Path, ask: Ask, snapshot: Snapshot) -> Answer:
    console = remarks()
    async with opened(root) as services:
        if not console.is_terminal:
            return await propose(ask, snapshot, services, lambda _: None)
        with console.status("Reading") as status:
            return await propose(ask, snapshot, services, status.update)


def _named_actions() -> str:
    return ", ".join(action.id for action in ACTIONS)


def _ask(arguments: argparse.Namespace, snapshot: Snapshot, settings: Settings) -> Ask | str:
    """The ask that the arguments describe, or what is wrong with them."""
    description = read_description(arguments.description).strip()
    if arguments.line is not None and arguments.file is None:
        return "--line needs --file."
    place = None
    if arguments.file is not None:
        found = _place(arguments, snapshot)
        if isinstance(found, str):
            return found
        place = found
    if description:
        action = action_named(arguments.action or "") or CHANGE_FILES
        return Ask(action.id, description, place, None, action.scope, settings.budget)
    unasked = action_named(arguments.action or "")
    if place is None and unasked is not None and unasked.unasked and unasked.scope == "workspace":
        return Ask(unasked.id, unasked.unasked, None, None, unasked.scope, settings.budget)
    if place is None:
        return "Say what to change: a description, - for standard input, or --file and --line of a comment."
    return _found_ask(action_named(arguments.action or "") or IMPLEMENT_COMMENT, place, snapshot, settings)


def _found_ask(action: Action, place: Place, snapshot: Snapshot, settings: Settings) -> Ask | str:
    """The ask that an action finds at a place, as an editor's menu would."""
    file = snapshot.file(place.path)
    offers = menu(file, place, outline(file.path, file.text)) if isinstance(file, FileText) else ()
    found = next((offer.found for offer in offers if offer.action == action), None)
    if found is None and action.unasked:
        found = Found(action.unasked, place)
    if found is None and action == IMPLEMENT_COMMENT:
        return f"There is no comment on line {place.start_line} of {place.path}, and no description was given."
    if found is None or found.disabled:
        why = f"{found.disabled}." if found else ""
        return f"“{action.title}” finds nothing to do at line {place.start_line} of {place.path}. {why}".rstrip()
    return Ask(action.id, found.description, found.place, found.comment, action.scope, settings.budget)


def _place(arguments: argparse.Namespace, snapshot: Snapshot) -> Place | str:
    name, line, end = arguments.file, arguments.line, arguments.end_line
    path = Path(name)
    absolute = path if path.is_absolute() else snapshot.root / path
    if not absolute.resolve().is_relative_to(snapshot.root):
        return f"{name} is outside the workspace {snapshot.root}. Name its folder with --root."
    relative = absolute.relative_to(snapshot.root).as_posix() if absolute.is_relative_to(snapshot.root) else name
    file = snapshot.file(relative)
    if not isinstance(file, FileText):
        return f"{name} {file.reason}."
    lines = file.text.count("\n") + 1
    for each in (line, end):
        if each is not None and not 1 <= each <= lines:
            return f"{name} has {len(contents(file.text)):,} lines; there is no line {each}."
    first = line or lines
    return Place(relative, first, max(first, end or first))


def _explain(answer: NoChange, settings: Settings) -> None:
    """Why there is no change, as the page that an editor would show."""
    print_page(remarks(), answer_page(answer, settings))


def _print_verdict(verdict: Verdict) -> None:
    """What a person should know before they agree, and which checks have looked."""
    for reason in verdict.reasons:
        remarks().print(f"{verdict.level}: {reason}", style="yellow", markup=False)
    remarks().print("Checked: " + ", ".join(f"{name} {state}" for name, state in verdict.checks.items()), markup=False)


def _apply(root: Path, proposal: Proposal) -> int:
    console = remarks()
    level = proposal.verdict.level
    if level == "confirm" and sys.stdin.isatty():
        if not agreed(console, "Apply it?"):
            console.print("Nothing was written.")
            return EXIT_BY_LEVEL["approve"]
    elif level != "allow":
        console.print(f"Not written: a person must look first. {_kept_for_approval(root, proposal)}", markup=False)
        return EXIT_BY_LEVEL["approve"]
    record = Record(proposal.summary, proposal.made_by)
    problems = write_kept(root, proposal.change, record, load_settings()[0].state_folder)
    for problem in problems or ():
        console.print(problem.message, style="red", markup=False)
    if not problems:
        console.print(f"Written: {', '.join(proposal.change.paths())}. `patchwright undo` takes it back.", markup=False)
    return EXIT_NO_CHANGE if problems else 0


def _kept_for_approval(root: Path, proposal: Proposal) -> str:
    """Keeps what waits for a person; how they approve it."""
    settings, _ = load_settings()
    pending = pending_of(proposal, proposal.change, policy_of(root, settings), "")
    try:
        Approvals(settings.state_folder, root).put(pending)
    except OSError as error:
        return f"It cannot be kept for approval ({error.strerror})."
    rules = tuple(dict.fromkeys(rule for each in proposal.verdict.judgements for rule in each.rules))
    note_withheld(Audit(settings.state_folder), root, pending, rules)
    return f"`patchwright approve {pending.id}` in a terminal shows and writes it, within ten minutes."


def answer_json(answer: Answer) -> dict[str, Any]:
    """The fixed shape, with a message and the uncertain places beside it."""
    changed = answer if isinstance(answer, Proposal) else None
    verdict = None if isinstance(answer, Explanation) else answer.verdict
    problems = answer.problems if isinstance(answer, NoChange) else ()
    return {
        "diff": unified(changed.change) if changed else "",
        "made_by": changed.made_by if changed else "model" if isinstance(answer, Explanation) else None,
        "level": verdict.level if verdict else None,
        "pieces": [piece_json(piece) for piece in answer.context.pieces] if answer.context else [],
        "usage": asdict(answer.usage) if answer.usage else None,
        "problems": [asdict(problem) for problem in problems],
        "uncertain": [asdict(site) for site in changed.uncertain] if changed else [],
        "findings": [asdict(finding) for finding in verdict.findings] if verdict else [],
        "checks": dict(verdict.checks) if verdict else {},
        "message": one_line(answer),
        "text": answer.text if isinstance(answer, Explanation) else "",
    }
