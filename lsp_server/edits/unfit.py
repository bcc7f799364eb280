"""Which new text is refused whatever the file holds? Placeholders, and what cannot be a text file."""

from collections.abc import Sequence

from lsp_server.edits.change import Problem
from lsp_server.edits.lazy import placeholder


def unfit(path: str, number: int, old: Sequence[str], new: Sequence[str]) -> Problem | None:
    """Why the lines `new` of block `number` cannot stand where `old` stood, None if they can."""
    text = "\n".join(new)
    if "\0" in text:
        return Problem("BINARY", "the new text holds a NUL character.", path, number)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return Problem("ENCODING", "the new text holds half of a surrogate pair, which is no character.", path, number)
    if line := placeholder(path, old, new):
        message = f"the new text holds a placeholder (`{line[:120]}`). Write out all lines that shall stand there."
        return Problem("LAZY", message, path, number)
    return None
