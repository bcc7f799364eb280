"""The documentation of the recipes is what the recipes do."""

from pathlib import Path

import pytest

from lsp_server.recipes.page import carried_out, page
from lsp_server.recipes.registry import RECIPES

DOCUMENT = Path(__file__).parents[2] / "docs" / "recipes.md"


def test_the_page_is_made_from_the_table():
    assert DOCUMENT.read_text("utf-8") == page(), "run: python -m lsp_server.recipes.page > docs/recipes.md"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_has_an_example_that_works(recipe):
    assert recipe.example is not None
    assert carried_out(recipe.example).certain
