"""Which conflicts did git leave in a text, and which of them need no thought? Pure functions on text.

<<<<<<< HEAD
what our side made of the lines
||||||| 1a2b3c4             (only where git was asked for it)
what both sides began with
=======
what their side made of them
>>>>>>> feature
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lsp_server.edits.lines import content, contents, split_lines
from lsp_server.edits.merge import Conflict, merge

_MARK = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?: (.*))?$")


@dataclass(frozen=True, slots=True)
class Clash:
    """One conflict: lines [start, end) of the text with its markers, 0-based. `base` is None where it is not known."""

    start: int
    end: int
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    base: tuple[str, ...] | None = None
    our_name: str = ""
    their_name: str = ""

    @property
    def sides(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Both sides: by them a conflict is known again."""
        return self.ours, self.theirs


def has_conflicts(text: str) -> bool:
    """Whether a text may hold conflicts; cheap."""
    return text.startswith("<<<<<<< ") or "\n<<<<<<< " in text


def clashes(text: str) -> tuple[Clash, ...] | str:
    """The conflicts in their order, or why the markers make no sense: then nobody can say what a line belongs to."""
    found: list[Clash] = []
    part, start, names = "", 0, ["", ""]
    parts: dict[str, list[str]] = {}
    for number, line in enumerate(contents(text)):
        mark = _MARK.match(line)
        sign = mark[1][0] if mark else ""
        if sign == "<" and not part:
            part, start, names[0] = "<", number, (mark[2] or "") if mark else ""
            parts = {"<": []}
        elif (sign == "|" and part == "<") or (sign == "=" and part in ("<", "|") and line == "======="):
            part = sign
            parts[part] = []
        elif sign == ">" and part == "=":
            names[1] = (mark[2] or "") if mark else ""
            base = tuple(parts["|"]) if "|" in parts else None
            found.append(Clash(start, number + 1, tuple(parts["<"]), tuple(parts["="]), base, *names))
            part = ""
        elif part == "=" and line == "=======":
            return f"The conflict that begins at line {start + 1} has two lines =======, and either may divide it"
        elif part and sign in ("<", ">", "|"):
            return f"The conflict that begins at line {start + 1} has a marker out of place at line {number + 1}"
        elif not part and sign in ("|", ">") and mark and mark[2]:
            return f"Line {number + 1} is the marker of a conflict that does not begin"
        elif part:
            parts[part].append(line)
    return f"The conflict that begins at line {start + 1} does not end" if part else tuple(found)


def with_bases(found: Sequence[Clash], merged_anew: str) -> tuple[Clash, ...]:
    """The conflicts with what both sides began with, where the same sides were merged anew and say it."""
    anew = clashes(merged_anew)
    known = {clash.sides: clash.base for clash in anew} if not isinstance(anew, str) else {}
    return tuple(clash if clash.base is not None else replace(clash, base=known.get(clash.sides)) for clash in found)


def settled(clash: Clash) -> tuple[str, ...] | None:
    """The lines that a conflict certainly comes to; None where that is a matter of meaning.

    Both sides say the same, one side left the lines as they were, or their changes neither overlap nor touch.
    """
    if clash.ours == clash.theirs:
        return clash.ours
    if clash.base is None:
        return None
    if clash.base == clash.ours:
        return clash.theirs
    if clash.base == clash.theirs:
        return clash.ours
    if not clash.base:
        return None
    merged = merge(*("".join(f"{line}\n" for line in lines) for lines in (clash.base, clash.ours, clash.theirs)))
    return None if isinstance(merged, Conflict) else tuple(contents(merged))


def replaced(text: str, found: Sequence[Clash], lines_of: Callable[[int], Sequence[str] | None]) -> str:
    """The text with other lines in the place of conflicts, by their number from 0; None leaves one as it is.

    New lines end as the line where the conflict begins does.
    """
    lines = split_lines(text)
    for number in reversed(range(len(found))):
        clash, new = found[number], lines_of(number)
        if new is None:
            continue
        end = lines[clash.start][len(content(lines[clash.start])) :]
        lines[clash.start : clash.end] = [f"{line}{end}" for line in new]
    return "".join(lines)
