"""Where in a file may code be suggested, and where does a suggestion end? Pure functions on text.

In the middle of a line a suggestion ends with the line; after a comment, on an empty line or behind an opened block it
is whole lines, up to the end of the block that it stands in.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from context.parsing.languages import Language, language_of

PREFIX_CHARACTERS = 6000
SUFFIX_CHARACTERS = 2000
MOST_LINES = 30

_CLOSERS = re.compile(r"[\s)\]}\"'`;:,]*")
_OPENERS = (":", "{", "(", "[", "=>", "->", " do", " then")
_BLOCK_ENDS = re.compile(r"(?:[)\]}]|end\b|fi\b|done\b|esac\b)")


@dataclass(frozen=True, slots=True)
class Gap:
    """The text on both sides of a cursor. `indent` is how far lines of the same block are indented, in characters.

    A suggestion for `lines` goes on over several; `opened` says that they belong to a block that the line before the
    cursor opens, and so are indented further.
    """

    prefix: str
    suffix: str
    kind: Literal["line", "lines"]
    indent: int
    opened: bool = False


def gap_at(path: str, text: str, offset: int) -> Gap | None:
    """The gap at an offset (in characters); None in the middle of code, and where the language is not known."""
    language = language_of(path)
    if language is None or not 0 <= offset <= len(text):
        return None
    before, after = text[:offset], text[offset:]
    line_start = before.rfind("\n") + 1
    head, tail = before[line_start:], after.partition("\n")[0]
    if not _CLOSERS.fullmatch(tail.rstrip("\r")):
        return None
    prefix = before[max(0, offset - PREFIX_CHARACTERS) :]
    if len(prefix) < offset:
        prefix = prefix.partition("\n")[2]
    gap = Gap(prefix, after[:SUFFIX_CHARACTERS], "line", _indent(head))
    written = head.strip()
    is_comment = written.startswith(language.line_comment)
    if not written:
        return replace(gap, kind="lines", indent=max(gap.indent, _comment_above(before[:line_start], language)))
    if is_comment and not tail.strip():
        return replace(gap, kind="lines")
    if not is_comment and not tail.strip() and written.endswith(_OPENERS):
        return replace(gap, kind="lines", opened=True)
    return None if is_comment else gap


def _comment_above(above: str, language: Language) -> int:
    """How far the comment right above is indented; 0 where there is none."""
    line = above.rstrip().rpartition("\n")[2]
    return _indent(line) if line.strip().startswith(language.line_comment) else 0


def cut(gap: Gap, said: str) -> str:
    """What of a model's text belongs into the gap; empty for nothing."""
    lines = said.replace("\r\n", "\n").split("\n")
    kept = lines[: _length(gap, lines)]
    following = [line.strip() for line in gap.suffix.split("\n")[1:] if line.strip()][:1]
    while kept and (not kept[-1].strip() or (len(kept) > 1 and [kept[-1].strip()] == following)):
        kept.pop()
    text = "\n".join(kept)
    rest = gap.suffix.partition("\n")[0].strip()
    if rest and text.rstrip().endswith(rest):
        text = text.rstrip()[: -len(rest)]
    return text if text.strip() else ""


def without_head(gap: Gap, said: str) -> str:
    """A reply in words as it goes on at the cursor: many a model writes the line anew, or with another indentation."""
    head = gap.prefix.rpartition("\n")[2]
    begun = head.strip()
    if not begun:
        return _indented_like(head, said)
    if said.startswith(head):
        return said[len(head) :]
    written = said.lstrip(" \t")
    return written[len(begun) :] if written.startswith(begun) else said


def _indented_like(head: str, said: str) -> str:
    """Lines moved so that the first begins where the cursor is; deeper ones stay deeper."""
    first, *others = said.split("\n")
    depth = _indent(first)
    depths = [_indent(line) for line in others if line.strip()]
    least = len(head) + first.rstrip().endswith(_OPENERS)
    goes_on = depth == 0 and depths != [] and depths[0] >= least and min(depths) >= len(head)
    if goes_on or depth > len(head):
        return said.removeprefix(head)
    more = head[depth:]
    return "\n".join([first[depth:], *(more + line if line.strip() else line for line in others)])


def is_over(gap: Gap, said: str) -> bool:
    """Whether a model has said all that will be kept: the rest need not be waited for."""
    lines = said.split("\n")
    # The last line may still grow, and with it its indentation.
    return _length(gap, lines[:-1]) < len(lines) - 1


def shorter(text: str) -> str:
    """A suggestion without its last line; empty where there is only one."""
    return text.rpartition("\n")[0].rstrip()


def _length(gap: Gap, lines: list[str]) -> int:
    """So many lines are kept. The first goes on where the cursor is."""
    if gap.kind == "line":
        return min(1, len(lines))
    for number, line in enumerate(lines[1:], 1):
        if number >= MOST_LINES:
            return number
        if not line.strip():
            continue
        depth = _indent(line)
        if depth < gap.indent or (gap.opened and depth == gap.indent):
            return number + (gap.opened and depth == gap.indent and _BLOCK_ENDS.match(line.strip()) is not None)
    return len(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
