"""Which statement are some lines of Python, and which nodes does it hold?"""

import ast
import warnings
from collections.abc import Sequence
from functools import lru_cache


def node_of(lines: Sequence[str]) -> ast.stmt | None:
    """The statement that some lines are, however far they are indented; its lines count from 1."""
    is_inside = lines[0][:1].isspace() if lines else False
    text = "\n".join(["if 1:", *lines] if is_inside else lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError):
        return None
    if is_inside and isinstance(outer := found[0], ast.If):
        ast.increment_lineno(outer, -1)
        found = outer.body
    return found[0] if found else None


@lru_cache(maxsize=4)
def nodes_of(node: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a test: each question about it goes through them, and they are gathered once."""
    return tuple(ast.walk(node))
