"""What is an expression worth that is written out? Whether it is true, its number, and the elements it lists.

None stands for what cannot be told. Names are those that a file binds at its top: `rel=CLOSE` with `CLOSE = 1e-6`.
"""

import ast
import math
import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from lsp_server.review.checkpoints.demands.statement import node_of

MOST_ELEMENTS = 10_000
"""What lists more is not told: lists of lists grow fast."""

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}
_CALCULATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda one, other: one / other,
    ast.Pow: lambda one, other: cast("float", one**other),
}
_KEEPING = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "enumerate", "iter", "dict"})
_OF_A_DICT = frozenset({"items", "keys", "values", "copy"})


def truth(node: ast.expr) -> bool | None:  # noqa: PLR0911  a row for each form
    """Whether an expression is true whatever happens, or false."""
    match node:
        case ast.Constant(value):
            return bool(value)
        case ast.Tuple(elts) | ast.List(elts) | ast.Set(elts):
            return None if any(isinstance(each, ast.Starred) for each in elts) else bool(elts)
        case ast.Dict(keys):
            return None if None in keys else bool(keys)
        case ast.Lambda() | ast.Name("__debug__"):
            return True
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(ast.Not(), operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op, values):
            deciding = isinstance(op, ast.Or)
            found = [truth(each) for each in values]
            return deciding if deciding in found else None if None in found else not deciding
        case ast.Compare(ast.Constant(left), [op], [ast.Constant(right)]) if type(op) in _COMPARISONS:
            return _COMPARISONS[type(op)](left, right)
        case ast.Call(ast.Name("bool"), [argument]):
            return truth(argument)
        case ast.IfExp(test, body, orelse) if (is_true := truth(test)) is not None:
            return truth(body if is_true else orelse)
        case _:
            return None


class Constants:
    """The names that a file binds at its top, by their lines. Each is read once; a circle is unknown."""

    def __init__(self, lines: Mapping[str, Sequence[str]]) -> None:
        self._lines = lines
        self._numbers: dict[str, float | None] = {}
        self._elements: dict[str, Sequence[str] | None] = {}

    def number(self, name: str) -> float | None:
        """The number that a name stands for."""
        if name not in self._numbers:
            self._numbers[name] = None
            value = self.value(name)
            self._numbers[name] = None if value is None else number(value, self)
        return self._numbers[name]

    def elements(self, name: str) -> Sequence[str] | None:
        """The elements of what a name stands for."""
        if name not in self._elements:
            self._elements[name] = None
            value = self.value(name)
            self._elements[name] = None if value is None else elements(value, self)
        return self._elements[name]

    def value(self, name: str) -> ast.expr | None:
        """The expression that a name is bound to."""
        node = node_of(self._lines[name]) if name in self._lines else None
        return node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None


def number(node: ast.expr, constants: Constants) -> float | None:
    """The number that an expression is, such as `1e-6`, `10**-3` or a name for one."""
    match node:
        case ast.Constant(int() | float() as value):
            return float(value) if abs(value) < sys.float_info.max else None
        case ast.UnaryOp(ast.USub(), operand):
            inner = number(operand, constants)
            return None if inner is None else -inner
        case ast.BinOp(left, op, right) if type(op) in _CALCULATIONS:
            one, other = number(left, constants), number(right, constants)
            if one is None or other is None:
                return None
            try:
                found = _CALCULATIONS[type(op)](one, other)
            except (ArithmeticError, ValueError):
                return None
            return found if isinstance(found, float) and math.isfinite(found) else None
        case ast.Name(name):
            return constants.number(name)
        case _:
            return None


def elements(node: ast.expr, constants: Constants) -> Sequence[str] | None:  # noqa: PLR0911  the same
    """The elements that an expression lists, each as it is written."""
    match node:
        case ast.List(elts) | ast.Tuple(elts) | ast.Set(elts):
            return _joined([_element(each, constants) for each in elts])
        case ast.Dict(keys, values):
            pairs = zip(keys, values, strict=True)
            return _joined(
                [
                    elements(value, constants) if key is None else [f"{ast.unparse(key)}: {ast.unparse(value)}"]
                    for key, value in pairs
                ]
            )
        case ast.Constant(str() as text):
            return list(text[:MOST_ELEMENTS])
        case ast.BinOp(left, ast.Add() | ast.BitOr(), right):
            return _joined([elements(left, constants), elements(right, constants)])
        case ast.BinOp(left, ast.Sub(), right):
            return _without(elements(left, constants), elements(right, constants))
        case ast.Subscript(value, ast.Slice(lower, upper, step)):
            return _sliced(elements(value, constants), [lower, upper, step], constants)
        case ast.Call(ast.Name("range"), arguments):
            return _range([number(each, constants) for each in arguments])
        case ast.Call(ast.Name(name), [argument, *_]) if name in _KEEPING:
            return elements(argument, constants)
        case ast.Call(ast.Attribute(value, name), []) if name in _OF_A_DICT:
            return elements(value, constants)
        case ast.ListComp(_, [ast.comprehension(iter=source, ifs=[])]) | ast.GeneratorExp(
            _, [ast.comprehension(iter=source, ifs=[])]
        ):
            return elements(source, constants)
        case ast.Name(name):
            return constants.elements(name)
        case _:
            return None


def _element(node: ast.expr, constants: Constants) -> Sequence[str] | None:
    return elements(node.value, constants) if isinstance(node, ast.Starred) else [ast.unparse(node)]


def _joined(parts: Sequence[Sequence[str] | None]) -> Sequence[str] | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or sum(map(len, known)) > MOST_ELEMENTS:
        return None
    return [each for part in known for each in part]


def _without(found: Sequence[str] | None, others: Sequence[str] | None) -> Sequence[str] | None:
    return None if found is None or others is None else sorted(set(found) - set(others))


def _sliced(
    found: Sequence[str] | None, bounds: Sequence[ast.expr | None], constants: Constants
) -> Sequence[str] | None:
    numbers = [None if each is None else number(each, constants) for each in bounds]
    is_known = all((each is None) == (bound is None) for each, bound in zip(numbers, bounds, strict=True))
    if found is None or not is_known or numbers[2] == 0:
        return None
    return found[slice(*(None if each is None else int(each) for each in numbers))]


def _range(numbers: Sequence[float | None]) -> Sequence[str] | None:
    whole = [int(each) for each in numbers if each is not None]
    if not 1 <= len(whole) == len(numbers) <= 3 or (len(whole) == 3 and not whole[2]):
        return None
    return [str(each) for each in range(*whole)[:MOST_ELEMENTS]]
