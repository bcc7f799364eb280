"""Does a name certainly have a value at some place? By the structure of the code: branches, loops and handlers."""

from collections.abc import Iterable

from context.parsing.parse import Node
from lsp_server.recipes.python.steps import text_of

LEAVING = frozenset({"return_statement", "raise_statement", "break_statement", "continue_statement"})
DEFINITIONS = frozenset({"function_definition", "class_definition", "lambda"})


def assigns(statement: Node, name: str) -> bool:
    """Whether a name certainly has a value once a statement is through."""
    match statement.type:
        case "expression_statement":
            return any(_assigns_expression(child, name) for child in statement.named_children)
        case "import_statement" | "import_from_statement":
            return any(_imported(each) == name for each in statement.children_by_field_name("name"))
        case "function_definition" | "class_definition":
            return text_of(statement.child_by_field_name("name")) == name
        case "decorated_definition":
            return assigns(statement.named_children[-1], name)
        case "with_statement":
            body = statement.child_by_field_name("body")
            return binds_with(statement, name) or (body is not None and block_assigns(body, name))
        case "if_statement":
            return _all_branches(statement, name)
        case "try_statement":
            return _try_assigns(statement, name)
        case _:
            return False


def block_assigns(block: Node, name: str) -> bool:
    """Whether a block certainly gives a name a value, or does not come to its end."""
    return any(assigns(statement, name) or statement.type in LEAVING for statement in block.named_children)


def _assigns_expression(node: Node, name: str) -> bool:
    if node.type == "assignment":
        right = node.child_by_field_name("right")
        if right is None:
            return False
        return name in targets_of(node.child_by_field_name("left")) or _assigns_expression(right, name)
    return node.type == "augmented_assignment" and text_of(node.child_by_field_name("left")) == name


def targets_of(node: Node | None) -> set[str]:
    """The names that a target of an assignment binds."""
    if node is None or node.type in {"attribute", "subscript"}:
        return set()
    if node.type == "identifier":
        return {text_of(node)}
    return {name for child in node.named_children for name in targets_of(child)}


def _imported(listed: Node) -> str:
    alias = listed.child_by_field_name("alias")
    return text_of(alias) if alias is not None else text_of(listed).partition(".")[0]


def binds_with(statement: Node, name: str) -> bool:
    """Whether `with ... as` binds a name."""
    stack = [child for child in statement.named_children if child.type == "with_clause"]
    while stack:
        node = stack.pop()
        if node.type == "as_pattern_target" and name in targets_of(node):
            return True
        stack.extend(node.named_children)
    return False


def _all_branches(statement: Node, name: str) -> bool:
    branches = [statement.child_by_field_name("consequence")]
    others = statement.children_by_field_name("alternative")
    has_else = any(other.type == "else_clause" for other in others)
    branches += [other.child_by_field_name("consequence") or other.child_by_field_name("body") for other in others]
    return has_else and all(branch is not None and block_assigns(branch, name) for branch in branches)


def _try_assigns(statement: Node, name: str) -> bool:
    for child in statement.named_children:
        if child.type == "finally_clause" and any(block_assigns(each, name) for each in child.named_children):
            return True
    body = statement.child_by_field_name("body")
    handlers = [child for child in statement.named_children if child.type in {"except_clause", "except_group_clause"}]
    blocks = [body, *(handler.named_children[-1] for handler in handlers)]
    return all(block is not None and block_assigns(block, name) for block in blocks)


def has_value(node: Node, name: str, limit: Node | None) -> bool:
    """Whether a name certainly has a value when a node is reached, from within `limit` on, which is not looked at."""
    current, parent = node, node.parent
    while parent is not None and current != limit:
        if parent.type in {"block", "module"}:
            before: Iterable[Node] = (each for each in parent.named_children if each.end_byte <= current.start_byte)
            if any(assigns(statement, name) for statement in before):
                return True
        elif parent.type == "for_statement" and current == parent.child_by_field_name("body"):
            if name in targets_of(parent.child_by_field_name("left")):
                return True
        elif parent.type == "with_statement" and current == parent.child_by_field_name("body"):
            if binds_with(parent, name):
                return True
        elif parent.type == "except_clause" and any(
            name in targets_of(each)
            for pattern in parent.named_children
            for each in pattern.named_children
            if each.type == "as_pattern_target"
        ):
            return True
        elif parent.type in DEFINITIONS:
            return False
        current, parent = parent, parent.parent
    return False
