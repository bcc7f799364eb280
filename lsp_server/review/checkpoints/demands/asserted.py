"""Which statements of Python assert something, and which of them hold for almost any code?

`assert f(x) == f(x)`, `assert (x == 3, "said")` and `expected = f(x)` before `assert f(x) == expected`
cannot fail; `assert x == 3 or y` hardly can.
"""

import ast
import re
from collections.abc import Iterator, Mapping

from lsp_server.review.checkpoints.demands.constants import truth
from lsp_server.review.checkpoints.demands.statement import nodes_of

_ASSERTING = re.compile(r"_*(?:assert|check|verify|expect|ensure)", re.IGNORECASE)
_EQUAL = re.compile(r"assert(?:List|Tuple|Set|Dict|MultiLine|Sequence|Count)?(?:Almost)?(?:Equals?|Is|In)$")
MOST_HOPS = 8
"""So many names are followed from one to the next."""

_LIKE_ITSELF = (ast.Eq, ast.Is, ast.LtE, ast.GtE)


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name, of what is called too; empty for anything else."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def is_assertion(statement: ast.AST) -> bool:
    """Whether a statement asserts: by the word, or by calling what is named so."""
    if isinstance(statement, ast.Expr | ast.Await):
        return is_assertion(statement.value)
    return isinstance(statement, ast.Assert) or (
        isinstance(statement, ast.Call) and bool(_ASSERTING.match(last_name(statement)))
    )


def is_vacuous(statement: ast.stmt, local: Mapping[str, ast.expr]) -> bool:
    """Whether an assertion holds for almost any code; `local` are the names that a function binds once."""
    if isinstance(statement, ast.Assert):
        test = statement.test
        is_fixed = (
            not any(isinstance(each, ast.Name | ast.Await) for each in ast.walk(test)) and truth(test) is not False
        )
        is_lenient = isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) and any(map(_is_bare, test.values))
        return is_fixed or is_lenient or truth(test) is True or any(_is_itself(each, local) for each in _compared(test))
    if isinstance(statement, ast.Expr) and isinstance(call := statement.value, ast.Call) and call.args:
        name = last_name(call)
        if name in ("assertTrue", "assert_"):
            return truth(call.args[0]) is True
        return bool(_EQUAL.match(name)) and len(call.args) > 1 and _are_same(call.args[0], call.args[1], local)
    return False


def parts_of(statement: ast.stmt) -> Iterator[tuple[str, bool]]:
    """An assertion as it is written, with those that stand in it, and whether each of them must hold.

    `assert a and b` demands `assert a`; `assert a or b` does not, and neither does `assert a if c else b`.
    """
    yield ast.unparse(statement), True
    if isinstance(statement, ast.Assert):
        match statement.test:
            case ast.BoolOp(op, values):
                for value in values:
                    yield _assertion(value), isinstance(op, ast.And)
            case ast.IfExp(_, body, orelse):
                yield _assertion(body), False
                yield _assertion(orelse), False
            case _:
                yield _assertion(statement.test), True


def _assertion(test: ast.expr) -> str:
    return f"assert {ast.unparse(test)}"


def locals_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, ast.expr]:
    """What each name of a function is bound to, where it is bound once, by itself."""
    values: dict[str, ast.expr] = {}
    stored: dict[str, int] = {}
    for node in nodes_of(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored[node.id] = stored.get(node.id, 0) + 1
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            values[node.targets[0].id] = node.value
    return {name: value for name, value in values.items() if stored.get(name) == 1}


def _is_bare(node: ast.expr) -> bool:
    """Whether it is only asked whether something is true: `x`, `x.y`, `f()`, `not x`."""
    if isinstance(node, ast.UnaryOp):
        return _is_bare(node.operand)
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) or (isinstance(node, ast.Call) and not node.args)


def _compared(test: ast.expr) -> Iterator[ast.Compare]:
    """The comparison that an assertion is; one beside others leaves those to fail."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        yield test


def _is_itself(node: ast.Compare, local: Mapping[str, ast.expr]) -> bool:
    left, right = node.left, node.comparators[0]
    if isinstance(node.ops[0], ast.Eq) and "ANY" in (last_name(left), last_name(right)):
        return True
    return isinstance(node.ops[0], _LIKE_ITSELF) and _are_same(left, right, local)


def _are_same(left: ast.expr, right: ast.expr, local: Mapping[str, ast.expr]) -> bool:
    return _written(left, local) == _written(right, local)


def _written(node: ast.expr, local: Mapping[str, ast.expr]) -> str:
    """An expression as it is written, with what the name at its beginning is bound to in the place of the name."""
    hops, tail = 0, ""
    while True:
        if isinstance(node, ast.Name) and node.id in local and hops < MOST_HOPS:
            node, hops = local[node.id], hops + 1
        elif isinstance(node, ast.Attribute):
            node, tail = node.value, f".{node.attr}{tail}"
        elif isinstance(node, ast.Subscript):
            node, tail = node.value, f"[{ast.unparse(node.slice)}]{tail}"
        else:
            return ast.unparse(node) + tail
