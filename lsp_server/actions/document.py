"""Document this: a function or a class gets the documentation that its project would give it.

def slug(title): …      ->      def slug(title):
                                    \"""Makes words with dashes between them of a title.\"""
"""

from lsp_server.actions.offer import Action, Found, Spot
from lsp_server.actions.target import lines_of, qualified, target


def find(spot: Spot) -> Found | None:
    """Offered inside a definition, documented or not: what is there may be out of date."""
    definition = target(spot)
    if definition is None:
        return None
    name = qualified(definition)
    verb = "Bring the documentation of {} up to date" if definition.docstring else "Document {}"
    return Found(spot.asked(verb.format(f"`{name}`")), lines_of(spot, definition), title=verb.format(name))


ACTION = Action("document", "Document this", "file", "document.md", True, find)
