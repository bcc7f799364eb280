"""Which whole statements are the lines that a user chose, and what surrounds them?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Material, Refused, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.scopes import MODULE_SCOPE

IDENTIFIER = re.compile(r"[^\W\d]\w*")
BLOCKS = frozenset({"module", "block"})


@dataclass(frozen=True, slots=True)
class Fragment:
    """Consecutive statements of one block; `scope` is that of the function or module that they run in.

    `first` and `last` are the 0-based lines that are taken out, comments above the first statement included.
    """

    file: PythonFile
    statements: tuple[Node, ...]
    scope: int
    first: int
    last: int

    @property
    def start(self) -> int:
        """The byte where the first statement begins."""
        return self.statements[0].start_byte

    @property
    def end(self) -> int:
        """The byte where the last statement ends."""
        return self.statements[-1].end_byte

    def holds(self, node: Node) -> bool:
        """Whether a node is part of it."""
        return self.start <= node.start_byte and node.end_byte <= self.end


def read_whole(material: Material, path: str, name: str) -> PythonFile | Problem:
    """A file with all its names read, for a recipe that looks at this file alone."""
    text = material.snapshot.file(path)
    if not isinstance(text, FileText):
        return Problem("MISSING", f"{path} {text.reason}.", path)
    words = frozenset(IDENTIFIER.findall(text.text))
    modules = modules_of(material.snapshot, (path,))
    file = open_file(Symbol(modules, name, name, also=words), path)
    if not isinstance(file, PythonFile):
        return Problem("FORMAT", f"{path} {file.reason}.", path)
    if file.fault_line:
        return Problem("SYNTAX_WORSE", f"{path}:{file.fault_line} has a syntax error: correct it first.", path)
    return file


def chosen_file(material: Material, said: str) -> str | Refused | Wanted:
    """The path of the file that is meant; what must be read first to know it, or why there is none."""
    path = file_meant(material, said)
    if isinstance(path, str):
        return path
    if said and not material.patterns:
        return Wanted((), (f"*{said.removeprefix('./')}",))
    return Refused((path,))


def file_meant(material: Material, said: str) -> str | Problem:
    """The path that was said, or the one of the cursor."""
    if said:
        exact = said.removeprefix("./")
        ends = [path for path in material.candidates if f"/{path}".endswith(f"/{exact}")]
        if material.snapshot.exists(exact):
            return exact
        if material.place is not None and f"/{material.place.path}".endswith(f"/{exact}"):
            return material.place.path
        if len(ends) == 1:
            return ends[0]
        return Problem("AMBIGUOUS" if ends else "NOT_FOUND", f"There is no one file {said}: say its whole path.", said)
    if material.place is None:
        return Problem("NOT_FOUND", "Say in which file, or put the cursor there.")
    return material.place.path


def chosen_lines(material: Material, first: int, last: int, *, beside: bool = False) -> tuple[int, int] | Problem:
    """The 0-based lines [first, last] that are meant: those that were said, else the selection below its comment.

    `beside` takes the line below a comment that is all that is selected.
    """
    if first:
        return first - 1, last - 1
    place, gone = material.place, material.consumed
    if place is None:
        return Problem("NOT_FOUND", "Select the lines, or say which: `extract lines 10-20 into NAME`.")
    start, end = place.start_line, place.end_line
    if gone is not None and gone.path == place.path and gone.start_line <= start:
        start = max(start, gone.end_line + 1)
    if start > end and not beside:
        return Problem("NOT_FOUND", "Select the lines below the comment too, or say which: `extract lines 10-20 …`.")
    return start - 1, max(start, end) - 1


def lines_between(file: PythonFile, begin: str, end: str) -> tuple[int, int] | Problem:
    """The 0-based lines from the only one with a text to the next one with another; white space does not matter."""
    rows = ["".join(row.split()) for row in file.source.decode("utf-8", "replace").splitlines()]
    starts = [number for number, row in enumerate(rows) if row == "".join(begin.split())]
    if len(starts) != 1:
        many = f"stands {len(starts)} times" if starts else "is no line"
        return Problem("NOT_FOUND", f"`{begin}` {many} in {file.path}: name a whole line that stands there once.")
    last = next((number for number in range(starts[0], len(rows)) if rows[number] == "".join(end.split())), -1)
    if last < 0:
        return Problem("NOT_FOUND", f"`{end}` is no line of {file.path} behind `{begin}`.")
    return starts[0], last


def fragment_of(file: PythonFile, lines: tuple[int, int]) -> Fragment | Problem:
    """The statements that lines are; a Problem where they are none, or not whole."""
    first, last = _trimmed(file, *lines)
    if first > last:
        return Problem("NOT_FOUND", f"There is no code in these lines of {file.path}.", file.path)
    start, end = file.lines.start(first), file.lines.start(last + 1)
    block = _smallest_block(file.tree.root_node, start, end)
    inside = [node for node in block.named_children if start <= node.start_byte and node.end_byte <= end]
    partly = [
        node for node in block.named_children if node not in inside and node.start_byte < end and node.end_byte > start
    ]
    statements = [node for node in inside if node.type != "comment"]
    if partly or not statements:
        shown = (partly or [block])[0]
        message = (
            f"Lines {first + 1} to {last + 1} of {file.path} are no whole statements: the one that begins in line "
            f"{file.lines.at(shown.start_byte) + 1} goes on until line {file.lines.at(shown.end_byte) + 1}."
        )
        return Problem("FORMAT", message, file.path)
    head = file.source[file.lines.start(file.lines.at(statements[0].start_byte)) : statements[0].start_byte]
    tail = file.source[statements[-1].end_byte : file.lines.start(file.lines.at(statements[-1].end_byte) + 1)].strip()
    if head.strip() or (tail and not tail.startswith(b"#")):
        return Problem("FORMAT", f"Other code stands in the same line in {file.path}:{first + 1}.", file.path)
    return Fragment(file, tuple(statements), scope_at(file, start, end), first, last)


def _trimmed(file: PythonFile, first: int, last: int) -> tuple[int, int]:
    rows = file.source.splitlines() if file.source else []
    last = min(last, len(rows) - 1)
    while first <= last and not rows[first].strip():
        first += 1
    while last >= first and not rows[last].strip():
        last -= 1
    return first, last


def _smallest_block(root: Node, start: int, end: int) -> Node:
    """The innermost block that all statements in a range are in."""
    best, node = root, root
    while True:
        inner = [child for child in node.named_children if child.start_byte < end and child.end_byte > start]
        if len(inner) != 1:
            return best
        node = inner[0]
        if node.type in BLOCKS:
            best = node
        elif node.start_byte >= start and node.end_byte <= end:
            return best


def scope_at(file: PythonFile, start: int, end: int) -> int:
    """The innermost function, class or module whose body holds a range."""
    found, size = MODULE_SCOPE, file.lines.size + 1
    for index, scope in enumerate(file.names.scopes):
        node = scope.node
        if (
            node is not None
            and node.start_byte < start
            and end <= node.end_byte + 1
            and node.end_byte - node.start_byte < size
        ):
            found, size = index, node.end_byte - node.start_byte
    return found


def functions_around(file: PythonFile, scope: int) -> Iterator[int]:
    """A function's scope and those of the functions around it."""
    while scope > MODULE_SCOPE:
        if file.names.scopes[scope].kind == "function":
            yield scope
        scope = file.names.scopes[scope].parent
