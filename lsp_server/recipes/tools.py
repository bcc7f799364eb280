"""Which recipes can a model call, with which operands, and which step does a call mean?

A row of TOOLS is a sentence with places for operands. What an operand is comes from the field of the plan's dataclass
that it fills; the sentence is read by the same phrasings as a person's, and the plan must hold what the call said. So a
model names symbols, never positions, and can do nothing with a recipe that a person could not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

from lsp_server.edits.change import Problem
from lsp_server.recipes.coroutine.sentence import MakeAsync
from lsp_server.recipes.data_types.field_list import Field
from lsp_server.recipes.dependencies.sentence import UpgradeDependency
from lsp_server.recipes.fields.sentence import AddField
from lsp_server.recipes.imports.sentence import AddExport, AddImport, RemoveUnused
from lsp_server.recipes.modules.sentence import Relocation
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.patterns.sentence import ReplacePattern
from lsp_server.recipes.plan import NotUnderstood, Refused, Step
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.registry import understand
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.signature.sentence import (
    AddParameter,
    RemoveParameter,
    ReorderParameters,
    Target,
    parse_target,
)
from lsp_server.recipes.stubs.sentence import ImplementStubs

LONGEST_OPERAND = 300
PLACE = re.compile(r"\{(\w+)\}")
OPTIONAL = re.compile(r"\[([^\]]*)\]")

WORDS = {
    "symbol": "Its name, with its class or module where there are several: load_user, Store.fetch, pkg.core.load_user.",
    "new": "The new name alone.",
    "parameter": "The parameter; a new one as in a signature: timeout: float = 10.",
    "value": "What the calls pass, as an expression.",
    "order": "The names of the parameters that come first, in their new order.",
    "module": "The module, as a path or a dotted name: pkg/store.py, pkg.store.",
    "to": "The new path or dotted name of the module.",
    "keep": "Whether the old module goes on importing it.",
    "field": "The field as in a signature: email: str = ''.",
    "base": "The protocol or abstract class.",
    "callers": "Whether the functions that call it become async, too.",
    "statement": "The whole import statement: from pathlib import Path.",
    "names": "The names, which the file has.",
    "path": "The file or folder, relative to the workspace; a folder ends with /.",
    "pattern": "Code with $X for one part and $$$ARGS for any number: print($X).",
    "replacement": "What takes its place, with the same parts: log.info($X).",
    "package": "Its name in the manifest.",
    "version": "The new version: 0.28.1.",
}


@dataclass(frozen=True, slots=True)
class RecipeTool:
    """A recipe as a model calls it. `operands` name the plan's field where it is not called as in the sentence."""

    name: str
    description: str
    plan: type
    sentence: str
    operands: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def required(self) -> tuple[str, ...]:
        """The operands that a call must have."""
        return tuple(PLACE.findall(OPTIONAL.sub("", self.sentence)))

    @property
    def every(self) -> tuple[str, ...]:
        """All operands; one of an optional part without a place says whether that part is meant."""
        flags = (name for name, kind in self.operands.items() if _hint(self.plan, kind) is bool)
        return (*dict.fromkeys(PLACE.findall(self.sentence)), *flags)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its operands."""
        return {
            "type": "object",
            "properties": {
                name: {**_type(_hint(self.plan, self.operands.get(name, name))), "description": WORDS[name]}
                for name in self.every
            },
            "required": list(self.required),
            "additionalProperties": False,
        }


TOOLS: tuple[RecipeTool, ...] = (
    RecipeTool(
        "rename_symbol",
        "Renames a function, class, method, attribute or module-level variable everywhere it certainly is meant.",
        Rename,
        "rename {symbol} to {new}",
        {"symbol": "old"},
    ),
    RecipeTool(
        "rename_parameter",
        "Renames a parameter with the keywords at its calls.",
        Rename,
        "rename parameter {parameter} of {symbol} to {new}",
        {"parameter": "old", "symbol": "where"},
    ),
    RecipeTool(
        "move_symbol",
        "Moves a function, class or variable to another Python module, with all imports of it.",
        Move,
        "move {symbol} to {module}[ and keep a re-export]",
        {"symbol": "target", "module": "to", "keep": "keep"},
    ),
    RecipeTool(
        "rename_module",
        "Renames or moves a Python module or package, with all imports of it.",
        Relocation,
        "rename module {module} to {to}",
    ),
    RecipeTool(
        "add_parameter",
        "Adds a parameter to a function with its overrides; with a value, every call passes it.",
        AddParameter,
        "add parameter {parameter} to {symbol}[ and pass {value} at the calls]",
        {"parameter": "text", "symbol": "target"},
    ),
    RecipeTool(
        "remove_parameter",
        "Removes a parameter that the body does not use, also at all calls.",
        RemoveParameter,
        "remove parameter {parameter} from {symbol}",
        {"parameter": "name", "symbol": "target"},
    ),
    RecipeTool(
        "reorder_parameters",
        "Puts parameters in another order, also at all calls.",
        ReorderParameters,
        "reorder the parameters of {symbol} to {order}",
        {"symbol": "target"},
    ),
    RecipeTool(
        "make_async",
        "Makes a function async, with await at its calls in async code.",
        MakeAsync,
        "make {symbol} async[ with its callers]",
        {"symbol": "target", "callers": "callers"},
    ),
    RecipeTool(
        "add_field",
        "Adds a field to a dataclass, NamedTuple, TypedDict, pydantic model or class with __init__; with a value, every"
        " call of the constructor passes it.",
        AddField,
        "add field {field} to {symbol}[ and pass {value} at the calls]",
        {"symbol": "target"},
    ),
    RecipeTool(
        "implement_abstract_methods",
        "Writes the methods that a class's bases leave open, with their signatures, to be filled in.",
        ImplementStubs,
        "implement the abstract methods of {symbol}",
        {"symbol": "target"},
    ),
    RecipeTool(
        "implement_protocol",
        "Writes the methods of a protocol in a class, with their signatures, to be filled in.",
        ImplementStubs,
        "implement the protocol {base} in {symbol}",
        {"symbol": "target"},
    ),
    RecipeTool(
        "add_import",
        "Adds an import to a Python file, in its place among the others.",
        AddImport,
        "add {statement} to {path}",
        {"statement": "lines", "path": "where"},
    ),
    RecipeTool(
        "add_to_all",
        "Adds names to `__all__` of a Python file.",
        AddExport,
        "add {names} to __all__ of {path}",
        {"names": "exported", "path": "where"},
    ),
    RecipeTool(
        "remove_unused_imports",
        "Removes the imports of a Python file that certainly nothing needs.",
        RemoveUnused,
        "remove unused imports in {path}",
        {"path": "where"},
    ),
    RecipeTool(
        "replace_pattern",
        "Replaces code of one structure everywhere, in any language; strings and comments stay.",
        ReplacePattern,
        "replace {pattern} with {replacement}[ in {path}]",
    ),
    RecipeTool(
        "upgrade_dependency",
        "Sets the version of a dependency in all manifests that name it.",
        UpgradeDependency,
        "upgrade {package} to {version}",
    ),
)
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
        is_flag = _hint(tool.plan, tool.operands.get(name, name)) is bool
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
        flags = [name for name, attribute in tool.operands.items() if _hint(tool.plan, attribute) is bool]
        return found[1] if all(given.get(name) for name in names or flags) else ""

    text = OPTIONAL.sub(part, tool.sentence)
    return PLACE.sub(lambda place: str(given[place[1]]), text)


def _holds(plan: object, tool: RecipeTool, operand: str, given: Mapping[str, str | bool]) -> bool:
    """Whether a plan has what a call said, and nothing that was read into it."""
    value: object = getattr(plan, tool.operands.get(operand, operand))
    said = given.get(operand, "")
    if isinstance(said, bool) or not said:
        return bool(value) == bool(said)
    match value:
        case Target():
            return value == parse_target(said)
        case Field():
            return _plain(said).startswith(
                _plain(f"{value.name}:{value.annotation}" if value.annotation else value.name)
            )
        case tuple():
            entries = [_entry(entry) for entry in cast("tuple[object, ...]", value)]
            return all(_plain(entry) in _plain(said) for entry in entries) and bool(entries)
        case _ if isinstance(plan, Rename) and operand == "symbol":
            target = parse_target(said)
            owner, _, name = target.dotted.rpartition(".")
            parts = {owner, target.where, target.dotted, f"{target.where}:{owner}", ""}
            return value in {name, target.dotted} and (plan.where in parts or plan.old == name)
        case _:
            return _plain(str(value)) == _plain(said)


def _entry(entry: object) -> str:
    return entry.bound if isinstance(entry, ImportLine) else str(entry)


def _plain(text: str) -> str:
    return re.sub(r"[\s`'\"]+", "", text)


def _hint(plan: type, name: str) -> object:
    """The type of a plan's field; that of one of its properties is a text."""
    return get_type_hints(plan).get(name, str)


def _type(hint: object) -> dict[str, Any]:
    """The JSON type of what fills a field: a list of names is one, all else that is no flag is a text."""
    if hint is bool:
        return {"type": "boolean"}
    if get_origin(hint) is tuple and get_args(hint)[0] is str:
        return {"type": "array", "items": {"type": "string"}}
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": [each for each in get_args(hint) if each]}
    return {"type": "string"}
