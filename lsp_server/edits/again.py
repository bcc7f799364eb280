"""Which blocks of a refused reply must come again, and how does what comes join those that fit?

Still all or nothing: blocks that fit are kept, never applied, until the others have come; then all are judged as one
change. An answer may also be a complete new reply. It is one if it repeats every kept block. What repeats some of them
in another form is refused, because it could be read both ways.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from context.snapshot import Snapshot
from lsp_server.edits.blocks import Block, Move, ParsedReply, Passage, Removal, Replacement, WholeFile, by_old_paths
from lsp_server.edits.change import ChangeSet, Problem, ProblemCode, Refused
from lsp_server.edits.paths import normalise
from lsp_server.edits.reply import change_of, parse
from lsp_server.edits.stream import finished

WHOLE: frozenset[ProblemCode] = frozenset({"OVERLAP", "NO_EDIT"})
"""What is wrong between blocks rather than in one: nothing is kept."""

UNNEEDED: frozenset[ProblemCode] = frozenset({"ALREADY_APPLIED", "NO_CHANGE"})
"""A block with such a problem may as well be left out."""

MISNAMED: frozenset[ProblemCode] = frozenset({"PATH", "MISSING", "EXISTS"})
"""A block with such a problem may come again for another file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The blocks that fit, and the problems of those that must come again.

    `goes_on`: the reply was cut off, so that more must come than is known.
    """

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...]
    goes_on: bool = False

    def missing(self) -> tuple[int, ...]:
        """The numbers of the blocks that must come again."""
        return tuple(sorted({problem.block for problem in self.problems if problem.block}))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means, and where it is refused for some of its blocks only, what of it is kept."""

    change: ChangeSet | Refused
    kept: Kept | None = None


def read_reply(
    reply: str, snapshot: Snapshot, default_path: str | None, kept: Kept | None = None, known: Sequence[str] = ()
) -> Reading:
    """The change that a reply means; with `kept`, the one that both mean together.

    `known` are the paths that the end of a path may stand for.
    """
    if kept is not None:
        paths = {problem.path for problem in kept.problems}
        only = next(iter(paths)) if len(paths) == 1 else ""
        return Reading(change_of(joined(kept, parse(reply, only or default_path)), snapshot, lambda: known))
    parsed = parse(reply, default_path)
    change = change_of(parsed, snapshot, lambda: known)
    return Reading(change, kept_of(parsed.blocks, change.problems) if isinstance(change, Refused) else None)


def read_cut_reply(reply: str, snapshot: Snapshot, default_path: str | None, known: Sequence[str] = ()) -> Kept | None:
    """What is kept of a reply that was cut off: its finished blocks, as far as they fit; None for nothing."""
    blocks = finished(reply, default_path)
    change = change_of(ParsedReply(blocks), snapshot, lambda: known)
    kept = kept_of(blocks, change.problems if isinstance(change, Refused) else ())
    return replace(kept, goes_on=True) if kept else None


def kept_of(blocks: Sequence[Block], problems: Sequence[Problem]) -> Kept | None:
    """The blocks without a problem; None if there is none, or a problem is not one of a single block."""
    if any(problem.block is None or problem.code in WHOLE for problem in problems):
        return None
    bad = {problem.block for problem in problems}
    good = tuple(block for block in blocks if block.number not in bad)
    cut = any(problem.code == "TRUNCATED" for problem in problems)
    return Kept(good, tuple(problems), goes_on=cut) if good else None


def joined(kept: Kept, answer: ParsedReply) -> ParsedReply:
    """The kept blocks with those of an answer, or the answer alone if it is a complete new reply."""
    nothing_came = not answer.blocks and all(problem.code == "NO_EDIT" for problem in answer.problems)
    if nothing_came and not kept.goes_on and all(problem.code in UNNEEDED for problem in kept.problems):
        return ParsedReply(kept.blocks)
    if answer.problems:
        return answer
    moves = {block.new_path: block.path for block in kept.blocks if isinstance(block, Move)}
    kept = replace(kept, blocks=by_old_paths(kept.blocks, moves))
    answer = ParsedReply(by_old_paths(answer.blocks, moves))
    keys = {_key(block) for block in kept.blocks}
    fresh = [block for block in answer.blocks if _key(block) not in keys]
    if fresh and keys <= {_key(block) for block in answer.blocks}:
        return answer
    known = {replace(block, number=0) for block in kept.blocks}
    unlike = [block for block in answer.blocks if _key(block) in keys and replace(block, number=0) not in known]
    unlike += _repeating(fresh, kept.blocks)
    problems = [
        Problem(
            "OVERLAP",
            f"the part about {block.path} came again in another form. Send all blocks in one new reply.",
            block.path,
        )
        for block in unlike[:1]
    ]
    problems += _still_missing(kept, fresh)
    return ParsedReply(_numbered(kept, fresh), tuple(problems))


def _numbered(kept: Kept, fresh: Sequence[Block]) -> tuple[Block, ...]:
    """All blocks; those that came take the numbers of the missing ones, and what is over stands behind the last."""
    taken = [*(block.number for block in kept.blocks), *kept.missing()]
    free = [*kept.missing(), *range(max(taken) + 1, max(taken) + 1 + len(fresh))]
    numbered = (replace(block, number=number) for block, number in zip(fresh, free, strict=False))
    return tuple(sorted((*kept.blocks, *numbered), key=lambda block: block.number))


def _still_missing(kept: Kept, fresh: Sequence[Block]) -> list[Problem]:
    """The blocks that were asked for and did not come: as many for each file as are missing in it."""
    left = [_plain(block.path) for block in fresh]
    if kept.goes_on and not fresh:
        return [Problem("TRUNCATED", "the rest of the reply did not come.")]
    problems: list[Problem] = []
    for problem in sorted(kept.problems, key=_freedom):
        path = _plain(problem.path)
        if path in left:
            left.remove(path)
        elif problem.code in UNNEEDED:
            pass
        elif left and (problem.code in MISNAMED or not problem.path):
            left.pop()
        else:
            message = f"block {problem.block} did not come again; {problem.message}"
            problems.append(replace(problem, message=message))
    return problems


def _freedom(problem: Problem) -> int:
    """How little can be said of the block that must come: its file, any file, or that none need come."""
    return 2 if problem.code in UNNEEDED else int(problem.code in MISNAMED or not problem.path)


def _key(block: Block) -> Hashable:
    """What two blocks about the same place have in common."""
    path = _plain(block.path)
    match block:
        case Replacement(old=old, aim=aim):
            place = block.new if aim and not any(old) else ()
            return "lines", path, tuple(line.rstrip() for line in old), place
        case Passage(old=old):
            return "lines", path, tuple(line.rstrip() for line in old.split("\n")), ()
        case WholeFile():
            return "lines", path, (), ()
        case Move(new_path=new_path):
            return "move", path, new_path
        case Removal():
            return "removal", path


def _repeating(blocks: Sequence[Block], kept: Sequence[Block]) -> list[Block]:
    """The blocks that add to a file only what kept ones add to it, or all that one of them adds: it came otherwise."""
    known: dict[str, set[str]] = {}
    by_line: dict[tuple[str, str], list[set[str]]] = {}
    for block in kept:
        path, added = _plain(block.path), _added(block)
        known.setdefault(path, set()).update(added)
        if added:
            by_line.setdefault((path, min(added)), []).append(added)
    repeating: list[Block] = []
    for block in blocks:
        path, added = _plain(block.path), _added(block)
        is_part = bool(added) and added <= known.get(path, set())
        if is_part or any(other <= added for line in added for other in by_line.get((path, line), ())):
            repeating.append(block)
    return repeating


def _added(block: Block) -> set[str]:
    match block:
        case Replacement(old=old, new=new):
            return {line.strip() for line in new if line.strip()} - {line.strip() for line in old}
        case Passage(old=old, new=new):
            lines = {line.strip() for line in new.split("\n") if line.strip()}
            return lines - {line.strip() for line in old.split("\n")}
        case WholeFile(lines=lines):
            return {line.strip() for line in lines if line.strip()}
        case _:
            return set()


def _plain(path: str) -> str:
    plain = normalise(path)
    return path if isinstance(plain, Problem) else plain
