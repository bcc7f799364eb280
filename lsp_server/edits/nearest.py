"""What in a file comes nearest to lines that are nowhere in it? For the message that goes back, never for an edit."""

from collections import Counter
from collections.abc import Sequence

from lsp_server.edits.locate import Lookup

SHOWN = 160
"""So many characters of a line are quoted."""


def nearest(file: Lookup, old: Sequence[str]) -> str:
    """A sentence that names the lines with most in common and the first that differs; empty if none has anything."""
    votes: Counter[int] = Counter()
    for at, line in enumerate(old):
        places = file.stripped.places.get(line.strip(), ()) if line.strip() else ()
        for place in places[:50]:
            votes[place - at] += 1
    votes = Counter({start: count for start, count in votes.items() if start >= 0})
    if not votes:
        return ""
    (start, _), *_ = votes.most_common(1)
    end = min(start + len(old), len(file.exact.lines))
    for at in range(len(old)):
        found = file.exact.lines[start + at] if start + at < end else ""
        if found.rstrip() != old[at].rstrip():
            differs = f"yours is {_quoted(old[at])}, the file's is {_quoted(found)}"
            return f"Nearest are lines {start + 1} to {end}; line {start + at + 1} differs: {differs}."
    return f"Nearest are lines {start + 1} to {end}."


def _quoted(line: str) -> str:
    """A line with its tabs made visible."""
    shown = line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
    return f"“{shown}”".replace("\t", "→")
