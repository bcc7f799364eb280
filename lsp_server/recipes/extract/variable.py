"""How does an expression get a name? A line above its statement, if it is evaluated there exactly once, and first.

Where the statement has the expression again, that is shown: it may have another value there, or be another object.
"""

from context.parsing.languages import LANGUAGES
from context.parsing.parse import Node, parse
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.candidates import compile_problems
from lsp_server.recipes.extract.fragment import chosen_lines, file_meant, read_whole, scope_at
from lsp_server.recipes.extract.names import taken_problem
from lsp_server.recipes.extract.once import effect_before, not_once, statement_of
from lsp_server.recipes.extract.sentence import ExtractVariable
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site
from lsp_server.recipes.python.insert import Layout, indentation_step
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice, edit_of


def carry_out(plan: Plan, material: Material) -> Done | Refused:
    """The whole change: the variable's line, and its name where the expression was."""
    if not isinstance(plan, ExtractVariable):
        raise TypeError(plan)
    path = file_meant(material, "")
    lines = chosen_lines(material, 0, 0, beside=True)
    if isinstance(path, Problem) or isinstance(lines, Problem):
        return _refused(*(each for each in (path, lines) if isinstance(each, Problem)))
    file = read_whole(material, path, plan.name)
    if isinstance(file, Problem):
        return _refused(file)
    found = _found(file, plan.code, lines)
    if isinstance(found, Problem):
        return _refused(found)
    statement, nodes = found
    problems = [_problem(file, statement, nodes), taken_problem(file, plan.name)]
    if any(problems):
        return _refused(*(each for each in problems if each is not None))
    return _finished(plan, material, file, statement, nodes)


def _refused(*problems: Problem) -> Refused:
    return Refused(problems)


def _shape(node: Node) -> str:
    """An expression without its layout."""
    return (
        " ".join(text_of(each) for each in descendants(node) if not each.named_children)
        + "|"
        + "".join(text_of(node).split())
    )


def _found(file: PythonFile, code: str, lines: tuple[int, int]) -> tuple[Node, list[Node]] | Problem:
    """The first statement in the lines, or in the function around them, that has the expression; and all its places."""
    root = parse(LANGUAGES[0], code.encode()).root_node
    wanted = (
        _shape(root.named_children[0].named_children[0])
        if root.named_children and root.named_children[0].named_children
        else ""
    )
    start, end = file.lines.start(lines[0]), file.lines.start(lines[1] + 1)
    around = file.names.scopes[scope_at(file, start, max(start, end - 1))].node or file.tree.root_node
    for first, last in ((start, end), (around.start_byte, around.end_byte)):
        nodes = [
            node
            for node in descendants(file.tree.root_node)
            if first <= node.start_byte and node.end_byte <= last and _is_expression(node) and _shape(node) == wanted
        ]
        nodes.sort(key=lambda node: (node.start_byte, -node.end_byte))
        statement = statement_of(nodes[0]) if nodes else None
        if statement is not None:
            own = [node for node in nodes if statement_of(node) == statement]
            return statement, [
                node for number, node in enumerate(own) if not number or node.start_byte >= own[number - 1].end_byte
            ]
    return Problem("NOT_FOUND", f"`{code}` is not at this place of {file.path}.", file.path)


def _is_expression(node: Node) -> bool:
    parent = node.parent
    if parent is None or node.type in {"expression_statement", "module", "block", "argument_list"}:
        return False
    is_target = parent.child_by_field_name("left") == node and parent.type in {
        "assignment",
        "augmented_assignment",
        "for_statement",
    }
    is_name = node.type == "identifier" and parent.type in {"attribute", "keyword_argument", "function_definition"}
    return not is_target and not is_name and parent.type not in {"dotted_name", "type", "aliased_import"}


def _problem(file: PythonFile, statement: Node, nodes: list[Node]) -> Problem | None:
    """Why a name for the expression could change what the program does."""
    first = nodes[0]
    at = f"{file.path}:{file.lines.at(first.start_byte) + 1}"
    reason = not_once(statement, first)
    effect = effect_before(statement, first)
    head = file.source[file.lines.start(file.lines.at(statement.start_byte)) : statement.start_byte]
    if statement.type in {"function_definition", "class_definition", "decorated_definition"}:
        reason = "it is part of a definition"
    elif head.strip():
        reason = "its statement shares the line with other code"
    elif file.names.scopes[scope_at(file, statement.start_byte, statement.end_byte)].kind == "class":
        reason = "it is in the body of a class, where the variable would be a member"
    elif not reason and effect is not None:
        reason = f"`{text_of(effect)[:40]}` is evaluated before it"
    return (
        Problem("CONFLICT", f"`{text_of(first)[:60]}` in {at} cannot become a variable: {reason}.", file.path)
        if reason
        else None
    )


def _finished(
    plan: ExtractVariable, material: Material, file: PythonFile, statement: Node, nodes: list[Node]
) -> Done | Refused:
    text = material.snapshot.file(file.path)
    if not isinstance(text, FileText):
        return _refused(Problem("MISSING", f"{file.path} {text.reason}.", file.path))
    layout = Layout(file.source, file.file.eol, indentation_step(file.source), file.lines)
    row = file.lines.at(statement.start_byte)
    value = text_of(nodes[0])
    value = f"({value})" if "\n" in value and value[:1] not in "([{" else value
    line = f"{layout.indent(row)}{plan.name} = {value}{layout.eol}"
    splices = [Splice(file.lines.start(row), file.lines.start(row), line)]
    splices.append(Splice(nodes[0].start_byte, nodes[0].end_byte, plan.name))
    gone = material.consumed
    if gone is not None and gone.path == file.path:
        start, end = file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line)
        splices = (
            [Splice(start, end, line), *splices[1:]] if end == splices[0].start else [*splices, Splice(start, end, "")]
        )
    edit = edit_of(text, splices, plan.sentence())
    problems = compile_problems(edit)
    if problems:
        return Refused(tuple(problems))
    sites = tuple(site(file, node, "the same expression, which may have another value here") for node in nodes[1:])
    return Done(ChangeSet((edit,)), _summary(plan, file, row, sites), 2, sites)


def _summary(plan: ExtractVariable, file: PythonFile, row: int, sites: tuple[Site, ...]) -> str:
    more = f"; {len(sites)} more to check" if sites else ""
    return f"{plan.sentence()} in {file.path}:{row + 1}{more}"
