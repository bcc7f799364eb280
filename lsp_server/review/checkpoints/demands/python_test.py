"""How much does one test of Python demand? Read from its tree."""

import ast
from collections.abc import Sequence

from lsp_server.review.checkpoints.demands.cases import cases_of
from lsp_server.review.checkpoints.demands.constants import Constants
from lsp_server.review.checkpoints.demands.demand import Demands
from lsp_server.review.checkpoints.demands.patched import called, replaced
from lsp_server.review.checkpoints.demands.raised import expected_of
from lsp_server.review.checkpoints.demands.reach import Function, reach_of
from lsp_server.review.checkpoints.demands.statement import node_of
from lsp_server.review.checkpoints.demands.tolerance import tolerances_of


def python_demands(lines: Sequence[str], constants: Constants) -> Demands:
    """What a test demands, or what a fixture or a class's decorators give to tests; nothing, if it is no Python."""
    try:
        node = node_of(lines)
        if isinstance(node, ast.ClassDef):
            return Demands(cases=cases_of(node, constants))
        if isinstance(node, Function):
            return Demands(
                reach_of(node),
                cases_of(node, constants),
                tolerances_of(node, constants),
                expected_of(node),
                replaced(node),
                called(node),
            )
    except RecursionError:
        return Demands(is_too_deep=True)
    return Demands()
