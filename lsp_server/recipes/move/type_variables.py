"""Which type variables are the same in two stubs? `_T = TypeVar("_T")` says no more than its own line."""

import re

from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of

PLAIN = re.compile(
    r"(?P<name>\w+)\s*=\s*(?:\w+\.)?(?P<kind>TypeVar|ParamSpec|TypeVarTuple)\(\s*[\"'](?P=name)[\"']\s*"
    r"(?:,\s*(?P<variance>(?:co|contra)variant)\s*=\s*True\s*)?,?\s*\)"
)
"""A type variable without bounds and constraints, whose types could mean others elsewhere."""


def is_same_variable(one: PythonFile, other: PythonFile, name: str) -> bool:
    """Whether two modules have type variables of a name that no type checker tells from each other."""
    kind = _kind(one, name)
    return bool(kind) and kind == _kind(other, name)


def _kind(file: PythonFile, name: str) -> tuple[str, str] | None:
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    found = PLAIN.fullmatch(text_of(bindings[0].node.parent)) if len(bindings) == 1 else None
    return (found["kind"], found["variance"] or "") if found is not None else None
