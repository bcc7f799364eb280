"""Where does a new type go: in place of the comment that asked, below the user's place, or into a file that is named?

A file that is named gets it at its end, and is made where it is not there.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from context.parsing.languages import language_of
from context.parsing.parse import Node, parse
from context.snapshot import FileText, from_buffer
from lsp_server.edits.change import ChangeSet, Create, Edit, Operation, Problem
from lsp_server.recipes.outcome import consumed_splice
from lsp_server.recipes.plan import Done, Material, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.insert import Layout, indentation_step
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.splices import edit_of, lines_of, source_of

IN_FILE = re.compile(
    r"\s+(?:in|into|to)\s+(?:the\s+)?(?:(?:new\s+)?(?:file|module)\s+)?[\"'`]?"
    r"(?P<path>[\w./+-]+\.(?:pyi?|[mc]?tsx?|go))[\"'`]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Destination:
    """Lines [first, last) of a file, 0-based, that become the type; `indent` is what they are indented by."""

    file: FileText
    root: Node
    layout: Layout
    first: int
    last: int
    indent: str = ""
    is_new: bool = False

    @property
    def path(self) -> str:
        """The path of the file."""
        return self.file.path

    @property
    def offset(self) -> int:
        """The byte where the type begins."""
        return self.layout.lines.start(self.first)


def without_file(text: str) -> tuple[str, str]:
    """A sentence without the file that it ends with, and that file; empty for none."""
    found = re.fullmatch(rf"(?P<text>.*?){IN_FILE.pattern}", text, re.IGNORECASE | re.DOTALL)
    return (found["text"], found["path"].removeprefix("./")) if found is not None else (text, "")


def destination(where: str, material: Material, name: str, languages: frozenset[str]) -> Destination | Problem | Wanted:
    """The place for a type called `name`, in a file of one of some languages."""
    place = material.consumed or material.place
    path = _named(where, material, name) if where else place.path if place is not None else None
    if path is None:
        message = (
            f"Say where {name} belongs: put the cursor into a file, or name one, as in `… in pkg/{name.lower()}.py`."
        )
        return Problem("NOT_FOUND", message)
    if not isinstance(path, str):
        return path
    language = language_of(path)
    if language is None or language.name not in languages:
        said = "Python files (.py, .pyi)" if "python" in languages else f"{' or '.join(sorted(languages))} files"
        return Problem("FORMAT", f"{name} cannot stand in {path}, but in {said} only.", path)
    is_new = bool(where) and not material.snapshot.exists(path) and path not in material.snapshot.buffers
    file = from_buffer(path, "", 0) if is_new else material.snapshot.file(path)
    if not isinstance(file, FileText):
        return Problem("MISSING", f"{path} {file.reason}.", path)
    source = source_of(file.text)
    layout = Layout(source, file.eol, indentation_step(source), lines_of(source))
    root = parse(language, source).root_node
    first, last = _lines(path, material, layout, root, at_end=bool(where))
    is_comment = material.consumed is not None and material.consumed.path == path
    indent = layout.indent(first) if is_comment else ""
    return Destination(file, root, layout, first, last, indent, is_new)


def _named(where: str, material: Material, name: str) -> str | Problem | Wanted:
    """The path of a file that was named: one that is there, else a new one in a folder that is."""
    path = PurePosixPath(where)
    if material.snapshot.exists(where) or where in material.snapshot.buffers:
        return where
    is_inside = ".." not in path.parts and not path.is_absolute()
    folder = str(path.parent)
    known = modules_of(material.snapshot, material.candidates).folders
    is_there = folder == "." or folder in known or material.snapshot.exists(folder)
    is_path = "/" in where or folder == "."
    if (
        language_of(where) is not None
        and is_inside
        and is_there
        and is_path
        and (path.suffix != ".py" or path.stem.isidentifier())
    ):
        return where
    return named_file(material, where, f"where {name} belongs")


def _lines(path: str, material: Material, layout: Layout, root: Node, *, at_end: bool) -> tuple[int, int]:
    gone, place = material.consumed, material.place
    if gone is not None and gone.path == path:
        first, last = gone.start_line - 1, gone.end_line
    elif at_end or place is None:
        end = layout.lines.at(layout.lines.size) + (not layout.source.endswith((b"\n", b"\r")))
        first = last = end if layout.source else 0
    else:
        first, last = behind(root, layout, place.end_line)
    return min(first, len(layout.lines.starts)), min(last, len(layout.lines.starts))


def behind(root: Node, layout: Layout, line: int) -> tuple[int, int]:
    """The empty range of lines behind the statement of the module that reaches over a 1-based line."""
    for statement in root.children:
        if layout.lines.at(statement.start_byte) < line <= layout.lines.at(statement.end_byte):
            line = layout.lines.at(statement.end_byte) + 1
    return line, line


def arrived(done: Done, target: Destination, material: Material) -> Done:
    """The change as it is for its file: a new one is made, and a comment that asked in another one goes."""
    operations: list[Operation] = [
        Create(target.path, each.after) if target.is_new and isinstance(each, Edit) else each
        for each in done.change.operations
    ]
    gone = material.consumed
    other = material.snapshot.file(gone.path) if gone is not None and gone.path != target.path else None
    splice = consumed_splice(material)
    if isinstance(other, FileText) and splice is not None:
        operations.append(edit_of(other, [splice], done.summary))
    return Done(ChangeSet(tuple(operations)), done.summary, done.certain, done.uncertain)
