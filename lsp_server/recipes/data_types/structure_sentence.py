"""Is a sentence about a type made of fields? A TypedDict, NamedTuple, enum, pydantic model, interface or struct."""

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import Literal

from lsp_server.edits.change import Problem
from lsp_server.recipes.data_types.destination import without_file
from lsp_server.recipes.data_types.field_list import Field, parse_fields, split_list
from lsp_server.recipes.phrasing import matched, unquoted
from lsp_server.recipes.plan import Example, Refused

Kind = Literal["TypedDict", "NamedTuple", "enum", "pydantic model", "TypeScript interface", "Go struct"]

KINDS: dict[str, Kind] = {
    "typeddict": "TypedDict",
    "typed dict": "TypedDict",
    "namedtuple": "NamedTuple",
    "named tuple": "NamedTuple",
    "enum": "enum",
    "pydantic model": "pydantic model",
    "pydantic class": "pydantic model",
    "typescript interface": "TypeScript interface",
    "ts interface": "TypeScript interface",
    "go struct": "Go struct",
    "golang struct": "Go struct",
}
VERB = "[(make|create|add|write|define|generate)] [a] [an] [the] [new] [python]"
KIND = "{kind:" + "|".join(sorted(KINDS, key=len, reverse=True)) + "}"
TEMPLATES = (
    f"{VERB} {KIND} [(called|named)] {{name}}: {{fields}}",
    f"{VERB} {KIND} [(called|named)] {{name}} (with|having|of) [the] [(fields|members|values|attributes)] {{fields}}",
)
VALUES = f"{VERB} {{kind:enum}} {{name}} {{fields}}"
PHRASINGS = (
    "TypedDict User with id: int, name: str",
    "NamedTuple Point: x int, y int = 0",
    "enum Color with red, green and blue",
    "enum Level low = 1, high = 2",
    "pydantic model User with id: int, tags: list[str] = []",
    "TypeScript interface User with id: number, name?: string",
    "Go struct User with ID int64, Name string",
    "enum Color with red, green and blue in pkg/colors.py",
)
EXAMPLE = Example(
    "TypedDict User with id: int, name: str; enum Color with red, green and blue",
    "//- /shapes.py\n# TypedDict User with id: int, name: str; enum Color with red, green and blue$0\n",
)
ENTRY = re.compile(r"(?P<name>[^\W\d]\w*)(?:\s*=\s*(?P<value>-?\d+|\"[^\"\\]*\"|'[^'\\]*'))?")
TS_FIELD = re.compile(r"(?P<name>[A-Za-z_$][\w$]*\??)\s*:\s*(?P<type>\S.*)", re.DOTALL)
GO_FIELD = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*:?\s+(?P<type>[\w\[\]*.{}]+(?:\s+`[^`]*`)?)")


@dataclass(frozen=True, slots=True)
class Structure:
    """A type to write. For an enum and other languages `fields` hold names with their values or types as they stand.

    `where` is a file.
    """

    kind: Kind
    name: str
    fields: tuple[Field, ...]
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        where = f" in {self.where}" if self.where else ""
        return f"Add the {self.kind} {self.name} with {', '.join(field.name for field in self.fields)}{where}"

    def names(self) -> tuple[str, ...]:
        """No other file matters."""
        return ()


def understand(sentence: str) -> Structure | Refused | None:
    """The type that a sentence describes; None for a sentence about something else."""
    sentence, where = without_file(sentence)
    found = matched(TEMPLATES, sentence)
    loose = None if found else matched((VALUES,), sentence)
    given = found or loose
    if given is None:
        return None
    kind, name = KINDS[re.sub(r"\s+", " ", given["kind"].lower())], unquoted(given["name"])
    fields = _fields(kind, given["fields"])
    if isinstance(fields, Refused):
        return None if loose else fields
    if iskeyword(name):
        return _refused(f"`{name}` is a keyword of Python: choose another name.")
    if loose and not name[:1].isupper():
        return None  # "enum values should be strings" names no enum.
    return Structure(kind, name, fields, where)


def _fields(kind: Kind, text: str) -> tuple[Field, ...] | Refused:
    match kind:
        case "enum":
            return _members(text)
        case "TypeScript interface":
            return _typed(text.replace("`", ""), TS_FIELD, "`name: type`")
        case "Go struct":
            return _typed(text, GO_FIELD, "`Name type`")
        case _:
            return _python(kind, text)


def _python(kind: Kind, text: str) -> tuple[Field, ...] | Refused:
    fields, problems = parse_fields(text.replace("`", ""))
    if problems:
        return Refused(problems)
    for field in fields:
        if kind == "TypedDict" and field.default:
            return _refused(f"A TypedDict has no defaults: leave out that of `{field.name}`.")
        if kind == "NamedTuple" and (field.calls_field or field.name.startswith("_")):
            return _refused(
                f"A NamedTuple cannot have `{field.name}` so: its default would be shared, or it begins with `_`."
            )
    return fields or _refused("Name at least one field.")


def _members(text: str) -> tuple[Field, ...] | Refused:
    """`red, green and blue`, `red green blue`, `low = 1, high = 2`."""
    parts = split_list(text)
    if len(parts) == 1 and "=" not in text:
        parts = text.split()
    members: list[Field] = []
    for part in parts:
        found = ENTRY.fullmatch(unquoted(part))
        if found is None or iskeyword(found["name"]):
            return _refused(f"`{part}` is not a member of an enum: write `name` or `name = value`.")
        name = found["name"].upper() if found["name"].islower() else found["name"]
        members.append(Field(name, "", found["value"] or "auto()", required=False))
    return _distinct(members)


def _typed(text: str, pattern: re.Pattern[str], form: str) -> tuple[Field, ...] | Refused:
    fields: list[Field] = []
    for part in split_list(text):
        found = pattern.fullmatch(part)
        if found is None:
            return _refused(f"`{part}` is not a field: write {form}.")
        fields.append(Field(found["name"], found["type"].strip()))
    return _distinct(fields)


def _distinct(fields: list[Field]) -> tuple[Field, ...] | Refused:
    names = [field.name.rstrip("?") for field in fields]
    twice = next((name for name in names if names.count(name) > 1), "")
    return _refused(f"`{twice}` is named twice: leave one out.") if twice else tuple(fields)


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
