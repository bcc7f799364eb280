"""Which lines of a module are a symbol, and which other names do they need?"""

import builtins
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from context.parsing.languages import LANGUAGES
from context.parsing.parse import Node, parse
from lsp_server.edits.change import Problem
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, find_scope
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Splice, spliced

NAME = re.compile(rb"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Block:
    """The byte ranges of the whole lines of a symbol's definitions, and the names that they need."""

    ranges: tuple[tuple[int, int], ...]
    needed: frozenset[str]

    def with_imports(self, file: PythonFile, splices: Iterable[Splice]) -> str:
        """Its text with some splices of its file in it; a stub has no blank lines between functions."""
        parts: list[str] = []
        for start, end in self.ranges:
            own = [each for each in splices if start <= each.start < end]
            parts.append(_without_end(spliced(file.source[start:end], own, start)).decode("utf-8", "surrogatepass"))
        return (file.file.eol * (1 if file.path.endswith(".pyi") else 3)).join(parts)

    def holds(self, node: Node) -> bool:
        """Whether a node is part of it."""
        return any(start <= node.start_byte < end for start, end in self.ranges)

    def gone(self, file: PythonFile) -> list[Splice]:
        """The splices that take it out of its file, with the blank lines below it."""
        return [Splice(start, _below_blanks(file, end), "") for start, end in self.ranges]


def block_of(file: PythonFile, *names: str) -> Block | Problem:
    """The definitions of names at module level, with their decorators and the comments above."""
    ranges: set[tuple[int, int]] = set()
    for name in names:
        found = _ranges_of(file, name)
        if isinstance(found, Problem):
            return found
        ranges.update(found)
    ordered = sorted(ranges)
    text = b"\n\n\n".join(_without_end(file.source[start:end]) for start, end in ordered)
    needed = _needed(text, names)
    if isinstance(needed, str):
        return _refused(file, file.names.scopes[MODULE_SCOPE].bindings[names[0]][0].node, needed)
    return Block(tuple(ordered), needed)


def _ranges_of(file: PythonFile, name: str) -> list[tuple[int, int]] | Problem:
    """The whole lines of all definitions of a name."""
    bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, [])
    kinds = {binding.kind for binding in bindings}
    if len(bindings) > 1 and kinds != {"function"}:
        return _refused(file, bindings[1].node, f"{name} is bound more than once")
    ranges: list[tuple[int, int]] = []
    for binding in bindings:
        statement = _statement(binding)
        if statement is None or statement.parent is None or statement.parent.type != "module":
            return _refused(file, binding.node, f"{name} is not defined on its own at the top of the module")
        found = _lines_of(file, statement)
        if found is None:
            return _refused(file, binding.node, f"{name} shares its line with other code")
        ranges.append(found)
    return ranges


def _refused(file: PythonFile, node: Node, why: str) -> Problem:
    return Problem(
        "CONFLICT", f"{why} ({file.path}:{file.lines.at(node.start_byte) + 1}): it cannot be moved.", file.path
    )


def _without_end(text: bytes) -> bytes:
    return text.rstrip(b"\r\n")


def _statement(binding: Binding) -> Node | None:
    if binding.whole is not None:
        return binding.whole
    node = binding.node.parent
    if node is None or node.type != "assignment" or node.child_by_field_name("left") != binding.node:
        return None
    return node.parent


def _lines_of(file: PythonFile, statement: Node) -> tuple[int, int] | None:
    """The whole lines of a statement, with the comments that stand directly above it."""
    first, last = file.lines.at(statement.start_byte), file.lines.at(statement.end_byte)
    start, end = file.lines.start(first), file.lines.start(last + 1)
    behind = file.source[statement.end_byte : end].strip()
    if statement.start_byte != start or (behind and not behind.startswith(b"#")):
        return None
    while first > 0 and file.source[file.lines.start(first - 1) : start].startswith(b"#"):
        first -= 1
        start = file.lines.start(first)
    above = file.source[start : file.lines.start(first + 1)]
    if first == 0 and above.startswith((b"#!", b"# -*-")):
        return statement.start_byte, end
    return start, end


def _below_blanks(file: PythonFile, end: int) -> int:
    line = file.lines.at(end) if end < file.lines.size else None
    while line is not None and end < file.lines.size and not file.source[end : file.lines.start(line + 1)].strip():
        line += 1
        end = file.lines.start(line)
    return end


def _needed(text: bytes, own: Collection[str]) -> frozenset[str] | str:
    """The names that a text reads, or why it cannot be moved."""
    words = frozenset(match[0].decode("utf-8", "replace") for match in NAME.finditer(text))
    names = read_names(parse(LANGUAGES[0], text).root_node, words)
    declared = {each for scope in names.scopes for each in scope.declared_global}
    if declared:
        return f"{', '.join(own)} assigns {', '.join(sorted(declared))} of its module"
    return needed_names(text) - frozenset(own)


def needed_names(text: bytes) -> frozenset[str]:
    """The names that a text reads and does not bind itself, types in quotes included."""
    words = frozenset(match[0].decode("utf-8", "replace") for match in NAME.finditer(text))
    names = read_names(parse(LANGUAGES[0], text).root_node, words)
    needed = {
        use.name for use in names.uses if find_scope(names.scopes, use.name, use.scope, use.node.start_byte) is None
    }
    for quote in names.quotes:
        if quote.is_type:
            needed |= {match[0].decode("utf-8", "replace") for match in NAME.finditer(quote.node.text or b"")}
    return frozenset(needed)


def is_builtin(name: str) -> bool:
    """Whether Python knows a name without any import."""
    return hasattr(builtins, name) or name in {"__name__", "__file__", "__doc__"}
