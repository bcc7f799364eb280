"""What did a reply add to every line that it copied? Line numbers, or a second backslash for each one.

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


MENDINGS: tuple[tuple[Rung, Callable[[Sequence[str], Sequence[str]], Mended | None]], ...] = (
    ("line-numbers", without_line_numbers),
    ("backslashes", without_doubled_backslashes),
)
