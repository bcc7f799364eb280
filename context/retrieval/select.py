"""Which pieces of the workspace does a description need? Packs ranked pieces into a token budget."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from context.parsing.heads import import_lines
from context.parsing.languages import language_of
from context.parsing.signatures import signature_lines
from context.parsing.symbols import Definition
from context.snapshot import FileText, Place, Snapshot
from context.workspace.rank import SOURCE, rank_of

PIECE_OVERHEAD = 15
"""What a piece costs besides its text: the line that names it. In tokens."""

PIECE_TOKENS = 2000
FILE_SHARE = 0.5
"""No piece costs more than so many tokens, and a file of several pieces no more than this share of the budget."""

HEADS_SHARE = 0.1
"""The most of the budget that goes to what files import."""

SIGNATURES_SHARE = 0.05
"""The most of the budget that goes to the signatures of what does not fit whole."""

BESIDE_SHARE = 0.2
"""The most of the budget that goes to what stands beside the code."""

SIGNATURES_OF_A_PIECE = 3
LEAST_SIGNATURE = 20
"""The least that a signature costs, in tokens."""

SCRAP_LINES = 2
"""What is left of a piece whose other lines are packed already must reach over more lines than this."""

SURROUNDING_LINES = 60
MOST_LEFT_OUT = 50
"""When so many pieces did not fit, no more are tried."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find code for. `budget` is in tokens; `place` is where the user is, and comes first.

    With `beside` a part of the budget goes to what changes with the code: its stub, its tests, documents about it.
    """

    description: str
    budget: int
    place: Place | None = None
    beside: bool = False


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

    `completeness` is the share of the workspace that was indexed when it was asked, from 0 to 1. `conventions` are
    lines on how code is written near the place, at most 200 tokens that the budget does not count.
    """

    pieces: tuple[Piece, ...]
    tokens: int
    left_out: tuple[Piece, ...] = ()
    completeness: float = 1.0
    ms: float = 0.0
    conventions: tuple[str, ...] = ()

    def only(self, keeps: Callable[[str], bool]) -> "Context":
        """The context with those pieces alone whose paths are to be kept."""
        pieces = tuple(piece for piece in self.pieces if keeps(piece.path))
        if len(pieces) == len(self.pieces):
            return self
        return replace(self, pieces=pieces, tokens=sum(piece.tokens for piece in pieces))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines that a search found, before they are known to fit. `why` is asked only of what is packed.

    `definitions` gives the lines, 1-based, of the name and the end of each definition of the file in source order.
    """

    path: str
    start_line: int
    end_line: int
    score: float
    why: Callable[[str], str]
    definitions: Callable[[], Sequence[tuple[int, int]]] = tuple


def cost(text: str) -> int:
    """What a piece with this text costs, in tokens."""
    return len(text) // 4 + PIECE_OVERHEAD


@dataclass(slots=True)
class _Packing:
    """A budget in tokens while it is spent."""

    snapshot: Snapshot
    left: float
    left_for_heads: float
    left_for_signatures: float
    file_most: float
    pieces: list[Piece] = field(default_factory=list[Piece])
    left_out: list[Piece] = field(default_factory=list[Piece])
    spent: dict[str, int] = field(default_factory=dict[str, int])
    split: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def lines(self, path: str) -> list[str]:
        """The lines of a file, split once for all its pieces; none for one that is no text."""
        found = self.split.get(path)
        if found is None:
            file = self.snapshot.file(path)
            found = self.split[path] = file.text.split("\n") if isinstance(file, FileText) else []
        return found


def pack(
    query: Query, snapshot: Snapshot, here: Piece | None, wanted: Iterable[Wanted], beside: Iterable[Wanted] = ()
) -> Context:
    """Takes `here` and then what is wanted, best first, as far as the budget goes; what does not fit is passed over.

    Each file's imports come with its first piece where they fit, and of source that does not fit its signatures. What
    is `beside` has its share of the budget, and stands last. No line is packed twice. Blocks on the disk.
    """
    file_most = max(PIECE_TOKENS, query.budget * FILE_SHARE)
    packing = _Packing(snapshot, query.budget, query.budget * HEADS_SHARE, query.budget * SIGNATURES_SHARE, file_most)
    if here is not None and here.tokens <= packing.left:
        packing.pieces.append(here)
        packing.left -= here.tokens
        _take_head(packing, here)
    kept = _take_beside(packing, beside, query.budget * BESIDE_SHARE)
    for each in wanted:
        if len(packing.left_out) >= MOST_LEFT_OUT:
            break
        for start, end in _not_packed(each, packing.pieces):
            piece = _piece(each, start, end, packing.lines(each.path))
            if piece is None or _is_scrap(each, piece):
                continue
            if not _take(packing, each, piece):
                _take_signatures(packing, each, piece)
    pieces = (*(piece for piece in packing.pieces if piece not in kept), *kept)
    return Context(pieces, query.budget - int(packing.left), tuple(packing.left_out))


def _take_beside(packing: _Packing, beside: Iterable[Wanted], most: float) -> tuple[Piece, ...]:
    """Packs what stands beside the code, as far as its share of the tokens goes; those pieces."""
    before, rest = len(packing.pieces), max(packing.left - most, 0.0)
    packing.left -= rest
    for each in beside:
        for start, end in _not_packed(each, packing.pieces):
            piece = _piece(each, start, end, packing.lines(each.path))
            if piece is not None and not _is_scrap(each, piece) and piece.tokens <= packing.left:
                _take(packing, each, piece)
    packing.left += rest
    return tuple(packing.pieces[before:])


def _is_scrap(wanted: Wanted, piece: Piece) -> bool:
    """Whether a piece is the line or two that others left of a larger one, such as the first above the imports."""
    lines = piece.end_line - piece.start_line
    return lines < SCRAP_LINES and lines < wanted.end_line - wanted.start_line - SCRAP_LINES


def _take(packing: _Packing, wanted: Wanted, piece: Piece) -> bool:
    """Whether a piece is packed. One that would fit, but for its file having its share, is passed over silently."""
    used = packing.spent.get(piece.path)
    if piece.tokens <= packing.left and (used or 0) + piece.tokens <= packing.file_most:
        packing.pieces.append(_with_reason(wanted, piece))
        packing.left -= piece.tokens
        packing.spent[piece.path] = (used or 0) + piece.tokens
        if used is None:
            _take_head(packing, piece)
        return True
    if piece.tokens > packing.left:
        packing.left_out.append(_with_reason(wanted, piece))
    return False


def _take_signatures(packing: _Packing, wanted: Wanted, piece: Piece) -> None:
    """Shows how what does not fit is called, at least."""
    if min(packing.left, packing.left_for_signatures) < LEAST_SIGNATURE:
        return
    if rank_of(piece.path) != SOURCE:
        return

    def signed(text: str) -> str:
        return f"only the signature fits; {wanted.why(text)}"

    lines = packing.lines(piece.path)
    inside = [each for each in wanted.definitions() if piece.start_line <= each[0] <= piece.end_line]
    for name_line, end_line in inside[:SIGNATURES_OF_A_PIECE]:
        signature = replace(
            wanted,
            start_line=name_line,
            end_line=signature_lines(lines, name_line, end_line)[1],
            why=signed,
        )
        for start, end in _not_packed(signature, packing.pieces):
            found = _piece(signature, start, end, lines)
            if found is not None and found.tokens <= min(packing.left, packing.left_for_signatures):
                packing.pieces.append(_with_reason(signature, found))
                packing.left -= found.tokens
                packing.left_for_signatures -= found.tokens


def _take_head(packing: _Packing, piece: Piece) -> None:
    """Shows what a file imports, too: who writes code for it must know."""
    lines = packing.lines(piece.path)
    found_at = import_lines(lines) if lines and language_of(piece.path) is not None else None
    if found_at is None:
        return
    head = Wanted(piece.path, *found_at, piece.score, lambda _: "what its file imports")
    for start, end in _not_packed(head, packing.pieces):
        found = _piece(head, start, end, lines)
        if found is not None and found.tokens <= min(packing.left, packing.left_for_heads):
            packing.pieces.append(_with_reason(head, found))
            packing.left -= found.tokens
            packing.left_for_heads -= found.tokens


def piece_here(file: FileText, place: Place, outline: Sequence[Definition], budget: int) -> Piece | None:
    """The piece around the user's place: the innermost definition that holds it, or the lines before and after.

    A definition that does not fit in half of the budget is cut down to the lines around the place.
    """
    lines = file.text.split("\n")
    last = max(1, len(lines) - (lines[-1] == ""))
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


def main_path(context: Context) -> str:
    """The file that a context is mostly about: that of its first piece of source; empty where there is none."""
    ranked = [piece.path for piece in context.pieces if language_of(piece.path) is not None]
    return next((path for path in ranked if rank_of(path) == SOURCE), next(iter(ranked), ""))


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


def _piece(wanted: Wanted, start: int, end: int, all_lines: Sequence[str]) -> Piece | None:
    """The piece with its text out of all lines of its file, cut to the most that a piece may cost; no reason yet."""
    lines = all_lines[start - 1 : end]
    while lines and cost("\n".join(lines)) > PIECE_TOKENS:
        lines = lines[: len(lines) // 2]
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    start, end = start + filled[0], start + filled[-1]
    text = "\n".join(lines[filled[0] : filled[-1] + 1])
    return Piece(wanted.path, start, end, wanted.score, "", text, cost(text))


def _with_reason(wanted: Wanted, piece: Piece) -> Piece:
    """The piece as it is shown. To look for a reason in what is passed over would take as long as packing it."""
    return replace(piece, why=wanted.why(piece.text))
