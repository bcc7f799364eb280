"""Where do a new definition and its import go in a Python file? Answers are splices in the file's own style."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.splices import Lines, Splice

IMPORTS = ("import_statement", "import_from_statement")
DIRECTIVE_LINES = 2
"""A coding line counts on the first two lines only."""

SKIPPED_AT_TOP = ("comment", "future_import_statement")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out: its line end, one step of indentation, and its lines."""

    source: bytes
    eol: str
    step: str
    lines: Lines

    def text(self, line: int) -> str:
        """A 0-based line without its line end; empty outside the file."""
        if not 0 <= line < len(self.lines.starts):
            return ""
        return self.source[self.lines.start(line) : self.lines.start(line + 1)].decode().rstrip("\r\n")

    def indent(self, line: int) -> str:
        """The white space that a 0-based line begins with."""
        text = self.text(line)
        return text[: len(text) - len(text.lstrip())]


def indentation_step(source: bytes) -> str:
    """What a block is indented by in most places of a file: a tab or some spaces; four where it has no block."""
    opened = re.finditer(rb"^([ \t]*)\S.*:[ \t]*\r?\n(?:[ \t]*\r?\n)*([ \t]+)\S", source, re.M)
    steps = [match[2][len(match[1]) :] for match in opened if match[2].startswith(match[1]) and match[2] != match[1]]
    return max(set(steps), key=steps.count).decode() if steps else "    "


def block_splice(layout: Layout, first: int, last: int, block: Iterable[str], apart: int = 2) -> Splice:
    """Lines [first, last), 0-based, become `block`; blank lines are added around it where PEP 8 wants them.

    Another language may want fewer blank lines between what is at the top level: `apart`.

    With `first == last` the block goes between two lines.
    """
    written = list(block)
    end_of_file = layout.lines.start(last) == layout.lines.size
    wanted = 0 if written[0][:1].isspace() else apart
    above = _blank_lines(layout, first - 1, -1)
    below = _blank_lines(layout, last, 1)
    header_above = layout.text(first - 1).rstrip().endswith(":")
    nested = max(wanted, 1)
    if first - above > 0 and not (header_above and not wanted):
        written[:0] = [""] * max(0, nested - above)
    open_end = end_of_file and first < last and not layout.source.endswith((b"\n", b"\r"))
    if layout.lines.start(last + below) < layout.lines.size:
        written += [""] * max(0, nested - below)
    text = layout.eol.join(written) + ("" if open_end else layout.eol)
    start = layout.lines.start(first)
    if start == layout.lines.size and layout.source and not layout.source.endswith((b"\n", b"\r")):
        text = layout.eol + text.removesuffix(layout.eol)
    return Splice(start, layout.lines.start(last), text)


def _blank_lines(layout: Layout, line: int, step: int) -> int:
    """How many blank lines follow one another from a 0-based line in a direction."""
    count = 0
    while 0 <= line < len(layout.lines.starts) and layout.lines.start(line) < layout.lines.size:
        if layout.text(line).strip():
            break
        count, line = count + 1, line + step
    return count


def import_splice(root: Node, layout: Layout, module: str, names: tuple[str, ...], before: int) -> Splice:
    """`from module import names`, merged into an import of the module that stands before a byte, or as its own line."""
    for statement in root.children:
        if statement.type == "import_from_statement" and statement.end_byte <= before:
            imported = statement.child_by_field_name("module_name")
            listed = statement.children_by_field_name("name")
            if imported is not None and imported.text == module.encode() and listed:
                return _merged(layout.source, listed, names)
    return _own_line(root, layout, module, f"from {module} import {', '.join(names)}", before)


def line_splice(root: Node, layout: Layout, module: str, line: str) -> Splice:
    """A line that imports from a module, on its own: behind the last of the imports at the top, or as the first."""
    imports = [node for node in root.children if node.type in IMPORTS]
    top = imports[: next((n for n, node in enumerate(imports) if n and is_far(layout, imports[n - 1], node)), None)]
    return line_after(layout, top[-1], line) if top else _own_line(root, layout, module, line, layout.lines.size)


def is_far(layout: Layout, node: Node, other: Node) -> bool:
    """Whether other statements than imports stand between two imports."""
    return any(
        layout.text(line).strip()
        for line in range(layout.lines.at(node.end_byte) + 1, layout.lines.at(other.start_byte))
    )


def _merged(source: bytes, listed: list[Node], names: tuple[str, ...]) -> Splice:
    """Names put into an import's list: in their place if it is sorted, else at its end."""
    present = [(node.text or b"").decode("utf-8", "replace") for node in listed]
    separator = ", "
    if len(listed) > 1:
        separator = source[listed[0].end_byte : listed[1].start_byte].decode()
    if present == sorted(present, key=str.casefold):
        for node, name in zip(listed, present, strict=True):
            if names[0].casefold() < name.casefold():
                return Splice(node.start_byte, node.start_byte, "".join(new + separator for new in names))
    end = listed[-1].end_byte
    return Splice(end, end, "".join(separator + name for name in names))


def _own_line(root: Node, layout: Layout, module: str, line: str, before: int) -> Splice:
    """A new import line: sorted into the first group of imports if that is the standard library's, else above it."""
    group = _first_group(root, layout, before)
    if not group:
        return after_header(root, layout, line, before)
    if not all(_module_of(node).partition(".")[0] in sys.stdlib_module_names for node in group):
        start = layout.lines.start(layout.lines.at(group[0].start_byte))
        return Splice(start, start, line + layout.eol * 2)
    plain_first = [node.type for node in group] == sorted((node.type for node in group), reverse=True)
    for node in group:
        if node.type == "import_statement" and plain_first:
            continue
        if _module_of(node) > module:
            start = layout.lines.start(layout.lines.at(node.start_byte))
            return Splice(start, start, line + layout.eol)
    return line_after(layout, group[-1], line)


def _first_group(root: Node, layout: Layout, before: int) -> list[Node]:
    """The imports at the top of the module that follow one another without a blank line."""
    group: list[Node] = []
    for node in root.children:
        if node.end_byte > before:
            break
        if node.type in IMPORTS:
            if group and layout.lines.at(node.start_byte) > layout.lines.at(group[-1].end_byte) + 1:
                break
            group.append(node)
        elif group or not (node.type in SKIPPED_AT_TOP or is_docstring(node)):
            break
    return group


def _module_of(node: Node) -> str:
    """The module that an import names first."""
    named = node.child_by_field_name("module_name") or node.child_by_field_name("name")
    if named is not None and named.type == "aliased_import":
        named = named.child_by_field_name("name")
    return (named.text or b"").decode("utf-8", "replace") if named is not None else ""


def after_header(root: Node, layout: Layout, line: str, before: int) -> Splice:
    """A new first import: below the docstring and `__future__`, above everything else."""
    header: Node | None = None
    top = _below_comments(root, layout, before)
    for node in root.children:
        if node.end_byte > before:
            break
        if node.type == "future_import_statement" or (header is None and is_docstring(node)):
            header = node
        elif node.type != "comment":
            break
    if header is None:
        follows = layout.text(layout.lines.at(top))
        return Splice(top, top, line + layout.eol + (layout.eol if follows.strip() else ""))
    return line_after(layout, header, line, blank=header.type != "import_from_statement")


def _below_comments(root: Node, layout: Layout, before: int) -> int:
    """Where the comments at the top end: all that a blank line follows, else only those that must be on top."""
    directives = whole = 0
    for number, node in enumerate(root.children):
        below = layout.lines.at(node.end_byte) + 1
        if node.type != "comment" or node.start_point[0] != number or node.end_byte > before:
            break
        if number < DIRECTIVE_LINES and _is_directive(node):
            directives = layout.lines.start(below)
        if not layout.text(below).strip():
            whole = layout.lines.start(below + _blank_lines(layout, below, 1))
    return max(directives, whole)


def line_after(layout: Layout, node: Node, line: str, *, blank: bool = False) -> Splice:
    """A line below a statement, parted from it by a blank line if asked."""
    row = layout.lines.at(node.end_byte) + 1
    start = layout.lines.start(row)
    text = (layout.eol if blank else "") + line
    if start == layout.lines.size and not layout.source.endswith((b"\n", b"\r")):
        return Splice(start, start, layout.eol + text)
    follows = layout.text(row).strip() and start < layout.lines.size
    return Splice(start, start, text + layout.eol + (layout.eol if blank and follows else ""))


def is_docstring(node: Node) -> bool:
    """Whether a statement is a string alone."""
    return node.type == "expression_statement" and node.child_count > 0 and node.children[0].type == "string"


def _is_directive(node: Node) -> bool:
    """Whether a comment must stay on the first lines: `#!` or a coding line."""
    return bool(re.match(rb"#!|#.*?coding[:=]", node.text or b""))
