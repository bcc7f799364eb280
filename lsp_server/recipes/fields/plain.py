"""How does a class with an `__init__` of its own get a field? As a parameter that is kept on `self`."""

from dataclasses import replace

from context.parsing.parse import Node
from lsp_server.edits.change import Edit, Problem
from lsp_server.recipes.fields.record import Record
from lsp_server.recipes.fields.sentence import AddField
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Refused, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, open_file
from lsp_server.recipes.python.parameters import inserted, parameters_of
from lsp_server.recipes.python.placement import layout_of
from lsp_server.recipes.python.scopes import Binding
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.signature import signature
from lsp_server.recipes.signature.sentence import AddParameter, Target
from lsp_server.recipes.splices import Splice


def add_to_plain(plan: AddField, material: Material, record: Record) -> Done | Refused | Wanted:
    """The parameter with every call of it, then the line that keeps it, and the name in `__slots__`."""
    field = plan.field
    target = Target(record.name, record.file.path)
    parameter = AddParameter(target, field.name, field.annotation, field.default, value=plan.value)
    first = signature.carry_out(parameter, material)
    if not isinstance(first, Done):
        return first
    kept = _kept(record, field.name)
    if isinstance(kept, Problem):
        return refused(kept)
    edit = next((each for each in first.change.operations if each.path == record.file.path), None)
    if not isinstance(edit, Edit):
        return refused(Problem("CONFLICT", f"{record.name} was not changed.", record.file.path))
    snapshot = after(material.snapshot, first.change)
    later = Symbol(modules_of(snapshot, (record.file.path,)), record.name, field.name)
    file = open_file(later, record.file.path)
    again = _again(file, record) if isinstance(file, PythonFile) else None
    if again is None:
        return refused(Problem("CONFLICT", f"{record.name} cannot be read again.", record.file.path))
    splices = [_kept(again, field.name), *_slots(again, field.name)]
    second = finished(
        Material(snapshot), {again.file.path: [each for each in splices if isinstance(each, Splice)]}, plan.sentence()
    )
    if isinstance(second, Refused):
        return second
    whole = joined(material.snapshot, [first, second])
    summary = f"{plan.sentence()}, its `__init__` and its calls: {whole.certain} places"
    told = f"{summary}; {len(first.uncertain)} to check" if first.uncertain else summary
    return replace(whole, summary=told)


def _again(file: PythonFile, record: Record) -> Record | None:
    """The class as it stands after the first step."""
    number = [scope.kind for scope in record.file.names.scopes[: record.value.scope + 1]].count("class")
    classes = [(index, scope.node) for index, scope in enumerate(file.names.scopes) if scope.kind == "class"]
    if len(classes) < number:
        return None
    index, node = classes[number - 1]
    if node is None or text_of(node.child_by_field_name("name")) != record.name:
        return None
    return replace(record, file=file, node=node, value=replace(record.value, scope=index))


def _kept(record: Record, name: str) -> Splice | Problem:
    """The line `self.name = name`, behind the others of its kind."""
    bindings: list[Binding] = record.file.names.scopes[record.value.scope].bindings.get("__init__", [])
    function = bindings[-1].node.parent if bindings else None
    body = function.child_by_field_name("body") if function is not None else None
    parameters = parameters_of(function) if function is not None else []
    if function is None or body is None or not body.named_children or not parameters:
        return Problem("FORMAT", f"The `__init__` of {record.name} cannot be read.", record.file.path)
    layout, receiver = layout_of(record.file), parameters[0].name
    if body.start_point[0] == function.start_point[0] or layout.lines.at(body.start_byte) == layout.lines.at(
        function.start_byte
    ):
        return Problem("FORMAT", f"The `__init__` of {record.name} stands on one line: give it lines first.")
    names = {each.name for each in parameters}
    statements = [each for each in body.named_children if each.type != "comment"]
    own = [each for each in statements if _keeps(each, receiver, names)]
    only = statements[0]
    text = f"{receiver}.{name} = {name}"
    if len(statements) == 1 and text_of(only) in {"pass", "..."}:
        return Splice(only.start_byte, only.end_byte, text)
    row = layout.lines.at((own or statements)[-1].end_byte) + 1
    start = layout.lines.start(row)
    line = layout.indent(layout.lines.at(only.start_byte)) + text
    if start == layout.lines.size and not layout.source.endswith((b"\n", b"\r")):
        return Splice(start, start, layout.eol + line)
    return Splice(start, start, line + layout.eol)


def _keeps(statement: Node, receiver: str, names: set[str]) -> bool:
    """Whether a statement assigns a parameter to an attribute of the object."""
    assignment = statement.named_children[0] if statement.type == "expression_statement" else None
    left = assignment.child_by_field_name("left") if assignment is not None else None
    right = assignment.child_by_field_name("right") if assignment is not None else None
    is_own = text_of(left).startswith(f"{receiver}.") and right is not None
    return is_own and any(part.type == "identifier" and text_of(part) in names for part in _parts(right))


def _parts(node: Node | None) -> list[Node]:
    return [node, *node.named_children] if node is not None else []


def _slots(record: Record, name: str) -> list[Splice]:
    """The name in a literal `__slots__`."""
    bindings: list[Binding] = record.file.names.scopes[record.value.scope].bindings.get("__slots__", [])
    for binding in bindings:
        assignment = binding.node.parent
        listed = assignment.child_by_field_name("right") if assignment is not None else None
        if listed is None or listed.type not in {"list", "tuple", "set"}:
            continue
        entries = [each for each in listed.named_children if each.type == "string"]
        if not entries:
            text = f'"{name}",' if listed.type == "tuple" else f'"{name}"'
            return [Splice(listed.start_byte + 1, listed.start_byte + 1, text)]
        quote = text_of(entries[0])[0]
        return [inserted(record.file.source, entries, f"{quote}{name}{quote}", entries[-1], listed)]
    return []
