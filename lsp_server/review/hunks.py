"""Which hunk is meant? Every hunk of a change has a level of its own, with the reasons that speak of its lines.

A concern about a whole file counts for each hunk of it. One about a line that no hunk holds counts for the nearest
hunk above, since that is what made it true: an unused import is found where the import stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lsp_server.edits.change import ChangeSet, Hunk, Operation, Rename, edit_in
from lsp_server.review.verdict import Concern, Judgement, Side, strictest


def judgements_of(change: ChangeSet) -> tuple[Judgement, ...]:
    """One judgement for each hunk, and one for each operation that has none or that moves its file: all allowed."""
    return tuple(judgement for operation in change.operations for judgement in _of_operation(operation))


def with_concerns(
    judgements: Sequence[Judgement], change: ChangeSet, concerns: Iterable[Concern]
) -> tuple[Judgement, ...]:
    """The judgements, made stricter where concerns say so. One of a path that is not in the change counts for all."""
    told = list(judgements)
    by_path = {path: operation for operation in change.operations for path in _paths(operation)}
    for concern in concerns:
        operation = by_path.get(concern.path)
        for number in _meant(told, operation, concern):
            told[number] = _told(told[number], concern)
    return tuple(told)


def _paths(operation: Operation) -> tuple[str, ...]:
    return (operation.path, operation.new_path) if isinstance(operation, Rename) else (operation.path,)


def _of_operation(operation: Operation) -> Iterable[Judgement]:
    edit = edit_in(operation)
    hunks = edit.hunks if edit else ()
    if not hunks or isinstance(operation, Rename):
        yield Judgement(operation.path, 1, "allow")
    for number, hunk in enumerate(hunks):
        yield Judgement(operation.path, hunk.start + 1, "allow", (), number)


def _meant(judgements: Sequence[Judgement], operation: Operation | None, concern: Concern) -> Iterable[int]:
    """The numbers of the judgements that a concern is about."""
    if operation is None:
        return range(len(judgements))
    own = [number for number, judgement in enumerate(judgements) if judgement.path == operation.path]
    edit = edit_in(operation)
    if concern.line is None or edit is None or not edit.hunks:
        return own
    hunk = _hunk_at(edit.hunks, concern.line, concern.side)
    return [number for number in own if judgements[number].hunk == hunk]


def _hunk_at(hunks: Sequence[Hunk], line: int, side: Side) -> int:
    """The number of the last hunk that begins at or above a 1-based line, else of the first."""
    found, grown = 0, 0
    in_order = sorted(range(len(hunks)), key=lambda number: (hunks[number].start, hunks[number].end))
    for position, number in enumerate(in_order):
        hunk = hunks[number]
        start = hunk.start + grown if side == "after" else hunk.start
        if position == 0 or start < line:
            found = number
        grown += len(hunk.lines) - (hunk.end - hunk.start)
    return found


def _told(judgement: Judgement, concern: Concern) -> Judgement:
    level = strictest(judgement.level, concern.level)
    if concern.message in judgement.reasons:
        return replace(judgement, level=level)
    said = ((concern.message, concern.rule),)
    known = tuple(zip(judgement.reasons, judgement.rules, strict=True))
    # What makes it stricter comes first: it is what a person has to decide about.
    pairs = (*said, *known) if level != judgement.level else (*known, *said)
    reasons, rules = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    return replace(judgement, level=level, reasons=reasons, rules=rules)
