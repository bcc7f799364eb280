"""What does a function take, where does each parameter stand, and does a call fit?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from context.parsing.parse import Node
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice

ParameterKind = Literal["positional only", "regular", "rest", "keyword only", "keywords"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `node` is the whole of it, with type and default."""

    name: str
    node: Node
    kind: ParameterKind
    required: bool


def parameters_of(function: Node) -> list[Parameter]:
    """The parameters of a definition in order, `self` included."""
    listed = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    kind: ParameterKind = "regular"
    for node in listed.named_children if listed is not None else ():
        inner = node.named_children[0] if node.type == "typed_parameter" and node.named_children else node
        if node.type == "comment":
            continue
        if node.type == "positional_separator":
            found = [Parameter(each.name, each.node, "positional only", each.required) for each in found]
        elif node.type == "keyword_separator":
            kind = "keyword only"
        elif inner.type == "list_splat_pattern":
            found.append(Parameter(text_of(inner).lstrip("* "), node, "rest", required=False))
            kind = "keyword only"
        elif inner.type == "dictionary_splat_pattern":
            found.append(Parameter(text_of(inner).lstrip("* "), node, "keywords", required=False))
        else:
            named = node.child_by_field_name("name") or inner
            has_default = node.child_by_field_name("value") is not None
            found.append(Parameter(text_of(named), node, kind, required=not has_default))
    return found


def call_problem(parameters: Sequence[Parameter], arguments: Sequence[Node], *, bound: bool) -> str:
    """Why a call does not fit what a function takes; empty where it fits, or where it cannot be told."""
    slots = [each for each in parameters if each.kind in {"positional only", "regular"}][1 if bound else 0 :]
    if any(each.type in {"list_splat", "dictionary_splat"} for each in arguments):
        return ""
    given = [each for each in arguments if each.type != "keyword_argument"]
    keywords = {text_of(each.named_children[0]) for each in arguments if each.type == "keyword_argument"}
    if len(given) > len(slots) and not any(each.kind == "rest" for each in parameters):
        return f"it gives {len(given)} values for {len(slots)} parameters"
    filled = {each.name for each in slots[: len(given)]}
    known = {each.name for each in parameters if each.kind in {"regular", "keyword only"}}
    if keywords - known and not any(each.kind == "keywords" for each in parameters):
        return f"it gives {', '.join(sorted(keywords - known))}"
    if keywords & filled:
        return f"it gives {', '.join(sorted(keywords & filled))} twice"
    wanted = slots + [each for each in parameters if each.kind == "keyword only"]
    missing = [each.name for each in wanted if each.required and each.name not in filled | keywords]
    return f"it does not give {', '.join(missing)}" if missing else ""


def inserted(source: bytes, siblings: Sequence[Node], text: str, behind: Node | None, brackets: Node) -> Splice:
    """A new entry of a list in brackets, behind one of its entries or as the first, in the layout of the list."""
    separator = ", "
    if len(siblings) > 1:
        between = source[siblings[0].end_byte : siblings[1].start_byte].decode("utf-8", "replace")
        separator = between if between.strip() == "," else separator
    if behind is not None:
        return Splice(behind.end_byte, behind.end_byte, separator + text)
    start = siblings[0].start_byte if siblings else brackets.start_byte + 1
    return Splice(start, start, text + separator if siblings else text)


def without(siblings: Sequence[Node], gone: Sequence[Node]) -> list[Splice]:
    """The splices that take entries out of a list, each with the comma that belongs to it."""
    splices: list[Splice] = []
    kept = [node for node in siblings if node not in gone]
    for node in gone:
        before = [each for each in kept if each.start_byte < node.start_byte]
        behind = [each for each in siblings if each.start_byte > node.start_byte]
        if before:
            previous = [each for each in siblings if each.start_byte < node.start_byte][-1]
            splices.append(Splice(previous.end_byte, node.end_byte, ""))
        else:
            splices.append(Splice(node.start_byte, behind[0].start_byte if behind else node.end_byte, ""))
    return splices
