"""Which places of Go files mean a name of a package: in the package's own files, and in those that import it?

Scopes are those of the Go specification, "Declarations and scope": a local name counts from behind its declaration to
the end of its block, a parameter in the whole function.
"""

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from context.parsing.languages import LANGUAGES
from context.parsing.parse import Node, Tree, parse, tree_faults
from context.snapshot import FileText, Snapshot
from lsp_server.recipes.splices import Lines, lines_of, source_of

GO = next(language for language in LANGUAGES if language.name == "go")
NAMES = frozenset({"identifier", "type_identifier"})
FUNCTIONS = frozenset({"function_declaration", "method_declaration", "func_literal", "function_type", "method_elem"})
BLOCKS = FUNCTIONS | {
    "block",
    "if_statement",
    "for_statement",
    "expression_switch_statement",
    "type_switch_statement",
    "select_statement",
    "expression_case",
    "type_case",
    "communication_case",
    "default_case",
    "source_file",
}
PARAMETERS = frozenset({"parameter_declaration", "variadic_parameter_declaration", "type_parameter_declaration"})
SPECS = frozenset({"var_spec", "const_spec", "type_spec", "type_alias"})
LEFT = frozenset({"short_var_declaration", "range_clause", "receive_statement"})
MODULE_LINE = re.compile(r"^module\s+(\S+)", re.M)


@dataclass(frozen=True, slots=True)
class GoFile:
    """One file, parsed; `package` is the name of its package. `fault_line` is the 1-based line of its first error."""

    file: FileText
    source: bytes
    tree: Tree
    lines: Lines
    package: str
    fault_line: int

    @property
    def path(self) -> str:
        """The path of the file in the workspace."""
        return self.file.path

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return str(PurePosixPath(self.path).parent)


@dataclass(frozen=True, slots=True)
class Local:
    """A name that is bound within a function: in which node, and from which byte on."""

    scope: Node
    effect: int


@dataclass(frozen=True, slots=True)
class Places:
    """The nodes of a name in a file: its own and those of the package, and what may be it, with the reason."""

    nodes: list[Node] = field(default_factory=list[Node])
    doubts: list[tuple[Node, str]] = field(default_factory=list[tuple[Node, str]])
    embedded: list[Node] = field(default_factory=list[Node])


def read_go(file: FileText) -> GoFile:
    """A Go file, parsed."""
    source = source_of(file.text)
    tree = parse(GO, source)
    faults = tree_faults(tree, source)
    clause = next((each for each in tree.root_node.named_children if each.type == "package_clause"), None)
    name = _text(clause.named_children[0]) if clause is not None and clause.named_children else ""
    return GoFile(file, source, tree, lines_of(source), name, faults[0].line if faults else 0)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def nodes_of(file: GoFile, name: str) -> list[Node]:
    """All nodes that are exactly a name, of whatever kind."""
    found: list[Node] = []
    for match in re.finditer(rb"\b%s\b" % re.escape(name.encode()), file.source):
        node = file.tree.root_node.descendant_for_byte_range(match.start(), match.end())
        if node is not None and (node.start_byte, node.end_byte) == match.span():
            found.append(node)
    return found


def defines(file: GoFile, name: str) -> Node | None:
    """The definition of a name of the package in a file."""
    return next((node for node in nodes_of(file, name) if _is_package_level(node)), None)


def _is_package_level(node: Node) -> bool:
    parent = node.parent
    if parent is None or node not in parent.children_by_field_name("name"):
        return False
    if parent.type == "function_declaration":
        return True
    holder = parent.parent
    while holder is not None and holder.type in {
        "var_spec_list",
        "var_declaration",
        "const_declaration",
        "type_declaration",
    }:
        holder = holder.parent
    return parent.type in SPECS and holder is not None and holder.type == "source_file"


def _local(node: Node) -> Local | None:
    """The binding that an identifier is within a function; None for one that is read."""
    parent = node.parent
    if parent is None or _is_package_level(node):
        return None
    if parent.type in PARAMETERS and node in parent.children_by_field_name("name"):
        scope = _around(parent, FUNCTIONS | {"type_declaration"})
        body = scope.child_by_field_name("body")
        is_type = parent.type == "type_parameter_declaration"
        # The types of a signature are read outside of the parameters' scope, which is the body.
        return Local(scope, scope.start_byte if is_type else body.start_byte if body is not None else scope.end_byte)
    if parent.type in SPECS and node in parent.children_by_field_name("name"):
        effect = node.start_byte if parent.type in {"type_spec", "type_alias"} else parent.end_byte
        return Local(_around(parent, BLOCKS), effect)
    listed = parent if parent.type == "expression_list" else None
    statement = listed.parent if listed is not None else None
    if listed is None or statement is None:
        return None
    is_left = statement.child_by_field_name("left") == listed or statement.child_by_field_name("alias") == listed
    binds = statement.type in LEFT and (
        statement.type == "short_var_declaration" or any(each.type == ":=" for each in statement.children)
    )
    if is_left and (binds or statement.type == "type_switch_statement"):
        scope = statement if statement.type == "type_switch_statement" else _around(statement, BLOCKS)
        return Local(scope, statement.end_byte if statement.type in LEFT else listed.end_byte)
    return None


def _around(node: Node, kinds: frozenset[str] | set[str]) -> Node:
    current = node
    while current.parent is not None:
        current = current.parent
        if current.type in kinds:
            return current
    return current


def _is_hidden(node: Node, bindings: list[Local]) -> bool:
    """Whether a name within a function hides the package's where a node stands."""
    return any(
        each.scope.start_byte <= node.start_byte < each.scope.end_byte
        and each.effect <= node.start_byte
        and not (each.scope.type == "type_switch_statement" and _is_case_type(node))
        for each in bindings
    )


def _is_case_type(node: Node) -> bool:
    """Whether a node is part of the types of a `case`, which stand outside of what the case declares."""
    case = _around(node, {"type_case", "source_file"})
    types = case.children_by_field_name("type")
    return any(each.start_byte <= node.start_byte and node.end_byte <= each.end_byte for each in types)


def own_places(file: GoFile, name: str) -> Places:
    """The places of a package's name in one of its own files."""
    places = Places()
    nodes = [node for node in nodes_of(file, name) if node.type in NAMES]
    bindings = {node.id: found for node in nodes if (found := _local(node)) is not None}
    for node in nodes:
        parent = node.parent
        if node.id in bindings or parent is None or (parent.type == "qualified_type"):
            continue
        if _is_key(node):
            places.doubts.append((node, "a key: a field, or the value of that name"))
        elif not _is_hidden(node, list(bindings.values())):
            places.nodes.append(node)
            if _is_embedded(node):
                places.embedded.append(node)
    return places


def _is_key(node: Node) -> bool:
    element = node.parent
    keyed = element.parent if element is not None and element.type == "literal_element" else None
    return keyed is not None and keyed.type == "keyed_element" and keyed.child_by_field_name("key") == element


def _is_embedded(node: Node) -> bool:
    """Whether a type stands in a struct without a name: then its own name is the field's."""
    current, parent = node, node.parent
    while parent is not None and parent.type in {"pointer_type", "generic_type"}:
        current, parent = parent, parent.parent
    return (
        parent is not None
        and parent.type == "field_declaration"
        and parent.child_by_field_name("type") == current
        and parent.child_by_field_name("name") is None
    )


def importer_places(snapshot: Snapshot, file: GoFile, name: str, folder: str, package: str) -> Places:
    """The places of a package's name in a file of another package: `core.Load`."""
    places = Places()
    names, unsure = _imported_as(snapshot, file, folder, package)
    for node in nodes_of(file, name):
        parent = node.parent
        if parent is None or parent.type not in {"selector_expression", "qualified_type"}:
            continue
        operand = parent.child_by_field_name("operand") or parent.child_by_field_name("package")
        if operand is None or operand == node or _text(operand) not in names | unsure:
            continue
        others = [
            found
            for each in nodes_of(file, _text(operand))
            if each.type in NAMES and (found := _local(each)) is not None
        ]
        if _is_hidden(operand, others):
            continue
        if _text(operand) in names:
            places.nodes.append(node)
        else:
            places.doubts.append((node, f"`{_text(operand)}` was not found in the workspace by its import"))
    return places


def _imported_as(snapshot: Snapshot, file: GoFile, folder: str, package: str) -> tuple[set[str], set[str]]:
    """The names by which a file has a package: those that certainly are it, and those that may be."""
    sure: set[str] = set()
    unsure: set[str] = set()
    wanted = import_path(snapshot, folder)
    stack = [file.tree.root_node]
    while stack:
        node = stack.pop()
        if node.type == "import_spec":
            path = _text(node.child_by_field_name("path")).strip('"`')
            alias = _text(node.child_by_field_name("name")) or (
                package if path.rpartition("/")[2] == PurePosixPath(folder).name or path == wanted else ""
            )
            if path == wanted:
                sure.add(alias)
            elif wanted == "" and path.rpartition("/")[2] == PurePosixPath(folder).name:
                unsure.add(alias)
        elif node.type in {"source_file", "import_declaration", "import_spec_list"}:
            stack.extend(node.named_children)
    return sure - {"_", "."}, unsure - {"_", "."}


def has_dot_import(snapshot: Snapshot, file: GoFile, folder: str) -> bool:
    """Whether a file takes all names of a package as its own."""
    wanted = re.escape(import_path(snapshot, folder) or PurePosixPath(folder).name)
    return re.search(rf'^\s*(?:import\s+)?\.\s+["`](?:[^"`]*/)?{wanted}["`]', file.file.text, re.M) is not None


def import_path(snapshot: Snapshot, folder: str) -> str:
    """The path that a package is imported by, from the `go.mod` above it; empty where there is none."""
    for above in (PurePosixPath(folder), *PurePosixPath(folder).parents):
        path = "go.mod" if str(above) == "." else f"{above}/go.mod"
        file = snapshot.file(path)
        if isinstance(file, FileText):
            found = MODULE_LINE.search(file.text)
            rest = PurePosixPath(folder).relative_to(above)
            return "/".join(part for part in (found[1] if found else "", "" if str(rest) == "." else str(rest)) if part)
    return ""
