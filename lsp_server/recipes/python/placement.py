"""Where does an import go in a file that has some? Into its group, sorted where the group is sorted.

Groups are parted by blank lines. They stand for sections, as isort and ruff have them: `__future__`, the standard
library, other packages, the project's own, relative ones.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.python.imports import Modules, resolve
from lsp_server.recipes.python.insert import IMPORTS, Layout, after_header, indentation_step, line_after
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice

Key = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """What one import says: `import module as alias`, or `from module import name as alias`."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that the file gets."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def text(self) -> str:
        """The line."""
        said = f"from {self.module} import {self.name}" if self.name else f"import {self.module}"
        return f"{said} as {self.alias}" if self.alias else said


def layout_of(file: PythonFile) -> Layout:
    """How a file is laid out."""
    return Layout(file.source, file.file.eol, indentation_step(file.source), file.lines)


def place_import(modules: Modules, file: PythonFile, line: ImportLine, *, for_types: bool = False) -> Splice:
    """The splice that adds an import: beside other names of its module, or as a line of its own.

    `for_types` puts it under the file's `if TYPE_CHECKING:`, where there is one.
    """
    layout, root = layout_of(file), file.tree.root_node
    if line.module == "__future__":
        return after_header(root, layout, line.text, layout.lines.size)
    block = type_checking_block(root) if for_types else None
    imports = _block_imports(block) if block is not None else _top_imports(root)
    beside = _beside(imports, line)
    if beside is not None:
        return _among(file, beside, line.name)
    if not imports:
        if block is not None:
            row = layout.lines.at(block.start_byte)
            indent = layout.indent(row)
            return Splice(block.start_byte, block.start_byte, f"{line.text}{layout.eol}{indent}")
        return after_header(root, layout, line.text, layout.lines.size)
    return _own_line(modules, file, layout, imports, line)


def place_imports(
    modules: Modules, file: PythonFile, lines: Iterable[ImportLine], *, for_types: bool = False
) -> list[Splice]:
    """The splices of several imports; those that go to one place stand there together and in order."""
    ordered = sorted(
        lines,
        key=lambda line: (
            section_of(modules, file.path, line.module),
            bool(line.name),
            line.module,
            _by_type(line.name),
        ),
    )
    placed: list[tuple[ImportLine, Splice]] = []
    for line in ordered:
        splice = place_import(modules, file, line, for_types=for_types)
        before, last = placed[-1] if placed else (line, Splice(-1, -1, ""))
        if last.start == splice.start and line.text in splice.text and before.text in last.text:
            together = _together(modules, file, before, last.text, line, splice.text)
            placed[-1] = (line, Splice(splice.start, splice.start, together))
        else:
            placed.append((line, splice))
    return [splice for _, splice in placed]


def _together(modules: Modules, file: PythonFile, before: ImportLine, above: str, line: ImportLine, text: str) -> str:
    """Two new lines at one place: as one if they import from one module, in one group if they are of one section."""
    eol = file.file.eol
    if before.module == line.module and before.name and line.name and not before.alias and not line.alias:
        return above.replace(before.text, f"{before.text}, {line.name}")
    if section_of(modules, file.path, before.module) != section_of(modules, file.path, line.module):
        return above + text
    if above.endswith(eol * 2) and text.endswith(eol * 2):
        return above.removesuffix(eol) + text
    return above + text.removeprefix(eol)


@dataclass(frozen=True, slots=True)
class ImportStyle:
    """How a file writes its imports: each name on a line of its own, and blank lines between sections."""

    is_single: bool = False
    is_parted: bool = True


def import_style(file: PythonFile) -> ImportStyle:
    """The style of the imports at the top of a file."""
    imports, layout = _top_imports(file.tree.root_node), layout_of(file)
    sources = [module_named(each) for each in imports if each.type == "import_from_statement"]
    groups = _groups(layout, imports)
    kinds = {module_named(each).startswith(".") for each in imports}
    return ImportStyle(len(set(sources)) < len(sources), len(groups) > 1 or len(kinds) < len((True, False)))


def sorted_lines(lines: Iterable[ImportLine], style: ImportStyle) -> list[str]:
    """Lines of imports in the order of one section: `import` first, plain names of a module together."""
    every = list(dict.fromkeys(lines)) if style.is_single else joined_names(lines)
    ordered = sorted(every, key=lambda line: (bool(line.name), line.module.casefold(), _by_type(line.name), line.text))
    return [line.text for line in ordered]


def joined_names(lines: Iterable[ImportLine]) -> list[ImportLine]:
    """The lines with the plain names of each module as one."""
    names: dict[str, list[str]] = {}
    others: list[ImportLine] = []
    for line in dict.fromkeys(lines):
        if line.name and not line.alias:
            names.setdefault(line.module, []).append(line.name)
        else:
            others.append(line)
    return [*others, *(ImportLine(each, ", ".join(sorted(listed, key=_by_type))) for each, listed in names.items())]


def types_import(modules: Modules, file: PythonFile, line: ImportLine) -> list[Splice]:
    """The splices that import a name for types only, under an `if TYPE_CHECKING:` that is made where there is none."""
    if type_checking_block(file.tree.root_node) is not None:
        return [place_import(modules, file, line, for_types=True)]
    layout, imports = layout_of(file), _top_imports(file.tree.root_node)
    block = f"if TYPE_CHECKING:{layout.eol}{layout.step}{line.text}"
    if not imports:
        text = f"from typing import TYPE_CHECKING{layout.eol * 2}{block}"
        return [after_header(file.tree.root_node, layout, text, layout.lines.size)]
    below = line_after(layout, imports[-1], block, blank=True)
    if "TYPE_CHECKING" in file.names.scopes[MODULE_SCOPE].bindings:
        return [below]
    named = place_import(modules, file, ImportLine("typing", "TYPE_CHECKING"))
    if named.start == below.start:
        return [Splice(below.start, below.end, named.text + below.text)]
    return [named, below]


def type_checking_block(root: Node) -> Node | None:
    """The body of the first `if TYPE_CHECKING:` without an `else` at the top level, on lines of its own."""
    for node in root.children:
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if node.type != "if_statement" or body is None or node.child_by_field_name("alternative") is not None:
            continue
        if text_of(condition).rpartition(".")[2] == "TYPE_CHECKING" and body.start_point[0] > node.start_point[0]:
            return body
    return None


def _block_imports(block: Node) -> list[Node]:
    return [node for node in block.children if node.type in IMPORTS]


def _top_imports(root: Node) -> list[Node]:
    """The imports at the top, up to the first statement that is none."""
    found: list[Node] = []
    for node in root.children:
        is_docstring = not found and node.type == "expression_statement" and node.named_child_count == 1
        if node.type in IMPORTS:
            found.append(node)
        elif node.type not in {"comment", "future_import_statement"} and not (
            is_docstring and node.named_children[0].type == "string"
        ):
            break
    return found


def _beside(imports: Sequence[Node], line: ImportLine) -> list[Node] | None:
    """The names that the file takes from the module already."""
    if not line.name or line.alias:
        return None
    for node in imports:
        module, listed = node.child_by_field_name("module_name"), node.children_by_field_name("name")
        plain = all(each.type == "dotted_name" for each in listed)
        if listed and plain and module is not None and "".join(text_of(module).split()) == line.module:
            return listed
    return None


def _among(file: PythonFile, listed: Sequence[Node], name: str) -> Splice:
    """A name among others: in its place if they are sorted, else behind the last."""
    at = sorted_place([text_of(node) for node in listed], name)
    separator = list_separator(file, listed)
    if at < len(listed):
        start = listed[at].start_byte
        return Splice(start, start, name + separator)
    end = listed[-1].end_byte
    return Splice(end, end, separator + name)


def list_separator(file: PythonFile, listed: Sequence[Node]) -> str:
    """What stands between two entries of a list: a comma with a space, or with a new line where each has its own."""
    start = file.lines.start(file.lines.at(listed[-1].start_byte))
    indent = file.source[start : listed[-1].start_byte].decode("utf-8", "replace")
    rows = {file.lines.at(each.start_byte) for each in listed}
    if not indent.strip() and len(rows) == len(listed):
        return f",{file.file.eol}{indent}"
    return ", "


def sorted_place(present: Sequence[str], name: str) -> int:
    """Where a name belongs among others, by the order that they are in; behind the last if they are in none."""
    key = order_of_names(present)
    if key is None:
        return len(present)
    return next((number for number, each in enumerate(present) if key(name) < key(each)), len(present))


def order_of_names(present: Sequence[str]) -> Callable[[str], str] | None:
    """The key by which names are sorted; None where they are in no order."""
    for key in (_by_type, str, str.casefold):
        keys = [key(each) for each in present]
        if keys == sorted(keys):
            return key
    return None


def _by_type(name: str) -> str:
    """Constants, then classes, then the rest, as isort orders names by default."""
    if name.isupper() and len(name) > 1:
        return f"0{name}"
    return f"1{name}" if name[:1].isupper() else f"2{name.casefold()}"


def _own_line(modules: Modules, file: PythonFile, layout: Layout, imports: Sequence[Node], line: ImportLine) -> Splice:
    """In the group of its section, or in a new group between those around it."""
    groups = _groups(layout, imports)
    mine = section_of(modules, file.path, line.module)
    sections = [[section_of(modules, file.path, module_named(node)) for node in group] for group in groups]
    for group, own in zip(groups, sections, strict=True):
        if mine in own:
            return _in_group(modules, file, layout, group, line)
    if len(groups) == 1 and len(set(sections[0])) > 1:
        return _in_group(modules, file, layout, groups[0], line)
    later = next((group for group, own in zip(groups, sections, strict=True) if min(own) > mine), None)
    indent = layout.indent(layout.lines.at(imports[0].start_byte))
    if later is None:
        return line_after(layout, groups[-1][-1], indent + line.text, blank=True)
    start = layout.lines.start(layout.lines.at(later[0].start_byte))
    return Splice(start, start, indent + line.text + layout.eol * 2)


def _groups(layout: Layout, imports: Sequence[Node]) -> list[list[Node]]:
    groups: list[list[Node]] = []
    for node in imports:
        rows = range(layout.lines.at(groups[-1][-1].end_byte) + 1, layout.lines.at(node.start_byte)) if groups else ()
        if groups and all(layout.text(row).strip() for row in rows):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def _in_group(modules: Modules, file: PythonFile, layout: Layout, group: Sequence[Node], line: ImportLine) -> Splice:
    """In the place that the order of the group gives; behind the last of its section where there is no order."""
    own = _keys(section_of(modules, file.path, line.module), line.module, is_from=bool(line.name))
    every = [
        _keys(section_of(modules, file.path, module), module, is_from=node.type == "import_from_statement")
        for node in group
        for module in [module_named(node)]
    ]
    indent = layout.indent(layout.lines.at(group[0].start_byte))
    at = len(group)
    for number, key in enumerate(own):
        keys = [each[number] for each in every]
        if keys == sorted(keys):
            at = next((n for n, each in enumerate(keys) if key < each), len(keys))
            break
    else:
        at = max((n + 1 for n, each in enumerate(every) if each[0][0] == own[0][0]), default=at)
    if at:
        return line_after(layout, group[at - 1], indent + line.text)
    start = layout.lines.start(layout.lines.at(group[0].start_byte))
    return Splice(start, start, indent + line.text + layout.eol)


def _keys(section: int, module: str, *, is_from: bool) -> tuple[Key, ...]:
    """By what the imports of a group may be sorted: section first or not, `import` before `from` or not."""
    plain = module.lstrip(".")
    named: Key = (len(plain) - len(module), plain.casefold())
    return (section, int(is_from), *named), (section, *named), (int(is_from), *named), named


def section_of(modules: Modules, path: str, module: str) -> int:
    """Which section an import belongs to: 0 to 4."""
    if module == "__future__":
        return 0
    if module.startswith("."):
        return 4
    if module.partition(".")[0] in sys.stdlib_module_names:
        return 1
    return 3 if resolve(modules, path, module) is not None else 2


def module_named(node: Node) -> str:
    """The module that an import names first, with its dots."""
    named = node.child_by_field_name("module_name") or node.child_by_field_name("name")
    if named is not None and named.type == "aliased_import":
        named = named.child_by_field_name("name")
    return "".join(text_of(named).split())
