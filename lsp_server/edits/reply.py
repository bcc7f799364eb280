"""What change does a reply mean? The one call from a model's text to a `ChangeSet`, or to the reasons against one.

All or nothing: every block must fit exactly one place of a file of the snapshot. All problems are found at once, so
that a model can mend them in one turn. Nothing here raises on what a model wrote.
"""

import re
from dataclasses import replace

from context.snapshot import Snapshot
from lsp_server.edits.blocks import Block, Move, ParsedReply
from lsp_server.edits.change import ChangeSet, Operation, Problem, Refused
from lsp_server.edits.formats import FORMATS
from lsp_server.edits.lines import contents
from lsp_server.edits.outcome import operations_on
from lsp_server.edits.paths import normalise

__all__ = ["Refused", "change_of", "parse", "to_change"]

_THINKING = re.compile(r"\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think(?:ing)?>[ \t]*")


def parse(reply: str, default_path: str | None = None) -> ParsedReply:
    """The blocks of a reply, in the first format that is recognised. A block that names no file is for the default."""
    lines = _answer_lines(reply)
    for row in FORMATS:
        if row.recognises(lines):
            return row.parse(lines, default_path)
    return ParsedReply((), (Problem("NO_EDIT", "the reply holds no edit."),))


def _answer_lines(reply: str) -> list[str]:
    """The lines after the reasoning at the beginning, also where its opening tag was left to the prompt."""
    while found := _THINKING.match(reply):
        reply = reply[found.end() :]
    lines = contents(reply)
    ends = [number for number, line in enumerate(lines) if _THOUGHT_END.fullmatch(line)]
    return lines[ends[-1] + 1 :] if ends else lines


def to_change(reply: str, snapshot: Snapshot, default_path: str | None = None) -> ChangeSet | Refused:
    """The change that a reply means for the files of a snapshot; it reads those that the reply names."""
    return change_of(parse(reply, default_path), snapshot)


def change_of(parsed: ParsedReply, snapshot: Snapshot) -> ChangeSet | Refused:
    """The change that blocks mean together."""
    problems = list(parsed.problems)
    by_path: dict[str, list[Block]] = {}
    for block in parsed.blocks:
        named = _with_plain_paths(block, snapshot)
        if isinstance(named, Problem):
            problems.append(named)
        else:
            by_path.setdefault(named.path, []).append(named)
    operations: list[Operation] = []
    for path, blocks in by_path.items():
        match operations_on(path, blocks, snapshot):
            case Refused(found):
                problems.extend(found)
            case ChangeSet(found):
                operations.extend(found)
    problems += _twice(operations)
    if not problems and not operations:
        problems.append(Problem("NO_EDIT", "the reply holds no edit."))
    if problems:
        return Refused(tuple(sorted(problems, key=lambda problem: problem.block or 0)))
    return ChangeSet(tuple(operations))


def _with_plain_paths(block: Block, snapshot: Snapshot) -> Block | Problem:
    path = _path_of(block.path, snapshot)
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
    return [
        Problem("OVERLAP", f"several parts of the reply make {path}. Let one of them do it.", path)
        for path in dict.fromkeys(paths)
        if paths.count(path) > 1
    ]
