"""How do hunks become a text, and two texts hunks?

The file keeps what belongs to it: the ends of its lines, and whether its last line has one.
"""

from collections.abc import Iterable, Sequence

from context.snapshot import Eol, main_eol
from lsp_server.edits.change import Hunk, Rung
from lsp_server.edits.compare import changed_spans
from lsp_server.edits.lines import content, contents, end_of, split_lines


def apply_hunks(text: str, hunks: Iterable[Hunk], eol: Eol | None = None) -> str:
    """The text after hunks that do not overlap.

    A new line gets the end of the line that it replaces, else that of the line above, else the file's usual one.
    """
    usual = eol or main_eol(text)
    lines = split_lines(text)
    ends_open = bool(lines) and not end_of(lines[-1])
    if ends_open:
        lines[-1] += end_of(lines[-2]) if len(lines) > 1 else usual
    after: list[str] = []
    position = 0
    for hunk in sorted(hunks, key=lambda hunk: (hunk.start, hunk.end)):
        after += lines[position : hunk.start]
        above = lines[hunk.start - 1] if hunk.start else ""
        end = end_of(above) or usual
        for number, line in enumerate(hunk.lines):
            replaced = hunk.start + number
            end = end_of(lines[replaced]) if replaced < hunk.end else end
            after.append(line + end)
        position = hunk.end
    after += lines[position:]
    if ends_open and after:
        after[-1] = content(after[-1])
    return "".join(_apart(after))


def _apart(lines: list[str]) -> Iterable[str]:
    """The lines, where an empty one that ends with LF must not become one with a line above that ends with CR."""
    above = ""
    for line in lines:
        above = "\r" if line == "\n" and above.endswith("\r") else line
        yield above


def hunks_between(before: str, after: str, rung: Rung = "given", why: str = "") -> tuple[Hunk, ...]:
    """The hunks that turn one text into another; a changed line end is no changed line."""
    new = contents(after)
    return line_hunks(contents(before), new, 0, rung, why)


def line_hunks(
    old: Sequence[str], new: Sequence[str], start: int, rung: Rung = "given", why: str = ""
) -> tuple[Hunk, ...]:
    """The smallest hunks that turn `old`, which begins at line `start` of the base text, into `new`."""
    return tuple(
        Hunk(start + span.start, start + span.end, tuple(new[span.new_start : span.new_end]), rung, why)
        for span in changed_spans(old, new)
    )
