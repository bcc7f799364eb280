"""Is a sentence about a new field of a class? `add field email: str = "" to User`."""

import ast
import re
from dataclasses import dataclass

from lsp_server.edits.change import Problem
from lsp_server.recipes.data_types.field_list import Field, parse_fields
from lsp_server.recipes.phrasing import matched
from lsp_server.recipes.plan import Example, Refused
from lsp_server.recipes.signature.sentence import Target, parse_target

FIELD = "[a] [an] [the] [new] [optional] [required] (field|attribute) [called] [named] {field}"
CALLS = "[the] [all] [its] (calls|call sites|callers|constructors|constructor calls)"
TEMPLATES = (
    f"add {FIELD} to {{symbol}} and pass {{value}} (at|in|from) {CALLS}",
    f"add {FIELD} to {{symbol}}",
    f"give {{symbol}} {FIELD}",
    f"{{symbol}} (gets|needs|should have|should get) {FIELD}",
)
PHRASINGS = (
    'add field email: str = "" to User',
    "add a field age: int to User and pass 0 at the calls",
    "give User a new field tags: list[str] = []",
    "User gets a field created_at: datetime",
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


@dataclass(frozen=True, slots=True)
class AddField:
    """A new field of a class; `value` is what the calls of its constructor pass, as code; empty for nothing."""

    target: Target
    field: Field
    value: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        passed = f", and pass {self.value} at the calls" if self.value else ""
        return f"Add the field {self.field.name} to {self.target.dotted}{passed}"

    def names(self) -> tuple[str, ...]:
        """What the files that matter mention."""
        return self.target.names[:1]


def understand(sentence: str) -> AddField | Refused | None:
    """The field that is to be added; a text without a type or a default is none."""
    found = matched(TEMPLATES, sentence)
    if found is None or not TYPED.search(found["field"]):
        return None
    fields, problems = parse_fields(found["field"].replace("`", ""))
    untyped = re.fullmatch(r"(?P<name>[^\W\d]\w*)\s*=\s*(?P<default>.+)", found["field"].strip("` "))
    if untyped is not None and untyped["name"].isidentifier() and _is_code(untyped["default"]):
        fields, problems = (Field(untyped["name"], "", untyped["default"], required=False),), ()
    if problems:
        return Refused(problems)
    if len(fields) != 1:
        return _refused(f"`{found['field']}` are several fields: add one at a time.")
    value = found.get("value", "").strip("`")
    if value and not _is_code(value):
        return _refused(f"`{value}` is not an expression that a call could pass.")
    return AddField(parse_target(found["symbol"]), fields[0], value)


def _is_code(text: str) -> bool:
    try:
        ast.parse(f"(\n{text}\n)", mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
