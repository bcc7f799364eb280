"""Change across files: a sentence becomes one change in as many files as it takes."""

from lsp_server.actions.offer import Action, Found, Spot


def find(spot: Spot) -> Found | None:
    """Offered on any comment; an editor's input box may call it from anywhere."""
    comment = spot.comment or spot.request
    return Found(comment.text, comment.place, comment.removable) if comment else None


ACTION = Action("changeFiles", "Change across files", "workspace", "change_files.md", True, find)
