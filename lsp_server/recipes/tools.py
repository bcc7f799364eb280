"""Which recipes can a model call, with which operands?

A row of TOOLS is a sentence with places for operands. What an operand is comes from the field of the plan's dataclass
that it fills. So a model names symbols, never positions, and can do nothing with a recipe that a person could not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lsp_server.recipes.coroutine.sentence import MakeAsync
from lsp_server.recipes.data_types.data_type import DataType
from lsp_server.recipes.data_types.skeleton_sentence import Skeleton
from lsp_server.recipes.data_types.structure_sentence import Structure
from lsp_server.recipes.dependencies.sentence import UpgradeDependency
from lsp_server.recipes.extract.sentence import ExtractConstant, ExtractFunction
from lsp_server.recipes.fields.sentence import AddField
from lsp_server.recipes.imports.sentence import AddExport, AddImport, RemoveUnused
from lsp_server.recipes.inline.sentence import Inline
from lsp_server.recipes.modules.sentence import Relocation
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.patterns.sentence import ReplacePattern
from lsp_server.recipes.patterns.wrap_sentence import WrapPattern
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.signature.sentence import (
    AddParameter,
    RemoveParameter,
    ReorderParameters,
)
from lsp_server.recipes.skeletons.sentence import AddHints, WriteTests
from lsp_server.recipes.stubs.sentence import ImplementStubs

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
    "name": "The name that it gets.",
    "fields": "The fields as in a signature, parted by commas: x: int, y: int = 0. Those of an enum: red, green = 2.",
    "kind": "What it is made as.",
    "methods": "The methods with their signatures, without self, parted by commas: get(key: str) -> bytes, clear().",
    "first": "The whole text of the first line, which stands once in the file.",
    "last": "The whole text of the last line.",
    "literal": "The number, string or bytes as it stands in the code.",
    "exception": "The exception, or several: OSError, ValueError.",
    "handler": "The one statement that is done then; without it the exception is raised again.",
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
        flags = (name for name, kind in self.operands.items() if hint_of(self.plan, kind) is bool)
        return (*dict.fromkeys(PLACE.findall(self.sentence)), *flags)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its operands."""
        return {
            "type": "object",
            "properties": {
                name: {**_type(hint_of(self.plan, self.operands.get(name, name))), "description": WORDS[name]}
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
        "Moves a function, class or variable, or several of one module (A, B and C), to another Python module, with all"
        " imports of it.",
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
        "write_dataclass",
        "Writes a dataclass with its imports at the end of a Python file, which is made where it is not there.",
        DataType,
        "dataclass {name} with {fields} in {path}",
        {"path": "where"},
    ),
    RecipeTool(
        "write_type",
        "Writes a TypedDict, NamedTuple, enum, pydantic model, TypeScript interface or Go struct at the end of a file.",
        Structure,
        "{kind} {name} with {fields} in {path}",
        {"path": "where"},
    ),
    RecipeTool(
        "write_class_skeleton",
        "Writes a class whose methods are to be filled in at the end of a Python file.",
        Skeleton,
        "class skeleton {name} with {methods} in {path}",
        {"path": "where"},
    ),
    RecipeTool(
        "extract_function",
        "Makes a function or method of whole lines of a Python file, with the inputs and outputs that they have.",
        ExtractFunction,
        "extract the lines from `{first}` to `{last}` in {path} into {name}",
        {"first": "begin", "last": "end"},
    ),
    RecipeTool(
        "extract_constant",
        "Gives a literal a name in its Python module, at all its places there.",
        ExtractConstant,
        "introduce a constant {name} for {literal} in {path}",
    ),
    RecipeTool(
        "inline_function",
        "Puts the body of a function in place of its calls, where nothing becomes another.",
        Inline,
        "inline the function {name}[ in {path}]",
        {"path": "where"},
    ),
    RecipeTool(
        "wrap_in_try",
        "Puts each Python statement with code of one structure into a try.",
        WrapPattern,
        "wrap `{pattern}` in try/except {exception}[ and `{handler}`][ in {path}]",
    ),
    RecipeTool(
        "write_test_skeletons",
        "Writes a skipped test for each public function of a Python file, where the project's tests stand.",
        WriteTests,
        "write test skeletons for {path}",
        {"path": "where"},
    ),
    RecipeTool(
        "add_type_hints",
        "Adds the type hints that literals, defaults and constructors decide in a Python file.",
        AddHints,
        "add type hints to {path}",
        {"path": "where"},
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


def hint_of(plan: type, name: str) -> object:
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
