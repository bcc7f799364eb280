"""What does a Python file do with other modules while it is loaded? Its imports and bindings in the order they run.

Bodies of functions do not run then, and what stands under `if TYPE_CHECKING:` never does. All other branches are taken
to run: what is bound in one of them counts as bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from context.parsing.languages import LANGUAGES
from context.parsing.parse import Node, parse
from lsp_server.recipes.move.within import LAZY_TYPES
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import source_of

REMEMBERED = 4096
"""Files whose events a worker process keeps: they are small, and every attempt at a move asks for the same ones."""


@dataclass(frozen=True, slots=True)
class Event:
    """`import module`, `from module import name`, a star, a name that gets bound, or a dotted name that is read.

    `bound` is the name that the module gets; empty within a class. `line` is 1-based.
    """

    kind: Literal["import", "from", "star", "bind", "read"]
    line: int
    module: str = ""
    name: str = ""
    bound: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    node: Node
    in_class: bool = False


@lru_cache(maxsize=REMEMBERED)
def events_of(text: str) -> tuple[Event, ...]:
    """What the text of a module does, in order."""
    source = source_of(text)
    lazy = LAZY_TYPES.encode() in source
    pending: list[_Part | Event] = [_Part(parse(LANGUAGES[0], source).root_node)]
    events: list[Event] = []
    while pending:
        part = pending.pop()
        if isinstance(part, Event):
            events.append(part)
        elif not (lazy and part.node.type == "type"):
            pending.extend(reversed(list(_parts(part))))
    return tuple(events)


def _parts(part: _Part) -> Iterator[_Part | Event]:
    """What a node comes to: events, and nodes within it that run."""
    node = part.node
    match node.type:
        case "lambda":
            pass
        case "function_definition" | "class_definition":
            yield from _definition(part)
        case "import_statement":
            yield from _import(part)
        case "import_from_statement":
            yield from _from(part)
        case "if_statement" if _for_types(node):
            yield from (_Part(each, part.in_class) for each in node.children_by_field_name("alternative"))
        case "assignment" | "augmented_assignment" | "named_expression" | "for_statement" | "for_in_clause":
            yield from _assignment(part)
        case "as_pattern_target":
            yield from _bound(node, part)
        case "attribute" if _is_dotted(node):
            receiver = text_of(node.child_by_field_name("object"))
            yield Event("read", _line(node), receiver, text_of(node.child_by_field_name("attribute")))
        case _:
            yield from (_Part(child, part.in_class) for child in node.named_children)


def _definition(part: _Part) -> Iterator[_Part | Event]:
    body = part.node.child_by_field_name("body")
    is_class = part.node.type == "class_definition"
    for child in part.node.named_children:
        if child != body:
            yield _Part(child, part.in_class)
        elif is_class:
            yield _Part(child, in_class=True)
    name = part.node.child_by_field_name("name")
    if name is not None and not part.in_class:
        yield Event("bind", _line(name), bound=text_of(name))


def _import(part: _Part) -> Iterator[Event]:
    for listed in part.node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name") or listed, listed.child_by_field_name("alias")
        bound = text_of(alias) if alias is not None else text_of(name).partition(".")[0]
        kept = "" if part.in_class else bound
        yield Event("import", _line(part.node), text_of(name), "as" if alias is not None else "", kept)


def _from(part: _Part) -> Iterator[Event]:
    node = part.node
    module = "".join(text_of(node.child_by_field_name("module_name")).split())
    if any(child.type == "wildcard_import" for child in node.named_children):
        yield Event("star", _line(node), module)
    for listed in node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name") or listed, listed.child_by_field_name("alias")
        yield Event("from", _line(node), module, text_of(name), "" if part.in_class else text_of(alias or name))


def _assignment(part: _Part) -> Iterator[_Part | Event]:
    """What is read first, then the names that get bound; an annotation alone binds nothing."""
    node = part.node
    left = node.child_by_field_name("left") or node.child_by_field_name("name")
    value = node.child_by_field_name("right") or node.child_by_field_name("value")
    body = [each for each in node.named_children if each not in (left, value)]
    if value is not None:
        yield _Part(value, part.in_class)
        if left is not None:
            yield from _bound(left, part)
    yield from (_Part(each, part.in_class) for each in body)


def _bound(node: Node, part: _Part) -> Iterator[_Part | Event]:
    """The names of a target; what is read within it (`a.b = 1`) is a part."""
    if node.type in {"attribute", "subscript"}:
        yield from (_Part(child, part.in_class) for child in node.named_children)
    elif node.type == "identifier":
        if not part.in_class:
            yield Event("bind", _line(node), bound=text_of(node))
    else:
        for child in node.named_children:
            yield from _bound(child, part)


def _for_types(node: Node) -> bool:
    return text_of(node.child_by_field_name("condition")).rpartition(".")[2] == "TYPE_CHECKING"


def _is_dotted(node: Node) -> bool:
    while node.type == "attribute":
        receiver = node.child_by_field_name("object")
        if receiver is None:
            return False
        node = receiver
    return node.type == "identifier"


def _line(node: Node) -> int:
    return node.start_point[0] + 1
