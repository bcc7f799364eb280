"""Do lines with a `return` leave their function on every way through them? Then the call of them is returned.

Either no way leads behind the lines, or nothing of the function is left there to run.
"""

from collections.abc import Sequence

from context.parsing.parse import Node
from lsp_server.recipes.python.steps import text_of

LOOPS = frozenset({"for_statement", "while_statement"})
OPAQUE = frozenset({"function_definition", "class_definition", "lambda"})
PLAIN_CONTEXTS = frozenset(
    {
        "open",
        "closing",
        "nullcontext",
        "lock",
        "Lock",
        "RLock",
        "TemporaryDirectory",
        "TemporaryFile",
        "NamedTemporaryFile",
        "redirect_stdout",
        "redirect_stderr",
    }
)
"""What `with` may stand on and certainly goes on with an exception: any other may swallow it, and go on behind."""


def returns_in(statements: Sequence[Node]) -> list[Node]:
    """The `return`s of the function around some statements, in order."""
    found: list[Node] = []
    stack = list(reversed(statements))
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            found.append(node)
        elif node.type not in OPAQUE:
            stack.extend(reversed(node.named_children))
    return found


def ends(statements: Sequence[Node]) -> bool:
    """Whether no way leads behind some statements that follow one another."""
    return any(_ends(statement) for statement in statements)


def _ends(statement: Node) -> bool:
    match statement.type:
        case "return_statement" | "raise_statement":
            return True
        case "if_statement":
            others = statement.children_by_field_name("alternative")
            blocks = [other.child_by_field_name("consequence") or other.child_by_field_name("body") for other in others]
            has_else = any(other.type == "else_clause" for other in others)
            return has_else and all(
                _block_ends(each) for each in (statement.child_by_field_name("consequence"), *blocks)
            )
        case "try_statement":
            return _try_ends(statement)
        case "with_statement":
            return _is_plain(statement) and _block_ends(statement.child_by_field_name("body"))
        case "while_statement":
            is_endless = text_of(statement.child_by_field_name("condition")) in {"True", "1"}
            return is_endless and not _breaks(statement)
        case "match_statement":
            return _match_ends(statement)
        case _:
            return False


def _block_ends(block: Node | None) -> bool:
    return block is not None and ends(block.named_children)


def _try_ends(statement: Node) -> bool:
    clauses = {"except_clause", "except_group_clause", "else_clause", "finally_clause"}
    by_kind: dict[str, list[Node]] = {}
    for child in statement.named_children:
        if child.type in clauses:
            by_kind.setdefault(child.type, []).append(child.named_children[-1])
    if any(_block_ends(block) for block in by_kind.get("finally_clause", [])):
        return True
    handlers = [*by_kind.get("except_clause", []), *by_kind.get("except_group_clause", [])]
    goes_through = not any(
        _block_ends(block) for block in (statement.child_by_field_name("body"), *by_kind.get("else_clause", []))
    )
    return not goes_through and all(_block_ends(block) for block in handlers)


def _is_plain(statement: Node) -> bool:
    """Whether all that a `with` stands on lets exceptions through."""
    clause = next(child for child in statement.named_children if child.type == "with_clause")
    for item in clause.named_children:
        value = item.child_by_field_name("value") or item
        value = value.named_children[0] if value.type == "as_pattern" else value
        called = value.child_by_field_name("function") if value.type == "call" else value
        name = text_of(called).rpartition(".")[2]
        if name not in PLAIN_CONTEXTS and not name.endswith("_lock"):
            return False
    return True


def _breaks(loop: Node) -> bool:
    """Whether a loop is left by a `break` of its own."""
    stack = list(loop.named_children)
    while stack:
        node = stack.pop()
        if node.type == "break_statement":
            return True
        if node.type not in LOOPS | OPAQUE:
            stack.extend(node.named_children)
        elif node.type in LOOPS:
            stack.extend(node.children_by_field_name("alternative"))
    return False


def _match_ends(statement: Node) -> bool:
    body = statement.child_by_field_name("body")
    cases = [each for each in (body.named_children if body is not None else ()) if each.type == "case_clause"]
    last = cases[-1] if cases else None
    patterns = [each for each in last.named_children if each.type == "case_pattern"] if last is not None else []
    takes_all = (
        last is not None and [text_of(each) for each in patterns] == ["_"] and not last.child_by_field_name("guard")
    )
    return takes_all and all(_block_ends(each.child_by_field_name("consequence")) for each in cases)


def is_tail(statement: Node) -> bool:
    """Whether nothing more of its function runs behind a statement: its end is the function's."""
    node = statement
    while True:
        block = node.parent
        if block is None or block.type != "block" or _follows(block, node):
            return False
        owner = block.parent
        if owner is None or owner.type in {*LOOPS, "finally_clause", "class_definition"}:
            return False
        if owner.type == "function_definition":
            return True
        if owner.type == "try_statement" and any(each.type == "else_clause" for each in owner.named_children):
            return False
        # A clause belongs to its statement, a case to the block of its `match`.
        while owner.type.endswith("_clause") or (owner.type == "block" and owner.parent is not None):
            if owner.parent is None:
                return False
            owner = owner.parent
        node = owner


def _follows(block: Node, node: Node) -> bool:
    return any(each.start_byte >= node.end_byte and each.type != "comment" for each in block.named_children)
