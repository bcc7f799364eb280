"""How does a variable's value get in its place? Only where reading it there gives the same: else it is refused.

A value of literals and of names that are never bound again may stand anywhere. Any other value is evaluated at one
place: in the statement behind, once, and before anything there that may have an effect.
"""

from dataclasses import dataclass

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.candidates import compile_problems
from lsp_server.recipes.extract.assigned import has_value
from lsp_server.recipes.extract.flow import LOOKERS
from lsp_server.recipes.extract.fragment import read_whole
from lsp_server.recipes.extract.once import effect_before, not_once, statement_of
from lsp_server.recipes.inline.sentence import Inline
from lsp_server.recipes.inline.value import written
from lsp_server.recipes.plan import Done, Material, Refused
from lsp_server.recipes.python.names import PythonFile, Symbol, descendants, is_alone
from lsp_server.recipes.python.places import matches
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Use, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice, edit_of

LEAVES = frozenset(
    {"identifier", "integer", "float", "true", "false", "none", "string", "tuple", "parenthesized_expression"}
)
PARTS = frozenset({"string_start", "string_content", "string_end", "escape_sequence"})


@dataclass(frozen=True, slots=True)
class Local:
    """A variable of a function: its file, scope, and what reads it."""

    file: PythonFile
    scope: int
    uses: tuple[Use, ...]


def inline_variable(plan: Inline, material: Material, symbol: Symbol, paths: list[str]) -> Done | Refused | None:
    """The whole change; None where no function has such a variable."""
    found: list[Local] = []
    for path in paths:
        file = read_whole(material, path, plan.name)
        if isinstance(file, Problem):
            continue
        found += [each for each in _locals(plan.name, file) if _is_meant(plan, symbol, each)]
    place = material.place
    if len(found) > 1 and place is not None:
        around = [
            each for each in found if each.file.path == place.path and _holds(each, place.start_line, place.end_line)
        ]
        found = around[-1:] or found
    if not found:
        return None
    if len(found) > 1:
        listed = ", ".join(_at(each.file, _binding(plan.name, each)) for each in found[:8])
        advice = f"Say in which: `inline variable {plan.name} in FUNCTION`."
        return _refused("AMBIGUOUS", f"{plan.name} is a variable of several functions: {listed}. {advice}")
    return _inlined(plan, material, found[0])


def _refused(code: str, message: str, path: str = "") -> Refused:
    return Refused((Problem("AMBIGUOUS" if code == "AMBIGUOUS" else "CONFLICT", message, path),))


def _locals(name: str, file: PythonFile) -> list[Local]:
    found: list[Local] = []
    for index, scope in enumerate(file.names.scopes):
        if scope.kind != "function" or name not in scope.bindings:
            continue
        uses = [use for use in file.names.uses if use.name == name and _owner(file, use) == index]
        found.append(Local(file, index, tuple(uses)))
    return found


def _owner(file: PythonFile, use: Use) -> int:
    found = find_scope(file.names.scopes, use.name, use.scope, use.node.start_byte)
    return found.scope if found is not None else -1


def _is_meant(plan: Inline, symbol: Symbol, local: Local) -> bool:
    """Whether a variable is in the function or the file that the sentence names."""
    if not plan.where or matches(symbol, plan.where, local.file):
        return True
    scope, names = local.scope, list[str]()
    while scope > MODULE_SCOPE:
        node = local.file.names.scopes[scope].node
        names.insert(0, text_of(node.child_by_field_name("name")) if node is not None else "")
        scope = local.file.names.scopes[scope].parent
    return ".".join(names).endswith(plan.where)


def _holds(local: Local, first: int, last: int) -> bool:
    node = local.file.names.scopes[local.scope].node
    lines = local.file.lines
    return node is not None and lines.at(node.start_byte) < first and last <= lines.at(node.end_byte) + 1


def _binding(name: str, local: Local) -> Node:
    return local.file.names.scopes[local.scope].bindings[name][0].node


def _at(file: PythonFile, node: Node) -> str:
    return f"{file.path}:{file.lines.at(node.start_byte) + 1}"


def _inlined(plan: Inline, material: Material, local: Local) -> Done | Refused:
    file, name = local.file, plan.name
    bindings = local.file.names.scopes[local.scope].bindings[name]
    if any(binding.kind == "parameter" for binding in bindings):
        return _refused("", f"{name} is a parameter ({_at(file, bindings[0].node)}): its calls give it.", file.path)
    if len(bindings) > 1:
        listed = ", ".join(_at(file, binding.node) for binding in bindings[:6])
        return _refused("", f"{name} is bound more than once: {listed}. It cannot be inlined.", file.path)
    node = bindings[0].node
    assignment = node.parent
    value = (
        assignment.child_by_field_name("right") if assignment is not None and assignment.type == "assignment" else None
    )
    statement = statement_of(node)
    if (
        assignment is None
        or value is None
        or statement is None
        or assignment.child_by_field_name("left") != node
        or assignment.parent != statement
    ):
        return _refused("", f"{_at(file, node)} is no plain assignment of {name}: it cannot be inlined.", file.path)
    reason = _reason(local, name, statement, value)
    if reason:
        return _refused("", f"{name} ({_at(file, node)}) cannot be inlined: {reason}.", file.path)
    text = material.snapshot.file(file.path)
    if not isinstance(text, FileText):
        return _refused("", f"{file.path} {text.reason}.", file.path)
    splices = [Splice(use.node.start_byte, use.node.end_byte, written(value, use.node)) for use in local.uses]
    splices.append(_without_statement(file, statement))
    gone = material.consumed
    if gone is not None and gone.path == file.path:
        splices.append(Splice(file.lines.start(gone.start_line - 1), file.lines.start(gone.end_line), ""))
    edit = edit_of(text, splices, plan.sentence())
    problems = compile_problems(edit)
    if problems:
        return Refused(tuple(problems))
    places = "1 place" if len(local.uses) == 1 else f"{len(local.uses)} places"
    return Done(ChangeSet((edit,)), f"{plan.sentence()}: {places} in {file.path}", len(local.uses) + 1)


def _without_statement(file: PythonFile, statement: Node) -> Splice:
    """The statement's lines go; a comment behind it stays on a line of its own."""
    row = file.lines.at(statement.start_byte)
    start, end = file.lines.start(row), file.lines.start(file.lines.at(statement.end_byte) + 1)
    rest = file.source[statement.end_byte : end].strip()
    if rest.startswith(b"#"):
        kept = file.source.index(b"#", statement.end_byte)
        return Splice(statement.start_byte, kept, "")
    return Splice(start, end, "")


def _reason(local: Local, name: str, statement: Node, value: Node) -> str:
    """Why the value would not be the same in place of the name; empty where it is."""
    file = local.file
    if not is_alone(file, statement):
        return "its line holds other code"
    if not local.uses:
        return "nothing reads it"
    function = file.names.scopes[local.scope].node
    looker = (
        next(
            (
                each
                for each in descendants(function)
                if each.type == "call" and text_of(each.child_by_field_name("function")) in LOOKERS
            ),
            None,
        )
        if function is not None
        else None
    )
    if looker is not None:
        return f"{_at(file, looker)} looks at the names of the function"
    for use in local.uses:
        parent = use.node.parent
        if parent is not None and parent.type in {"global_statement", "nonlocal_statement"}:
            return f"{_at(file, use.node)} declares it"
        if parent is not None and parent.type == "interpolation" and any(each.type == "=" for each in parent.children):
            return f"{_at(file, use.node)} prints its name"
        moved = next(
            (
                each
                for each in _names_in(value)
                if _scope_of(file, each, local.scope) != _scope_of(file, each, use.scope, use.node)
            ),
            None,
        )
        if moved is not None:
            return f"`{text_of(moved)}` means something else in {_at(file, use.node)}"
    changing = _changing(local, value)
    if not changing:
        unset = next((use for use in local.uses if not _is_set(use, name, function)), None)
        return f"it may have no value yet in {_at(file, unset.node)}" if unset is not None else ""
    return _reason_of_moment(local, statement, changing)


def _is_set(use: Use, name: str, function: Node | None) -> bool:
    """Whether the variable certainly has its value where it is read; functions within are called later."""
    node: Node | None = use.node
    while node is not None and node != function:
        if has_value(node, name, function):
            return True
        node = _function_around(node)
    return False


def _function_around(node: Node) -> Node | None:
    """The function or lambda that a node is in."""
    parent = node.parent
    while parent is not None and parent.type not in {"function_definition", "lambda"}:
        parent = parent.parent
    return parent


def _names_in(value: Node) -> list[Node]:
    return [
        node
        for node in descendants(value)
        if node.type == "identifier"
        and not (
            node.parent is not None
            and node.parent.type == "attribute"
            and node.parent.child_by_field_name("attribute") == node
        )
        and not (
            node.parent is not None
            and node.parent.type == "keyword_argument"
            and node.parent.child_by_field_name("name") == node
        )
    ]


def _scope_of(file: PythonFile, name: Node, scope: int, place: Node | None = None) -> int:
    found = find_scope(file.names.scopes, text_of(name), scope, (place or name).start_byte)
    return found.scope if found is not None else -1


def _changing(local: Local, value: Node) -> str:
    """Why a value may be another at another moment; empty where it is the same always."""
    if value.type == "string" and any(each.type == "interpolation" for each in value.named_children):
        return "a text that is put together"
    if value.type == "identifier":
        return _changing_name(local, value)
    if value.type in LEAVES:
        return next(
            (found for each in value.named_children if each.type not in PARTS and (found := _changing(local, each))), ""
        )
    if value.type == "unary_operator" and value.named_children[-1].type in {"integer", "float"}:
        return ""
    return f"`{text_of(value)[:40]}`"


def _changing_name(local: Local, name: Node) -> str:
    scopes, text = local.file.names.scopes, text_of(name)
    owner = _scope_of(local.file, name, local.scope)
    if owner < 0:
        return ""
    is_shared = any(text in each.declared_global | each.declared_nonlocal for each in scopes)
    return f"`{text}`, which is bound more than once" if is_shared or len(scopes[owner].bindings[text]) > 1 else ""


def _reason_of_moment(local: Local, statement: Node, changing: str) -> str:
    """Why a value cannot be evaluated a moment later, in the statement behind."""
    file, first = local.file, local.uses[0].node
    if len(local.uses) > 1:
        return f"its value, {changing}, is read at {len(local.uses)} places and may be another each time"
    target, behind = statement_of(first), statement.next_named_sibling
    while behind is not None and behind.type == "comment":
        behind = behind.next_named_sibling
    if target is None or target != behind:
        return f"its value, {changing}, is not read in the statement behind it"
    reason = not_once(target, first)
    if reason:
        return f"in {_at(file, first)} {reason}"
    effect = effect_before(target, first)
    return f"`{text_of(effect)[:40]}` would be evaluated before its value" if effect is not None else ""
