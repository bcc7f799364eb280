r"""What do lines that begin with a blank, `-` or `+` say? Which lines stand in a file, and which come instead.

A blank line that stays may have lost its blank. `\ No newline at end of file` belongs to the line above it. Line
numbers are what the writer counted, no more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBERS = re.compile(r"@@+ *-(\d+)(?:,(\d+))? +\+(\d+)(?:,(\d+))? *@@+ ?(.*)")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file and what they become. `final_newline` says whether the file then ends with one, None: as before.

    `at_end`: these are the last lines of the file.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    final_newline: bool | None = None
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """What `@@ -3,2 +3,4 @@ heading` counts: lines before and after, and the first one from 0 (None: not counted).

    `moves_by`: so many lines later does the hunk begin afterwards.
    """

    line: int | None
    before: int
    after: int
    heading: str
    moves_by: int


def numbers_in(line: str) -> Numbers | None:
    """The numbers of a hunk header, None for any other line. Line 1 is what is written where nothing was counted."""
    found = _NUMBERS.fullmatch(line)
    if found is None or any(len(group or "") > 9 for group in found.groups()[:4]):
        return None
    start, before, after = int(found[1]), int(found[2] or 1), int(found[4] or 1)
    # An empty range is counted by the line above it.
    moves_by = int(found[3]) + (after == 0) - start - (before == 0)
    return Numbers(start - 1 if start > 1 else None, before, after, found[5].strip(), moves_by)


def scope_in(line: str) -> str:
    """The line that `@@ def total(items): @@` names, with or without the second pair; empty for none."""
    return line.removeprefix("@@").strip().removesuffix("@@").strip()


def without_blank_end(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of a hunk that nobody counted: empty ones at its end are what stands between it and the next thing."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    return tuple(lines[:end])


def read_hunk(lines: Sequence[str]) -> Hunk | str:
    """What the lines of one hunk say, or in a sentence why they cannot be read."""
    old: list[str] = []
    new: list[str] = []
    open_old = open_new = False
    last = " "
    for line in lines:
        sign, text = line[:1] or " ", line[1:]
        if sign == "\\":
            open_old, open_new = open_old or last in " -", open_new or last in " +"
            continue
        if sign not in " -+":
            return f"“{line[:120]}” begins with no blank, - or +. Put the sign before each line of the hunk."
        if (open_old and sign != "+") or (open_new and sign != "-"):
            return f"“{line[:120]}” stands below the end of the file. Write \\ No newline only below the last line."
        if sign != "+":
            old.append(text)
        if sign != "-":
            new.append(text)
        last = sign
    final_newline = None if open_old == open_new else open_old
    return Hunk(tuple(old), tuple(new), final_newline, open_old or open_new)
