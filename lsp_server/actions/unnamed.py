"""What does a change touch that the ask did not name? A person looks at it, or approves it.

A file that was not asked about needs approval, lines outside of the selection a look.
"""

from collections.abc import Iterator

from context.snapshot import Place
from lsp_server.actions.ask import Ask
from lsp_server.edits.change import ChangeSet, Edit, Hunk, Operation, Rename
from lsp_server.review.verdict import Concern

RULE = "scope"


def unnamed(change: ChangeSet, ask: Ask) -> tuple[Concern, ...]:
    """The concerns about a model's change for an ask."""
    return tuple(concern for operation in change.operations for concern in _concerns(operation, ask))


def _concerns(operation: Operation, ask: Ask) -> Iterator[Concern]:
    place = ask.place
    if ask.scope == "workspace" or place is None:
        return
    paths = (operation.path, operation.new_path) if isinstance(operation, Rename) else (operation.path,)
    for path in paths:
        if path != place.path:
            yield Concern(RULE, "approve", path, f"{path} was not asked about: the ask was about {place.path}.")
    if ask.scope == "selection" and isinstance(operation, Edit) and operation.path == place.path:
        for hunk in operation.hunks:
            if not _is_within(hunk, place):
                said = f"{operation.path}, line {hunk.start + 1}: not selected."
                yield Concern(RULE, "confirm", operation.path, said, hunk.start + 1, "before")


def _is_within(hunk: Hunk, place: Place) -> bool:
    return place.start_line - 1 <= hunk.start and hunk.end <= place.end_line
