"""Change across files: a sentence becomes one change in as many files as it takes."""

from lsp_server.actions.offer import Action, Found, Spot


def find(spot: Spot) -> Found | None:
    """Offered on any comment; an editor's input box may call it from anywhere."""
    if spot.comment is None:
        return None
    return Found(spot.comment.text, spot.comment.place, spot.comment.place)


ACTION = Action("changeFiles", "Change across files", "workspace", "change_files.md", True, find)
