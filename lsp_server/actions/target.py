"""Which definition is a place about? The innermost around it, or the one that a comment stands above."""

from context.parsing.symbols import CONTAINER_KINDS, FUNCTION_KINDS, Definition
from context.snapshot import Place
from lsp_server.actions.offer import Spot

CODE = FUNCTION_KINDS | CONTAINER_KINDS | {"struct", "trait", "type", "module"}
"""Kinds of definitions that do something, or hold what does."""


def target(spot: Spot) -> Definition | None:
    """The definition, or None where the place is in none."""
    line = spot.place.start_line
    around = [each for each in spot.outline if each.kind in CODE and each.start_line <= line <= each.end_line]
    if around:
        return around[-1]
    below = spot.comment.place.end_line + 1 if spot.comment else 0
    return next((each for each in spot.outline if each.kind in CODE and each.start_line == below), None)


def qualified(definition: Definition) -> str:
    """Its name with those around it."""
    return f"{definition.container}.{definition.name}" if definition.container else definition.name


def lines_of(spot: Spot, definition: Definition) -> Place:
    """The lines it stands on."""
    return Place(spot.file.path, definition.start_line, definition.end_line)
