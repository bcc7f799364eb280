"""Is a change still one for the files as they are? As it is, merged and reviewed anew, or not at all.

A file that moved on since the change was made gets a three-way merge. What that makes is another change: the review
looks at it as a whole, and what nobody has agreed to yet goes back to whoever asks the user.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from context.snapshot import FileText, Snapshot, read_file, text_sha
from lsp_server.actions.ask import Proposal
from lsp_server.actions.git_base import Base
from lsp_server.actions.judged import judged
from lsp_server.actions.rejudged import rejudged
from lsp_server.documents import HOW_TO_MEND
from lsp_server.edits.change import ChangeSet, Create, Operation, Refused, Rename
from lsp_server.edits.rebase import rebase
from lsp_server.features.outcome import Delivery
from lsp_server.features.workspace_edit import Open
from lsp_server.folders import Folder
from lsp_server.review.verdict import Judgement
from lsp_server.session import Session

REBASES = 3
"""A user who types faster than we merge is asked to try again."""

LINE = re.compile(r"\blines? \d+")
MERGED = "What changed meanwhile makes it another change. Ask again. Nothing was changed."
MOVED_ON = "The files are not as they were when this was approved. Nothing was changed; ask again."
TOO_FAST = "The files change faster than the edit can be merged. Ask again when they rest."


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which a change is delivered.

    `exact`: what was approved for these very texts is merged with no others. `base`: where git must still be.
    `judgements` are told beside its places where the editor can, and what they ask about is agreed to; `choose`: the
    user chooses among those there. `proposal` is what the change is of, all of it or a part: once it is merged, it is
    reviewed by what was asked. Without one, as for an undo, a merge is held to the floor alone.
    """

    exact: bool = False
    base: Base | None = None
    judgements: tuple[Judgement, ...] = ()
    choose: bool = False
    proposal: Proposal | None = None


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class Present:
    """A change for the files as they are, and the terms that hold for it."""

    change: ChangeSet
    terms: Terms


async def present_change(session: Session, folder: Folder, change: ChangeSet, terms: Terms) -> Present | Delivery:
    """The change for the files as they are; returns with no await after the last look at them."""
    present = Present(change, terms)
    for _ in range(REBASES):
        if problem := obstacle(session, folder, present.change):
            return Delivery("refused", problem)
        if not has_moved(session, folder, present.change):
            return present
        if terms.exact:
            return Delivery("refused", MOVED_ON)
        now = session.snapshot(folder)
        rebased = await asyncio.to_thread(rebase, change, now)
        if isinstance(rebased, Refused):
            return Delivery("refused", " ".join(problem.message for problem in rebased.problems))
        merged = await _reviewed(session, folder, rebased, now, terms)
        if isinstance(merged, Delivery):
            return merged
        present = Present(rebased, merged)
    return Delivery("refused", TOO_FAST)


async def _reviewed(
    session: Session, folder: Folder, merged: ChangeSet, now: Snapshot, terms: Terms
) -> Terms | Delivery:
    """The terms for a change that was merged with what changed meanwhile; or why it is not sent under those there are.

    Two halves that are each harmless may make what is not, so the whole review looks at the merge.
    """
    services = await session.services(folder)
    proposal = terms.proposal
    if proposal is None:
        verdict = await judged(merged, now, services)
    else:
        verdict = await rejudged(proposal, merged, now, services, exact=proposal.made_by == "recipe")
    if verdict.level == "deny" or (proposal is None and verdict.level != "allow"):
        return Delivery("refused", f"Merged with what changed meanwhile: {' '.join(verdict.reasons)}")
    if proposal is None:
        return replace(terms, judgements=())
    proposal = replace(proposal, change=merged, verdict=verdict)
    if verdict.level == "approve" or not _asked_about(verdict.judgements) <= _asked_about(terms.judgements):
        return Delivery("undecided", MERGED, merged=proposal)
    return replace(terms, judgements=verdict.judgements, proposal=proposal)


def _asked_about(judgements: Iterable[Judgement]) -> set[tuple[str, str]]:
    """What a person is asked about, wherever in the file it stands by now."""
    return {
        (each.path, LINE.sub("line", reason)) for each in judgements if each.level != "allow" for reason in each.reasons
    }


def obstacle(session: Session, folder: Folder, change: ChangeSet) -> str:
    """Why no edit may be sent for a path, whatever its text; empty where nothing stands in the way."""
    opened = session.opened(folder)
    for path in change.paths():
        if folder.relative(folder.root / path) != path:
            return f"{path} leads out of the workspace through a link. Nothing was changed."
        document = opened(path)
        if document is not None and document.doubt:
            return f"{path}: {document.doubt}. {HOW_TO_MEND} Nothing was changed."
    return ""


def has_moved(session: Session, folder: Folder, change: ChangeSet) -> bool:
    """Whether any file is no longer what a change was made for."""
    opened = session.opened(folder)
    return any(_is_other(folder, operation, opened) for operation in change.operations)


def _is_other(folder: Folder, operation: Operation, opened: Open) -> bool:
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
