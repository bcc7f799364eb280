"""What if only some hunks of a change are wanted? The change in two: what was chosen, and what is left for later.

The second part is made for the files as the first leaves them. Hunks are counted from 0 within a file; None stands for
all that happens to a file.
"""

from collections.abc import Collection
from dataclasses import replace

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Edit, Hunk, Operation
from lsp_server.edits.hunks import apply_hunks, hunks_between

Part = tuple[str, int | None]
"""A path and the number of a hunk."""


def parts_of(edit: Edit) -> tuple[Hunk, ...]:
    """The hunks of an edit that can be taken one by one; none where it is only right as a whole."""
    hunks = hunks_between(edit.before, edit.after)
    return hunks if len(hunks) > 1 and apply_hunks(edit.before, hunks, edit.eol) == edit.after else ()


def chosen(change: ChangeSet, wanted: Collection[Part]) -> tuple[ChangeSet, ChangeSet]:
    """The two parts; either may be empty."""
    now: list[Operation] = []
    later: list[Operation] = []
    for operation in change.operations:
        parts = parts_of(operation) if isinstance(operation, Edit) else ()
        numbers = {number for path, number in wanted if path == operation.path}
        picked = tuple(hunk for number, hunk in enumerate(parts) if number in numbers)
        if None in numbers or (parts and len(picked) == len(parts)) or (not parts and numbers):
            now.append(operation)
        elif not picked or not isinstance(operation, Edit):
            later.append(operation)
        else:
            middle = apply_hunks(operation.before, picked, operation.eol)
            now.append(replace(operation, after=middle, hunks=_certain_as(operation, picked)))
            rest = _certain_as(operation, hunks_between(middle, operation.after))
            later.append(replace(operation, base_sha=text_sha(middle), before=middle, hunks=rest))
    return ChangeSet(tuple(now)), ChangeSet(tuple(later))


def _certain_as(edit: Edit, hunks: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """Parts of an edit whose places are only likely are no more certain than it."""
    certain = all(hunk.certain for hunk in edit.hunks)
    return tuple(replace(hunk, certain=certain) for hunk in hunks)
