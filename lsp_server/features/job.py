"""How is an ask carried out for an editor? As a job with progress that can be cancelled at any time.

The job takes its snapshot when the command arrives. Before the edit is sent, cancelling means that nothing is; after
that, what was sent is verified, and the user is told the truth.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from lsprotocol import types

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Ask, Explanation, NoChange, OtherCell, Proposal
from lsp_server.actions.context_answer import HOW_TO_CONNECT
from lsp_server.actions.describe import answer_page, one_line, sites_page
from lsp_server.actions.git_base import Base, base_of
from lsp_server.actions.notebooks import REFUSED, is_of_notebook
from lsp_server.actions.offer import Action
from lsp_server.actions.pipeline import propose
from lsp_server.actions.proposal_page import proposal_page
from lsp_server.actions.registry import offers
from lsp_server.actions.services import Services
from lsp_server.actions.waiting import policy_of
from lsp_server.convert import to_path, to_place
from lsp_server.documents import HOW_TO_MEND
from lsp_server.edits.change import ChangeSet
from lsp_server.edits.rebase import rebase
from lsp_server.features.approval import REST, REVIEW, Decision, decided
from lsp_server.features.arguments import Arguments
from lsp_server.features.code_action import diagnoses_of
from lsp_server.features.consent import chosen
from lsp_server.features.delivery import Halt, deliver
from lsp_server.features.finding_diagnostics import tell
from lsp_server.features.kept import keep_all
from lsp_server.features.moved_base import on_present_base
from lsp_server.features.outcome import Delivery
from lsp_server.features.page import show_page
from lsp_server.features.present import MERGED, PLAIN, Terms
from lsp_server.features.progress import Report, new_token, progress
from lsp_server.features.proposals import announce, refresh
from lsp_server.features.recovery import recovered
from lsp_server.folders import Folder
from lsp_server.proposals import Held
from lsp_server.review.journal import Record
from lsp_server.session import Session, Waiting

CANCELLED = "Cancelled: nothing was changed."
LEAVE = "Leave it so"
ROUNDS = 3
"""So often a user decides about a change that is another one each time."""

QUIET = ("done", "chosen", "pending", "needs-model", "cancelled", "declined", "withheld")
"""Outcomes that are no cause for a warning."""


@dataclass(frozen=True, slots=True)
class Told:
    """The end of a job, for the user and for the program that called the command."""

    outcome: str
    message: str
    files: Mapping[str, str]
    proposal: str = ""
    failure: str = ""

    def as_json(self) -> dict[str, Any]:
        """The command's result; `proposal` is the id of a change that waits, `failure` how the model's call failed."""
        result = {"outcome": self.outcome, "message": self.message, "files": dict(self.files)}
        more = {"proposal": self.proposal, "failure": self.failure}
        return result | {name: value for name, value in more.items() if value}


async def run(session: Session, action: Action, arguments: Arguments, token: str | int | None) -> dict[str, Any]:
    """Carries out one command and tells the user, once, what came of it."""
    return await as_job(session, action.title, token, lambda report: _carry_out(session, action, arguments, report))


async def as_job(
    session: Session, title: str, token: str | int | None, work: Callable[[Report], Awaitable[Told]]
) -> dict[str, Any]:
    """Does work with progress that can be cancelled, and tells the user, once, what came of it."""
    own = new_token() if token is None else token
    with session.job(own) as job:
        try:
            async with progress(session, f"Patchwright: {title}", own, given=token is not None) as report:
                told = await work(report)
        except asyncio.CancelledError:
            if not job.stopped:
                raise
            told = Told("cancelled", CANCELLED, {})
    for folder in session.folders.all():
        if (services := folder.opened_services()) and (warning := services.audit.taken_warning()):
            session.say(warning, types.MessageType.Warning)
    about_the_model = told.outcome == "needs-model" or told.failure
    if told.message and not (about_the_model and session.client.connects):
        kind = types.MessageType.Info if told.outcome in QUIET else types.MessageType.Warning
        session.say(told.message, kind)
    return told.as_json()


async def _carry_out(session: Session, action: Action, arguments: Arguments, report: Report) -> Told:
    await recovered(session, arguments.uri)
    located = _located(session, arguments)
    if isinstance(located, str):
        return Told("refused", located, {})
    folder, path = located
    snapshot, cells = session.snapshot(folder, path), _other_cells(session, arguments.uri)
    base = await asyncio.to_thread(base_of, folder.root)
    services = await session.services(folder)
    preview = arguments.preview or session.settings.preview
    policy = (
        await asyncio.to_thread(policy_of, folder.root, session.settings) if preview or session.client.draws else ""
    )
    ask = await _ask(session, action, arguments, path, snapshot, services)
    if isinstance(ask, str):
        return Told("refused", ask, {})
    answer = await propose(replace(ask, cells=cells), snapshot, services, report)
    if isinstance(answer, NoChange):
        if answer.reason == "needs-model":
            if session.client.connects:
                return Told(answer.reason, answer.message.replace(HOW_TO_CONNECT, ""), {})
            await show_page(session, answer_page(answer, session.settings))
        return Told(answer.reason, one_line(answer), {}, failure=answer.failure.kind if answer.failure else "")
    if isinstance(answer, Explanation):
        await show_page(session, answer.text, "txt")
        return Told("done", one_line(answer), {})
    if preview:
        return await _held(session, session.proposals.keep(folder, answer, base, policy))
    told = await concluded(session, folder, answer, base, report)
    if told.outcome == REVIEW:
        return await _held(session, session.proposals.keep(folder, answer, base, policy))
    return told


async def _held(session: Session, held: Held) -> Told:
    """Shows a change that the user wants to look at first."""
    proposal = held.proposal
    if session.client.draws:
        announce(session, held)
    else:
        await show_page(session, await asyncio.to_thread(proposal_page, held.id, proposal))
    await keep_all(session)
    await refresh(session)
    files = dict.fromkeys(proposal.change.paths(), "pending")
    message = "" if session.client.draws else f"{proposal.summary} waits for you: accept or reject it."
    return Told("pending", message, files, held.id)


async def concluded(session: Session, folder: Folder, answer: Proposal, base: Base, report: Report) -> Told:
    """Delivers a proposal once the user agrees to what the review asks about; `base` is what it was made on."""
    present = await on_present_base(session, folder, answer, base)
    if isinstance(present, str):
        return Told("refused", present, {})
    answer, base = present
    record = Record(answer.summary, answer.made_by)
    for _ in range(ROUNDS):
        decision = await decided(session, folder, answer)
        if decision.change is None:
            return Told(decision.outcome, decision.message, {})
        report("Applying")
        part = replace(answer, change=decision.change)
        terms = Terms(decision.exact, base, decision.judgements, decision.choose, part)
        delivery = await delivered(session, folder, decision.change, record, terms)
        if delivery.may_go_on and await _rest_is_wanted(session, folder, decision, delivery):
            delivery = await delivered(session, folder, decision.change, record, terms)
        if delivery.outcome != "undecided" or delivery.merged is None:
            break
        answer = delivery.merged
    else:
        return Told("refused", MERGED, {})
    if delivery.outcome == "done" and decision.change is answer.change:
        shown = delivery.merged or answer
        tell(session, folder, shown.verdict.findings, shown.change.texts_after())
    if delivery.outcome in ("done", "not-visible-yet") and (page := sites_page(answer)):
        # The files are changed: a cancel that comes now may spare the page, not deny the change.
        with suppress(asyncio.CancelledError):
            await show_page(session, page)
    told = _told(answer, delivery)
    return replace(told, message=f"{told.message} {decision.message}") if decision.message else told


async def _rest_is_wanted(session: Session, folder: Folder, decision: Decision, delivery: Delivery) -> bool:
    """Whether the user wants the files that the editor left as they were, where they can still be changed."""
    if decision.change is None or decision.exact:
        return False
    rest = await asyncio.to_thread(rebase, decision.change, session.snapshot(folder))
    return isinstance(rest, ChangeSet) and await chosen(session, delivery.message, (LEAVE, REST)) == REST


async def carried_out(session: Session, waiting: Waiting, decision: Decision) -> Told:
    """What comes of a decision about a change that waited."""
    if decision.change is None:
        return Told(decision.outcome, decision.message, {})
    record = Record(waiting.pending.summary, waiting.pending.made_by)
    terms = Terms(decision.exact, judgements=decision.judgements)
    delivery = await delivered(session, waiting.folder, decision.change, record, terms)
    message = f"Approved and applied: {record.summary}." if delivery.outcome == "done" else delivery.message
    return Told(delivery.outcome, message, delivery.files)


def _located(session: Session, arguments: Arguments) -> tuple[Folder, str] | str:
    """The file or cell that is asked about, or why there can be no edit in it."""
    is_cell = session.protocol.notebooks.of_cell(arguments.uri) is not None
    if is_of_notebook(arguments.uri) and not is_cell:
        return REFUSED
    found = session.located(arguments.uri)
    if found is None and (is_cell or to_path(arguments.uri) is None):
        return "This is no file on this machine. Save it in an open workspace folder, then ask again."
    if found is None:
        return "This file is in no open workspace folder. Open its folder in the editor, then ask again."
    document = session.protocol.documents.get(arguments.uri)
    if document is not None and document.doubt:
        return f"{found[1]}: {document.doubt}. {HOW_TO_MEND} Then ask again."
    return found


def _other_cells(session: Session, uri: str) -> tuple[OtherCell, ...]:
    """The other code cells of the notebook that holds a cell, in order."""
    document, cells = session.protocol.documents.get(uri), session.code_cells(uri)
    here = next((number for number, cell in enumerate(cells) if cell is document), 0)
    return tuple(
        OtherCell(number + 1, cell.text, is_above=number < here) for number, cell in enumerate(cells) if number != here
    )


async def _ask(
    session: Session, action: Action, arguments: Arguments, path: str, snapshot: Snapshot, services: Services
) -> Ask | str:
    """The ask: described by the caller, else by what stands at the place in the snapshot."""
    budget, place = services.settings.budget, to_place(path, arguments.range)
    diagnoses = arguments.diagnoses
    if action.every_diagnosis and (document := session.protocol.documents.get(arguments.uri)) is not None:
        # What is told twice is taken once, and what was handed over first.
        diagnoses = (*diagnoses, *diagnoses_of(session.diagnosed.of(arguments.uri, document.text)))
    if arguments.description is not None:
        comment = to_place(path, arguments.comment) if arguments.comment else None
        return Ask(action.id, arguments.description, place, comment, action.scope, budget, diagnoses=diagnoses)
    file = await asyncio.to_thread(snapshot.file, path)
    if not isinstance(file, FileText):
        return f"{path} {file.reason}. Nothing was changed."
    for offer in await offers(file, place, services.index, diagnoses):
        found = offer.found
        if offer.action.id == action.id:
            if found.disabled:
                return f"{found.disabled}."
            return Ask(
                action.id, found.description, found.place, found.comment, action.scope, budget, diagnoses=diagnoses
            )
    if action.unasked:
        return Ask(action.id, action.unasked, place, None, action.scope, budget, diagnoses=diagnoses)
    return f"“{action.title}” finds nothing to do at line {place.start_line} of {path}."


async def delivered(
    session: Session,
    folder: Folder,
    change: ChangeSet,
    record: Record,
    terms: Terms = PLAIN,
) -> Delivery:
    """Delivers to the end of the step under way, even if the job is cancelled meanwhile."""
    halt = Halt()
    delivering = asyncio.ensure_future(deliver(session, folder, change, record, halt, terms))
    while True:
        try:
            delivery = await asyncio.shield(delivering)
        except asyncio.CancelledError:
            if delivering.cancelled():
                raise
            halt.requested = True
            continue
        if delivery.outcome == "cancelled":
            raise asyncio.CancelledError
        return delivery


def _told(proposal: Proposal, delivery: Delivery) -> Told:
    message = one_line(proposal) if delivery.outcome == "done" else delivery.message
    return Told(delivery.outcome, message, delivery.files)
