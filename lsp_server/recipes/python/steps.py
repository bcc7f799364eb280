"""What does a walk over a Python tree carry along? One step per node, and what was found so far."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from context.parsing.parse import Node
from lsp_server.recipes.python.scopes import Binding, BindingKind, Names, Scope, ScopeKind, is_mangled

Role = Literal["read", "bind", "pattern", "type", "type parameter", "parameter", "delete", "annotation"]
"""What an identifier at this place does."""

TARGETS = frozenset(
    {
        "pattern_list",
        "tuple_pattern",
        "list_pattern",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "parenthesized_expression",
        "expression_list",
        "tuple",
        "list",
        "list_splat",
        "as_pattern_target",
    }
)


class Step(NamedTuple):
    """One node to visit; `effect` is the byte at which a binding within it is complete.

    A tuple, since a walk over a large file makes hundreds of thousands.
    """

    node: Node
    scope: int
    role: Role = "read"
    effect: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """The state of one walk: what was found, and what is still to be visited."""

    names: Names
    wanted: frozenset[bytes]
    stack: list[Step] = field(default_factory=list[Step])


def text_of(node: Node | None) -> str:
    """The text of a node; empty for none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def open_scope(walk: Walk, kind: ScopeKind, parent: int, node: Node | None = None) -> int:
    """A new scope within another, opened by a node; returns its index."""
    walk.names.scopes.append(Scope(kind, parent, node))
    return len(walk.names.scopes) - 1


def bind(walk: Walk, scope: int, binding: Binding) -> None:
    """Records a binding in the scope that owns the name."""
    scopes = walk.names.scopes
    if not is_mangled(scopes, binding.name, scope):
        scopes[scope].bindings.setdefault(binding.name, []).append(binding)


def bind_node(walk: Walk, step: Step, node: Node, kind: BindingKind = "value") -> None:
    """Records that an identifier binds its name in the step's scope."""
    bind(walk, step.scope, Binding(text_of(node), node, kind, step.effect or node.end_byte))


def push(walk: Walk, step: Step, node: Node | None, role: Role = "read", scope: int | None = None) -> None:
    """Puts a node on the stack, by default in the scope of the step that it belongs to."""
    if node is not None:
        walk.stack.append(Step(node, step.scope if scope is None else scope, role, step.effect))
