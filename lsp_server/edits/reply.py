"""What change does a reply mean? The one call from a model's text to a `ChangeSet`, or to the reasons against one.

All or nothing: every block must fit exactly one place of a file of the snapshot. All problems are found at once, so
that a model can mend them in one turn. Nothing here raises on what a model wrote.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from context.snapshot import FileText, Snapshot
from lsp_server.edits.blocks import Block, Move, ParsedReply, WholeFile, by_old_paths, changes_lines
from lsp_server.edits.change import ChangeSet, Operation, Problem, Refused, Rename
from lsp_server.edits.formats import FORMATS
from lsp_server.edits.lines import contents
from lsp_server.edits.outcome import operations_on
from lsp_server.edits.paths import ending_in, normalise

__all__ = ["Refused", "change_of", "parse", "to_change"]

Known = Callable[[], Iterable[str]]
MAX_NAMED = 8
FEWEST_ALIKE = 3
"""A file of fewer lines is like many others."""
NO_EDIT = "the reply holds no edit. Write each change below the path of its file, in a form that can be applied."

_THOUGHTS = "think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad"
_THINKING = re.compile(
    rf"\s*(?:<({_THOUGHTS})>.*?(?:</\1>|\Z)|\[(think)\].*?(?:\[/think\]|\Z)"
    r"|<\|channel\|>(?:analysis|commentary)\b.*?(?:<\|channel\|>final<\|message\|>|\Z))",
    re.DOTALL | re.IGNORECASE,
)
_THOUGHT_BEGIN = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think(?:ing)?>[ \t]*")
_THOUGHT_END_BEHIND_TEXT = re.compile(r"(?![-+]).*</think(?:ing)?>[ \t]*")


def parse(reply: str, default_path: str | None = None) -> ParsedReply:
    """The blocks of a reply, in the first format that is recognised. A block that names no file is for the default."""
    lines = _answer_lines(reply)
    for row in FORMATS:
        if row.recognises(lines):
            return row.parse(lines, default_path)
    return ParsedReply((), (Problem("NO_EDIT", NO_EDIT),))


def _answer_lines(reply: str) -> list[str]:
    """The lines after the reasoning at the beginning, also where its opening tag was left to the prompt."""
    while found := _THINKING.match(reply):
        reply = reply[found.end() :]
    lines = contents(reply)
    begun = next((number for number, line in enumerate(lines) if _THOUGHT_BEGIN.match(line)), len(lines))
    ends = [
        number
        for number, line in enumerate(lines)
        if _THOUGHT_END.fullmatch(line) or (number >= begun and _THOUGHT_END_BEHIND_TEXT.fullmatch(line))
    ]
    return lines[ends[-1] + 1 :] if ends else lines


def to_change(
    reply: str, snapshot: Snapshot, default_path: str | None = None, known: Known = tuple
) -> ChangeSet | Refused:
    """The change that a reply means for the files of a snapshot; it reads those that the reply names.

    `known` lists the paths that the end of a path may stand for: what the model was shown, or all that it may see.
    """
    return change_of(parse(reply, default_path), snapshot, known)


def change_of(parsed: ParsedReply, snapshot: Snapshot, known: Known = tuple) -> ChangeSet | Refused:
    """The change that blocks mean together."""
    found = list(_for_known_files(parsed.blocks, snapshot, known))
    problems = [*parsed.problems, *(block for block in found if isinstance(block, Problem))]
    blocks = [block for block in found if not isinstance(block, Problem)]
    moves = {
        block.new_path: block.path
        for block in blocks
        if isinstance(block, Move) and not snapshot.exists(block.new_path)
    }
    by_path: dict[str, list[Block]] = {}
    for block in by_old_paths(blocks, moves):
        by_path.setdefault(block.path, []).append(block)
    operations: list[Operation] = []
    for path, its_blocks in by_path.items():
        match operations_on(path, its_blocks, snapshot):
            case Refused(faults):
                problems.extend(faults)
            case ChangeSet(made):
                operations.extend(made)
    problems += _twice(operations)
    if not problems and not operations:
        problems.append(Problem("NO_EDIT", NO_EDIT))
    if problems:
        return Refused(tuple(sorted(problems, key=lambda problem: problem.block or 0)))
    return ChangeSet(tuple(operations))


def _for_known_files(blocks: Sequence[Block], snapshot: Snapshot, known: Known) -> Iterator[Block | Problem]:
    """The blocks with plain paths. One that changes lines of a file may name it by the end of its path."""
    named = [_with_plain_paths(block, snapshot) for block in blocks]
    begun = {
        path
        for block in named
        if not isinstance(block, Problem) and not changes_lines(block)
        for path in (block.path, block.new_path if isinstance(block, Move) else block.path)
    }
    paths = cache(lambda: tuple(known()))
    for block in named:
        if isinstance(block, Problem) or snapshot.exists(block.path):
            yield block
        elif twin := _twin(block, snapshot, paths):
            message = (
                f"there is no file {block.path}, and its lines are those of {twin}. Write the path of one of both."
            )
            yield Problem("PATH", message, block.path, block.number)
        elif block.path in begun:
            yield block
        elif fitting := ending_in(block.path, paths()) if changes_lines(block) else ():
            yield replace(block, path=fitting[0]) if len(fitting) == 1 else _several(block, fitting)
        else:
            yield block


def _twin(block: Block, snapshot: Snapshot, paths: Known) -> str | None:
    """A file with the same path's end and most of its lines in a new one: its path was cut, or it is to be copied."""
    if not isinstance(block, WholeFile):
        return None
    new = {line.strip() for line in block.lines}
    for path in ending_in(block.path, paths())[:MAX_NAMED]:
        file = snapshot.file(path)
        lines = {line.strip() for line in contents(file.text)} - {""} if isinstance(file, FileText) else set[str]()
        if len(lines) >= FEWEST_ALIKE and len(lines & new) > len(lines) / 2:
            return path
    return None


def _several(block: Block, paths: Sequence[str]) -> Problem:
    named = ", ".join(paths[:MAX_NAMED]) + (", ..." if len(paths) > MAX_NAMED else "")
    message = f"there is no file {block.path}, and several end so: {named}. Write the whole path."
    return Problem("PATH", message, block.path, block.number)


def _with_plain_paths(block: Block, snapshot: Snapshot) -> Block | Problem:
    path = _path_of(block.path, snapshot) if changes_lines(block) else normalise(block.path)
    new_path = normalise(block.new_path) if isinstance(block, Move) else ""
    if isinstance(path, Problem):
        return replace(path, block=block.number)
    if isinstance(new_path, Problem):
        return replace(new_path, block=block.number)
    return replace(block, path=path, new_path=new_path) if isinstance(block, Move) else replace(block, path=path)


def _path_of(written: str, snapshot: Snapshot) -> str | Problem:
    """The path as given, else without the `a/` or `b/` of a diff."""
    path = normalise(written)
    if isinstance(path, Problem):
        return path
    bare = path.removeprefix("a/").removeprefix("b/") if path.startswith(("a/", "b/")) else path
    return bare if bare != path and not snapshot.exists(path) and snapshot.exists(bare) else path


def _twice(operations: list[Operation]) -> list[Problem]:
    """Paths that two operations claim, as where a file is moved onto one that is made."""
    paths = ChangeSet(tuple(operations)).paths()
    moved = {operation.new_path: operation.path for operation in operations if isinstance(operation, Rename)}
    return [
        Problem("OVERLAP", _claimed(path, moved.get(path)), path)
        for path in dict.fromkeys(paths)
        if paths.count(path) > 1
    ]


def _claimed(path: str, source: str | None) -> str:
    if source is None:
        return f"several parts of the reply make {path}. Let one of them do it."
    return f"{path} is made anew, and {source} moves there too. Keep one; what moves is changed line by line."
