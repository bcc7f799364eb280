"""Which exceptions does a test expect, and does it look at what they say?"""

import ast
import builtins
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.review.checkpoints.demands.asserted import is_assertion, last_name
from lsp_server.review.checkpoints.demands.reach import Function
from lsp_server.review.checkpoints.demands.statement import nodes_of

_EXPECTING = frozenset({"raises", "warns", "assertRaises", "assertWarns", "assertRaisesRegex", "assertWarnsRegex"})
_ANYTHING = re.compile(r"[\^$.*+?()\s]*")
"""A pattern that every message fits."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The classes that are expected, as they are written, whether a message must fit, and whether it is read then."""

    kinds: frozenset[str]
    is_matched: bool
    is_read: bool


def expected_of(function: Function) -> tuple[Expected, ...]:
    """What a test expects to be raised or warned of, in no certain order."""
    calls = [
        node
        for node in nodes_of(function)
        if isinstance(node, ast.Call) and node.args and last_name(node) in _EXPECTING
    ]
    if not calls:
        return ()
    named = {name: call for node in nodes_of(function) if isinstance(node, ast.With) for name, call in _named(node)}
    looked_at = {
        each.id
        for node in nodes_of(function)
        if is_assertion(node)
        for each in ast.walk(node)
        if isinstance(each, ast.Name)
    }
    read = [call for name, call in named.items() if name in looked_at]
    return tuple(Expected(_kinds(node.args[0]), _is_matched(node), node in read) for node in calls)


def wider(before: Sequence[Expected], after: Sequence[Expected]) -> str:
    """How the test takes more exceptions than it did, in words."""
    left = list(after)
    changed: list[Expected] = []
    for each in before:
        if each in left:
            left.remove(each)
        else:
            changed.append(each)
    for each in changed:
        if any(_is_wider(other.kinds, each.kinds) for other in left):
            return "more exceptions are right"
        if each.is_matched and any(_says_less(other, each) for other in left):
            return "what an exception says is no longer looked at"
    return ""


def _says_less(after: Expected, before: Expected) -> bool:
    """Whether the message of the same exception need not fit any more, and is not looked at instead."""
    return after.kinds == before.kinds and not after.is_matched and after.is_read <= before.is_read


def _named(node: ast.With) -> Iterator[tuple[str, ast.expr]]:
    for each in node.items:
        if isinstance(each.optional_vars, ast.Name):
            yield each.optional_vars.id, each.context_expr


def _kinds(node: ast.expr) -> frozenset[str]:
    return frozenset(ast.unparse(each) for each in (node.elts if isinstance(node, ast.Tuple) else [node]))


def _is_matched(call: ast.Call) -> bool:
    patterns = [each.value for each in call.keywords if each.arg in ("match", "expected_regex", "check")]
    patterns += call.args[1:2] if last_name(call).endswith("Regex") else []
    return any(
        not (isinstance(each, ast.Constant) and (each.value is None or _ANYTHING.fullmatch(str(each.value))))
        for each in patterns
    )


def _is_wider(after: frozenset[str], before: frozenset[str]) -> bool:
    """Whether some classes hold all that others hold, and more."""
    return all(any(_is_below(each, other) for other in after) for each in before) and not all(
        any(_is_below(other, each) for each in before) for other in after
    )


def _is_below(one: str, other: str) -> bool:
    """Whether a class is another or below it; of those that Python does not know, only that they are exceptions."""
    if other in (one, "BaseException"):
        return True
    below, above = (getattr(builtins, each, None) for each in (one, other))
    if not isinstance(below, type):
        return other == "Exception"
    return isinstance(above, type) and issubclass(below, above)
