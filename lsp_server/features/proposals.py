"""patchwright.proposals, .accept, .reject, .showDiff, .showProposal: what waits to be looked at, and the user's word.

A change waits where the user set `review.preview`, or the command that asked for it said `"preview": true`. Accepting
is no approval: what the review wants a person's consent for is asked for then, as always.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from lsp_server.features.kept import keep_all, take_over
from lsp_server.proposals import Held
from lsp_server.session import Session

if TYPE_CHECKING:
    from lsp_server.actions.ask import Proposal
    from lsp_server.features.job import Told

LIST = "patchwright.proposals"
ACCEPT = "patchwright.accept"
REJECT = "patchwright.reject"
SHOW_DIFF = "patchwright.showDiff"
SHOW = "patchwright.showProposal"
WAITS = "patchwright/proposal"

NOTHING = "No proposal waits under this id. `patchwright.proposals` lists those that do."
MOST_HUNKS = 1000

RULE = "proposal.old"
OLD = "This was proposed before the server started: look at it once more."


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which proposal is meant, the newest where `id` is empty, and which of its hunks; None for all of it."""

    id: str = ""
    hunks: tuple[tuple[str, int | None], ...] | None = None


def register(session: Session) -> None:
    """Announces the commands."""

    async def listed(params: types.ExecuteCommandParams) -> dict[str, Any]:
        _chosen(params.arguments)
        for folder in session.folders.all():
            await take_over(session, folder)
        return {"proposals": [_json(session, held) for held in session.proposals]}

    async def accept(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await _accept(session, _chosen(params.arguments), params.work_done_token)

    async def reject(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await _reject(session, _chosen(params.arguments))

    async def show_diff(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await _show(session, _chosen(params.arguments), diff=True)

    async def show(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await _show(session, _chosen(params.arguments), diff=False)

    for name, command in ((LIST, listed), (ACCEPT, accept), (REJECT, reject), (SHOW_DIFF, show_diff), (SHOW, show)):
        session.server.command(name)(command)


def announce(session: Session, held: Held) -> None:
    """Tells an editor that draws proposals itself that one waits."""
    session.protocol.notify(WAITS, {"id": held.id})


async def refresh(session: Session) -> None:
    """Has the editor ask for the lenses again."""
    if session.client.lens_refresh:
        request = session.protocol.send_request_async(types.WORKSPACE_CODE_LENS_REFRESH, None)
        try:
            await asyncio.wait_for(request, session.patience.reply)
        except (TimeoutError, JsonRpcException):
            return


async def _accept(session: Session, chosen: Chosen, token: str | int | None) -> dict[str, Any]:
    await session.ready()
    from lsp_server.actions.proposal_page import proposal_page
    from lsp_server.edits.choose import chosen as parted
    from lsp_server.features.approval import REVIEW
    from lsp_server.features.job import Told, as_job, concluded
    from lsp_server.features.page import show_page
    from lsp_server.features.progress import Report

    async def work(report: Report) -> Told:
        held = _taken(session, chosen)
        put_back: Proposal | None = held.proposal
        try:
            proposal, rest = held.proposal, None
            if chosen.hunks is not None:
                now, later = await asyncio.to_thread(parted, proposal.change, chosen.hunks)
                if not now.operations:
                    return Told("refused", "The proposal has no such hunk. Nothing was changed.", {})
                rest = replace(proposal, change=later) if later.operations else None
                proposal = replace(proposal, change=now)
            present = await _judged_now(session, held, proposal)
            if isinstance(present, str):
                return Told("denied", present, {})
            proposal = present
            if held.is_old and not session.client.draws:
                # What is agreed to is what is shown now.
                await show_page(session, await asyncio.to_thread(proposal_page, held.id, proposal, held.since))
            told = await concluded(session, held.folder, proposal, held.base, report)
            if told.outcome == REVIEW:
                announce(session, held)
                return Told("pending", f"{held.proposal.summary} still waits.", {}, held.id)
            if told.outcome in ("done", "chosen", "not-visible-yet"):
                put_back = rest
            elif told.outcome == "partial":
                put_back = None
            return _applied(held, proposal, told, rest)
        finally:
            if put_back is not None and held.folder in session.folders.all():
                session.proposals.put_back(held, put_back)

    try:
        result = await as_job(session, "Accept", token, work)
    finally:
        await keep_all(session)
    await refresh(session)
    return result


def _applied(held: Held, proposal: "Proposal", told: "Told", rest: "Proposal | None") -> "Told":
    """What is told of a proposal, or of a part of it, once it is applied; anything else stays as it is told.

    Who made an old one is not certain, and what it cost was another day's.
    """
    from lsp_server.actions.describe import when

    if told.outcome != "done":
        return told
    said = f"{proposal.summary} (proposed at {when(held.since)})." if held.is_old else told.message
    return replace(told, message=f"A part is applied: {said} The rest still waits." if rest is not None else said)


async def _judged_now(session: Session, held: Held, proposal: "Proposal") -> "Proposal | str":
    """A proposal, or a part of it, with the verdict that holds now; or why it is denied."""
    from lsp_server.actions.rejudged import rejudged
    from lsp_server.actions.waiting import policy_of
    from lsp_server.review.verdict import Concern

    # A part may break what the whole leaves sound, and its hunks have numbers of their own.
    is_part = held.is_part or proposal is not held.proposal
    policy = await asyncio.to_thread(policy_of, held.folder.root, session.settings)
    if not is_part and not held.is_old and policy == held.policy:
        return proposal
    services, snapshot = await session.services(held.folder), session.snapshot(held.folder)
    # Who made what another server left is what its file says, which decides nothing.
    exact = not is_part and not held.is_old and proposal.made_by == "recipe"
    concerns = (Concern(RULE, "confirm", proposal.change.paths()[0], OLD),) if held.is_old else ()
    verdict = await rejudged(proposal, proposal.change, snapshot, services, concerns, exact=exact)
    if verdict.level == "deny":
        said = "This part cannot stand alone" if is_part else "It cannot be applied now"
        return f"{said}: {' '.join(verdict.reasons)}"
    return replace(proposal, verdict=verdict, made_by="model" if held.is_old else proposal.made_by)


async def _reject(session: Session, chosen: Chosen) -> dict[str, Any]:
    await session.ready()
    from lsp_server.edits.choose import chosen as parted

    held = _taken(session, chosen)
    put_back = held.proposal if chosen.hunks is not None else None
    try:
        if chosen.hunks is not None:
            kept, _ = await asyncio.to_thread(parted, held.proposal.change, _others(held, chosen.hunks))
            put_back = replace(held.proposal, change=kept) if kept.operations else None
    finally:
        # Whoever cancels this, or meets an error, has rejected nothing.
        if put_back is not None:
            session.proposals.put_back(held, put_back)
        await keep_all(session)
    await refresh(session)
    return {"outcome": "done", "message": "", "proposal": held.id}


def _others(held: Held, hunks: Sequence[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """All parts but some."""
    from lsp_server.edits.change import Edit
    from lsp_server.edits.choose import parts_of

    others: list[tuple[str, int | None]] = []
    for operation in held.proposal.change.operations:
        rejected = {number for path, number in hunks if path == operation.path}
        parts = parts_of(operation) if isinstance(operation, Edit) else ()
        if not rejected:
            others.append((operation.path, None))
        elif None not in rejected:
            others += [(operation.path, number) for number in range(len(parts)) if number not in rejected]
    return others


async def _show(session: Session, chosen: Chosen, *, diff: bool) -> dict[str, Any]:
    await session.ready()
    from lsp_server.actions.proposal_page import proposal_page
    from lsp_server.edits.diff import unified
    from lsp_server.features.page import show_page

    held = session.proposals.get(chosen.id)
    if held is None:
        raise JsonRpcInvalidParams(NOTHING)
    text = await asyncio.to_thread(unified, held.proposal.change)
    since = held.since if held.is_old else None
    page = text if diff else await asyncio.to_thread(proposal_page, held.id, held.proposal, since)
    if not session.client.draws:
        await show_page(session, page, "diff" if diff else "md")
    return {"outcome": "done", "message": "", "proposal": held.id, "diff": text}


def _taken(session: Session, chosen: Chosen) -> Held:
    held = session.proposals.take(chosen.id)
    if held is None or held.folder not in session.folders.all():
        raise JsonRpcInvalidParams(NOTHING)
    return held


def _json(session: Session, held: Held) -> dict[str, Any]:
    proposal = held.proposal
    return {
        "id": held.id,
        "summary": proposal.summary,
        "made_by": proposal.made_by,
        "level": proposal.verdict.level,
        "reasons": list(proposal.verdict.reasons),
        "since": datetime.fromtimestamp(held.since, UTC).isoformat(timespec="seconds"),
        "old": held.is_old,
        "files": [session.uri(held.folder, path) for path in proposal.change.paths()],
    }


def _chosen(arguments: Sequence[Any] | None) -> Chosen:
    """What a command was given."""
    if not arguments:
        return Chosen()
    given: Any = arguments[0] if len(arguments) == 1 else None
    if not isinstance(given, dict):
        raise JsonRpcInvalidParams("The command takes one object with id and hunks, or nothing.")
    values = cast("Mapping[str, Any]", given)
    hunks, name = values.get("hunks"), values.get("id", "")
    if any(key not in ("id", "hunks") for key in values) or not isinstance(name, str):
        raise JsonRpcInvalidParams("There are id, a string, and hunks, a list.")
    if hunks is None:
        return Chosen(name)
    parts = [_part(each) for each in cast("list[Any]", hunks)] if isinstance(hunks, list | tuple) else []
    if not parts or len(parts) > MOST_HUNKS or any(part is None for part in parts):
        raise JsonRpcInvalidParams("hunks is a list of objects with path, a string, and hunk, a number from 0 or null.")
    return Chosen(name, tuple(part for part in parts if part is not None))


def _part(given: Any) -> tuple[str, int | None] | None:
    if not isinstance(given, dict):
        return None
    values = cast("Mapping[str, Any]", given)
    path, number = values.get("path"), values.get("hunk")
    fits = number is None or (isinstance(number, int) and not isinstance(number, bool) and number >= 0)
    return (path, number) if isinstance(path, str) and fits else None
