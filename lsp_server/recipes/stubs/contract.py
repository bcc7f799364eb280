"""Which methods do the bases of a class leave open? By Python's own order of bases, C3."""

import inspect
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.python.classes import PLAIN_BASES, bases_of, standard_class
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import Binding
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import DEEPEST, Value, World, opened

ABSTRACT = frozenset({"abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod"})
EMPTY = frozenset({"...", "pass", "raise NotImplementedError", "raise NotImplementedError()"})


@dataclass(frozen=True, slots=True)
class Member:
    """A method that is left open: its definitions (overloads, a property with its setter) in the class `owner`.

    One of the standard library has no file, and `signature` says what it takes.
    """

    name: str
    owner: Value
    file: PythonFile | None = None
    nodes: tuple[Node, ...] = ()
    signature: str = ""
    is_property: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """What is left open; `attributes` are annotated names that a protocol wants, `unknown` bases outside."""

    members: tuple[Member, ...]
    attributes: tuple[tuple[str, PythonFile, Node], ...] = ()
    unknown: tuple[str, ...] = ()


def linearized(world: World, value: Value, depth: int = 0) -> list[Value]:
    """A class and its bases in the order in which Python looks members up; depth first where there is no such order."""
    parents: list[Value] = [base for base in bases_of(world, value)[0] if base != value] if depth < DEEPEST else []
    rows: list[list[Value]] = [linearized(world, parent, depth + 1) for parent in parents]
    rows += [parents] if parents else []
    order = [value]
    while rows:
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), rows[0][0])
        order.append(head)
        rows = [kept for row in rows if (kept := [each for each in row if each != head])]
    return list(dict.fromkeys(order))


def contract_of(world: World, value: Value, base: Value | None) -> Contract:
    """What a class must still define: what its bases leave open, or all that `base` declares."""
    order = linearized(world, value)
    wanted = order[1:] if base is None else linearized(world, base)
    looked_at = order if base is None else [each for each in order if each not in wanted]
    outside = [name for each in {**dict.fromkeys(wanted), value: None} for name in bases_of(world, each)[1]]
    members: dict[str, Member] = {}
    attributes: dict[str, tuple[str, PythonFile, Node]] = {}
    for each in wanted:
        is_protocol = _is_protocol(world, each)
        for name, bindings, file in _bodies(world, each):
            if name in members or _first(world, looked_at, name) not in (None, each):
                continue
            functions = [binding for binding in bindings if binding.kind == "function"]
            if functions and (base is not None or _is_open(functions, is_protocol=is_protocol)):
                nodes = tuple(binding.whole or binding.node for binding in functions)
                members[name] = Member(name, each, file, nodes)
            elif not functions and is_protocol and bindings[0].kind == "annotation":
                attributes[name] = (name, file, bindings[0].node)
    for name in dict.fromkeys(outside):
        for member in _of_standard(name, value):
            if member.name not in members and _first(world, order, member.name) is None:
                members[member.name] = member
    unknown = [name for name in dict.fromkeys(outside) if standard_class(name) is None and _matters(name)]
    return Contract(tuple(members.values()), tuple(attributes.values()), tuple(unknown))


def _matters(name: str) -> bool:
    return name.rpartition(".")[2] not in PLAIN_BASES


def _bodies(world: World, value: Value) -> list[tuple[str, list[Binding], PythonFile]]:
    file = opened(world, value.path)
    if file is None:
        return []
    return [(name, bindings, file) for name, bindings in file.names.scopes[value.scope].bindings.items()]


def _first(world: World, order: list[Value], name: str) -> Value | None:
    """The class that has a member first."""
    for each in order:
        file = opened(world, each.path)
        if file is not None and name in file.names.scopes[each.scope].bindings:
            return each
    return None


def _is_protocol(world: World, value: Value) -> bool:
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    listed = node.child_by_field_name("superclasses") if node is not None else None
    bases = listed.named_children if listed is not None else []
    return any(text_of(base).partition("[")[0].rpartition(".")[2] == "Protocol" for base in bases)


def decorators(whole: Node) -> list[str]:
    """What decorates a definition, without `@`."""
    if whole.type != "decorated_definition":
        return []
    return [
        text_of(child).removeprefix("@").strip() for child in whole.named_children[:-1] if child.type == "decorator"
    ]


def _is_open(functions: list[Binding], *, is_protocol: bool) -> bool:
    """Whether a method is abstract, or is one of a protocol and does nothing."""
    for binding in functions:
        names = {each.partition("(")[0].rpartition(".")[2] for each in decorators(binding.whole or binding.node)}
        if names & ABSTRACT:
            return True
    body = functions[-1].node.parent.child_by_field_name("body") if functions[-1].node.parent is not None else None
    statements = [each for each in body.named_children if each.type != "comment"] if body is not None else []
    rest = [each for each in statements if not (each.named_children and each.named_children[0].type == "string")]
    return is_protocol and all(text_of(each) in EMPTY for each in rest)


def _of_standard(dotted: str, value: Value) -> list[Member]:
    """The abstract methods of a class of the standard library."""
    found = standard_class(dotted)
    names: frozenset[str] = getattr(found, "__abstractmethods__", frozenset())
    members: list[Member] = []
    for name in sorted(names):
        member = inspect.getattr_static(found, name)
        if isinstance(member, property):
            members.append(Member(name, value, signature="(self)", is_property=True))
            continue
        try:
            members.append(Member(name, value, signature=str(inspect.signature(member))))
        except (TypeError, ValueError):
            continue
    return members
