"""Which recipe does a sentence ask for? A table: adding a recipe is its module, a row here and its tests."""

import re

from lsp_server.recipes import data_type, rename, rename_sentence
from lsp_server.recipes.plan import NotUnderstood, Plan, Recipe, Refused

RECIPES: tuple[Recipe, ...] = (
    Recipe("data type", data_type.PHRASINGS, data_type.understand, data_type.carry_out),
    Recipe("rename", rename_sentence.PHRASINGS, rename_sentence.understand, rename.carry_out),
)


def understand(description: str) -> tuple[Recipe, Plan] | Refused | NotUnderstood:
    """The one recipe that a description asks for, with its operands.

    A description of several steps is not understood, even if a recipe knows each of them: nothing is half done.
    """
    sentence = re.sub(r"\s+", " ", description).strip().rstrip(".!?; ")
    for recipe in RECIPES:
        plan = recipe.understand(sentence)
        if isinstance(plan, Refused):
            return plan
        if plan is not None:
            return recipe, plan
    return NotUnderstood()
