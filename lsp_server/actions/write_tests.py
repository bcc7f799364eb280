"""Write tests for this: a function or a class gets tests where its project keeps them.

def slug(title): …      ->      tests/test_text.py: def test_words_have_dashes_between_them(): …
"""

from context.workspace.rank import SOURCE, rank_of
from lsp_server.actions.offer import Action, Found, Spot
from lsp_server.actions.target import lines_of, qualified, target


def find(spot: Spot) -> Found | None:
    """Offered inside a definition of source code; a test has none of its own."""
    definition = target(spot) if rank_of(spot.file.path) == SOURCE else None
    if definition is None:
        return None
    name = qualified(definition)
    asked = spot.asked(f"Write tests for `{name}`")
    return Found(asked, lines_of(spot, definition), title=f"Write tests for {name}")


ACTION = Action("writeTests", "Write tests for this", "workspace", "write_tests.md", True, find)
