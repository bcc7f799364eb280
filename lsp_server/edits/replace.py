"""What becomes of a file by blocks that replace parts of it? Each block has one place; no two claim the same lines."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from context.snapshot import FileText
from lsp_server.edits.blocks import Passage, Replacement
from lsp_server.edits.chained import chained, made_again
from lsp_server.edits.change import Edit, Hunk, Problem, ProblemCode
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import contents, with_final_newline
from lsp_server.edits.locate import locate
from lsp_server.edits.nearest import Nearest, nearest, places_shown
from lsp_server.edits.passage import locate_passage
from lsp_server.edits.scoped import locate_insertion
from lsp_server.edits.search import Ambiguous, Elsewhere, Located, Lookup, Place, Unshiftable, lookup
from lsp_server.edits.unfit import unfit

Part = Replacement | Passage
MOST_TOLD = 50
"""For so many blocks of a file that stand nowhere the nearest lines are looked for, which takes longest."""


def replace_blocks(file: FileText, blocks: Sequence[Part]) -> Edit | tuple[Problem, ...]:
    """The edit that all blocks together make of a file, or the problems of each. A block sent twice counts once."""
    if not file.text.strip():
        return _filled(file, blocks)
    table = lookup(contents(file.text))
    places: list[tuple[Part, Located | Problem]] = []
    told = 0
    for block in _each_once(_as_counted(table, blocks)):
        place = _place(table, block, is_told=told < MOST_TOLD)
        told += isinstance(place, Problem)
        places.append((block, place))
    located = [(block, place) for block, place in places if isinstance(place, Located)]
    problems = [place for _, place in places if isinstance(place, Problem)]
    if problems and (chain := _chain(table, places)):
        located, problems = [(blocks[0], chain)], []
    problems += _overlaps(located) or _made_again(table, located)
    if problems:
        return tuple(problems)
    placed = [(hunk.start, hunk.end, place.start, hunk) for _, place in located for hunk in place.hunks]
    hunks = tuple(hunk for *_, hunk in sorted(placed, key=lambda entry: entry[:3]))
    last = {_final_newline(block) for block, place in located if place.end == len(table.exact.lines)}
    text = with_final_newline(file.text, file.eol, wanted=True) if True in last else file.text
    after = apply_hunks(text, hunks, file.eol)
    if False in last:
        after = with_final_newline(after, file.eol, wanted=False)
    if after == file.text:
        return (_problem("NO_CHANGE", blocks[0], f"{file.path} already is as the reply makes it."),)
    return Edit(file.path, file.sha, file.text, after, hunks, file.eol, file.bom)


def _as_counted(file: Lookup, blocks: Sequence[Part]) -> Sequence[Part]:
    """The blocks, told so where one that has a single place is not there where the reply counts it."""
    counted = [block for block in blocks if isinstance(block, Replacement) and block.old and block.aim]
    if not any(_is_miscounted(file, block) for block in counted):
        return blocks
    return [
        replace(block, aim=replace(block.aim, miscounts=True))
        if isinstance(block, Replacement) and block.aim
        else block
        for block in blocks
    ]


def _is_miscounted(file: Lookup, block: Replacement) -> bool:
    if block.aim is None or block.aim.line is None:
        return False
    places = list(islice(file.exact.find(block.old), 2))
    return len(places) == 1 and places[0] != block.aim.line


def _chain(file: Lookup, places: Sequence[tuple[Part, Located | Problem]]) -> Located | None:
    """The place of all blocks together, where some are found only in what the ones before them make."""
    plain = all(isinstance(block, Passage) or (block.aim, block.final_newline) == (None, None) for block, _ in places)
    missing = all(isinstance(place, Located) or place.code == "NOT_FOUND" for _, place in places)
    if not plain or not missing or isinstance(places[0][1], Problem):
        return None
    found = [place if isinstance(place, Located) else None for _, place in places]
    return chained(file.exact.lines, [block for block, _ in places], found, _found)


def _made_again(file: Lookup, located: Sequence[tuple[Part, Located]]) -> list[Problem]:
    """A block that could as well mean lines that an earlier one makes. Hunks of a diff are never read so."""
    if any(isinstance(block, Replacement) and block.aim for block, _ in located):
        return []
    pair = made_again(file.exact.lines, [(_lines_of(block)[0], place.hunks) for block, place in located])
    if pair is None:
        return []
    (earlier, _), (later, place) = (located[at] for at in pair)
    message = (
        f"the SEARCH lines stand at line {place.start + 1}, and block {earlier.number} makes the same ones elsewhere. "
        "Add lines that tell both apart, or make one block of the two."
    )
    return [_problem("AMBIGUOUS", later, message)]


def _each_once(blocks: Sequence[Part]) -> list[Part]:
    return list({(block.old, block.new, _aim(block)): block for block in reversed(blocks)}.values())[::-1]


def _aim(block: Part) -> object:
    return block.aim if isinstance(block, Replacement) else None


def _final_newline(block: Part) -> bool | None:
    return block.final_newline if isinstance(block, Replacement) else None


def _filled(file: FileText, blocks: Sequence[Part]) -> Edit | tuple[Problem, ...]:
    """A file without text is filled by one block that searches for nothing."""
    first = blocks[0]
    old, new = _lines_of(first)
    if len(blocks) > 1 or any(line.strip() for line in old):
        return (
            _problem("NOT_FOUND", first, f"{file.path} is empty. Fill it with one block whose SEARCH part is empty."),
        )
    if not any(line.strip() for line in new):
        return (_problem("NO_CHANGE", first, f"{file.path} has no text, and the block gives it none."),)
    if problem := unfit(file.path, first.number, (), new):
        return (problem,)
    hunks = (Hunk(0, len(contents(file.text)), new, "exact"),)
    after = apply_hunks("", [Hunk(0, 0, new)], file.eol)
    after = with_final_newline(after, file.eol, wanted=_final_newline(first))
    return Edit(file.path, file.sha, file.text, after, hunks, file.eol, file.bom)


def _place(file: Lookup, block: Part, *, is_told: bool) -> Located | Problem:
    """The one place of a block, or why it has none; `is_told`: with the lines that come nearest."""
    if problem := _senseless(block):
        return problem
    match _found(file, block):
        case None:
            return _not_found(file, block, is_told=is_told)
        case Ambiguous(starts):
            lines = ", ".join(str(start + 1) for start in starts)
            message = f"the SEARCH lines stand at lines {lines}. Add lines above or below until one place is left."
            return replace(_problem("AMBIGUOUS", block, message), details=places_shown(file, starts))
        case Elsewhere(starts):
            lines = ", ".join(str(start + 1) for start in starts)
            message = f"the lines stand at {lines}, which is not where the block says. Name the line above them again."
            return _problem("NOT_FOUND", block, message)
        case Unshiftable(start):
            message = f"the SEARCH lines stand at line {start + 1} with another indentation. Copy it too."
            return _problem("NOT_FOUND", block, message)
        case place if not place.hunks and _final_newline(block) is None:
            return _problem("NO_CHANGE", block, "REPLACE differs from SEARCH in blanks only, and not from the file.")
        case place if _would_come_twice(file, block, place.start):
            message = f"what the block adds already stands there, at line {place.start + 1}. Leave the block out."
            return _problem("ALREADY_APPLIED", block, message)
        case place:
            return place


def _found(file: Lookup, block: Part) -> Place | None:
    if isinstance(block, Passage):
        return locate_passage(file, block.old, block.new)
    if not block.old and block.aim:
        return locate_insertion(file, block.new, block.aim)
    return locate(file, block.old, block.new, block.aim)


def _lines_of(block: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of a block before and after."""
    if isinstance(block, Replacement):
        return block.old, block.new
    return tuple(block.old.split("\n")), tuple(block.new.split("\n"))


def _senseless(block: Part) -> Problem | None:
    """What is wrong with a block whatever the file holds."""
    old, new = _lines_of(block)
    aim = block.aim if isinstance(block, Replacement) and not old else None
    if aim and not aim.scopes:
        message = "an insertion needs lines that stand above or below it. A line number alone is no place."
        return _problem("NOT_FOUND", block, message)
    if aim is None and not any(line.strip() for line in old):
        return _problem("EXISTS", block, _exists(block.path))
    if old == new and _final_newline(block) is None:
        return _problem("NO_CHANGE", block, "SEARCH and REPLACE are the same. Write the new text, or no block.")
    return unfit(block.path, block.number, old, new)


def _not_found(file: Lookup, block: Part, *, is_told: bool) -> Problem:
    old, new = _lines_of(block)
    nowhere = f"the SEARCH lines are nowhere in {block.path}."
    if any(line.strip() for line in new) and old:
        there = locate(file, new, old)
        if isinstance(there, Located) and there.rung == "exact":
            message = f"{nowhere} The new text already stands at line {there.start + 1}: leave the block out."
            return _problem("ALREADY_APPLIED", block, message)
    near = nearest(file, old) if is_told else Nearest()
    message = f"{nowhere} {near.sentence}".rstrip()
    return Problem("NOT_FOUND", message, block.path, block.number, near.lines)


def _would_come_twice(file: Lookup, block: Part, start: int) -> bool:
    """Whether the lines that a block puts beside its own already stand there."""
    old, new = _lines_of(block)
    size = len(old)
    return size > 0 and any(
        new[at : at + size] == old
        and start >= at
        and any(line.strip() for line in (*new[:at], *new[at + size :]))
        and tuple(file.exact.lines[start - at : start - at + len(new)]) == new
        for at in range(len(new) - size + 1)
    )


def _overlaps(located: Sequence[tuple[Part, Located]]) -> list[Problem]:
    """Blocks that change a line which another one searches for."""
    ordered = sorted(located, key=lambda pair: (pair[1].start, pair[0].number))
    problems: list[Problem] = []
    for at, (block, place) in enumerate(ordered):
        if len(problems) >= MOST_TOLD:
            break
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


def _problem(code: ProblemCode, block: Part, message: str) -> Problem:
    return Problem(code, message, block.path, block.number)


def _exists(path: str) -> str:
    return f"{path} exists and has text, so it is not made anew. Search for the lines that shall change."
