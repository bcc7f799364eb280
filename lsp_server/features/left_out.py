"""What of an edit did the user leave out who chose among its places in the editor? That is no failure of the editor.

A file is explained by choices if it was among what could be chosen, and holds some of the edits that were sent for it
and nothing else.
"""

from collections.abc import Sequence

from lsp_server.edits.change import Edit, Operation
from lsp_server.edits.diff import text_edits
from lsp_server.review.verdict import Judgement

Lines = tuple[int, ...]


def left_out(operation: Operation, judgements: Sequence[Judgement], text: str | None) -> Lines | None:
    """The lines (from 1, in the text before) of the edits that the user left out, none for all that happens to a file.

    None where choices do not explain the file, which holds `text` now.
    """
    if not any(each.path == operation.path and each.level == "confirm" for each in judgements):
        return None
    if not isinstance(operation, Edit):
        return ()
    if text is None:
        return None
    sent, there = text_edits(operation.before, operation.after), text_edits(operation.before, text)
    missing = [edit for edit in sent if edit not in there]
    if not missing or any(edit not in sent for edit in there):
        return None
    return tuple(dict.fromkeys(edit.start_line + 1 for edit in missing))
