"""What does a reply ask for? Blocks, the same for every reply format.

A block is what the model wrote, not yet compared with any file; `number` is its 1-based place in the reply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lsp_server.edits.change import Problem


@dataclass(frozen=True, slots=True)
class Aim:
    """What a reply says of a place beside its lines. It chooses among places and never makes one.

    `scopes` are lines under which the place must be, the outer first; `heading` is one that only helps to choose.
    `line` is a 0-based line where the reply counts the place to begin; `miscounts`: it counts another place of the file
    wrongly, so that a line which is hit exactly may be chance. `at_end`: it must be the end of the file.
    """

    scopes: tuple[str, ...] = ()
    heading: str = ""
    line: int | None = None
    at_end: bool = False
    miscounts: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    """The lines `old` of a file become `new`. No `old` lines and no `aim`: a new file.

    `final_newline` says whether the file ends with a newline afterwards, None where it stays as it was.
    """

    number: int
    path: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    aim: Aim | None = None
    final_newline: bool | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """The text `old`, which may begin and end inside a line, becomes `new`. Lines are divided by newlines."""

    number: int
    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The file becomes `lines`.

    `path_line` is a first line that was read as the path and may be part of the file. `is_named` is False where the
    reply does not say which file it means, so that the lines may as well be a part of it.
    """

    number: int
    path: str
    lines: tuple[str, ...]
    path_line: str | None = None
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """The file gets the path `new_path`; other blocks may change it, and name it by either path."""

    number: int
    path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class Removal:
    """The file goes. `lines` are what it held, None where the reply does not say."""

    number: int
    path: str
    lines: tuple[str, ...] | None = None


Block = Replacement | Passage | WholeFile | Move | Removal


def changes_lines(block: Block) -> bool:
    """Whether a block names lines that a file must hold, so that it cannot be meant for a new one."""
    return isinstance(block, Passage) or (isinstance(block, Replacement) and (bool(block.aim) or _has_text(block.old)))


def by_old_paths(blocks: Sequence[Block], moves: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks, where one that changes lines of a file that moves names it by its old path.

    `moves` are the old paths of files by their new ones.
    """
    return tuple(
        replace(block, path=moves[block.path]) if block.path in moves and changes_lines(block) else block
        for block in blocks
    )


def _has_text(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """The blocks of a reply and what was wrong with it. With any problem, no block may be applied."""

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
