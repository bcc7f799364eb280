"""With which cases is a test run? Those of `parametrize`, of `@example`, and of loops over what is written out."""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from lsp_server.review.checkpoints.demands.asserted import is_assertion, last_name
from lsp_server.review.checkpoints.demands.constants import Constants, elements
from lsp_server.review.checkpoints.demands.reach import Function
from lsp_server.review.checkpoints.demands.statement import nodes_of


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of all tables, each as often as tables have it, whether others cannot be told, as those of a function,
    and whether there is any table: a test without one is run once.

    `tables` are the tables as they are written, `cut` what is written in one that takes only a part of it.
    """

    written: Counter[str] = field(default_factory=Counter[str])
    has_others: bool = False
    has_table: bool = False
    tables: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many cases there are."""
        return self.written.total() if self.has_table else 1

    def __add__(self, other: "Cases") -> "Cases":
        return Cases(
            self.written + other.written,
            self.has_others or other.has_others,
            self.has_table or other.has_table,
            self.tables | other.tables,
            self.cut | other.cut,
        )

    def fewer_than(self, before: "Cases", elsewhere: Callable[[], Collection[str]]) -> str:
        """How these are fewer, in words; cases that other tests of the change have now have only moved."""
        if self.has_others or before.has_others:
            return "only a part of its cases" if (self.cut - before.cut) & before.tables else ""
        if self.count >= before.count or not (before.written - self.written).keys() - set(elsewhere()):
            return ""
        return f"{before.count} cases, now {self.count}"


def cases_of(node: Function | ast.ClassDef, constants: Constants) -> Cases:
    """The cases of a test, or those that a class gives to all of its tests."""
    tables = list(_tables(node, constants))
    found = [elements(each, constants) for each in tables]
    written = Counter(each for part in found if part is not None for each in set(part))
    # What hypothesis makes up counts as one more.
    written.update(ast.unparse(each) for each in node.decorator_list if last_name(each) in ("example", "given"))
    return Cases(
        written,
        None in found,
        bool(found or written),
        frozenset(ast.unparse(_whole(each)) for each in tables),
        frozenset(ast.unparse(_whole(part)) for each in tables if (part := _cut(_whole(each))) is not None),
    )


def _whole(table: ast.expr) -> ast.expr:
    """A table without what only makes a list of it."""
    while isinstance(table, ast.Call) and table.args and last_name(table) in ("list", "tuple", "sorted", "set"):
        table = table.args[0]
    return table


def _cut(table: ast.expr) -> ast.expr | None:
    """What a table is a part of: by a slice, a condition, `islice` or `filter`."""
    match table:
        case ast.Subscript(value, ast.Slice()):
            return value
        case ast.ListComp(_, [ast.comprehension(iter=source)]) | ast.GeneratorExp(_, [ast.comprehension(iter=source)]):
            return source if table.generators[0].ifs else None
        case ast.Call(_, [source, *_]) if last_name(table) == "islice":
            return source
        case ast.Call(_, [_, source]) if last_name(table) in ("filter", "filterfalse"):
            return source
        case _:
            return None


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
    for each in nodes_of(node):
        if isinstance(each, ast.For) and any(is_assertion(inner) for inner in ast.walk(each)):
            # What a loop computes is no case.
            yield from [each.iter] if isinstance(each.iter, ast.List | ast.Tuple | ast.Set | ast.Dict) else ()
