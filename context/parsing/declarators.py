"""What does a declarator of C or C++ name? The name stands inside of what is done to it: `*f(int)`, `Foo::bar() const`.

A query would need one pattern for each way in which pointers, references, functions and scopes can be nested.
"""

from dataclasses import dataclass

from context.parsing.parse import Node

DEEPEST = 16
_NAMES = frozenset({"identifier", "field_identifier", "type_identifier", "operator_name", "destructor_name"})


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared name, the scopes written before it, and whether a function is declared rather than a variable."""

    name: Node
    scopes: tuple[Node, ...]
    is_function: bool


def declared(declarator: Node) -> Declared | None:
    """What a declarator names; None when it names nothing."""
    node: Node | None = declarator
    scopes: list[Node] = []
    is_function = False
    for _ in range(DEEPEST):
        if node is None:
            return None
        if node.type in _NAMES:
            return Declared(node, tuple(scopes), is_function)
        if node.type == "operator_cast":
            kind = node.child_by_field_name("type")
            return Declared(kind, tuple(scopes), is_function=True) if kind is not None else None
        if node.type == "qualified_identifier":
            scope = node.child_by_field_name("scope")
            scopes += [_bare(scope)] if scope is not None else []
            node = node.child_by_field_name("name")
            continue
        # A pointer to a function is a variable: the function stands around the pointer.
        is_function = node.type == "function_declarator" or (is_function and node.type != "pointer_declarator")
        node = node.child_by_field_name("declarator") or _bare_name(node) or _inner(node)
    return None


def _bare(scope: Node) -> Node:
    """A scope without the arguments of its template."""
    return scope.child_by_field_name("name") or scope if scope.type == "template_type" else scope


def _bare_name(node: Node) -> Node | None:
    return node.child_by_field_name("name") if node.type in ("template_function", "template_method") else None


def _inner(node: Node) -> Node | None:
    """The declarator in a reference or in parentheses, which has no field."""
    return next((child for child in node.named_children if child.type.endswith(("declarator", "identifier"))), None)
