"""Is a sentence about a new field of a class? `add field email: str = "" to User`."""

import ast
import re
from dataclasses import dataclass, replace
from keyword import iskeyword

from lsp_server.edits.change import Problem
from lsp_server.recipes.data_types.field_list import Field, parse_fields, split_list
from lsp_server.recipes.phrasing import matched
from lsp_server.recipes.plan import Example, Refused
from lsp_server.recipes.signature.sentence import Target, parse_target

KIND = "[a] [an] [the] [new] [{optional:optional}] [required]"
FIELD = f"{KIND} (fields|field|attributes|attribute) [called] [named] {{field}}"
CALLS = "[the] [all] [its] (calls|call sites|callers|constructors|constructor calls)"
TEMPLATES = (
    f"add {FIELD} to {{symbol}} and pass {{value}} (at|in|from) {CALLS}",
    f"add {FIELD} to {{symbol}}",
    f"give {{symbol}} {FIELD}",
    f"{{symbol}} (gets|needs|should have|should get) {FIELD}",
)
OPTIONAL = (
    "add [a] [an] [the] [new] {optional:optional} {field} to {symbol}",
    "give {symbol} [a] [an] [new] {optional:optional} {field}",
)
"""What says of a field only that it may be missing."""

PHRASINGS = (
    'add field email: str = "" to User',
    "add a field age: int to User and pass 0 at the calls",
    "give User a new field tags: list[str] = []",
    "User gets a field created_at: datetime",
    'add fields email: str = "" and age: int = 0 to User',
    "add optional nickname: str to User",
    "add field nickname to User",
)
EXAMPLE = Example(
    "add field tags: list[str] = [] to User",
    """
    //- /users.py
    from dataclasses import dataclass


    @dataclass
    class User:
        name: str

        def to_dict(self) -> dict[str, object]:
            return {"name": self.name}
    //- /use.py
    from users import User

    print(User("Ada"))
    """,
)
TYPED = re.compile(r"\w\s*:\s*\S|=|\sof\s+type\s")
NAMED = re.compile(r"(?P<name>[^\W\d]\w*)(?:\s*=\s*(?P<default>.+))?", re.DOTALL)
DONE_TO_FIELDS = frozenset(
    [
        "validation",
        "validations",
        "validators",
        "support",
        "access",
        "level",
        "handling",
        "mapping",
        "tracking",
        "logging",
        "caching",
        "sorting",
        "ordering",
        "filtering",
        "checking",
        "checks",
        "encryption",
        "masking",
        "injection",
        "resolution",
        "selection",
        "visibility",
        "permissions",
        "documentation",
        "docs",
        "tests",
        "names",
        "types",
        "descriptions",
        "serialization",
        "for",
        "with",
        "in",
        "on",
        "of",
    ]
)
"""What a class gets in prose rather than in code: "field validation", "field names"."""

DOING = re.compile(r".*(?:ing|[st]ion|[st]ions|ments?|ity|ness|ance|ence|ism)")
"""What may be optional without being a field: "optional pagination"."""


@dataclass(frozen=True, slots=True)
class AddField:
    """A new field of a class; `value` is what the calls of its constructor pass, as code; empty for nothing.

    An `optional` field is None where it is not given. `also` are more fields for the class, in order.
    """

    target: Target
    field: Field
    value: str = ""
    optional: bool = False
    also: tuple["AddField", ...] = ()

    def sentence(self) -> str:
        """What will be done, for the user."""
        every = [self.field.name, *(each.field.name for each in self.also)]
        values = [each.value for each in (self, *self.also) if each.value]
        passed = f", and pass {', '.join(values)} at the calls" if values else ""
        what = f"fields {', '.join(every[:-1])} and {every[-1]}" if self.also else f"field {self.field.name}"
        return f"Add the {what} to {self.target.dotted}{passed}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names[:1]


def understand(sentence: str) -> AddField | Refused | None:
    """The fields that are to be added; prose that only sounds like one is none."""
    found = matched(TEMPLATES, sentence)
    said = found or matched(OPTIONAL, sentence)
    if said is None:
        return None
    target, text = parse_target(said["symbol"]), said["field"].replace("`", "").strip()
    fields = _fields(text, target, is_field=found is not None)
    if fields is None or isinstance(fields, Refused):
        return fields
    values = split_list(said.get("value", "").strip("`"))
    if values and len(values) != len(fields):
        return _refused(f"`{said['value']}` are {len(values)} values for {len(fields)} fields: give one for each.")
    wrong = next((value for value in values if not _is_code(value)), "")
    if wrong:
        return _refused(f"`{wrong}` is not an expression that a call could pass.")
    values = values or [""] * len(fields)
    plans = [
        AddField(target, field, value, optional="optional" in said and not field.default)
        for field, value in zip(fields, values, strict=True)
    ]
    return replace(plans[0], also=tuple(plans[1:]))


def _fields(text: str, target: Target, *, is_field: bool) -> list[Field] | Refused | None:
    """The fields of a list, with or without types; None for other words, which name none."""
    is_class = target.names[0].lstrip("_")[:1].isupper()
    fields: list[Field] = []
    for part in split_list(text):
        named = NAMED.fullmatch(part)
        if named is not None and (named["default"] is None or _is_code(named["default"])):
            word = named["name"].lower()
            is_doing = word in DONE_TO_FIELDS or (not is_field and DOING.fullmatch(word) is not None)
            if named["default"] is None and (is_doing or not is_class):
                return None
            if iskeyword(named["name"]):
                return _refused(f"`{named['name']}` is a keyword of Python: choose another name.")
            default = named["default"] or ""
            fields.append(Field(named["name"], "", default, required=not default))
            continue
        if not TYPED.search(part):
            return None
        typed, problems = parse_fields(part)
        if problems:
            return Refused(problems) if is_field else None
        fields += typed
    names = [field.name for field in fields]
    twice = next((name for name in names if names.count(name) > 1), "")
    return _refused(f"`{twice}` is named twice: leave one out.") if twice else fields or None


def _is_code(text: str) -> bool:
    try:
        ast.parse(f"(\n{text}\n)", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
