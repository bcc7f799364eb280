"""Implement this comment: the sentence in a comment becomes code where it stands.

# greet a user by name|          # greet a user by name
                        ->       def greet(user: User) -> str:
                                     return f"Hello, {user.name}"
"""

from lsp_server.actions.offer import Action, Found, Spot


def find(spot: Spot) -> Found | None:
    """Offered on any comment of its own lines."""
    if spot.comment is None:
        return None
    return Found(spot.comment.text, spot.comment.place, spot.comment.removable)


ACTION = Action("implementComment", "Implement this comment", "file", "implement_comment.md", True, find)
