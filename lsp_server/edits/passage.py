"""Where is a text that may begin and end inside a line? In exactly one place, and never inside a word or an operator.

Else its lines are looked for as those of any other block.
"""

import re
import unicodedata

from lsp_server.edits.hunks import line_hunks
from lsp_server.edits.lines import contents
from lsp_server.edits.locate import locate
from lsp_server.edits.search import MAX_PLACES, Ambiguous, Located, Lookup, Place

_WORD_CUT = re.compile(
    r".?\w\0\w.?|.?\d\0\.\d|\d\.\0\d.?|.?[^\W\d]\0-[^\W\d]|[^\W\d]-\0[^\W\d].?"
    r"|.?(?:[=!<>+*/%&|^~?:@-]\0=|=\0>|<\0-|-\0>|([+*/&|<?:-])\0\1).?",
    re.DOTALL,
)
"""A word, a number with a point, a name with hyphens or an operator that goes on over the NUL."""


def locate_passage(file: Lookup, old: str, new: str) -> Place | None:
    """The place of the text `old` and the hunks that make it `new`; lines are divided by newlines."""
    text = "\n".join((*file.exact.lines, ""))
    starts: list[int] = []
    start = text.find(old)
    while start >= 0 and len(starts) < MAX_PLACES:
        if not _cuts_a_word(text, start) and not _cuts_a_word(text, start + len(old)):
            starts.append(start)
        start = text.find(old, start + 1)
    if len(starts) > 1:
        return Ambiguous(tuple(text.count("\n", 0, start) for start in starts), "exact")
    if not starts:
        return locate(file, contents(old), contents(new)) if old.strip() else None
    (start,) = starts
    end = start + len(old)
    first, last = text.count("\n", 0, start), text.count("\n", 0, end)
    prefix = text[text.rfind("\n", 0, start) + 1 : start]
    suffix = text[end : max(text.find("\n", end), end)] if last < len(file.exact.lines) else ""
    becomes = f"{prefix}{new}{suffix}".split("\n")
    if last == len(file.exact.lines) and becomes[-1] == "":
        becomes.pop()
    found = file.exact.lines[first : last + 1]
    return Located(first, first + len(found), "exact", line_hunks(found, becomes, first, "exact"))


def _cuts_a_word(text: str, at: int) -> bool:
    """Whether what is one to its reader goes on over this place: a word, a number, an operator, a letter's accent."""
    is_accented = unicodedata.combining(text[at : at + 1] or " ") > 0
    return is_accented or _WORD_CUT.fullmatch(f"{text[max(at - 2, 0) : at]}\0{text[at : at + 2]}") is not None
