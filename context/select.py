"""Which pieces of the workspace does a description need? Packs ranked pieces into a token budget."""

from dataclasses import dataclass

from context.snapshot import Place


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
