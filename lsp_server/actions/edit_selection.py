"""Edit with a description: the selected lines change as a sentence says, the rest of the file stays.

The sentence comes from the editor's input box where its plugin has one, else from a `patchwright:` comment anywhere in
the selection, or from the comment that the selection starts with.

    total = sum(items)  # patchwright: leave out items without a price
"""

from lsp_server.actions.offer import Action, Found, Spot

NO_DESCRIPTION = "Start the selection with a comment that says what to change"


def find(spot: Spot) -> Found | None:
    """Offered on a selection of several lines, and on one line with a request behind its code."""
    request = spot.request
    if spot.place.start_line == spot.place.end_line and (request is None or spot.comment is not None):
        return None
    if request is not None:
        return Found(request.text, spot.place, request.removable)
    if spot.comment is None or spot.comment.place.end_line >= spot.place.end_line:
        return Found("", spot.place, disabled=NO_DESCRIPTION)
    return Found(spot.comment.text, spot.place, spot.comment.removable)


ACTION = Action("editSelection", "Edit with a description", "selection", "edit_selection.md", True, find)
