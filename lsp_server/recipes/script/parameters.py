"""How is a parameter of a JavaScript or TypeScript function renamed? Within its function: nothing else sees it."""

from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Done, Material, Refused, Site
from lsp_server.recipes.rename.documents import is_code_span
from lsp_server.recipes.rename.sentence import Rename
from lsp_server.recipes.script.classes import MODIFIERS, classes_of, descendants, member_name, text_of
from lsp_server.recipes.script.finished import finished, homes_of, refused
from lsp_server.recipes.script.modules import Script, ScriptFile, open_scripts
from lsp_server.recipes.script.places import replaced, script_site
from lsp_server.recipes.script.rename_script import RESERVED
from lsp_server.recipes.script.scopes import occurrences, owner_of

VALUES = frozenset({"arrow_function", "function_expression", "generator_function"})
AROUND = frozenset({"variable_declarator", "lexical_declaration", "variable_declaration", "export_statement"})


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the parameter, in its file; `binding` is the name among the parameters."""

    file: ScriptFile
    node: Node
    binding: Node


def rename_script_parameter(plan: Rename, material: Material) -> Done | Refused | None:
    """The whole change; None where no such function is found."""
    where, _, dotted = plan.where.rpartition(":")
    if plan.kind != "parameter" or not dotted:
        return None
    files = homes_of(open_scripts(Script(material.snapshot, plan.old), material.candidates), where)
    named = [(file, node) for file in files for node in _functions(file, dotted)]
    found = [each for file, node in named if (each := _with_parameter(file, node)) is not None]
    if len({each.file.path for each in found}) > 1 and material.place is not None:
        found = [each for each in found if each.file.path == material.place.path] or found
    places = ", ".join(f"{each.file.path}:{each.file.lines.at(each.node.start_byte) + 1}" for each in found[:8])
    if len(found) > 1:
        return refused("AMBIGUOUS", f"{dotted} is defined more than once: {places}. Say in which file.")
    if not found:
        return refused("NOT_FOUND", f"{dotted} in {named[0][0].path} has no parameter `{plan.old}`.") if named else None
    function = found[0]
    problems = _problems(plan, function)
    if problems:
        return Refused(tuple(problems))
    splices = [replaced(node, plan.old, plan.new) for node in _places(function)]
    return finished(plan, material, files, {function.file.path: splices}, _comments(function, plan.old))


def _functions(file: ScriptFile, dotted: str) -> list[Node]:
    """The functions and methods of a name, those with a body."""
    owner, _, name = dotted.rpartition(".")
    owner = owner.rpartition(".")[2]
    if owner:
        bodies = [each.body for each in classes_of(file) if each.name == owner]
        members = [member for body in bodies for member in body.named_children if text_of(member_name(member)) == name]
        return [function for member in members if (function := _of_member(member)) is not None]
    found: list[Node] = []
    for node in descendants(file.tree.root_node):
        is_named = text_of(node.child_by_field_name("name")) == name
        if is_named and node.type in {"function_declaration", "generator_function_declaration"}:
            found.append(node)
        elif is_named and node.type == "variable_declarator":
            value = node.child_by_field_name("value")
            found += [value] if value is not None and value.type in VALUES else []
    return found


def _of_member(member: Node) -> Node | None:
    if member.type == "method_definition":
        return member
    value = member.child_by_field_name("value")
    return value if value is not None and value.type in VALUES else None


def _with_parameter(file: ScriptFile, node: Node) -> Function | None:
    """The function, if it has the parameter that the file was read for."""
    listed = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    for each in file.found.names:
        is_listed = listed is not None and listed.start_byte <= each.node.start_byte < listed.end_byte
        if each.role == "bind" and each.scope.id == node.id and is_listed:
            return Function(file, node, each.node)
    return None


def _places(function: Function) -> list[Node]:
    """All places of the name that belong to the function."""
    found = function.file.found
    return [
        each.node
        for each in found.names
        if (each.role == "bind" and each.scope.id == function.node.id)
        or (each.role == "read" and (owner := owner_of(found, each.node)) is not None and owner.id == function.node.id)
    ]


def _problems(plan: Rename, function: Function) -> list[Problem]:
    """Why the parameter cannot get the name."""
    file, problems = function.file, list[Problem]()
    if plan.new in RESERVED:
        problems.append(Problem("FORMAT", f"`{plan.new}` is a reserved word of JavaScript: choose another name."))
    if file.fault_line:
        message = f"{file.path}:{file.fault_line} has a syntax error: correct it first, so that nothing is missed."
        problems.append(Problem("SYNTAX_WORSE", message, file.path))
    parameter = function.binding.parent
    if parameter is not None and any(child.type in MODIFIERS for child in parameter.children):
        message = f"`{plan.old}` is a field of its class, too: rename that, as `rename CLASS.{plan.old} to {plan.new}`."
        problems.append(Problem("CONFLICT", message, file.path))
    taken = _taken(plan, function)
    if taken is not None:
        line = file.lines.at(taken.start_byte) + 1
        message = f"`{plan.new}` is used already in {file.path}:{line}: choose another name."
        problems.append(Problem("CONFLICT", message, file.path))
    for node in descendants(function.node):
        if node.type == "call_expression" and text_of(node.child_by_field_name("function")) == "eval":
            message = f"`eval` in {file.path}:{file.lines.at(node.start_byte) + 1} sees the names around it."
            problems.append(Problem("CONFLICT", message, file.path))
    return problems


def _taken(plan: Rename, function: Function) -> Node | None:
    """A place of the new name that would mean the parameter, or where the parameter would mean another thing."""
    file, own, body = function.file, _places(function), function.node.child_by_field_name("body")
    same = {function.node.id, *([body.id] if body is not None else [])}
    found = occurrences(file.tree.root_node, file.source, plan.new)
    for each in found.names:
        if not function.node.start_byte <= each.node.start_byte < function.node.end_byte:
            continue
        owner = each.scope if each.role == "bind" else owner_of(found, each.node)
        is_inner = (
            owner is not None
            and owner.id not in same
            and function.node.start_byte <= owner.start_byte
            and owner.end_byte <= function.node.end_byte
        )
        if not is_inner or any(owner.start_byte <= place.start_byte < owner.end_byte for place in own if owner):
            return each.node
    return None


def _comments(function: Function, name: str) -> list[Site]:
    """The comments of the function that name the parameter, those above it included."""
    file, top = function.file, function.node
    while top.parent is not None and top.parent.type in AROUND:
        top = top.parent
    above = top.prev_named_sibling
    start = above.start_byte if above is not None and above.type == "comment" else top.start_byte
    inside = [node for node in file.found.others if node.type == "comment" and start <= node.start_byte < top.end_byte]
    shown = [
        node
        for node in inside
        if "@param" in text_of(node) or any(is_code_span(line, name) for line in text_of(node).splitlines())
    ]
    return [script_site(file, node, "a comment names the parameter") for node in shown]
