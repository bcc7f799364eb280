"""What becomes of a change that needs a person's approval? It stays with the server until that comes.

The edit that the editor gets holds no hunk that is withheld. Approval is asked for by a message, or given with
`patchwright approve` in a terminal; never by a command, which any program in the editor could call. It is bound to the
hunks, to their bases and to the policy, holds once and for ten minutes, and no answer means no.
"""

import asyncio
import time
from dataclasses import dataclass

from lsp_server.actions.ask import Proposal
from lsp_server.actions.judged import judged
from lsp_server.actions.waiting import note_approval, note_withheld, pending_of, policy_of, withheld_page
from lsp_server.edits.change import ChangeSet
from lsp_server.features.consent import DISCARD, agreed, chosen, told
from lsp_server.features.page import show_page
from lsp_server.folders import Folder
from lsp_server.protocol import log_failure
from lsp_server.review.approval import Approval, Approvals, Pending, approve, refusal
from lsp_server.review.carried import carried
from lsp_server.review.parting import parted
from lsp_server.review.verdict import Judgement
from lsp_server.session import Session, Waiting
from lsp_server.settings import load_settings

APPROVE = "Approve and apply"
REST = "Apply the rest"
WAITS = (
    "Waits for approval: {reasons} Nothing of it was changed. Run `patchwright approve {id}` in a terminal within"
    " {minutes} minutes."
)
DISCARDED = "Discarded: nothing was changed."
REVIEW = "review"
"""The outcome where the user wants to choose among the hunks: the change then waits as a proposal."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be delivered now, None for nothing; `exact`: only onto the very texts that were approved.

    `message` is what the user is told besides. `judgements` are those of this very change; `choose`: the user chooses
    among its places in the editor.
    """

    change: ChangeSet | None
    outcome: str = "declined"
    message: str = ""
    exact: bool = False
    judgements: tuple[Judgement, ...] = ()
    choose: bool = False


async def decided(session: Session, folder: Folder, proposal: Proposal) -> Decision:
    """What the user, or the review alone, decides about a proposal."""
    if proposal.verdict.level != "approve":
        if consent := await agreed(session, proposal):
            if consent == "choose" and session.client.draws:
                return Decision(None, REVIEW)
            judgements = proposal.verdict.judgements
            return Decision(proposal.change, judgements=judgements, choose=consent == "choose")
        return Decision(None, message=DISCARDED)
    parts = await asyncio.to_thread(parted, proposal.change, proposal.verdict)
    waiting = await hold(session, folder, proposal, proposal.change)
    if isinstance(waiting, str):
        return Decision(None, "refused", waiting)
    rest = Rest(proposal, parts.now, parts.withheld)
    try:
        return await asked(session, waiting, rest if await _stands_alone(session, folder, parts.now) else None)
    except asyncio.CancelledError:
        # Who stops the ask does not want what it came to.
        drop(session, waiting)
        raise


async def _stands_alone(session: Session, folder: Folder, change: ChangeSet) -> bool:
    """Whether a part of a change may be delivered by itself: it may break what only the whole leaves sound."""
    if not change.operations:
        return False
    verdict = await judged(change, session.snapshot(folder), await session.services(folder))
    return verdict.level in ("allow", "confirm")


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a proposal may be delivered without approval, and what then still waits."""

    proposal: Proposal
    now: ChangeSet
    withheld: ChangeSet


async def hold(session: Session, folder: Folder, proposal: Proposal, change: ChangeSet) -> Waiting | str:
    """Keeps a change until it is approved, or says why it cannot be kept."""
    services = await session.services(folder)
    policy = await asyncio.to_thread(policy_of, folder.root, session.settings)
    pending = pending_of(proposal, change, policy, session.name)
    approvals = Approvals(session.settings.state_folder, folder.root)
    try:
        await asyncio.to_thread(approvals.put, pending)
    except OSError as error:
        return f"This needs approval, and what waits for it cannot be kept ({error.strerror}). Nothing was changed."
    rules = tuple(dict.fromkeys(rule for each in proposal.verdict.judgements for rule in each.rules))
    await asyncio.to_thread(note_withheld, services.audit, folder.root, pending, rules)
    waiting = session.waiting[pending.id] = Waiting(folder, pending, _carried(proposal, change))
    _begin_watching(session)
    return waiting


def _carried(proposal: Proposal, part: ChangeSet) -> tuple[Judgement, ...]:
    """What was said of a proposal, for all of it or a part."""
    judgements = proposal.verdict.judgements
    return judgements if part is proposal.change else carried(part, proposal.change, judgements)


async def asked(session: Session, waiting: Waiting, rest: Rest | None) -> Decision:
    """Asks in the editor, where the user can see what waits."""
    pending = waiting.pending
    page = withheld_page(pending)
    if not session.client.draws:
        await show_page(session, page)
    titles = (APPROVE, REST, DISCARD) if rest else (APPROVE, DISCARD)
    answer = await chosen(session, f"{pending.summary} needs your approval: {told(pending.reasons)}", titles, page)
    if pending.id not in session.waiting:
        return Decision(None, "withheld", "")
    if answer == APPROVE:
        return await accepted(session, waiting, approve(pending, "editor"))
    if answer == DISCARD:
        drop(session, waiting)
        return Decision(None, message=DISCARDED)
    if answer == REST and rest is not None:
        drop(session, waiting)
        later = await hold(session, waiting.folder, rest.proposal, rest.withheld)
        message = later if isinstance(later, str) else waits(later.pending)
        return Decision(rest.now, "done", message, judgements=_carried(rest.proposal, rest.now))
    return Decision(None, "withheld", waits(pending))


def waits(pending: Pending) -> str:
    """What to say of a change that waits."""
    minutes = max(1, round(pending.seconds_left(time.time()) / 60))
    return WAITS.format(reasons=told(pending.reasons), id=pending.id, minutes=minutes)


async def accepted(session: Session, waiting: Waiting, approval: Approval) -> Decision:
    """Takes an approval, once: the change waits no more, whether the approval holds or not."""
    pending, folder = waiting.pending, waiting.folder
    drop(session, waiting)
    services = await session.services(folder)
    settings = (await asyncio.to_thread(load_settings, editor=session.editor_settings))[0]
    policy = await asyncio.to_thread(policy_of, folder.root, settings)
    refused = refusal(pending, approval, policy, time.time())
    if not refused and (await judged(pending.change, session.snapshot(folder), services)).level == "deny":
        refused = "the change is denied now"
    await asyncio.to_thread(
        note_approval, services.audit, folder.root, pending, approval.channel, approval.user, refused
    )
    if refused:
        return Decision(None, "refused", f"The approval does not hold: {refused}. Nothing was changed; ask again.")
    return Decision(pending.change, exact=True, judgements=waiting.judgements)


def drop(session: Session, waiting: Waiting) -> None:
    """It waits no more, here and on the disk."""
    session.waiting.pop(waiting.pending.id, None)
    Approvals(session.settings.state_folder, waiting.folder.root).forget(waiting.pending.id)


def _begin_watching(session: Session) -> None:
    if not session.watching:
        session.watching = True
        session.begin(_watch(session))


async def _watch(session: Session) -> None:
    """Looks for approvals from a terminal for as long as something waits."""
    try:
        while session.waiting:
            await asyncio.sleep(session.patience.approval)
            for waiting in list(session.waiting.values()):
                try:
                    await _look(session, waiting)
                except Exception as error:  # noqa: BLE001 - the edge: what else waits is still looked for
                    log_failure("an approval", error)
                    drop(session, waiting)
    finally:
        session.watching = False


async def _look(session: Session, waiting: Waiting) -> None:
    pending = waiting.pending
    approvals = Approvals(session.settings.state_folder, waiting.folder.root)
    if pending.seconds_left(time.time()) < 0 or waiting.folder not in session.folders.all():
        drop(session, waiting)
    elif await asyncio.to_thread(approvals.is_given, pending.id):
        approval = await asyncio.to_thread(approvals.given, pending.id)
        if approval is not None and session.waiting.get(pending.id) is waiting:
            from lsp_server.features.pending import deliver_approved

            await deliver_approved(session, waiting, approval)
