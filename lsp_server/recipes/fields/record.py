"""What kind of class is it, what are its fields, and in which order does its constructor take them?"""

from dataclasses import dataclass
from typing import Literal

from context.parsing.parse import Node
from lsp_server.recipes.python.classes import order_of
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World, opened

Kind = Literal["dataclass", "NamedTuple", "TypedDict", "model", "plain", "other"]

DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable"})
MODELS = frozenset({"BaseModel", "BaseSettings", "SQLModel"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One field in the body of a class; `by_keyword` for one that the constructor takes by keyword or not at all."""

    name: str
    statement: Node
    required: bool
    by_keyword: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A class whose constructor is made from its fields, or (plain) written in `__init__`."""

    kind: Kind
    file: PythonFile
    node: Node
    value: Value
    entries: tuple[Entry, ...]
    by_keyword: bool = False

    @property
    def name(self) -> str:
        """The name of the class."""
        return text_of(self.node.child_by_field_name("name"))

    @property
    def line(self) -> int:
        """The 1-based line of the class."""
        return self.file.lines.at(self.node.start_byte) + 1


def record_of(world: World, value: Value) -> Record | None:
    """The class as a record; None where it cannot be read."""
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    if file is None or node is None:
        return None
    decorator = _decorator(node)
    kind = _kind(world, file, node, value, decorator)
    by_keyword = kind in {"model", "TypedDict"} or "kw_only=True" in "".join(decorator.split())
    return Record(kind, file, node, value, _entries(node, decided=by_keyword), by_keyword)


def _kind(world: World, file: PythonFile, node: Node, value: Value, decorator: str) -> Kind:
    order = order_of(world, value)
    bases = {base.rpartition(".")[2] for base in _all_bases(world, value)}
    has_init = "__init__" in file.names.scopes[value.scope].bindings
    if decorator and "init=False" not in decorator:
        return "dataclass"
    if bases & MODELS:
        return "model"
    if "TypedDict" in bases:
        return "TypedDict"
    if "NamedTuple" in bases:
        return "NamedTuple"
    is_data = not decorator and any(_is_dataclass(world, each) for each in order.classes[1:])
    return "plain" if has_init and not is_data else "other"


def _is_dataclass(world: World, value: Value) -> bool:
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    return node is not None and bool(_decorator(node))


def _all_bases(world: World, value: Value) -> list[str]:
    """The bases that a class and its ancestors name, as they stand there."""
    names: list[str] = []
    for each in order_of(world, value).classes:
        file = opened(world, each.path)
        node = file.names.scopes[each.scope].node if file is not None else None
        listed = node.child_by_field_name("superclasses") if node is not None else None
        names += [text_of(base).partition("[")[0] for base in (listed.named_children if listed is not None else ())]
        if file is not None:
            names += [_imported_as(file, name) for name in names]
    return names


def _imported_as(file: PythonFile, name: str) -> str:
    """What a name was before an import gave it another."""
    for binding in file.names.scopes[MODULE_SCOPE].bindings.get(name, ()):
        if binding.kind == "from" and binding.imported is not None:
            return text_of(binding.imported)
    return name


def _decorator(node: Node) -> str:
    """The text of the decorator that makes a constructor from the fields; empty for none."""
    whole = node.parent
    if whole is None or whole.type != "decorated_definition":
        return ""
    for child in whole.named_children[:-1]:
        text = text_of(child).removeprefix("@").strip()
        if text.partition("(")[0].rpartition(".")[2].strip() in DECORATORS:
            return text
    return ""


def _entries(node: Node, *, decided: bool) -> tuple[Entry, ...]:
    body = node.child_by_field_name("body")
    entries: list[Entry] = []
    by_keyword = decided
    for statement in body.named_children if body is not None else ():
        assignment = statement.named_children[0] if statement.type == "expression_statement" else None
        kind = assignment.child_by_field_name("type") if assignment is not None else None
        left = assignment.child_by_field_name("left") if assignment is not None else None
        if assignment is None or assignment.type != "assignment" or kind is None or left is None:
            continue
        if "KW_ONLY" in text_of(kind):
            by_keyword = True
            continue
        if "ClassVar" in text_of(kind):
            continue
        right = "".join(text_of(assignment.child_by_field_name("right")).split())
        calls_field = right.partition("(")[0].rpartition(".")[2] in {"field", "Field", "attrib", "ib"}
        has_default = "default=" in right or "factory=" in right
        if calls_field and not has_default and right.startswith(("Field(", "pydantic.Field(")):
            has_default = not right.partition("(")[2].startswith(("...", ")")) and "=" not in right.split(",")[0]
        apart = by_keyword or "kw_only=True" in right or "init=False" in right
        required = not right or (calls_field and not has_default)
        entries.append(Entry(text_of(left), statement, required and not apart, apart))
    return tuple(entries)


def constructor_fields(world: World, record: Record) -> list[Entry]:
    """All fields that the constructor takes by position, inherited ones first."""
    found: dict[str, Entry] = {}
    for each in reversed(order_of(world, record.value).classes):
        own = record_of(world, each)
        if own is not None and own.kind == record.kind:
            for entry in own.entries:
                if not entry.by_keyword:
                    found[entry.name] = entry
    return list(found.values())
