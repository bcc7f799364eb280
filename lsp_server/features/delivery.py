"""How does a reviewed change reach the user's files? By the editor, for the texts it was made for, and verified.

    journal -> check (version, sha, existence) -> send, with no await in between -> verify -> say what is true

After sending, nothing that the editor says is believed: each file is looked at.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.actions.git_base import base_of, difference
from lsp_server.edits.change import ChangeSet
from lsp_server.features.annotations import Annotations
from lsp_server.features.left_out import Lines, left_out
from lsp_server.features.outcome import Answer, Delivery, summed
from lsp_server.features.present import PLAIN, REBASES, TOO_FAST, Terms, has_moved, obstacle, present_change
from lsp_server.features.verification import State, seen, verify
from lsp_server.features.workspace_edit import in_steps, workspace_edit
from lsp_server.folders import Folder
from lsp_server.review.delivered import Made, note_made
from lsp_server.review.journal import Journal, Record
from lsp_server.session import Session

NOT_KEPT = (
    "What undo needs cannot be kept ({reason}), so nothing was changed. Make room on the disk of the state folder that"
    " `patchwright doctor` names, then ask again."
)


@dataclass(slots=True)
class Halt:
    """Set when the user cancels after sending began: the step under way is verified, and no other begins."""

    requested: bool = False


async def deliver(
    session: Session,
    folder: Folder,
    change: ChangeSet,
    record: Record,
    halt: Halt,
    terms: Terms = PLAIN,
) -> Delivery:
    """Delivers a change that needs no further consent, and keeps what takes it back before anything is sent."""
    async with folder.delivering:
        steps = _steps(session, folder, change)
        if isinstance(steps, str):
            return Delivery("refused", steps)
        journal = Journal(session.settings.state_folder, folder.root)
        for _ in range(REBASES):
            present = await present_change(session, folder, change, terms)
            if isinstance(present, Delivery):
                return present
            current, told = present.change, present.terms
            try:
                entry = await asyncio.to_thread(journal.begin, current, record)
            except OSError as error:
                return Delivery("refused", NOT_KEPT.format(reason=error.strerror or "an error of the disk"))
            # Last of what is waited for: from the look at the files on nothing is, until the edit is sent.
            now = await asyncio.to_thread(base_of, folder.root) if terms.base else None
            if not obstacle(session, folder, current) and not has_moved(session, folder, current):
                break
            await asyncio.to_thread(journal.end, entry, "refused")
        else:
            return Delivery("refused", TOO_FAST)
        steps = _steps(session, folder, current)
        moved = difference(terms.base, now) if terms.base and now else ""
        if isinstance(steps, str):
            delivery = Delivery("refused", steps)
        elif moved:
            delivery = Delivery("refused", f"{moved} just now. Ask again. Nothing was changed.")
        else:
            delivery = await _send_all(_Sending(session, folder, record, told), steps, halt)
            delivery = replace(delivery, merged=told.proposal if current is not change else None)
        # An undo that may never be made leaves what it was for to be undone.
        if not delivery.is_open or record.undoes:
            await asyncio.to_thread(journal.end, entry, delivery.outcome)
        made = Made(current, record, entry, delivery.outcome, "editor", delivery.files, delivery.left_out)
        await asyncio.to_thread(note_made, (await session.services(folder)).audit, folder.root, made)
        return delivery


def _steps(session: Session, folder: Folder, change: ChangeSet) -> tuple[ChangeSet, ...] | str:
    opened = session.opened(folder)
    return in_steps(change, session.client, lambda path: opened(path) is not None)


@dataclass(frozen=True, slots=True)
class _Sending:
    """What the steps of a delivery share."""

    session: Session
    folder: Folder
    record: Record
    terms: Terms


async def _send_all(sending: _Sending, steps: tuple[ChangeSet, ...], halt: Halt) -> Delivery:
    """Sends step by step; stops at the first surprise."""
    session, folder = sending.session, sending.folder
    files: dict[str, State] = {}
    left: dict[str, Lines] = {}
    for number, step in enumerate(steps):
        rest = ChangeSet(tuple(operation for later in steps[number:] for operation in later.operations))
        # The first step was looked at just now; between two steps the user may have typed.
        surprise = number > 0 and (obstacle(session, folder, rest) or has_moved(session, folder, rest))
        if halt.requested or surprise:
            return summed(files | _unsent(rest, files), "cancelled" if halt.requested else "declined", left)
        answer = await _apply(sending, step)
        for path, state in (await verify(session, folder, step, claimed=answer == "applied")).items():
            # A file that was edited and should then move, and did not, is neither as it was nor as was meant.
            files[path] = "different" if state == "unchanged" and path in files else state
        if sending.terms.choose and answer == "applied":
            left |= _left_out(sending, step, files)
            files |= {path: "in-part" for path in left if files[path] == "different"}
        if any(state not in ("done", "unsaved") for path, state in files.items() if path not in left):
            return summed(_unsent(rest, files) | files, answer, left)
    return summed(files, "applied", left)


def _left_out(sending: _Sending, step: ChangeSet, files: Mapping[str, State]) -> dict[str, Lines]:
    """What the user did not take of a step, by path."""
    opened = sending.session.opened(sending.folder)
    found: dict[str, Lines] = {}
    for operation in step.operations:
        if files[operation.path] in ("unchanged", "different"):
            now = seen(sending.folder, operation.path, opened)
            lines = left_out(operation, sending.terms.judgements, now.text)
            if lines is not None and (files[operation.path] == "unchanged" or lines):
                found[operation.path] = lines if files[operation.path] == "different" else ()
    return found


def _unsent(rest: ChangeSet, files: Mapping[str, State]) -> dict[str, State]:
    """The states of files whose operation was not sent; `files` are the states by those that were."""
    return {operation.path: "different" if operation.path in files else "unchanged" for operation in rest.operations}


async def _apply(sending: _Sending, step: ChangeSet) -> Answer:
    """Sends one edit, at once: the caller has just looked at the files."""
    session, folder, record, terms = sending.session, sending.folder, sending.record, sending.terms
    annotations = Annotations(record.made_by, terms.judgements, terms.choose)
    edit = workspace_edit(step, session.client, folder.uri, session.opened(folder), annotations)
    params = types.ApplyWorkspaceEditParams(edit=edit, label=f"Patchwright: {record.summary}"[:100])
    request = session.protocol.send_request_async(types.WORKSPACE_APPLY_EDIT, params)
    patience = session.patience.question if terms.choose else session.patience.answer
    try:
        result = await asyncio.wait_for(request, patience)
    except TimeoutError:
        return "silent"
    except JsonRpcException:
        return "failed"
    return "applied" if isinstance(result, types.ApplyWorkspaceEditResult) and result.applied else "declined"
