"""Which pieces does a block consist of that leaves lines out in both of its parts, by a line of three dots?

SEARCH and REPLACE leave the same lines out, so there must be as many dots in both, and what they stand for stays.
"""

import re
from collections.abc import Sequence

from lsp_server.edits.indent import indent_of

Pieces = list[tuple[tuple[str, ...], tuple[str, ...]]]

_DOTS = re.compile(r"(?:(?:#|//|--)\s*)?(?:\.{3}|…)")


def paired_pieces(old: Sequence[str], new: Sequence[str]) -> Pieces | None:
    """The pieces of both between their dots; None where they do not pair, or an old piece has no text."""
    olds, news = _pieces(old), _pieces(new)
    if len(olds) < 2 or len(olds) != len(news) or not all(any(line.strip() for line in piece) for piece in olds):
        return None
    return list(zip(olds, news, strict=True))


def is_inside(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether the lines [start, end) that are left out belong to what stands around them.

    A line among them that is indented less than a neighbour of the dots begins something else, as the next function.
    """
    depth = max(len(indent_of(_nearest(lines[start - 1 :: -1]))), len(indent_of(_nearest(lines[end:]))))
    return end > start and all(len(indent_of(line)) >= depth for line in lines[start:end] if line.strip())


def _pieces(lines: Sequence[str]) -> list[tuple[str, ...]]:
    pieces: list[list[str]] = [[]]
    for line in lines:
        if _DOTS.fullmatch(line.strip()):
            pieces.append([])
        else:
            pieces[-1].append(line)
    return [tuple(piece) for piece in pieces]


def _nearest(lines: Sequence[str]) -> str:
    return next((line for line in lines if line.strip()), "")
