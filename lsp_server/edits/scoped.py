"""Where do new lines go that stand alone below an `@@` line? Right below it, if that is one line that opens something.

Without any other line to go by: not into a head that takes several lines, and not above a docstring.
"""

import re
from collections.abc import Sequence

from lsp_server.edits.aim import FLAT, places_in_scope, scope_lines
from lsp_server.edits.blocks import Aim
from lsp_server.edits.change import Hunk
from lsp_server.edits.indent import indent_of
from lsp_server.edits.search import MAX_PLACES, Ambiguous, Located, Lookup

_DOCSTRING = re.compile(r"\s*[rRuU]?(?:\"|')")


def locate_insertion(file: Lookup, new: Sequence[str], aim: Aim) -> Located | Ambiguous | None:
    """The place right below the last scope of `aim`; None where that is not clear."""
    lines = file.exact.lines
    *outer, scope = aim.scopes
    heads = places_in_scope(lines, scope_lines(lines, scope), 1, Aim(tuple(outer)))
    if len(heads) > 1:
        return Ambiguous(tuple(heads[:MAX_PLACES]), "exact")
    if not heads or not any(line.strip() for line in new) or aim.at_end:
        return None
    (head,) = heads
    is_flat = lines[head].strip().startswith(FLAT)
    below = next((line for line in lines[head + 1 :] if line.strip()), "")
    first = next(line for line in new if line.strip())
    deeper = len(indent_of(first)) > len(indent_of(lines[head]))
    if not is_flat and not (lines[head].rstrip().endswith((":", "{")) and deeper and not _DOCSTRING.match(below)):
        return None
    if tuple(lines[head + 1 : head + 1 + len(new)]) == tuple(new):
        return Located(head, head + 1, "exact", ())
    return Located(head, head + 1, "exact", (Hunk(head + 1, head + 1, tuple(new), "exact", "right below its @@ line"),))
