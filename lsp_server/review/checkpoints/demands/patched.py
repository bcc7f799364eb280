"""What is replaced while tests run: for every test of a file, or by a test that calls it?

Mostly by fixtures with `autouse=True` and by functions such as `setUp`: `monkeypatch.setattr(shop, "total", ...)`,
`mock.patch("shop.total")`. What belongs to Python itself, such as `time.sleep`, is not what a test is about.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from lsp_server.review.checkpoints.demands.asserted import last_name
from lsp_server.review.checkpoints.demands.reach import Function
from lsp_server.review.checkpoints.demands.statement import node_of, nodes_of

_FOR_ALL = re.compile(r"set[uU]p(?:[A-Z_]\w*)?$|asyncSetUp$")
"""Functions that run before tests by their names alone."""

_REPLACING = re.compile(r"\b(?:setattr|setitem|patch)\b")


def patched(lines: Sequence[str]) -> frozenset[str]:
    """What a function that is no test replaces for tests that do not ask, as it is written; mostly nothing."""
    if not any(_REPLACING.search(line) for line in lines):
        return frozenset()
    try:
        node = node_of(lines)
        is_for_all = isinstance(node, Function) and (_FOR_ALL.match(node.name) or _is_automatic(node))
        return frozenset(_targets(node)) if is_for_all and node is not None else frozenset()
    except RecursionError:
        return frozenset({"what is nested too deeply to be followed"})


def replaced(function: Function) -> frozenset[str]:
    """What a test replaces although it calls it: by patching, or by a function of its own of that name."""
    own = {
        each.name if isinstance(each, Function) else ast.unparse(each.targets[0])
        for each in nodes_of(function)
        if (isinstance(each, Function) and each is not function)
        or (isinstance(each, ast.Assign) and isinstance(each.value, ast.Lambda))
    }
    names = called(function)
    return frozenset(each for each in {*own, *_targets(function)} if re.split(r"\W", each)[-1] in names)


def called(function: Function) -> frozenset[str]:
    """The names of what a test calls."""
    return frozenset(last_name(node) for node in nodes_of(function) if isinstance(node, ast.Call))


def _is_automatic(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        each.arg == "autouse" and not (isinstance(each.value, ast.Constant) and not each.value.value)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for each in decorator.keywords
    )


def _targets(function: ast.AST) -> Iterator[str]:
    for node in nodes_of(function):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name, first = last_name(node), node.args[0]
        is_written = isinstance(first, ast.Constant) and isinstance(first.value, str)
        if name not in ("setattr", "setitem", "patch", "object", "dict", "multiple") or not _patches(node):
            continue
        target = str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first)
        if not is_written and name in ("setattr", "object") and len(node.args) > 1:
            second = node.args[1]
            target += f".{second.value if isinstance(second, ast.Constant) else ast.unparse(second)}"
        if re.split(r"\W", target)[0] not in sys.stdlib_module_names:
            yield target


def _patches(call: ast.Call) -> bool:
    """Whether `object`, `dict` and `multiple` are those of `patch`."""
    name = last_name(call)
    if name in ("object", "dict", "multiple"):
        return isinstance(call.func, ast.Attribute) and last_name(call.func.value) == "patch"
    return True
