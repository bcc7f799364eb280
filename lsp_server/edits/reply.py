"""What change does a reply mean? The one call from a model's text to a `ChangeSet`, or to the reasons against one.

All or nothing: every block must fit exactly one place of a file of the snapshot. All problems are found at once, so
that a model can mend them in one turn. Nothing here raises on what a model wrote.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from context.snapshot import FileText, Snapshot, Unreadable
from lsp_server.edits.blocks import Block, ParsedReply, Replacement, WholeFile
from lsp_server.edits.change import ChangeSet, Create, Operation, Problem, ProblemCode, Refused
from lsp_server.edits.formats import FORMATS
from lsp_server.edits.lines import contents
from lsp_server.edits.paths import normalise
from lsp_server.edits.replace import replace_blocks
from lsp_server.edits.rewrite import rewrite_file
from lsp_server.edits.unfit import unfit

__all__ = ["Refused", "parse", "to_change"]

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
    parsed = parse(reply, default_path)
    problems = list(parsed.problems)
    by_path: dict[str, list[Block]] = {}
    for block in parsed.blocks:
        path = _path_of(block, snapshot)
        if isinstance(path, Problem):
            problems.append(path)
        else:
            by_path.setdefault(path, []).append(block)
    operations: list[Operation] = []
    for path, blocks in by_path.items():
        match _operation(path, blocks, snapshot):
            case tuple() as found:
                problems.extend(found)
            case operation:
                operations.append(operation)
    if not problems and not operations:
        problems.append(Problem("NO_EDIT", "the reply holds no edit."))
    if problems:
        return Refused(tuple(sorted(problems, key=lambda problem: problem.block or 0)))
    return ChangeSet(tuple(operations))


def _path_of(block: Block, snapshot: Snapshot) -> str | Problem:
    """The path as given, else without the `a/` or `b/` of a diff."""
    path = normalise(block.path)
    if isinstance(path, Problem):
        return replace(path, block=block.number)
    bare = path.removeprefix("a/").removeprefix("b/") if path.startswith(("a/", "b/")) else path
    return bare if bare != path and not snapshot.exists(path) and snapshot.exists(bare) else path


def _operation(path: str, blocks: Sequence[Block], snapshot: Snapshot) -> Operation | tuple[Problem, ...]:
    """What becomes of one file."""
    file = snapshot.file(path)
    if isinstance(file, Unreadable) and file.exists:
        return (Problem(_code(file), f"{path} {file.reason}, so it cannot be edited here.", path, blocks[0].number),)
    first = blocks[0]
    if len(blocks) > 1 and (not isinstance(file, FileText) or any(isinstance(block, WholeFile) for block in blocks)):
        message = f"several blocks make {path} as a whole. Send it once."
        return (Problem("OVERLAP", message, path, blocks[1].number),)
    if not isinstance(file, FileText):
        return _created(path, first)
    if isinstance(first, WholeFile):
        return rewrite_file(file, first)
    return replace_blocks(file, [block for block in blocks if isinstance(block, Replacement)])


def _created(path: str, block: Block) -> Create | tuple[Problem, ...]:
    if isinstance(block, Replacement) and any(line.strip() for line in block.old):
        message = f"there is no file {path}. Name an existing one, or make a new one with an empty SEARCH part."
        return (Problem("MISSING", message, path, block.number),)
    lines = block.new if isinstance(block, Replacement) else block.lines
    if problem := unfit(path, block.number, (), lines):
        return (problem,)
    return Create(path, "".join(line + "\n" for line in lines))


def _code(file: Unreadable) -> ProblemCode:
    if "binary" in file.reason:
        return "BINARY"
    return "ENCODING" if "UTF-8" in file.reason else "PATH"
