"""How does a reviewed change reach the user's files? By the editor, for the texts it was made for, and verified.

    journal -> check (version, sha, existence) -> send, with no await in between -> verify -> say what is true

A file that moved on meanwhile gets a three-way merge, which is reviewed again, or the whole change is refused. After
sending, nothing that the editor says is believed: each file is looked at.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from context.snapshot import FileText, read_file, text_sha
from lsp_server.actions.git_base import Base, base_of, difference
from lsp_server.actions.judged import judged
from lsp_server.documents import HOW_TO_MEND
from lsp_server.edits.change import ChangeSet, Create, Operation, Refused, Rename
from lsp_server.edits.rebase import rebase
from lsp_server.features.annotations import Annotations
from lsp_server.features.verification import State, verify
from lsp_server.features.workspace_edit import Open, in_steps, workspace_edit
from lsp_server.folders import Folder
from lsp_server.review.delivered import Made, note_made
from lsp_server.review.journal import Journal, Record
from lsp_server.review.verdict import Judgement
from lsp_server.session import Session

Outcome = Literal["done", "partial", "declined", "failed", "not-visible-yet", "refused", "cancelled"]
Answer = Literal["applied", "declined", "failed", "silent"]

REBASES = 3
"""A user who types faster than we merge is asked to try again."""

MOVED_ON = "The files are not as they were when this was approved. Nothing was changed; ask again."
TOO_FAST = "The files change faster than the edit can be merged. Ask again when they rest."
NOT_KEPT = (
    "What undo needs cannot be kept ({reason}), so nothing was changed. Make room on the disk of the state folder that"
    " `patchwright doctor` names, then ask again."
)
NOT_SHOWN = (
    "The editor says that it applied the edit, but has shown no change. If your files hold it all the same,"
    " undo it in the editor: `patchwright undo` cannot."
)
"""Some say so of what they skipped; others tell of a change only when their user is idle, or the command has ended."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a change; `files` says it of each file that was sent.

    `is_open`: the editor has not answered, and may still make the change.
    """

    outcome: Outcome
    message: str = ""
    files: Mapping[str, State] = field(default_factory=dict[str, State])
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which a change is delivered.

    `exact`: what was approved for these very texts is merged with no others. `base`: where git must still be.
    `judgements` are told beside its places where the editor can; `choose`: the user chooses among those there.
    """

    exact: bool = False
    base: Base | None = None
    judgements: tuple[Judgement, ...] = ()
    choose: bool = False


PLAIN = Terms()


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
            current = await _present(session, folder, change, exact=terms.exact)
            if isinstance(current, Delivery):
                return current
            try:
                entry = await asyncio.to_thread(journal.begin, current, record)
            except OSError as error:
                return Delivery("refused", NOT_KEPT.format(reason=error.strerror or "an error of the disk"))
            if not _obstacle(session, folder, current) and not _moved(session, folder, current):
                break
            await asyncio.to_thread(journal.end, entry, "refused")
        else:
            return Delivery("refused", TOO_FAST)
        steps = _steps(session, folder, current)
        moved = difference(terms.base, base_of(folder.root)) if terms.base else ""
        if isinstance(steps, str):
            delivery = Delivery("refused", steps)
        elif moved:
            delivery = Delivery("refused", f"{moved} just now. Ask again. Nothing was changed.")
        else:
            sending = _Sending(session, folder, record, terms if current is change else replace(terms, judgements=()))
            delivery = await _send_all(sending, steps, halt)
        # An undo that may never be made leaves what it was for to be undone.
        if not delivery.is_open or record.undoes:
            await asyncio.to_thread(journal.end, entry, delivery.outcome)
        made = Made(current, record, entry, delivery.outcome, "editor", delivery.files)
        await asyncio.to_thread(note_made, (await session.services(folder)).audit, folder.root, made)
        return delivery


def _steps(session: Session, folder: Folder, change: ChangeSet) -> tuple[ChangeSet, ...] | str:
    opened = session.opened(folder)
    return in_steps(change, session.client, lambda path: opened(path) is not None)


async def _present(session: Session, folder: Folder, change: ChangeSet, *, exact: bool) -> ChangeSet | Delivery:
    """The change for the files as they are; returns with no await after the last look at them."""
    services = await session.services(folder)
    for _ in range(REBASES):
        if problem := _obstacle(session, folder, change):
            return Delivery("refused", problem)
        if not _moved(session, folder, change):
            return change
        if exact:
            return Delivery("refused", MOVED_ON)
        now = session.snapshot(folder)
        rebased = await asyncio.to_thread(rebase, change, now)
        if isinstance(rebased, Refused):
            return Delivery("refused", " ".join(problem.message for problem in rebased.problems))
        verdict = await judged(rebased, now, services)
        if verdict.level != "allow":
            return Delivery("refused", "Merged with what changed meanwhile: " + " ".join(verdict.reasons))
        change = rebased
    return Delivery("refused", TOO_FAST)


def _obstacle(session: Session, folder: Folder, change: ChangeSet) -> str:
    """Why no edit may be sent for a path, whatever its text; empty where nothing stands in the way."""
    opened = session.opened(folder)
    for path in change.paths():
        if folder.relative(folder.root / path) != path:
            return f"{path} leads out of the workspace through a link. Nothing was changed."
        document = opened(path)
        if document is not None and document.doubt:
            return f"{path}: {document.doubt}. {HOW_TO_MEND} Nothing was changed."
    return ""


def _moved(session: Session, folder: Folder, change: ChangeSet) -> bool:
    opened = session.opened(folder)
    return any(_has_moved(folder, operation, opened) for operation in change.operations)


def _has_moved(folder: Folder, operation: Operation, opened: Open) -> bool:
    """Whether a file is no longer what the operation was made for."""
    if isinstance(operation, Create):
        return _sha(folder, operation.path, opened) is not None
    if isinstance(operation, Rename) and _sha(folder, operation.new_path, opened) is not None:
        return True
    return _sha(folder, operation.path, opened) != operation.base_sha


def _sha(folder: Folder, path: str, opened: Open) -> str | None:
    """The sha of what is at a path, None for nothing; what cannot be read as text is like no other text."""
    document = opened(path)
    if document is not None:
        return text_sha(document.text)
    found = read_file(folder.root, path)
    if isinstance(found, FileText):
        return found.sha
    return "unreadable" if found.exists else None


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
    for number, step in enumerate(steps):
        rest = ChangeSet(tuple(operation for later in steps[number:] for operation in later.operations))
        # The first step was looked at just now; between two steps the user may have typed.
        surprise = number > 0 and (_obstacle(session, folder, rest) or _moved(session, folder, rest))
        if halt.requested or surprise:
            return _summed(files | _unsent(rest, files), "cancelled" if halt.requested else "declined")
        answer = await _apply(sending, step)
        for path, state in (await verify(session, folder, step, claimed=answer == "applied")).items():
            # A file that was edited and should then move, and did not, is neither as it was nor as was meant.
            files[path] = "different" if state == "unchanged" and path in files else state
        if any(state not in ("done", "unsaved") for state in files.values()):
            return _summed(_unsent(rest, files) | files, answer)
    return _summed(files, "applied")


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


def _summed(files: Mapping[str, State], answer: Answer | Literal["cancelled"]) -> Delivery:
    """The outcome that the states of all files amount to."""
    states = set(files.values())
    if states == {"done"}:
        return Delivery("done", files=files)
    if states <= {"done", "unsaved"}:
        waiting = _listed(files, "unsaved")
        return Delivery("not-visible-yet", f"The editor holds {waiting} unsaved: save all files to finish.", files)
    if states == {"unchanged"}:
        return _nothing(files, answer)
    parts = [
        f"{listed} {says}."
        for state, says in (
            ("done", "hold the change"),
            ("unsaved", "are changed in the editor only, save them"),
            ("unchanged", "are as they were"),
            ("different", "hold something else than was meant"),
        )
        if (listed := _listed(files, state))
    ]
    return Delivery("partial", "Partly applied: " + " ".join(parts) + " Undo in the editor, or ask again.", files)


def _nothing(files: Mapping[str, State], answer: Answer | Literal["cancelled"]) -> Delivery:
    match answer:
        case "cancelled":
            return Delivery("cancelled", "Cancelled: nothing was changed.", files)
        case "failed":
            return Delivery("failed", "The editor failed to apply the edit. Nothing was changed.", files)
        case "silent":
            return Delivery("failed", "The editor has not answered. So far nothing was changed.", files, is_open=True)
        case "applied":
            return Delivery("declined", NOT_SHOWN, files)
        case _:
            return Delivery("declined", "The editor did not apply the edit. Nothing was changed.", files)


def _listed(files: Mapping[str, State], state: str) -> str:
    return ", ".join(path for path, found in files.items() if found == state)
