"""How does a literal get a name in its module? At all places of the module that have the same literal.

Left alone and shown: literals in types, in `case` patterns, in f-strings, in `__all__`, and parts of longer strings.
"""

import ast

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.candidates import compile_problems
from lsp_server.recipes.extract.fragment import chosen_file, read_whole
from lsp_server.recipes.extract.names import taken_problem
from lsp_server.recipes.extract.sentence import ExtractConstant
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.insert import IMPORTS, Layout, indentation_step
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice, edit_of

LITERALS = frozenset({"integer", "float", "string", "unary_operator"})
HEADER = frozenset({"comment", "future_import_statement", *IMPORTS})


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The whole change: the constant below the imports, and its name where the literal was."""
    if not isinstance(plan, ExtractConstant):
        raise TypeError(plan)
    path = chosen_file(material, plan.path)
    if not isinstance(path, str):
        return path
    file = read_whole(material, path, plan.name)
    if isinstance(file, Problem):
        return Refused((file,))
    taken = taken_problem(file, plan.name)
    if taken is not None:
        return Refused((taken,))
    value = ast.literal_eval(plan.literal)
    nodes, sites = _places(file, value)
    if not nodes:
        return Refused((Problem("NOT_FOUND", f"{plan.literal} is not in {path}, where it could be a constant.", path),))
    return _finished(plan, material, file, nodes, sites)


def _value(node: Node) -> object:
    """What a literal is; None where it is none."""
    if node.type not in LITERALS:
        return None
    try:
        return ast.literal_eval(text_of(node))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _places(file: PythonFile, value: object) -> tuple[list[Node], list[Site]]:
    """Where the literal stands, and where it must stay."""
    nodes: list[Node] = []
    sites: list[Site] = []
    for node in descendants(file.tree.root_node):
        found = _value(node)
        if type(found) is not type(value) or repr(found) != repr(value) or _is_docstring(node):
            continue
        if node.parent is not None and node.parent.type == "unary_operator" and node.type != "unary_operator":
            continue  # The 1 of -1 is no 1.
        reason = _stays(node)
        if reason:
            sites.append(site(file, node, reason))
        else:
            nodes.append(node)
    return sorted(nodes, key=lambda node: node.start_byte), sites


def _is_docstring(node: Node) -> bool:
    return node.type == "string" and node.parent is not None and node.parent.type == "expression_statement"


def _stays(node: Node) -> str:
    """Why a literal cannot be a name at its place; empty where it can."""
    current, parent = node, node.parent
    while parent is not None and parent.type not in {"block", "module"}:
        if parent.type in {"type", "type_parameter", "generic_type"}:
            return "in a type, where a name is no literal"
        if (
            parent.type in {"case_pattern", "case_clause"} and current == parent.child_by_field_name("pattern")
        ) or current.type == "case_pattern":
            return "in a `case` pattern, where a name would match everything"
        if parent.type in {"interpolation", "concatenated_string"}:
            return "a part of a longer string"
        left = parent.child_by_field_name("left")
        if parent.type in {"assignment", "augmented_assignment"} and text_of(left) in {
            "__all__",
            "__slots__",
            "__match_args__",
        }:
            return f"in `{text_of(left)}`, which tools read"
        current, parent = parent, parent.parent
    return ""


def _finished(
    plan: ExtractConstant, material: Material, file: PythonFile, nodes: list[Node], sites: list[Site]
) -> Done | Refused:
    text = material.snapshot.file(file.path)
    if not isinstance(text, FileText):
        return Refused((Problem("MISSING", f"{file.path} {text.reason}.", file.path),))
    splices = [Splice(node.start_byte, node.end_byte, _spaced(file, node, plan.name)) for node in nodes]
    splices.append(_line(file, f"{plan.name} = {text_of(nodes[0])}", nodes[0]))
    gone = material.consumed
    if gone is not None and gone.path == file.path:
        splices.append(Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), ""))
    edit = edit_of(text, splices, plan.sentence())
    problems = compile_problems(edit)
    if problems:
        return Refused(tuple(problems))
    places = "1 place" if len(nodes) == 1 else f"{len(nodes)} places"
    summary = f"{plan.sentence()}: {places} in {file.path}" + (f"; {len(sites)} more to check" if sites else "")
    return Done(ChangeSet((edit,)), summary, len(nodes) + 1, tuple(sites))


def _spaced(file: PythonFile, node: Node, name: str) -> str:
    """The name, apart from words beside it: `return"x"`, `1if x`."""
    before = file.source[node.start_byte - 1 : node.start_byte]
    behind = file.source[node.end_byte : node.end_byte + 1]
    return (" " if before[:1].isalnum() else "") + name + (" " if behind[:1].isalnum() else "")


def _line(file: PythonFile, line: str, first: Node) -> Splice:
    """The constant's line: below the imports at the top, but above the first statement that needs it."""
    layout = Layout(file.source, file.file.eol, indentation_step(file.source), file.lines)
    last: Node | None = None
    for node in file.tree.root_node.children:
        is_docstring = last is None and node.type == "expression_statement" and _is_docstring(node.named_children[0])
        if node.end_byte > first.start_byte or not (node.type in HEADER or is_docstring):
            break
        if node.type != "comment" or last is None:
            last = node
    eol = layout.eol
    if last is None:
        return Splice(0, 0, line + eol + ("" if _is_plain(file, 0) else eol * 2))
    row = file.lines.at(last.end_byte) + 1
    blanks = 0
    while row + blanks < len(file.lines.starts) and not layout.text(row + blanks).strip():
        blanks += 1
    start = file.lines.start(row)
    return Splice(start, start, eol + line + eol + ("" if blanks else eol))


def _is_plain(file: PythonFile, row: int) -> bool:
    """Whether a line is an assignment at the top, beside which a constant needs no blank lines."""
    node = next((each for each in file.tree.root_node.children if file.lines.at(each.start_byte) >= row), None)
    return node is not None and node.type == "expression_statement"
