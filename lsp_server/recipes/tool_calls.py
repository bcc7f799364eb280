"""Which step does a model's call of a recipe mean?

The sentence of its row in TOOLS is read by the same phrasings as a person's, and the plan must hold what the call said,
and nothing more.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, cast

from lsp_server.edits.change import Problem
from lsp_server.recipes.data_types.field_list import Field
from lsp_server.recipes.data_types.skeleton_sentence import Method
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.move.sentence import understand as understand_move
from lsp_server.recipes.plan import NotUnderstood, Refused, Step
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.registry import understand
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.signature.sentence import Target, parse_target
from lsp_server.recipes.tools import OPTIONAL, PLACE, TOOLS, WORDS, RecipeTool, hint_of

LONGEST_OPERAND = 300
_BY_NAME = {tool.name: tool for tool in TOOLS}


def is_tool(name: str) -> bool:
    """Whether a recipe is called so."""
    return name in _BY_NAME


def step_of(name: str, arguments: object) -> Step | Problem:
    """The step that a call means, or what is wrong with it, in words for the model."""
    tool = _BY_NAME.get(name)
    if tool is None:
        return Problem("FORMAT", f"There is no tool {name}.")
    given = _checked(tool, arguments)
    if isinstance(given, Problem):
        return given
    understood = understand(_sentence(tool, given))
    if isinstance(understood, Refused):
        return Problem(understood.problems[0].code, f"{name}: {understood.problems[0].message}")
    if isinstance(understood, NotUnderstood) or len(understood) != 1 or type(understood[0].plan) is not tool.plan:
        listed = ", ".join(f"{operand}={value!r}" for operand, value in given.items())
        return Problem("FORMAT", f"{name} cannot be read with {listed}: {_advice(tool)}")
    step = understood[0]
    wrong = [operand for operand in tool.every if not _holds(step.plan, tool, operand, given)]
    if wrong:
        return Problem("FORMAT", f"{name}: {wrong[0]} is read as something else. {WORDS[wrong[0]]}")
    return step


def _advice(tool: RecipeTool) -> str:
    return " ".join(f"{operand}: {WORDS[operand]}" for operand in tool.required)


def _checked(tool: RecipeTool, arguments: object) -> dict[str, str | bool] | Problem:
    """The operands as texts, or what does not fit the schema."""
    if not isinstance(arguments, dict):
        return Problem("FORMAT", f"The arguments of {tool.name} are no JSON object.")
    values = cast("dict[str, object]", arguments)
    unknown = [name for name in values if name not in tool.every]
    missing = [name for name in tool.required if not values.get(name)]
    if unknown or missing:
        said = f"has no operand {unknown[0]}" if unknown else f"needs {missing[0]}"
        return Problem("FORMAT", f"{tool.name} {said}; its operands are {', '.join(tool.every)}.")
    given: dict[str, str | bool] = {}
    for name, value in values.items():
        is_flag = hint_of(tool.plan, tool.operands.get(name, name)) is bool
        parts = cast("list[object]", value) if isinstance(value, list) else [value]
        if is_flag and isinstance(value, bool):
            given[name] = value
        elif not is_flag and all(_is_line(part) for part in parts):
            if text := ", ".join(str(part).strip() for part in parts):
                given[name] = text
        elif value is not None and value != "":
            return Problem("FORMAT", f"{tool.name}: {name} is not as its schema says. {WORDS[name]}")
    return given


def _is_line(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_OPERAND and value.isprintable()


def _sentence(tool: RecipeTool, given: Mapping[str, str | bool]) -> str:
    """The sentence of a call, without the optional parts that it does not ask for."""

    def part(found: re.Match[str]) -> str:
        names = PLACE.findall(found[1])
        flags = [name for name, attribute in tool.operands.items() if hint_of(tool.plan, attribute) is bool]
        return found[1] if all(given.get(name) for name in names or flags) else ""

    text = OPTIONAL.sub(part, tool.sentence)
    return PLACE.sub(lambda place: str(given[place[1]]), text)


def _holds(plan: object, tool: RecipeTool, operand: str, given: Mapping[str, str | bool]) -> bool:
    """Whether a plan has what a call said, and nothing that was read into it."""
    value: object = getattr(plan, tool.operands.get(operand, operand))
    said = given.get(operand, "")
    if isinstance(said, bool) or not said:
        return value == (said or _default(plan, tool.operands.get(operand, operand)))
    match value:
        case Target() if isinstance(plan, Move):
            alone = understand_move(f"move {said} to alone.py")
            return alone == Move(plan.target, "alone.py", others=plan.others)
        case Target():
            return value == parse_target(said)
        case Field():
            return not getattr(plan, "also", ()) and _plain(said).startswith(
                _plain(f"{value.name}:{value.annotation}" if value.annotation else value.name)
            )
        case tuple():
            entries = [_entry(entry) for entry in cast("tuple[object, ...]", value)]
            return all(_plain(entry).casefold() in _plain(said).casefold() for entry in entries) and bool(entries)
        case _ if isinstance(plan, Rename) and operand == "symbol":
            return _is_named(plan, value, said)
        case _:
            brackets = "()" if operand == "exception" else ""
            return _plain(str(value)).strip(brackets) == _plain(said).strip(brackets)


def _is_named(plan: Rename, value: object, said: str) -> bool:
    """Whether the symbol of a renaming is what a call said."""
    target = parse_target(said)
    owner, _, name = target.dotted.rpartition(".")
    parts = {owner, target.where, target.dotted, f"{target.where}:{owner}", ""}
    return value in {name, target.dotted} and (plan.where in parts or plan.old == name)


def _default(plan: object, name: str) -> object:
    """What a plan has where nothing is said."""
    found = next((each for each in fields(cast("Any", plan)) if each.name == name), None)
    return found.default if found is not None and found.default is not MISSING else ""


def _entry(entry: object) -> str:
    """A part of a list as a call says it."""
    match entry:
        case ImportLine():
            return entry.bound
        case Field():
            return f"{entry.name}:{entry.annotation}" if entry.annotation else entry.name
        case Method():
            return entry.name
        case _:
            return str(entry)


def _plain(text: str) -> str:
    return re.sub(r"[\s`'\"]+", "", text)
