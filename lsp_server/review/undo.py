"""How is a change that the journal keeps taken back? Merged with everything that came later, or not at all."""

from dataclasses import dataclass

from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet, Refused
from lsp_server.edits.inverse import taking_back
from lsp_server.review.journal import Entry, Journal, Record

NOTHING = "There is nothing to undo here."


@dataclass(frozen=True, slots=True)
class Undo:
    """The change that takes an entry back, and what to say of it."""

    entry: Entry
    change: ChangeSet
    record: Record


def undo_of(journal: Journal, name: str, now: Snapshot) -> Undo | str:
    """What takes back the entry of that id, or without one the newest; or why that cannot be. Reads files.

    The newest is not one of which nobody knows how it ended, and of which nothing is there.
    """
    named = journal.entry(name) if name else None
    if name and named is None:
        return f"There is no change {name[:40]!r} here. `patchwright undo --list` shows them."
    if named and not named.happened:
        return f"“{named.record.summary}” was never applied ({named.outcome}): nothing to undo."
    for entry in [named] if named else journal.to_undo():
        change = taking_back(entry.change, now)
        if not isinstance(change, Refused):
            return Undo(entry, change, Record(f"Undo: {entry.record.summary}", "undo", entry.id))
        is_there = any(problem.code != "ALREADY_APPLIED" for problem in change.problems)
        if is_there or entry.outcome or name:
            return _refused(entry, change, is_there=is_there)
    return NOTHING


def _refused(entry: Entry, refused: Refused, *, is_there: bool) -> str:
    if not is_there:
        return f"“{entry.record.summary}” is not there any more: nothing to undo."
    said = " ".join(problem.message.removesuffix(" Ask again for its present text.") for problem in refused.problems)
    return f"“{entry.record.summary}” cannot be undone whole, so nothing was: {said}"
