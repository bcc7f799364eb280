"""Which recipe does a sentence ask for? A table: adding a recipe is its module, a row here and its tests."""

import re
from difflib import get_close_matches

from lsp_server.recipes import data_type, rename, rename_sentence
from lsp_server.recipes.plan import NotUnderstood, Plan, Recipe, Refused

RECIPES: tuple[Recipe, ...] = (
    Recipe("data type", data_type.PHRASINGS, data_type.understand, data_type.carry_out, ("dataclass",)),
    Recipe("rename", rename_sentence.PHRASINGS, rename_sentence.understand, rename.carry_out, ("rename",)),
)

STEPS = re.compile(r"\s*(?:,?\s+(?:and\s+)?then\s|,?\s+and\s|,?\s+after\s+that,?\s|;|[,.](?=\s))\s*", re.IGNORECASE)


def understand(description: str) -> tuple[Recipe, Plan] | Refused | NotUnderstood:
    """The one recipe that a description asks for, with its operands.

    A description of several steps is not understood, even if a recipe knows each of them: nothing is half done.
    """
    sentence = normalised(description)
    return _match(sentence) or NotUnderstood(_hints(sentence))


def normalised(description: str) -> str:
    """A description on one line, without the marks that end a sentence."""
    return re.sub(r"\s+", " ", description).strip().rstrip(".!?; ")


def _match(sentence: str) -> tuple[Recipe, Plan] | Refused | None:
    for recipe in RECIPES:
        plan = recipe.understand(sentence)
        if isinstance(plan, Refused):
            return plan
        if plan is not None:
            return recipe, plan
    return None


def _hints(sentence: str) -> tuple[str, ...]:
    """What could be asked instead: one step of several, a word spelled right, or the phrasing of a near recipe."""
    steps = [step for step in STEPS.split(sentence) if _match(step)]
    if steps:
        return tuple(f"one step at a time: {step}" for step in steps)
    words = sentence.lower().replace("data class", "dataclass").split()
    known = [word for recipe in RECIPES for word in recipe.words]
    first = get_close_matches(words[0], known, 1, 0.75) if words else []
    if first and first[0] != words[0]:
        corrected = f"{first[0]} {sentence.partition(' ')[2]}"
        if _match(corrected):
            return (corrected,)
    return tuple(recipe.phrasings[0] for recipe in RECIPES if set(recipe.words) & set(words))
