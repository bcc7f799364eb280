"""How do lines become a function? With the values they need as parameters, and those that are read later returned.

The text of the lines moves as it is, but for its indentation. A method where the lines use `self`, else a function
behind the one that they were in.
"""

from dataclasses import dataclass

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.candidates import compile_problems
from lsp_server.recipes.extract.flow import Flow, flow_of
from lsp_server.recipes.extract.fragment import (
    Fragment,
    chosen_file,
    chosen_lines,
    fragment_of,
    functions_around,
    lines_between,
    read_whole,
)
from lsp_server.recipes.extract.names import mangled_problem, member_problem, taken_problem
from lsp_server.recipes.extract.sentence import ExtractFunction
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.insert import Layout, indentation_step
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.parameters import Parameter, parameters_of
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import decorator_names, owner_of
from lsp_server.recipes.splices import Splice, edit_of

MANY = 6
"""Parameters from which on the summary says how many there are."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the new function goes: a method of a class, or a function of the module, behind `anchor`.

    `receiver` is what a method is called on, `decorator` what a class method needs.
    """

    anchor: Node
    receiver: str = ""
    decorator: str = ""


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The whole change: the call in place of the lines, and the new function."""
    if not isinstance(plan, ExtractFunction):
        raise TypeError(plan)
    path = chosen_file(material, plan.path)
    if not isinstance(path, str):
        return path
    file = read_whole(material, path, plan.name)
    if plan.begin and isinstance(file, PythonFile):
        lines = lines_between(file, plan.begin, plan.end)
    else:
        lines = chosen_lines(material, plan.first, plan.last)
    if isinstance(file, Problem) or isinstance(lines, Problem):
        return Refused(tuple(each for each in (file, lines) if isinstance(each, Problem)))
    fragment = fragment_of(file, lines)
    if isinstance(fragment, Problem):
        return Refused((fragment,))
    if file.names.scopes[fragment.scope].kind == "class":
        message = (
            f"Lines {fragment.first + 1} to {fragment.last + 1} are the body of a class: they cannot be a function."
        )
        return Refused((Problem("FORMAT", message, path),))
    flow = flow_of(fragment)
    home = _home(plan, fragment, flow)
    if isinstance(home, Home) and home.receiver and plan.name not in material.names:
        return Wanted((plan.name,))
    found: list[Problem | None] = [home if isinstance(home, Problem) else _self_problem(fragment, home)]
    found += [
        taken_problem(file, plan.name),
        member_problem(material, plan.name, path) if not isinstance(home, Problem) and home.receiver else None,
    ]
    problems = [*flow.problems, *(each for each in found if isinstance(each, Problem))]
    if problems or isinstance(home, Problem):
        return Refused(tuple(dict.fromkeys(problems))[:6])
    return _finished(plan, material, fragment, flow, home)


def _home(plan: ExtractFunction, fragment: Fragment, flow: Flow) -> Home | Problem:
    """Whether the lines become a method or a function, and where it goes."""
    file = fragment.file
    around = list(functions_around(file, fragment.scope))
    method = around[-1] if around and owner_of(file, around[-1]) > MODULE_SCOPE else -1
    receiver = _receiver(file, method) if method >= 0 else ""
    if plan.kind == "method" and not receiver:
        return Problem("FORMAT", "The lines are in no method with a `self`: extract them into a function.", file.path)
    if receiver and plan.kind != "function" and (plan.kind == "method" or receiver in flow.inputs):
        if len(around) > 1 and receiver not in flow.inputs and plan.kind != "method":
            return Problem("FORMAT", "A function within a method cannot be told apart.", file.path)
        flow.inputs.pop(receiver, None)
        is_class_method = "classmethod" in decorator_names(file, method)
        return Home(_whole(file, method), receiver, "@classmethod" if is_class_method else "")
    node = fragment.statements[0]
    while node.parent is not None and node.parent.type != "module":
        node = node.parent
    return Home(node)


def _receiver(file: PythonFile, method: int) -> str:
    """The first parameter of a method, unless it is static or gives it another value."""
    node = file.names.scopes[method].node
    listed = parameters_of(node) if node is not None else []
    if (
        not listed
        or "staticmethod" in decorator_names(file, method)
        or listed[0].kind not in {"regular", "positional only"}
    ):
        return ""
    name = listed[0].name
    return name if len(file.names.scopes[method].bindings.get(name, [])) == 1 else ""


def _whole(file: PythonFile, function: int) -> Node:
    node = file.names.scopes[function].node
    if node is None:
        return file.tree.root_node
    return node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node


def _self_problem(fragment: Fragment, home: Home) -> Problem | None:
    """What is about the class around it cannot leave the class: `super()`, `__class__`, `__private`."""
    if home.receiver:
        return None
    file = fragment.file
    for statement in fragment.statements:
        for node in descendants(statement):
            if node.type == "identifier" and text_of(node) in {"super", "__class__"}:
                line = file.lines.at(node.start_byte) + 1
                return Problem("CONFLICT", f"`{text_of(node)}` ({file.path}:{line}) needs a method.", file.path)
    return mangled_problem(file, fragment.scope, fragment.statements)


def _finished(plan: ExtractFunction, material: Material, fragment: Fragment, flow: Flow, home: Home) -> Done | Refused:
    file = fragment.file
    text = material.snapshot.file(file.path)
    layout = Layout(file.source, file.file.eol, indentation_step(file.source), file.lines)
    start, end = file.lines.start(fragment.first), file.lines.start(fragment.last + 1)
    indent = layout.indent(file.lines.at(fragment.start))
    ends = file.source[start:end].endswith((b"\n", b"\r"))
    lines = [_call(plan, flow, home)]
    if flow.leaves == "nothing" and not flow.is_last:
        lines.append("return")
    call = layout.eol.join(indent + line for line in lines) + (layout.eol if ends else "")
    splices = [Splice(start, end, call), _definition(plan, fragment, flow, home, layout)]
    gone = material.consumed
    if gone is not None and gone.path == file.path:
        splices.append(Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), ""))
    if not isinstance(text, FileText):
        return Refused((Problem("MISSING", f"{file.path} {text.reason}.", file.path),))
    edit = edit_of(text, splices, plan.sentence())
    problems = compile_problems(edit)
    if problems:
        return Refused(tuple(problems))
    what = "method" if home.receiver else "function"
    summary = f"Extract lines {fragment.first + 1} to {fragment.last + 1} of {file.path} into {what} {plan.name}"
    summary += f"({', '.join(flow.inputs)})" if len(flow.inputs) < MANY else f" with {len(flow.inputs)} parameters"
    summary += f", which gives {', '.join(flow.outputs)}" if flow.outputs else ""
    summary += ", whose result is returned" if flow.leaves == "value" else ""
    sites = _unknown_bases(plan, fragment, home)
    return Done(ChangeSet((edit,)), summary, 2, tuple(sites))


def _unknown_bases(plan: ExtractFunction, fragment: Fragment, home: Home) -> list[Site]:
    """The bases of a method's class: one that is not in the workspace may have a member of that name."""
    node = home.anchor.parent if home.receiver else None
    while node is not None and node.type != "class_definition":
        node = node.parent
    bases = node.child_by_field_name("superclasses") if node is not None else None
    listed = [each for each in bases.named_children if each.type != "keyword_argument"] if bases is not None else []
    return [
        site(fragment.file, each, f"look whether {text_of(each)} has a `{plan.name}`, if it is from elsewhere")
        for each in listed
        if text_of(each) != "object"
    ]


def _call(plan: ExtractFunction, flow: Flow, home: Home) -> str:
    targets = f"{', '.join(flow.outputs)} = " if flow.outputs else "return " if flow.leaves == "value" else ""
    receiver = f"{home.receiver}." if home.receiver else ""
    return f"{targets}{'await ' if flow.awaits else ''}{receiver}{plan.name}({', '.join(flow.inputs)})"


def _definition(plan: ExtractFunction, fragment: Fragment, flow: Flow, home: Home, layout: Layout) -> Splice:
    """The new function: behind what the lines were in, or above them at the top of a module."""
    outer = layout.indent(layout.lines.at(home.anchor.start_byte))
    parameters = ([home.receiver] if home.receiver else []) + [_parameter(fragment, name) for name in flow.inputs]
    returned = _return_type(fragment)
    if flow.leaves != "value":
        returned = "None" if returned and not flow.outputs else ""
    returns = f" -> {returned}" if returned else ""
    head = f"{'async ' if flow.awaits else ''}def {plan.name}({', '.join(parameters)}){returns}:"
    body = _body(fragment, outer + layout.step, layout)
    if flow.outputs:
        body.append(f"{outer}{layout.step}return {', '.join(flow.outputs)}")
    written = [*([outer + home.decorator] if home.decorator else []), outer + head, *body]
    apart = [""] if home.receiver or outer else ["", ""]
    eol = layout.eol
    if fragment.scope == MODULE_SCOPE:
        start = layout.lines.start(fragment.first)
        above = [] if not layout.source[:start].strip() else apart
        return Splice(start, start, eol.join([*_missing_blanks(layout, fragment.first, above), *written, *apart]) + eol)
    row = layout.lines.at(home.anchor.end_byte) + 1
    start = layout.lines.start(row)
    prefix = "" if layout.source[:start].endswith((b"\n", b"\r")) else eol
    return Splice(start, start, prefix + eol.join([*apart, *written]) + eol)


def _missing_blanks(layout: Layout, row: int, wanted: list[str]) -> list[str]:
    """Blank lines that are not there yet above a line."""
    count = 0
    while count < len(wanted) and row - count > 0 and not layout.text(row - 1 - count).strip():
        count += 1
    return wanted[count:]


def _body(fragment: Fragment, indent: str, layout: Layout) -> list[str]:
    """The lines with another indentation, but for those that begin within a string."""
    old = layout.indent(layout.lines.at(fragment.start))
    inside = {
        row
        for statement in fragment.statements
        for node in descendants(statement)
        if node.type == "string"
        for row in range(layout.lines.at(node.start_byte) + 1, layout.lines.at(node.end_byte) + 1)
    }
    body: list[str] = []
    for row in range(fragment.first, fragment.last + 1):
        line = layout.text(row)
        if row in inside or not line.strip():
            body.append(line)
        else:
            body.append(indent + (line.removeprefix(old) if line.startswith(old) else line.lstrip()))
    return body


def _parameter(fragment: Fragment, name: str) -> str:
    """A parameter, with the type that it has in the function around, if it keeps its value there."""
    file = fragment.file
    node = file.names.scopes[fragment.scope].node
    if node is None or sum(1 for _ in functions_around(file, fragment.scope)) != 1:
        return name
    if len(file.names.scopes[fragment.scope].bindings.get(name, [])) != 1:
        return name
    found = next((each for each in parameters_of(node) if each.name == name), None)
    kind = _type_of(found) if found is not None and found.kind in {"regular", "positional only", "keyword only"} else ""
    return f"{name}: {kind}" if kind and "\n" not in kind else name


def _type_of(parameter: Parameter) -> str:
    return text_of(parameter.node.child_by_field_name("type"))


def _return_type(fragment: Fragment) -> str:
    """What the function around the lines says that it returns; empty for nothing that another function could say."""
    node = fragment.file.names.scopes[fragment.scope].node
    kind = node.child_by_field_name("return_type") if node is not None else None
    is_generator = node is not None and any(each.type == "yield" for each in descendants(node))
    return "" if is_generator else " ".join(text_of(kind).split())
