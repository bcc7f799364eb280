"""What becomes of a file that a reply gives as a whole? It is compared with the file, so that only real changes count.

A reply that leaves much of the file out is refused: nobody can see from it whether that was meant.
"""

import re
from collections.abc import Sequence

from context.snapshot import FileText
from lsp_server.edits.blocks import WholeFile
from lsp_server.edits.change import Edit, Problem
from lsp_server.edits.hunks import apply_hunks, line_hunks
from lsp_server.edits.lines import contents
from lsp_server.edits.unfit import unfit

KEPT_SHARE = 0.6
"""A whole file may not become shorter than this share of its lines."""

FEWEST_LOST_LINES = 3
"""A file of a few lines may lose a line or two."""

MOST_LOST_SYMBOLS = 2

_SYMBOL = re.compile(
    r"(?:(?:export|default|public|private|protected|internal|abstract|final|static|async|pub(?:\([^)]*\))?|declare|sealed|open)\s+)*"
    r"(?:def|class|func|function\*?|fn|interface|struct|enum|trait|type|record|object|module|namespace|const|let|var|val)\s+"
    r"(?:\([^)]*\)\s*)?(\w+)"
)


def rewrite_file(file: FileText, block: WholeFile) -> Edit | tuple[Problem, ...]:
    """The edit that makes a file what the block says. Its line ends, byte-order mark and final newline stay."""
    old = contents(file.text)
    new = block.lines
    if block.path_line is not None and old[:1] == [block.path_line]:
        new = (block.path_line, *new)
    if problem := unfit(file.path, block.number, old, new) or _shrinks(file.path, block.number, old, new):
        return (problem,)
    if not block.is_named and _may_be_a_part(old, new):
        message = f"it is not clear that the reply gives {file.path} as a whole. Write its path alone above the fence."
        return (Problem("PATH", message, file.path, block.number),)
    hunks = line_hunks(old, new, 0, "whole-file")
    if not hunks:
        return (Problem("NO_CHANGE", f"{file.path} already is as the reply gives it.", file.path, block.number),)
    after = apply_hunks(file.text, hunks, file.eol)
    return Edit(file.path, file.sha, file.text, after, hunks, file.eol, file.bom)


def _shrinks(path: str, number: int, old: Sequence[str], new: Sequence[str]) -> Problem | None:
    lost_lines = len(old) - len(new)
    lost = sorted(_symbols(old) - _symbols(new))
    if lost_lines >= FEWEST_LOST_LINES and len(new) < KEPT_SHARE * len(old):
        what = f"{lost_lines} of its {len(old)} lines"
    elif len(lost) - len(_symbols(new) - _symbols(old)) > MOST_LOST_SYMBOLS:
        what = ", ".join(lost)
    else:
        return None
    message = (
        f"{path} would lose {what}. A file that comes whole has all of its lines. To add, change or remove some, send a"
        " SEARCH/REPLACE block for each place."
    )
    return Problem("SHRINKS", message, path, number)


def _may_be_a_part(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether most lines of the file are missing in the reply, as they would be in one of its functions."""
    kept = {line.strip() for line in new}
    text = [line.strip() for line in old if line.strip()]
    lost = sum(line not in kept for line in text)
    return lost > 1 and lost > len(text) / 2


def _symbols(lines: Sequence[str]) -> set[str]:
    """The names defined at the beginning of a line, by the usual keywords: cheap, and enough to see a loss."""
    return {found[1] for line in lines if (found := _SYMBOL.match(line))}
