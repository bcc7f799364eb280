"""What does a reply ask for? Blocks, the same for every reply format.

A block is what the model wrote, not yet compared with any file; `number` is its 1-based place in the reply.
"""

from dataclasses import dataclass

from lsp_server.edits.change import Problem


@dataclass(frozen=True, slots=True)
class Replacement:
    """The lines `old` of a file become `new`. No `old` lines: a new file."""

    number: int
    path: str
    old: tuple[str, ...]
    new: tuple[str, ...]


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


Block = Replacement | WholeFile


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """The blocks of a reply and what was wrong with it. With any problem, no block may be applied."""

    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
