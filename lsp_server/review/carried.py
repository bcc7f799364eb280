"""What was said of the hunks of a change holds for those of its parts: which one is which?

A part has its hunks in the texts of the whole: one that comes first begins with the same text, one that comes later
ends with the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lsp_server.edits.change import ChangeSet, Edit, Hunk, edit_in
from lsp_server.review.verdict import Judgement

Span = tuple[int, int]


def carried(part: ChangeSet, whole: ChangeSet, judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements of a whole change, for the hunks of a part of it."""
    edits = {each.path: edit_in(each) for each in whole.operations}
    found: list[Judgement] = []
    for operation in part.operations:
        own = [each for each in judgements if each.path == operation.path]
        edit, of_whole = edit_in(operation), edits.get(operation.path)
        found += [each for each in own if each.hunk is None]
        if edit is not None and of_whole is not None:
            found += _of_hunks(edit, of_whole, [each for each in own if each.hunk is not None])
    return tuple(found)


def _of_hunks(edit: Edit, whole: Edit, judgements: Sequence[Judgement]) -> Iterator[Judgement]:
    if edit.before == whole.before:
        spans, known = _before(edit.hunks), _before(whole.hunks)
    else:
        spans, known = _after(edit.hunks), _after(whole.hunks)
    for number, span in enumerate(spans):
        same = [each for each in judgements if each.hunk is not None and known[each.hunk] == span]
        near = same or [each for each in judgements if each.hunk is not None and _touch(known[each.hunk], span)]
        for each in near:
            yield replace(each, hunk=number, start_line=edit.hunks[number].start + 1)


def _before(hunks: Sequence[Hunk]) -> list[Span]:
    return [(hunk.start, hunk.end) for hunk in hunks]


def _after(hunks: Sequence[Hunk]) -> list[Span]:
    """Where the lines of each hunk stand in the text after all of them."""
    spans: dict[int, Span] = {}
    grown = 0
    for number in sorted(range(len(hunks)), key=lambda at: (hunks[at].start, hunks[at].end)):
        hunk = hunks[number]
        spans[number] = (hunk.start + grown, hunk.start + grown + len(hunk.lines))
        grown += len(hunk.lines) - (hunk.end - hunk.start)
    return [spans[number] for number in range(len(hunks))]


def _touch(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
