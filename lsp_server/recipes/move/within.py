"""Where is a name read: when its module is loaded, only when a function runs, or in a type that nothing evaluates?

A name that only functions read can be imported within them, from a module that is not there when this one is loaded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.python.insert import is_docstring
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.splices import Splice

LAZY_TYPES = "from __future__ import annotations"
"""The line with which a module evaluates no types."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a name is read: the nodes that run on loading, the outermost functions that read it, and whether types do."""

    eager: tuple[Node, ...] = ()
    functions: tuple[Node, ...] = ()
    in_types: bool = False

    @property
    def can_wait(self) -> bool:
        """Whether it is enough to import the name within functions, and for types."""
        return not self.eager


def reading_of(nodes: Iterable[Node], *, quoted: bool, lazy_types: bool) -> Reading:
    """How nodes that are one name are read; `quoted` tells that types in quotes name it too."""
    eager: list[Node] = []
    functions: dict[int, Node] = {}
    in_types = quoted
    for node in nodes:
        function = outermost_function(node)
        if function is not None:
            functions[function.start_byte] = function
        elif lazy_types and _in_type(node):
            in_types = True
        else:
            eager.append(node)
    return Reading(tuple(eager), tuple(functions.values()), in_types)


def outermost_function(node: Node) -> Node | None:
    """The function at the top, or of a class there, in whose body a node is; what is read before it runs has none."""
    found: Node | None = None
    child, parent = node, node.parent
    while parent is not None:
        if parent.type == "function_definition" and parent.child_by_field_name("body") == child:
            found = parent
        child, parent = parent, parent.parent
    return found


def _in_type(node: Node) -> bool:
    around: Node | None = node
    while around is not None and around.type not in {"block", "module"}:
        if around.type == "type":
            return True
        around = around.parent
    return False


def imports_within(source: bytes, wanted: Mapping[Node, Iterable[ImportLine]], eol: str) -> list[Splice]:
    """The splices that begin functions with imports, behind their docstrings; names of one module share a line."""
    return [_begun(source, function, _joined(lines), eol) for function, lines in wanted.items()]


def _begun(source: bytes, function: Node, lines: list[str], eol: str) -> Splice:
    body = function.child_by_field_name("body")
    statements = [each for each in (body.named_children if body is not None else ()) if each.type != "comment"]
    is_documented = len(statements) > 1 and is_docstring(statements[0])
    first = statements[1 if is_documented else 0]
    start = source.rfind(b"\n", 0, first.start_byte) + 1
    before = source[start : first.start_byte]
    if before.strip():  # The statement stands behind the colon, or behind another one.
        return Splice(first.start_byte, first.start_byte, "".join(f"{line}; " for line in lines))
    indent = before.decode("utf-8", "replace")
    return Splice(start, start, "".join(f"{indent}{line}{eol}" for line in lines))


def _joined(lines: Iterable[ImportLine]) -> list[str]:
    """Import lines in order, those of plain names of one module as one."""
    names: dict[str, list[str]] = {}
    whole: list[str] = []
    for line in sorted(set(lines), key=lambda each: (each.module, each.name)):
        if line.name:
            names.setdefault(line.module, []).append(f"{line.name} as {line.alias}" if line.alias else line.name)
        else:
            whole.append(line.text)
    return [*whole, *(f"from {module} import {', '.join(listed)}" for module, listed in names.items())]
