"""With which cases is a test run? Those of `parametrize`, of `@example`, and of loops over what is written out."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from lsp_server.review.checkpoints.demands.asserted import is_assertion, last_name
from lsp_server.review.checkpoints.demands.constants import Constants, elements
from lsp_server.review.checkpoints.demands.reach import Function


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases as they are written, whether there are others that cannot be told, such as those of a function, and
    whether there is any table: a test without one is run once.
    """

    written: frozenset[str] = frozenset()
    has_others: bool = False
    has_table: bool = False

    @property
    def count(self) -> int:
        """How often a test is run."""
        return len(self.written) if self.has_table else 1

    def __add__(self, other: "Cases") -> "Cases":
        return Cases(
            self.written | other.written, self.has_others or other.has_others, self.has_table or other.has_table
        )

    def fewer_than(self, before: "Cases", elsewhere: Callable[[], Collection[str]]) -> str:
        """How these are fewer, in words; cases that other tests of the change have now have only moved."""
        if self.has_others or before.has_others or self.count >= before.count:
            return ""
        if not before.written - self.written - set(elsewhere()):
            return ""
        return f"{before.count} cases, now {self.count}"


def cases_of(node: Function | ast.ClassDef, constants: Constants) -> Cases:
    """The cases of a test, or those that a class gives to all of its tests."""
    found = [elements(each, constants) for each in _tables(node, constants)]
    written = {each for part in found if part is not None for each in part}
    # What hypothesis makes up counts as one more.
    written.update(ast.unparse(each) for each in node.decorator_list if last_name(each) in ("example", "given"))
    return Cases(frozenset(written), None in found, bool(found or written))


def _tables(node: Function | ast.ClassDef, constants: Constants) -> Iterator[ast.expr]:
    for decorator in node.decorator_list:
        # A table may have a name: `@rows` with `rows = pytest.mark.parametrize(...)`.
        each = constants.value(last_name(decorator)) or decorator
        if isinstance(each, ast.Call) and last_name(each) in ("parametrize", "fixture"):
            is_fixture = last_name(each) == "fixture"
            yield from (key.value for key in each.keywords if key.arg == ("params" if is_fixture else "argvalues"))
            yield from each.args[1:2] if not is_fixture else ()
    if isinstance(node, ast.ClassDef):
        return
    for each in ast.walk(node):
        if isinstance(each, ast.For) and any(is_assertion(inner) for inner in ast.walk(each)):
            # What a loop computes is no case.
            yield from [each.iter] if isinstance(each.iter, ast.List | ast.Tuple | ast.Set | ast.Dict) else ()
