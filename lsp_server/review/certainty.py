"""Which places of a change are only likely? A person must see them before they are applied."""

from lsp_server.edits.change import ChangeSet, edit_in
from lsp_server.review.verdict import Finding

TOOL = "places"


def uncertain_places(change: ChangeSet) -> tuple[Finding, ...]:
    """One finding for each place that was found by likeness."""
    return tuple(
        Finding(TOOL, "uncertain", operation.path, hunk.start + 1, f"the place is only likely: {hunk.why}")
        for operation in change.operations
        if (edit := edit_in(operation)) is not None
        for hunk in edit.hunks
        if not hunk.certain
    )
