"""How exactly must a number be met? The tolerances of `approx`, `isclose`, `assertAlmostEqual` and their like.

Each is reduced to one size: how far from the expected number the found one may be. Sizes that cannot be told, such as a
`timedelta` or the result of a call, are not compared.
"""

import ast
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lsp_server.review.checkpoints.demands.asserted import last_name
from lsp_server.review.checkpoints.demands.constants import Constants, number
from lsp_server.review.checkpoints.demands.reach import Function
from lsp_server.review.checkpoints.demands.statement import nodes_of


@dataclass(frozen=True, slots=True)
class _Row:
    """A function: how many values it takes first, what its next parameters are, and its defaults.

    Where `alone`, a bound that is given in absolute terms stands for itself, and no default beside it.
    """

    values: int
    parameters: tuple[str, ...]
    defaults: Mapping[str, float]
    alone: bool = False


_ALMOST = _Row(2, ("places", "msg", "delta"), {"places": 7}, alone=True)
_ROWS: Mapping[str, _Row] = {
    "approx": _Row(1, ("rel", "abs"), {"rel": 1e-6, "abs": 1e-12}, alone=True),
    "isclose": _Row(2, ("rtol", "atol"), {"rel_tol": 1e-9}),
    "allclose": _Row(2, ("rtol", "atol"), {"rtol": 1e-5, "atol": 1e-8}),
    "assert_allclose": _Row(2, ("rtol", "atol"), {"rtol": 1e-7}),
    "assert_almost_equal": _Row(2, ("decimal",), {"decimal": 7}),
    "assert_array_almost_equal": _Row(2, ("decimal",), {"decimal": 6}),
    "assertAlmostEqual": _ALMOST,
    "assertAlmostEquals": _ALMOST,
}
_RELATIVE = frozenset({"rel", "rel_tol", "rtol"})
_ABSOLUTE = frozenset({"abs", "abs_tol", "atol", "delta"})
_DIGITS = frozenset({"places", "decimal"})


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is compared, as it is written without its tolerance, and how far off it may be, by itself and as a share.

    `is_default` says that the size is the function's own.
    """

    subject: str
    size: float
    share: float
    is_default: bool = False


def tolerances_of(function: Function, constants: Constants) -> tuple[Tolerance, ...]:
    """The tolerances of a test, in no certain order."""
    return tuple(_tolerances(function, constants))


def looser(before: Sequence[Tolerance], after: Sequence[Tolerance], exact: Collection[str]) -> str:
    """How numbers are met less exactly than they were, in words; `exact` are the assertions that were there."""
    was, now = _by_subject(before), _by_subject(after)
    is_grown = any(
        new > old for subject in was.keys() & now.keys() for old, new in zip(was[subject], now[subject], strict=False)
    )
    # What is about another value now is weighed by rank, where there are as many.
    old = sorted((each for each in before if each.subject not in now), key=lambda each: each.share)
    new = sorted((each for each in after if each.subject not in was), key=lambda each: each.share)
    is_grown = is_grown or (
        len(old) == len(new) and any(b.share > a.share and b.size > a.size for a, b in zip(old, new, strict=True))
    )
    is_new = any(not each.is_default and each.subject in exact for each in after)
    return "a tolerance is wider" if is_grown or is_new else ""


def _by_subject(tolerances: Sequence[Tolerance]) -> Mapping[str, Sequence[float]]:
    found: dict[str, list[float]] = {}
    for each in sorted(tolerances, key=lambda each: each.size):
        found.setdefault(each.subject, []).append(each.size)
    return found


def _tolerances(function: Function, constants: Constants) -> Iterator[Tolerance]:
    for node in nodes_of(function):
        if isinstance(node, ast.Call) and last_name(node) in _ROWS:
            yield from _of_call(node, _subject(node), constants)
        elif isinstance(node, ast.Assert):
            yield from _asserted(node, constants)


def _asserted(node: ast.Assert, constants: Constants) -> Iterator[Tolerance]:
    """`assert abs(x - y) < 0.1`, and `assert x == approx(y, rel=0.1)` where `assert x == y` may have stood."""
    match node.test:
        case ast.Compare(ast.Call(ast.Name("abs")) as left, [ast.Lt() | ast.LtE()], [right]):
            if (size := number(right, constants)) is not None:
                yield Tolerance(ast.unparse(left), size, size)
        case ast.Compare(left, [ast.Eq()], [ast.Call(_, [expected, *_]) as right]) if last_name(right) == "approx":
            exact = ast.unparse(ast.Assert(ast.Compare(left, [ast.Eq()], [expected]), node.msg))
            yield from _of_call(right, exact, constants)
        case _:
            pass


def _of_call(call: ast.Call, subject: str, constants: Constants) -> Iterator[Tolerance]:
    """The tolerance of a call; none where it cannot be told."""
    row = _ROWS[last_name(call)]
    given: dict[str, ast.expr] = dict(zip(row.parameters, call.args[row.values :], strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
    sizes: dict[str, float] = {}
    for name in (_RELATIVE | _ABSOLUTE | _DIGITS) & given.keys():
        if isinstance(given[name], ast.Constant) and ast.unparse(given[name]) == "None":
            continue
        found = number(given[name], constants)
        if found is None:
            return
        sizes[name] = found
    stands_alone = row.alone and sizes and not _RELATIVE & sizes.keys()
    numbers = [number(each, constants) for each in call.args[: row.values]]
    # A relative bound is of the expected number; of 1, where that is not written out.
    expected = next((abs(each) for each in numbers if each is not None), 1.0)
    size = _widest(sizes if stands_alone else {**row.defaults, **sizes}, expected)
    yield Tolerance(subject, size, size / expected if expected else math.inf, not sizes)


def _widest(sizes: Mapping[str, float], expected: float) -> float:
    found = [0.0]
    for name, value in sizes.items():
        if name in _DIGITS:
            found.append(0.5 * 10.0 ** -max(min(value, 300.0), -300.0))
        else:
            found.append(value * expected if name in _RELATIVE else value)
    return max(found)


def _subject(call: ast.Call) -> str:
    row = _ROWS[last_name(call)]
    return ast.unparse(ast.Call(call.func, call.args[: row.values], [])).replace("AlmostEqual", "Equal")
