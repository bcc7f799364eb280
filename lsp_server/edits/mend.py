"""What did a reply add to the lines that it copied? Line numbers, a second backslash for each one, or fences.

Such lines are mended only where all of them have it, the new ones alike.
"""

import re
from collections.abc import Callable, Sequence

from lsp_server.edits.change import Rung

Lines = tuple[str, ...]
Mended = tuple[Lines, Lines]

_NUMBERED = re.compile(r" *(\d{1,7}) ?[\t|:→](.*)")
_BACKSLASHES = re.compile(r"\\+")


def without_line_numbers(old: Sequence[str], new: Sequence[str]) -> Mended | None:
    """Both without their numbers, which count up by one; new lines have them all or none."""
    old_found, new_found = ([_NUMBERED.fullmatch(line) for line in lines] for lines in (old, new))
    numbers = [int(found[1]) for found in old_found if found]
    if not old or len(numbers) < len(old) or numbers != list(range(numbers[0], numbers[0] + len(old))):
        return None
    bare = [found[2] for found in old_found if found]
    numbered = [found[2] for found in new_found if found]
    blank = " " if all(line.startswith(" ") for line in bare if line) else ""
    if 0 < len(numbered) < len(new):
        return None
    return tuple(line.removeprefix(blank) for line in bare), tuple(
        line.removeprefix(blank) if numbered else line for line in numbered or new
    )


def without_doubled_backslashes(old: Sequence[str], new: Sequence[str]) -> Mended | None:
    """Both with half of their backslashes, where each run of them is even and the old lines have any."""
    runs = [run for line in (*old, *new) for run in _BACKSLASHES.findall(line)]
    if not any("\\" in line for line in old) or any(len(run) % 2 for run in runs):
        return None
    halved = (tuple(line.replace("\\\\", "\\") for line in lines) for lines in (old, new))
    return next(halved), next(halved)


def without_fences(old: Sequence[str], new: Sequence[str]) -> Mended | None:
    """Both without the fence that ends the old lines and the one that begins the new ones, or with one around each.

    No other line may be a fence, or the lines could be those of a document.
    """
    shapes = [[at for at, line in enumerate(lines) if line.lstrip().startswith(("```", "~~~"))] for lines in (old, new)]
    last_old, last_new = len(old) - 1, len(new) - 1
    around = [[0, last_old], [0, last_new]]
    between = [[last_old], [0]]
    if last_old < 1 or shapes not in (around, between) or _is_opening(old[-1]):
        return None
    if shapes == around:
        is_wrapped = old[0] == new[0] and not _is_opening(new[-1])
        return (tuple(old[1:-1]), tuple(new[1:-1])) if is_wrapped and last_old > 1 and last_new else None
    return tuple(old[:-1]), tuple(new[1:])


def _is_opening(fence: str) -> bool:
    return bool(fence.strip("`~ "))


MENDINGS: tuple[tuple[Rung, Callable[[Sequence[str], Sequence[str]], Mended | None]], ...] = (
    ("line-numbers", without_line_numbers),
    ("backslashes", without_doubled_backslashes),
    ("fences", without_fences),
)
