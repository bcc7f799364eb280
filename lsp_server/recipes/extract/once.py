"""Is an expression evaluated exactly once by its statement, and before everything else that may have an effect?

The order of evaluation is that of the language reference, section 6.16: left to right, and of an assignment the right
side first. Reading a name, an attribute or an item is taken to have no effect; calls, `await` and `yield` have one.
"""

from collections.abc import Iterator

from context.parsing.parse import Node

EFFECTS = frozenset({"call", "await", "yield", "named_expression", "list_comprehension", "set_comprehension"}) | {
    "dictionary_comprehension",
    "generator_expression",
}
BODIES = frozenset({"block", "else_clause", "except_clause", "finally_clause"})
NOT_ONCE = frozenset(
    {"lambda", "function_definition", "class_definition", "while_statement", "elif_clause", "case_clause", "if_clause"}
)


def statement_of(node: Node) -> Node | None:
    """The statement that an expression is part of."""
    current: Node | None = node
    while current is not None and (current.parent is None or current.parent.type not in {"block", "module"}):
        current = current.parent
    return current


def not_once(statement: Node, node: Node) -> str:
    """Why an expression may be evaluated never or more than once in its statement; empty where it is once."""
    current = node
    while current != statement:
        parent = current.parent
        if parent is None:
            return "it is in no statement"
        reason = _sometimes(parent, current)
        if reason:
            return reason
        current = parent
    return ""


def _sometimes(parent: Node, child: Node) -> str:
    """Why a part of a node may be evaluated never or more than once; empty where it is once."""
    kind = parent.type
    if kind == "type":
        return "it is in a type"
    if kind == "interpolation" and any(each.type == "=" for each in parent.children):
        return "its own text is printed"
    if kind in NOT_ONCE:
        return f"it is in a `{kind.partition('_')[0]}`"
    if kind.endswith("comprehension") or kind == "generator_expression":
        return "it is evaluated for each round of a comprehension"
    is_case = kind in {"boolean_operator", "conditional_expression", "assert_statement"}
    if is_case and not _is_first(parent, child):
        return f"it is evaluated only in some cases, in a `{kind.replace('_', ' ')}`"
    if kind == "comparison_operator" and child not in parent.named_children[:2]:
        return "it is evaluated only in some cases, in a chain of comparisons"
    return "it is in a statement within" if kind in BODIES else ""


def _is_first(parent: Node, child: Node) -> bool:
    """Whether a part is evaluated in any case: of `a if c else b` that is `c`."""
    index = 1 if parent.type == "conditional_expression" else 0
    return len(parent.named_children) > index and parent.named_children[index] == child


def effect_before(statement: Node, node: Node) -> Node | None:
    """What may have an effect and is evaluated before an expression in its statement."""
    for other in _evaluated_before(statement, node):
        if other.type in EFFECTS:
            return other
    return None


def _evaluated_before(statement: Node, node: Node) -> Iterator[Node]:
    """The nodes that end before an expression, but for targets: these are evaluated behind the value."""
    stack = [statement]
    while stack:
        current = stack.pop()
        if current.type in {"assignment"} and _is_within(node, current.child_by_field_name("right")):
            right = current.child_by_field_name("right")
            stack.extend([right] if right is not None else [])
            continue
        if current.end_byte <= node.start_byte:
            yield current
        if current.start_byte < node.start_byte:
            stack.extend(current.named_children)


def _is_within(node: Node, outer: Node | None) -> bool:
    return outer is not None and outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte
