"""Which pieces of the workspace does a description need? Packs ranked pieces into a token budget."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from context.snapshot import FileText, Place, Snapshot
from context.symbols import Definition

PIECE_OVERHEAD = 15
"""What a piece costs besides its text: the line that names it. In tokens."""

PIECE_TOKENS = 2000
FILE_SHARE = 0.5
"""No piece costs more than so many tokens, and a file of several pieces no more than this share of the budget."""

SURROUNDING_LINES = 60
MOST_LEFT_OUT = 50
"""When so many pieces did not fit, no more are tried."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find code for. `budget` is in tokens; `place` is where the user is, and comes first."""

    description: str
    budget: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of one file, 1-based and both ends included. `tokens` is its cost in the budget, `why` for a human."""

    path: str
    start_line: int
    end_line: int
    score: float
    why: str
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Context:
    """The pieces in rank order, what they cost, and what was left out for want of budget.

    `completeness` is the share of the workspace that was indexed when it was asked, from 0 to 1.
    """

    pieces: tuple[Piece, ...]
    tokens: int
    left_out: tuple[Piece, ...] = ()
    completeness: float = 1.0
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines that a search found, before they are known to fit. `why` is asked only of what is packed."""

    path: str
    start_line: int
    end_line: int
    score: float
    why: Callable[[str], str]


def cost(text: str) -> int:
    """What a piece with this text costs, in tokens."""
    return len(text) // 4 + PIECE_OVERHEAD


def pack(query: Query, snapshot: Snapshot, here: Piece | None, wanted: Iterable[Wanted]) -> Context:
    """Takes `here` and then what is wanted, best first, as far as the budget goes; what does not fit is passed over.

    Lines that are packed already are not packed twice. Blocks on the disk.
    """
    pieces: list[Piece] = []
    left_out: list[Piece] = []
    spent: dict[str, int] = {}
    left = query.budget
    file_most = max(PIECE_TOKENS, query.budget * FILE_SHARE)
    if here is not None and here.tokens <= left:
        pieces.append(here)
        left -= here.tokens
    for each in wanted:
        if len(left_out) >= MOST_LEFT_OUT:
            break
        for start, end in _not_packed(each, pieces):
            piece = _piece(each, start, end, snapshot)
            if piece is None:
                continue
            used = spent.get(piece.path, 0)
            if piece.tokens <= left and used + piece.tokens <= file_most:
                pieces.append(piece)
                left -= piece.tokens
                spent[piece.path] = used + piece.tokens
            elif piece.tokens > left:
                left_out.append(piece)
    return Context(tuple(pieces), query.budget - left, tuple(left_out))


def piece_here(file: FileText, place: Place, outline: Sequence[Definition], budget: int) -> Piece | None:
    """The piece around the user's place: the innermost definition that holds it, or the lines before and after.

    A definition that does not fit in half of the budget is cut down to the lines around the place.
    """
    lines = file.text.split("\n")
    last = len(lines)
    place_start, place_end = max(1, min(place.start_line, last)), max(1, min(place.end_line, last))
    around = [
        (each.start_line, each.end_line)
        for each in outline
        if each.start_line <= place_start and place_end <= each.end_line
    ]
    windows = [(max(1, place_start - near), min(last, place_end + near)) for near in (SURROUNDING_LINES, 20, 5, 0)]
    spans = [max(around, key=lambda span: span[0]), *windows] if around else windows
    for start, end in spans:
        text = "\n".join(lines[start - 1 : end])
        if cost(text) <= budget // 2:
            return Piece(file.path, start, end, 1000.0, "the code you are in", text, cost(text))
    return None


def _not_packed(wanted: Wanted, pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """The lines of what is wanted that no piece shows yet."""
    spans = [(wanted.start_line, wanted.end_line)]
    for piece in pieces:
        if piece.path == wanted.path:
            spans = (
                [
                    (start, end)
                    for low, high in spans
                    for start, end in ((low, min(high, piece.start_line - 1)), (max(low, piece.end_line + 1), high))
                    if start <= end
                ]
                if not (piece.end_line < wanted.start_line or piece.start_line > wanted.end_line)
                else spans
            )
    return spans


def _piece(wanted: Wanted, start: int, end: int, snapshot: Snapshot) -> Piece | None:
    """The piece with its text as the snapshot has it, cut to the most that a piece may cost."""
    file = snapshot.file(wanted.path)
    if not isinstance(file, FileText):
        return None
    lines = file.text.split("\n")[start - 1 : end]
    while lines and cost("\n".join(lines)) > PIECE_TOKENS:
        lines = lines[: len(lines) // 2]
    text = "\n".join(lines)
    if not text.strip():
        return None
    end = start + len(lines) - 1
    return Piece(wanted.path, start, end, wanted.score, wanted.why(text), text, cost(text))
