"""What becomes of a file by SEARCH/REPLACE blocks? Each block has one place, and no two claim the same lines."""

from collections.abc import Sequence
from itertools import islice

from context.snapshot import FileText
from lsp_server.edits.blocks import Replacement
from lsp_server.edits.change import Edit, Hunk, Problem, ProblemCode
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import contents
from lsp_server.edits.locate import Ambiguous, Located, Lookup, Unshiftable, locate, lookup
from lsp_server.edits.nearest import nearest
from lsp_server.edits.unfit import unfit


def replace_blocks(file: FileText, blocks: Sequence[Replacement]) -> Edit | tuple[Problem, ...]:
    """The edit that all blocks together make of a file, or the problems of each. A block sent twice counts once."""
    if not file.text.strip():
        return _filled(file, blocks)
    table = lookup(contents(file.text))
    located: list[tuple[Replacement, Located]] = []
    problems: list[Problem] = []
    for block in {(block.old, block.new): block for block in reversed(blocks)}.values():
        match _place(table, block):
            case Problem() as problem:
                problems.append(problem)
            case place:
                located.append((block, place))
    problems += _overlaps(located)
    if problems:
        return tuple(problems)
    placed = [(hunk.start, hunk.end, place.start, hunk) for _, place in located for hunk in place.hunks]
    hunks = tuple(hunk for *_, hunk in sorted(placed, key=lambda entry: entry[:3]))
    after = apply_hunks(file.text, hunks, file.eol)
    return Edit(file.path, file.sha, file.text, after, hunks, file.eol, file.bom)


def _filled(file: FileText, blocks: Sequence[Replacement]) -> Edit | tuple[Problem, ...]:
    """A file without text is filled by one block that searches for nothing."""
    first = blocks[0]
    if len(blocks) > 1 or any(line.strip() for line in first.old):
        return (
            _problem("NOT_FOUND", first, f"{file.path} is empty. Fill it with one block whose SEARCH part is empty."),
        )
    if not any(line.strip() for line in first.new):
        return (_problem("NO_CHANGE", first, f"{file.path} has no text, and the block gives it none."),)
    if problem := unfit(file.path, first.number, (), first.new):
        return (problem,)
    hunks = (Hunk(0, len(contents(file.text)), first.new, "exact"),)
    after = apply_hunks("", [Hunk(0, 0, first.new)], file.eol)
    return Edit(file.path, file.sha, file.text, after, hunks, file.eol, file.bom)


def _place(file: Lookup, block: Replacement) -> Located | Problem:
    """The one place of a block, or why it has none."""
    if problem := _senseless(block):
        return problem
    match locate(file, block.old, block.new):
        case None:
            return _not_found(file, block)
        case Ambiguous(starts):
            lines = ", ".join(str(start + 1) for start in starts)
            message = f"the SEARCH lines stand at lines {lines}. Add lines until there is one place."
            return _problem("AMBIGUOUS", block, message)
        case Unshiftable(start):
            message = f"the SEARCH lines stand at line {start + 1} with another indentation. Copy it too."
            return _problem("NOT_FOUND", block, message)
        case place if not place.hunks:
            return _problem("NO_CHANGE", block, "REPLACE differs from SEARCH in blanks only, and not from the file.")
        case place if _would_come_twice(file, block, place.start):
            message = f"what the block adds already stands there, at line {place.start + 1}. Leave the block out."
            return _problem("ALREADY_APPLIED", block, message)
        case place:
            return place


def _senseless(block: Replacement) -> Problem | None:
    """What is wrong with a block whatever the file holds."""
    if not any(line.strip() for line in block.old):
        return _problem("EXISTS", block, f"{block.path} exists and has text. Search for the lines that shall change.")
    if block.old == block.new:
        return _problem("NO_CHANGE", block, "SEARCH and REPLACE are the same. Write the new text, or no block.")
    return unfit(block.path, block.number, block.old, block.new)


def _not_found(file: Lookup, block: Replacement) -> Problem:
    nowhere = f"the SEARCH lines are nowhere in {block.path}."
    if any(line.strip() for line in block.new):
        there = locate(file, block.new, block.old)
        if isinstance(there, Located) and there.rung == "exact":
            message = f"{nowhere} The new text already stands at line {there.start + 1}: is the block needed?"
            return _problem("ALREADY_APPLIED", block, message)
    return _problem("NOT_FOUND", block, f"{nowhere} {nearest(file, block.old)}".rstrip())


def _would_come_twice(file: Lookup, block: Replacement, start: int) -> bool:
    """Whether the lines that a block puts beside its own already stand there."""
    size, new = len(block.old), block.new
    return any(
        new[at : at + size] == block.old
        and start >= at
        and any(line.strip() for line in (*new[:at], *new[at + size :]))
        and tuple(file.exact.lines[start - at : start - at + len(new)]) == new
        for at in range(len(new) - size + 1)
    )


def _overlaps(located: Sequence[tuple[Replacement, Located]]) -> list[Problem]:
    """Blocks that change a line which another one searches for."""
    ordered = sorted(located, key=lambda pair: (pair[1].start, pair[0].number))
    problems: list[Problem] = []
    for at, (block, place) in enumerate(ordered):
        for other_block, other in islice(ordered, at + 1, None):
            if other.start >= place.end:
                break
            if _changes_within(place, other) or _changes_within(other, place):
                first, second = sorted((block, other_block), key=lambda block: block.number)
                message = f"blocks {first.number} and {second.number} change the same lines. Make them one block."
                problems.append(_problem("OVERLAP", second, message))
    return problems


def _changes_within(place: Located, other: Located) -> bool:
    """Whether a hunk of `place` lies among the lines of `other`; an insertion at their edge does not.

    Two insertions at one edge do if the lines around them are shared too: nobody can say which comes first.
    """
    insertions = {hunk.start for hunk in other.hunks if hunk.start == hunk.end}
    shared = place.start < other.end and other.start < place.end
    return any(
        hunk.start < other.end and other.start < hunk.end
        if hunk.start < hunk.end
        else other.start < hunk.start < other.end or (shared and hunk.start in insertions)
        for hunk in place.hunks
    )


def _problem(code: ProblemCode, block: Replacement, message: str) -> Problem:
    return Problem(code, message, block.path, block.number)
