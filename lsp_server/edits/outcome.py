"""What becomes of one file by all blocks that name it? It is changed, made, moved or deleted, or nothing is."""

from collections.abc import Sequence
from itertools import zip_longest

from context.snapshot import FileText, Snapshot, Unreadable
from lsp_server.edits.blocks import Block, Move, Passage, Removal, Replacement, WholeFile, changes_lines
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Problem, ProblemCode, Refused, Rename
from lsp_server.edits.lines import contents, with_final_newline
from lsp_server.edits.nearest import SHOWN
from lsp_server.edits.replace import replace_blocks
from lsp_server.edits.rewrite import rewrite_file
from lsp_server.edits.unfit import unfit


def operations_on(path: str, blocks: Sequence[Block], snapshot: Snapshot) -> ChangeSet | Refused:
    """The operations on the file at `path`, or why there are none."""
    file = snapshot.file(path)
    if isinstance(file, Unreadable) and file.exists:
        return _refused(_code(file), f"{path} {file.reason}, so it cannot be edited here.", blocks[0])
    kinds = {type(block) for block in blocks}
    if len(kinds & {Move, Removal}) == 2 or (Removal in kinds and len(kinds) > 1):
        return _refused("OVERLAP", f"{path} is to be deleted and also changed or moved. Keep one of both.", blocks[-1])
    moves = list(dict.fromkeys(block.new_path for block in blocks if isinstance(block, Move)))
    rest = [block for block in blocks if not isinstance(block, Move)]
    first = blocks[0]
    if isinstance(first, Removal):
        return _removed(path, first, file)
    if moves:
        return _moved(path, moves, rest, first, snapshot)
    return _result(_content(path, rest, file))


def _content(path: str, blocks: Sequence[Block], file: FileText | Unreadable) -> Operation | tuple[Problem, ...]:
    """What becomes of the text of a file."""
    first = blocks[0]
    if len(blocks) > 1 and (not isinstance(file, FileText) or any(isinstance(block, WholeFile) for block in blocks)):
        message = f"several blocks make {path} as a whole. Send it once."
        return (Problem("OVERLAP", message, path, blocks[1].number),)
    if not isinstance(file, FileText):
        return _created(path, first)
    if isinstance(first, WholeFile):
        return rewrite_file(file, first)
    return replace_blocks(file, [block for block in blocks if isinstance(block, Replacement | Passage)])


def _created(path: str, block: Block) -> Create | tuple[Problem, ...]:
    lines: tuple[str, ...] | None = None
    final_newline: bool | None = None
    match block:
        case WholeFile():
            lines = block.lines
        case Replacement(aim=None) if not any(line.strip() for line in block.old):
            lines, final_newline = block.new, block.final_newline
        case _:
            pass
    if lines is None:
        message = f"there is no file {path}. Name an existing one, or send the new one as a whole."
        return (Problem("MISSING", message, path, block.number),)
    if problem := unfit(path, block.number, (), lines):
        return (problem,)
    return Create(path, with_final_newline("".join(line + "\n" for line in lines), "\n", wanted=final_newline))


def _removed(path: str, block: Removal, file: FileText | Unreadable) -> ChangeSet | Refused:
    if not isinstance(file, FileText):
        return _refused("MISSING", f"there is no file {path} to delete.", block)
    lines = [line.rstrip() for line in contents(file.text)]
    if block.lines is not None and [line.rstrip() for line in block.lines] != lines:
        message = f"{path} holds other lines than those that the reply deletes. {_first_other(block.lines, lines)}"
        return _refused("STALE", message, block)
    return ChangeSet((Delete(path, file.sha, file.text),))


def _first_other(given: Sequence[str], lines: Sequence[str]) -> str:
    """The first line that differs, for whoever mends the lines of a file that goes."""
    pairs = enumerate(zip_longest(given, lines, fillvalue=""), 1)
    number, yours, its = next((number, yours, its) for number, (yours, its) in pairs if yours.rstrip() != its)
    return f"Line {number}: yours is “{yours[:SHOWN]}”, the file's is “{its[:SHOWN]}”."


def _moved(
    path: str, targets: Sequence[str], rest: Sequence[Block], first: Block, snapshot: Snapshot
) -> ChangeSet | Refused:
    """A file that moves; its text may change too."""
    file = snapshot.file(path)
    if not isinstance(file, FileText):
        return _refused("MISSING", f"there is no file {path} to move. Name it by the path that it has now.", first)
    target, *others = targets
    if others:
        return _refused("OVERLAP", f"{path} is to be moved to {' and to '.join(targets)}. Keep one of them.", first)
    if snapshot.exists(target):
        return _refused("EXISTS", f"{target} exists, so {path} cannot be moved there. Name a free path.", first)
    if made := next((block for block in rest if isinstance(block, Replacement) and not changes_lines(block)), None):
        message = (
            f"{path} moves to {target} and is made anew too. Let it stay: change its lines and make {target} anew."
        )
        return _refused("OVERLAP", message, made)
    if not rest:
        return ChangeSet((Rename(path, target, file.sha),))
    found = _content(path, rest, file)
    return _result(Rename(path, target, file.sha, found) if isinstance(found, Edit) else found)


def _result(found: Operation | tuple[Problem, ...]) -> ChangeSet | Refused:
    return Refused(found) if isinstance(found, tuple) else ChangeSet((found,))


def _refused(code: ProblemCode, message: str, block: Block) -> Refused:
    return Refused((Problem(code, message, block.path, block.number),))


def _code(file: Unreadable) -> ProblemCode:
    if "binary" in file.reason:
        return "BINARY"
    return "ENCODING" if "UTF-8" in file.reason else "PATH"
