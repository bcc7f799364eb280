"""Which new text is refused whatever the file holds? Placeholders, stray fences, and what cannot be a text file."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from lsp_server.edits.change import Problem
from lsp_server.edits.lazy import PROSE, placeholder

_FENCE = re.compile(r"`{3,}|~{3,}")


def unfit(path: str, number: int, old: Sequence[str], new: Sequence[str]) -> Problem | None:
    """Why the lines `new` of block `number` cannot stand where `old` stood, None if they can."""
    text = "\n".join(new)
    if "\0" in text:
        return Problem("BINARY", "the new text holds a NUL character.", path, number)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Problem("ENCODING", "the new text holds half of a surrogate pair, which is no character.", path, number)
    if PurePosixPath(path).suffix.lower() not in PROSE and _is_fenced(old, new):
        message = "the new text holds a Markdown fence that belongs to the reply. Leave it out of the block."
        return Problem("FORMAT", message, path, number)
    if line := placeholder(path, old, new):
        message = f"the new text holds a placeholder (`{line[:120]}`). Write out all lines that shall stand there."
        return Problem("LAZY", message, path, number)
    return None


def _is_fenced(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether the new lines gain one half of a pair of fences, or stand between two; a docstring's own are inside."""
    (fences_old, fences_new) = ([bool(_FENCE.match(line)) for line in lines] for lines in (old, new))
    wrapped = sum(fences_new) > 1 and fences_new[0] and fences_new[-1]
    return sum(fences_old) % 2 != sum(fences_new) % 2 or (wrapped and not any(fences_old))
