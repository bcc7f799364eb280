"""Which assertions of a test count: always, on a condition, or never?

Followed statement by statement: what stands after one that ends the test, or under a condition that is never true, is
not run; what a `try` or `contextlib.suppress` catches says nothing; what a condition leads to counts only sometimes.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lsp_server.review.checkpoints.demands.asserted import is_assertion, is_vacuous, last_name, locals_of, parts_of
from lsp_server.review.checkpoints.demands.constants import Constants, elements, truth
from lsp_server.review.checkpoints.demands.statement import nodes_of

Function = ast.FunctionDef | ast.AsyncFunctionDef
When = Literal["always", "sometimes", "never"]

FORGIVING = frozenset({"AssertionError", "Exception", "BaseException"})
"""What must be caught for a failed assertion to be."""

_ENDING = frozenset({"skip", "skipTest", "exit", "_exit", "quit", "xfail"})
_TELLING = frozenset({"fail", "append", "add", "put", "put_nowait", "set_exception"})


@dataclass(slots=True)
class Reach:
    """What is found in a test; lines are 1-based within its text.

    `silent` lines say nothing, at `vacuous` ones begins what cannot fail; assertions are counted as they are
    written. Of those that are reached, `firm` can fail and
    `fixed` cannot.
    """

    silent: set[int] = field(default_factory=set[int])
    vacuous: set[int] = field(default_factory=set[int])
    always: Counter[str] = field(default_factory=Counter[str])
    sometimes: Counter[str] = field(default_factory=Counter[str])
    never: Counter[str] = field(default_factory=Counter[str])
    firm: int = 0
    fixed: int = 0

    def __add__(self, other: "Reach") -> "Reach":
        return Reach(
            set[int](),
            set[int](),
            self.always + other.always,
            self.sometimes + other.sometimes,
            self.never + other.never,
            self.firm + other.firm,
            self.fixed + other.fixed,
        )


def reach_of(function: Function) -> Reach:
    """Follows a test."""
    found = Reach()
    read = frozenset(
        node.id for node in nodes_of(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    _Walk(found, locals_of(function), read).block(function.body, "always")
    for node in nodes_of(function):
        # What a text of several lines says is data.
        if isinstance(node, ast.Constant | ast.JoinedStr) and (node.end_lineno or 0) > node.lineno:
            found.silent.update(range(node.lineno + 1, (node.end_lineno or 0) + 1))
    return found


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through a test with what it binds and reads."""

    found: Reach
    local: Mapping[str, ast.expr]
    read: frozenset[str]

    def block(self, body: Sequence[ast.stmt], when: When) -> None:
        for each in body:
            self._statement(each, when)
            if when == "never" or _ends(each):
                when = "never"
            elif _may_end(each):
                when = "sometimes"

    def _statement(self, node: ast.stmt, when: When) -> None:
        if when == "never" or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            self.found.silent.update(_lines(node))
        for inner, inner_when in self._inside(node, when):
            self.block(inner, inner_when)
        if not is_assertion(node):
            return
        if is_vacuous(node, self.local):
            first, *others = _lines(node)
            self.found.vacuous.add(first)
            self.found.silent.update(others)
            self.found.fixed += when != "never"
        elif when != "never":
            self.found.firm += 1
        kept = {"always": self.found.always, "sometimes": self.found.sometimes, "never": self.found.never}
        for written, must_hold in parts_of(node):
            kept["sometimes" if when == "always" and not must_hold else when][written] += 1

    def _inside(self, node: ast.stmt, when: When) -> Iterator[tuple[Sequence[ast.stmt], When]]:
        """The blocks of a statement, and when they are run so that they count."""
        on_condition: When = "never" if when == "never" else "sometimes"
        match node:
            case ast.If(test, body, orelse) | ast.While(test, body, orelse):
                is_true = truth(test)
                yield body, "never" if is_true is False else when if is_true else on_condition
                yield orelse, when if is_true is False else "never" if is_true else on_condition
            case ast.For(_, source, body, orelse) | ast.AsyncFor(_, source, body, orelse):
                yield body, "never" if elements(source, Constants({})) in ([], ()) else when
                yield orelse, when
            case ast.With(items, body) | ast.AsyncWith(items, body):
                yield body, "never" if any(_forgives(each.context_expr, body) for each in items) else when
            case ast.Try(body, handlers, orelse, finalbody) | ast.TryStar(body, handlers, orelse, finalbody):
                caught = any(_catches(each.type) and not self._tells(each) for each in handlers)
                caught = caught or any(isinstance(each, ast.Return | ast.Break | ast.Continue) for each in finalbody)
                yield body, "never" if caught else when
                for handler in handlers:
                    yield handler.body, on_condition
                yield orelse, "never" if caught else when
                yield finalbody, when
            case ast.Match(_, cases):
                for case in cases:
                    yield case.body, on_condition
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                is_called = node.name in self.read or bool(node.decorator_list)
                yield node.body, when if is_called else "never"
            case ast.ClassDef():
                yield node.body, when
            case _:
                pass

    def _tells(self, handler: ast.ExceptHandler) -> bool:
        """Whether what is caught is still told: raised, asserted, or kept in something that is read elsewhere."""
        for node in ast.walk(handler):
            if isinstance(node, ast.Raise | ast.Assert):
                return True
            if isinstance(node, ast.Call) and (is_assertion(node) or last_name(node) in _TELLING):
                return True
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in self.read:
                return True
        return False


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _ends(node: ast.stmt) -> bool:
    """Whether nothing behind a statement in its block is run."""
    match node:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return True
        case ast.Expr(ast.Call() as call):
            return last_name(call) in _ENDING
        case ast.If(test, body, orelse):
            is_true = truth(test)
            taken = [body] if is_true else [orelse] if is_true is False else [body, orelse]
            return all(any(_ends(each) for each in block) for block in taken)
        case ast.While(test):
            return truth(test) is True and not any(isinstance(each, ast.Break) for each in ast.walk(node))
        case ast.With(_, body) | ast.AsyncWith(_, body):
            return any(isinstance(each, ast.Return) or (isinstance(each, ast.With) and _ends(each)) for each in body)
        case _:
            return False


def _may_end(node: ast.AST) -> bool:
    """Whether a statement ends a test on some condition; what fails the test ends it too, and loudly."""
    if isinstance(node, Function | ast.ClassDef | ast.Lambda):
        return False
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, ast.Assign | ast.Expr):
        return last_name(node.value) == "importorskip"
    return any(_may_end(each) for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt | ast.ExceptHandler))


def _catches(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(each is None or last_name(each) in FORGIVING for each in kinds)


def _forgives(context: ast.expr, body: Sequence[ast.stmt]) -> bool:
    """Whether a context takes a failed assertion as good: `suppress`, or a failure that is expected."""
    if not isinstance(context, ast.Call) or not any(_catches(each) for each in context.args):
        return False
    is_expected = last_name(context) in ("raises", "assertRaises") and any(
        isinstance(each, ast.Assert) for each in body
    )
    return is_expected or last_name(context) == "suppress"
