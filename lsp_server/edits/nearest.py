"""What in a file comes nearest to lines that are nowhere in it? For the message that goes back, never for an edit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Indel

from lsp_server.edits.search import Lookup

SHOWN = 160
"""So many characters of a line are quoted."""

SHOWN_LINES = 40
"""So many lines of a window are shown."""

SHOWN_PLACES = 4
"""So many places of an ambiguous text are shown, each with `SHOWN_ABOVE` lines above it."""

SHOWN_ABOVE = 3

SHOWN_AROUND = 2
"""So many lines above and below the nearest ones are shown: one line of a reply may be two of the file."""

ALIKE = 0.6
"""A line at least so much alike (0 to 1) is worth showing where no line is equal."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """A sentence that names the lines with most in common and the first that differs, and those lines to look at.

    In `lines`, `-` stands before a line of the reply, `+` before one of the file with its 1-based number.
    """

    sentence: str = ""
    lines: str = ""


def nearest(file: Lookup, old: Sequence[str]) -> Nearest:
    """The nearest lines; empty if none has anything in common."""
    start = _start(file, old)
    if start is None:
        return Nearest()
    found = file.exact.lines[start : start + len(old)]
    end = start + len(found)
    shown = _shown(old, found, start)
    if max(len(old), len(found)) <= SHOWN_LINES:
        shown = _with_around(file, start, end, shown)
    for at, line in enumerate(old):
        theirs = found[at] if at < len(found) else ""
        if theirs.rstrip() != line.rstrip():
            differs = f"yours is {_quoted(line)}, the file's is {_quoted(theirs)}"
            sentence = f"Nearest {_range(start, end)}; line {start + at + 1} differs: {differs}."
            return Nearest(sentence, shown)
    return Nearest(f"Nearest {_range(start, end)}.", shown)


def _range(start: int, end: int) -> str:
    return f"is line {end}" if end == start + 1 else f"are lines {start + 1} to {end}"


def places_shown(file: Lookup, starts: Sequence[int]) -> str:
    """The first lines at some places with those above, which may tell them apart; 1-based numbers before each."""
    lines = file.exact.lines
    shown = [range(max(start - SHOWN_ABOVE, 0), min(start + 2, len(lines))) for start in starts[:SHOWN_PLACES]]
    return "\n\n".join("\n".join(f"+ {at + 1:>5} {lines[at][:SHOWN]}" for at in place) for place in shown)


def _start(file: Lookup, old: Sequence[str]) -> int | None:
    """Where most lines are equal but for the blanks around them, else where the longest line is most alike."""
    votes: Counter[int] = Counter()
    for at, line in enumerate(old):
        places = file.stripped.places.get(line.strip(), ()) if line.strip() else ()
        for place in places[:50]:
            if place >= at:
                votes[place - at] += 1
    if votes:
        return votes.most_common(1)[0][0]
    longest = max(range(len(old)), key=lambda at: len(old[at].strip()), default=0)
    if not old or not old[longest].strip():
        return None
    best = process.extractOne(
        old[longest].strip()[:SHOWN], list(file.stripped.places), scorer=Indel.normalized_similarity, score_cutoff=ALIKE
    )
    return max(file.stripped.places[best[0]][0] - longest, 0) if best else None


def _with_around(file: Lookup, start: int, end: int, shown: str) -> str:
    """What is shown of the lines from `start` to `end`, between those above and below it in the file."""
    lines = file.exact.lines
    above = [f"  {at + 1:>5} {lines[at][:SHOWN]}" for at in range(max(start - SHOWN_AROUND, 0), start)]
    below = [f"  {at + 1:>5} {lines[at][:SHOWN]}" for at in range(end, min(end + SHOWN_AROUND, len(lines)))]
    return "\n".join([*above, shown, *below])


def _shown(old: Sequence[str], found: Sequence[str], start: int) -> str:
    """Both side by side, line by line; blanks at the ends of lines that differ are made visible."""
    shown: list[str] = []
    for at in range(min(max(len(old), len(found)), SHOWN_LINES)):
        ours = old[at] if at < len(old) else None
        theirs = found[at] if at < len(found) else None
        if ours is not None and ours == theirs:
            shown.append(f"  {start + at + 1:>5} {ours[:SHOWN]}")
            continue
        if ours is not None:
            shown.append(f"- {'':5} {_visible(ours)}")
        if theirs is not None:
            shown.append(f"+ {start + at + 1:>5} {_visible(theirs)}")
    return "\n".join(shown)


def _visible(line: str) -> str:
    """A line with its tabs as → and the spaces at both of its ends as ·."""
    line = line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
    text = line.strip(" \t")
    front, _, back = line.partition(text) if text else (line, "", "")
    return "".join((front.replace(" ", "·"), text, back.replace(" ", "·"))).replace("\t", "→")


def _quoted(line: str) -> str:
    """A line with its tabs made visible."""
    shown = line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
    return f"“{shown}”".replace("\t", "→")
