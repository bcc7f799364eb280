"""Which occurrences of a name bind it, and which scope does each belong to? For JavaScript and TypeScript.

The rules are those of ECMA-262, sections 8.2 and 16.2: `let`, `const`, classes and functions belong to their block,
`var` and parameters to the function, imports to the module.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from context.parsing.parse import Node

Role = Literal["bind", "read", "import", "imported", "namespace", "re-export", "export"]
"""`import` binds and names what it imports, `imported` names it behind `as`; `export` reads in `export { name }`."""

NAMES = frozenset(
    {"identifier", "type_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
)
FUNCTIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
        "function_signature",
        "method_signature",
        "abstract_method_signature",
        "call_signature",
        "construct_signature",
        "function_type",
        "constructor_type",
    }
)
BLOCKS = FUNCTIONS | {
    "program",
    "statement_block",
    "for_statement",
    "for_in_statement",
    "switch_body",
    "catch_clause",
    "class_static_block",
    "class_body",
    "internal_module",
    "module",
}
DECLARATIONS = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "class_declaration",
        "abstract_class_declaration",
        "interface_declaration",
        "type_alias_declaration",
        "enum_declaration",
        "function_signature",
        "internal_module",
        "module",
    }
)
EXPRESSIONS = frozenset({"function_expression", "generator_function", "class"})
PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern"})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place of a name; `scope` is the node of the scope that a binding belongs to, for others the node itself."""

    node: Node
    role: Role
    scope: Node


@dataclass(frozen=True, slots=True)
class Occurrences:
    """All places of a name in a file, and those of members, strings and comments, which are no names."""

    names: list[Occurrence] = field(default_factory=list[Occurrence])
    members: list[Node] = field(default_factory=list[Node])
    others: list[Node] = field(default_factory=list[Node])


def occurrences(root: Node, source: bytes, name: str) -> Occurrences:
    """Every place of a name in a tree."""
    found = Occurrences()
    for match in re.finditer(rb"(?<![\w$])%s(?![\w$])" % re.escape(name.encode()), source):
        node = root.descendant_for_byte_range(match.start(), match.end())
        if node is None:
            continue
        is_whole = (node.start_byte, node.end_byte) == match.span()
        if is_whole and node.type in NAMES and not _is_label(node):
            found.names.append(_classified(node))
        elif is_whole and (node.type == "property_identifier" or _is_label(node)):
            found.members.append(node)
        else:
            found.others.append(node)
    return found


def _is_label(node: Node) -> bool:
    """Whether an identifier is the name of a member or an element rather than of a variable."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "nested_type_identifier":
        return parent.child_by_field_name("name") == node
    if parent.type in {"jsx_opening_element", "jsx_closing_element", "jsx_self_closing_element"}:
        return (node.text or b"")[:1].islower()
    if parent.type == "export_specifier" and parent.child_by_field_name("alias") == node:
        return True
    around = parent.parent
    return (
        parent.type in {"required_parameter", "optional_parameter"}
        and around is not None
        and around.type == "tuple_type"
    )


def _classified(node: Node) -> Occurrence:
    parent = node.parent
    if parent is None:
        return Occurrence(node, "read", node)
    match parent.type:
        case "import_specifier":
            alias = parent.child_by_field_name("alias")
            role: Role = "import" if alias is None else "bind" if alias == node else "imported"
            return Occurrence(node, role, _program(node))
        case "import_clause":
            return Occurrence(node, "bind", _program(node))
        case "namespace_import":
            return Occurrence(node, "namespace", _program(node))
        case "export_specifier":
            statement = parent.parent.parent if parent.parent is not None else None
            has_source = statement is not None and statement.child_by_field_name("source") is not None
            return Occurrence(node, "re-export" if has_source else "export", node)
        case _:
            scope = _binding_scope(node)
            return Occurrence(node, "bind" if scope is not None else "read", scope or node)


def _program(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _around(node: Node, kinds: frozenset[str]) -> Node:
    """The nearest node of some kinds around another; the program for none."""
    current = node
    while current.parent is not None:
        current = current.parent
        if current.type in kinds:
            return current
    return current


def _binding_scope(node: Node) -> Node | None:
    """The scope that an identifier binds its name in; None where it only reads it."""
    parent = node.parent
    if parent is None:
        return None
    if parent.child_by_field_name("name") == node:
        if parent.type in DECLARATIONS:
            return _around(parent, BLOCKS)
        if parent.type in EXPRESSIONS:
            return parent
        if parent.type in {"type_parameter", "index_signature", "mapped_type_clause"}:
            holder = parent.parent
            return holder.parent if holder is not None and holder.type == "type_parameters" else parent
    return _pattern_scope(node)


def _pattern_scope(node: Node) -> Node | None:
    """The scope of a name within the pattern of a declaration, a parameter, a handler or a loop."""
    current, parent = node, node.parent
    while parent is not None and (
        parent.type in PATTERNS
        or (
            parent.type in {"assignment_pattern", "object_assignment_pattern"}
            and parent.child_by_field_name("left") == current
        )
        or (parent.type == "pair_pattern" and parent.child_by_field_name("value") == current)
    ):
        current, parent = parent, parent.parent
    if parent is None:
        return None
    if parent.type in {"formal_parameters", "required_parameter", "optional_parameter"}:
        is_parameter = parent.type == "formal_parameters" or parent.child_by_field_name("pattern") == current
        return _around(parent, FUNCTIONS) if is_parameter else None
    match parent.type:
        case "variable_declarator" if parent.child_by_field_name("name") == current:
            is_var = parent.parent is not None and parent.parent.type == "variable_declaration"
            return _around(parent, FUNCTIONS | {"program"} if is_var else BLOCKS)
        case "arrow_function" | "catch_clause" if parent.child_by_field_name("parameter") == current:
            return parent
        case "for_in_statement" if parent.child_by_field_name("left") == current:
            return _loop_scope(parent)
        case _:
            return None


def _loop_scope(loop: Node) -> Node | None:
    """The scope of what `for (const name of ...)` binds; None for `for (name of ...)`, which assigns."""
    kind = loop.child_by_field_name("kind")
    if kind is None:
        return None
    return _around(loop, FUNCTIONS | {"program"}) if kind.text == b"var" else loop


def owner_of(found: Occurrences, node: Node) -> Node | None:
    """The scope that a name belongs to where it is read; None if nothing in the file binds it."""
    scopes = {each.scope.id: each.scope for each in found.names if each.role in {"bind", "import", "namespace"}}
    current: Node | None = node
    while current is not None:
        if current.id in scopes:
            return scopes[current.id]
        current = current.parent
    return None
