"""Which lines of a file are nearly those that a reply searches for? For a person to confirm, never silently.

A window of as many lines, equal in its first and last one but for blanks, at least `ENOUGH` alike, with no other window
near it. Lines are compared by rapidfuzz's indel similarity.
"""

from collections.abc import Sequence

from rapidfuzz.distance import Indel

from lsp_server.edits.search import Table

ENOUGH = 0.92
AHEAD = 0.10
"""So much less alike must every other window be."""

FEWEST_LINES = 3
"""Fewer lines with text are too little to go by."""

MAX_COMPARISONS = 1_000_000
"""So many pairs of lines are compared at most: about a third of a second."""


def most_similar(file: Table, old: Sequence[str]) -> tuple[int, float] | None:
    """The 0-based first line of the one window that is enough alike, and how much (0 to 1).

    `file` holds the lines without the blanks around them.
    """
    wanted = [line.strip() for line in old]
    stripped = file.lines
    size = len(wanted)
    if sum(map(bool, wanted)) < FEWEST_LINES or size > len(stripped) or size * len(stripped) > MAX_COMPARISONS:
        return None
    last = len(stripped) - size
    if not any(start <= last and _ends_fit(stripped, start, wanted) for start in file.places.get(wanted[0], ())):
        return None
    scores = _window_scores(stripped, wanted)
    best, *others = sorted(range(len(scores)), key=lambda start: -scores[start])
    if scores[best] < ENOUGH or not _ends_fit(stripped, best, wanted):
        return None
    return None if others and scores[others[0]] > scores[best] - AHEAD else (best, scores[best])


def _ends_fit(stripped: Sequence[str], start: int, wanted: Sequence[str]) -> bool:
    return bool(wanted[0]) and stripped[start] == wanted[0] and stripped[start + len(wanted) - 1] == wanted[-1] != ""


def _window_scores(stripped: Sequence[str], wanted: Sequence[str]) -> list[float]:
    """How much each window is alike: the mean over its lines, weighted by their length."""
    weights = [len(line) + 1 for line in wanted]
    scores = [0.0] * (len(stripped) - len(wanted) + 1)
    for at, (line, weight) in enumerate(zip(wanted, weights, strict=True)):
        known: dict[str, float] = {}
        for start in range(len(scores)):
            other = stripped[start + at]
            if other not in known:
                known[other] = Indel.normalized_similarity(line, other) * weight
            scores[start] += known[other]
    total = sum(weights)
    return [score / total for score in scores]
