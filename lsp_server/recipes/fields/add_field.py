"""How does a class get a field? In its body or its `__init__`, and at every call of the constructor that needs it.

A field without a default must be passed: the calls get a value that the user names, or the field is refused with the
list of them. A field never moves what other calls pass by position.
"""

import re
from dataclasses import dataclass, replace

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.candidates import open_candidates
from lsp_server.recipes.data_types.field_list import Field, hiding_problems
from lsp_server.recipes.fields.calls import Calls, calls_of, field_lists
from lsp_server.recipes.fields.plain import add_to_plain
from lsp_server.recipes.fields.record import Entry, Record, constructor_fields, record_of
from lsp_server.recipes.fields.sentence import AddField
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.classes import class_name, class_named, defines, heirs_of, order_of
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.parameters import inserted, parameters_of
from lsp_server.recipes.python.placement import ImportLine, layout_of, place_import
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.world import Value, World
from lsp_server.recipes.sequence import after, joined
from lsp_server.recipes.splices import Splice


@dataclass(frozen=True, slots=True)
class Addition:
    """A field on its way into a class; `index` is where the constructor takes it by position, -1 by keyword only."""

    plan: AddField
    world: World
    record: Record
    heirs: tuple[Record, ...]
    index: int


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The class with its fields, one after another, and the calls that pass them."""
    if not isinstance(plan, AddField):
        raise TypeError(plan)
    dones: list[Done] = []
    current = material
    for each in (replace(plan, also=()), *plan.also):
        outcome = _with_field(each, current)
        if not isinstance(outcome, Done):
            return outcome
        dones.append(outcome)
        current = replace(current, snapshot=after(current.snapshot, outcome.change), consumed=None)
    if len(dones) == 1:
        return dones[0]
    whole = joined(material.snapshot, dones)
    summary = f"{plan.sentence()}: {whole.certain} places"
    return replace(whole, summary=f"{summary}; {len(whole.uncertain)} to check" if whole.uncertain else summary)


def _with_field(plan: AddField, material: Material) -> Done | Refused | Wanted:
    """The class with one field more, and the calls that pass it."""
    name = plan.target.names[0]
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, plan.field.name)
    files, _, problems = open_candidates(symbol, material.names, material)
    if problems:
        return Refused(tuple(problems))
    world = World(symbol)
    found = class_named(world, plan.target.dotted, plan.target.where, files, material.place)
    if isinstance(found, Problem):
        return refused(found)
    heirs = [each for each in heirs_of(world, {found}, files) if each != found]
    names = {name, *(class_name(world, each) for each in heirs)}
    if names - set(material.names):
        return Wanted(tuple(sorted(names)))
    record = record_of(world, found)
    if record is None:
        return refused(Problem("MISSING", f"{found.path} cannot be read."))
    plan = _decided(plan, record)
    problem = _taken(plan, world, record, heirs)
    if problem is not None:
        return refused(problem)
    if record.kind == "plain":
        return add_to_plain(plan, material, record)
    records = tuple(each for value in heirs if (each := record_of(world, value)) is not None)
    index = _index(plan, world, record)
    if isinstance(index, Problem):
        return refused(index)
    return _added(Addition(plan, world, record, records, index), material, files)


def _decided(plan: AddField, record: Record) -> AddField:
    """An optional field with its default, and its type in the words of the file."""
    annotation = plan.field.annotation
    if not plan.optional:
        return plan
    if annotation and not re.search(r"\bNone\b|\bOptional\[", annotation):
        written = re.search(rb"\b(?:\w+\.)?Optional(?=\[)", record.file.source)
        annotation = f"{written[0].decode()}[{annotation}]" if written is not None else f"{annotation} | None"
    return replace(plan, field=Field(plan.field.name, annotation, "None", required=False))


def _taken(plan: AddField, world: World, record: Record, heirs: list[Value]) -> Problem | None:
    """Why the class cannot have a field of that name, or no field at all."""
    name, where = plan.field.name, f"{record.file.path}:{record.line}"
    if record.kind == "other":
        message = f"It is not known what makes {record.name} ({where}): it has neither fields nor an `__init__`."
        return Problem("FORMAT", message, record.file.path)
    for value in (*order_of(world, record.value).classes, *heirs):
        if defines(world, value, name):
            return Problem("EXISTS", f"{class_name(world, value)} in {value.path} has a `{name}` already.", value.path)
    if not plan.field.annotation and (
        record.kind != "plain" or ((not plan.field.default or plan.optional) and _has_types(record))
    ):
        advice = f"`optional {name}: type`" if plan.optional else f"`{name}: type`"
        return Problem(
            "FORMAT", f"The field `{name}` has no type, which {record.name} ({where}) needs: write {advice}."
        )
    if record.kind == "TypedDict" and plan.field.default:
        return Problem("FORMAT", "A TypedDict has no defaults: leave it out, or write `NotRequired[…]` as its type.")
    if record.kind in {"NamedTuple", "plain"} and plan.field.calls_field:
        return Problem("FORMAT", f"All would share the default of `{name}`: write `| None = None`, or a tuple.")
    if record.kind == "NamedTuple" and name.startswith("_"):
        return Problem("FORMAT", f"A NamedTuple cannot have a field that begins with `_`: `{name}`.")
    lazy = b"from __future__ import annotations" in record.file.source
    hidden = hiding_problems((plan.field,), is_lazy=lazy) if plan.field.annotation else ()
    uses = [use.node for use in record.file.names.uses if use.name == name and use.scope == record.value.scope]
    if uses and plan.field.default:
        line = record.file.lines.at(uses[0].start_byte) + 1
        return Problem("CONFLICT", f"The field would hide the `{name}` that {record.file.path}:{line} means.")
    return hidden[0] if hidden else None


def _has_types(record: Record) -> bool:
    """Whether the `__init__` of a class gives types to its parameters."""
    bindings = record.file.names.scopes[record.value.scope].bindings.get("__init__", [])
    function = bindings[-1].node.parent if bindings else None
    parameters = parameters_of(function)[1:] if function is not None else []
    return any(each.node.child_by_field_name("type") is not None for each in parameters)


def _index(plan: AddField, world: World, record: Record) -> int | Problem:
    """Where the constructor takes the field: behind the required ones if it is one, else behind all."""
    fields = constructor_fields(world, record)
    if record.by_keyword or any(entry.by_keyword for entry in record.entries[-1:]):
        return -1
    if not plan.field.required:
        return len(fields)
    own = {entry.name for entry in record.entries}
    required = [number for number, entry in enumerate(fields) if entry.required]
    index = (required[-1] + 1) if required else 0
    inherited = [number for number, entry in enumerate(fields) if entry.name not in own]
    if inherited and index <= inherited[-1]:
        optional = fields[inherited[-1]].name
        message = f"{record.name} inherits `{optional}`, which has a default: `{plan.field.name}` needs one, too."
        return Problem("CONFLICT", message, record.file.path)
    return index


def _added(addition: Addition, material: Material, files: list[PythonFile]) -> Done | Refused | Wanted:
    plan, world, record = addition.plan, addition.world, addition.record
    calls = calls_of(world, record, addition.heirs, files)
    aliases = calls.names - set(material.names) - {"cls"}
    if aliases:
        return Wanted(tuple(sorted(aliases)))
    problems = [*_order_problems(addition), *_shifted(addition, calls)]
    body = _body_splice(record, plan, addition.index, constructor_fields(world, record))
    if isinstance(body, Problem):
        problems.append(body)
    splices: dict[str, list[Splice]] = {record.file.path: [body] if isinstance(body, Splice) else []}
    sites = [*calls.uncertain, *field_lists(record, files)] if plan.field.required else field_lists(record, files)
    missing: list[str] = []
    for call in calls.certain if plan.field.required or plan.value else ():
        if call.splat:
            sites.append(call.site("what it passes is made at run time"))
        elif plan.value:
            splices.setdefault(call.file.path, []).append(_passed(addition, call.file, call.node, call.given))
        else:
            missing.append(f"{call.file.path}:{call.line}")
    if missing:
        advice = f"give it a default, or say what to pass: `… {plan.field.name} … and pass VALUE at the calls`"
        lacking = "1 call" if len(missing) == 1 else f"{len(missing)} calls"
        message = f"{lacking} would lack {plan.field.name} ({', '.join(missing[:8])}): {advice}."
        problems.append(Problem("CONFLICT", message, record.file.path))
    if problems:
        return Refused(tuple(problems[:6]))
    splices[record.file.path] += _imports(world, record, plan)
    changed = sum(len(own) for own in splices.values())
    summary = f"{plan.sentence()}: {'1 place' if changed == 1 else f'{changed} places'}"
    return finished(material, splices, summary, sites)


def _order_problems(addition: Addition) -> list[Problem]:
    """Heirs whose required fields would follow one with a default."""
    plan, record = addition.plan, addition.record
    if addition.index < 0 or plan.field.required:
        return []
    found: list[Problem] = []
    for heir in addition.heirs:
        required = [entry.name for entry in heir.entries if entry.required]
        if heir.kind == record.kind and required and not heir.by_keyword:
            message = (
                f"{heir.name} in {heir.file.path}:{heir.line} has `{required[0]}` without a default, which would "
                f"follow `{plan.field.name}`: give {heir.name} `kw_only=True` first."
            )
            found.append(Problem("CONFLICT", message, heir.file.path))
    return found


def _shifted(addition: Addition, calls: Calls) -> list[Problem]:
    """Calls and patterns that would pass by position what is meant for another field."""
    if addition.index < 0:
        return []
    calls_that_stay = () if addition.plan.value or addition.plan.field.required else calls.certain
    return [
        Problem(
            "CONFLICT",
            f"{call.file.path}:{call.line} passes by position what would then be `{addition.plan.field.name}`.",
            call.file.path,
        )
        for call in (*calls_that_stay, *calls.patterns)
        if call.positional > addition.index
    ]


def _passed(addition: Addition, file: PythonFile, call: Node, given: tuple[Node, ...]) -> Splice:
    """The value at a call: in its position where others follow there, else by keyword."""
    plan = addition.plan
    positional = [each for each in given if each.type != "keyword_argument"]
    if 0 <= addition.index < len(positional):
        start = positional[addition.index].start_byte
        return Splice(start, start, f"{plan.value}, ")
    brackets = call.child_by_field_name("arguments") or call
    return inserted(file.source, given, f"{plan.field.name}={plan.value}", given[-1] if given else None, brackets)


def _body_splice(record: Record, plan: AddField, index: int, fields: list[Entry]) -> Splice | Problem:
    """The line of the field in the class."""
    body, layout = record.node.child_by_field_name("body"), layout_of(record.file)
    first = body.named_children[0] if body is not None and body.named_children else None
    row = layout.lines.at(first.start_byte) if first is not None else 0
    indent = layout.indent(row)
    if first is None or first.start_point[0] == record.node.start_point[0] or ";" in layout.text(row):
        return Problem("FORMAT", f"The body of {record.name} stands on one line: give it lines of its own first.")
    text = f"{indent}{_written(record, plan)}"
    own = [entry.statement for entry in record.entries]
    before = [entry.statement for entry in fields[:index] if entry.statement in own] if index >= 0 else own
    if own and not before:
        start = layout.lines.start(layout.lines.at(own[0].start_byte))
        return Splice(start, start, text + layout.eol)
    if before:
        return _below(record, text, before[-1])
    if first.type in {"pass_statement"} or (record.file.source[first.start_byte : first.end_byte] == b"..."):
        return Splice(first.start_byte, first.end_byte, text.strip())
    if first.type == "expression_statement" and first.named_children[0].type == "string":
        return _below(record, layout.eol + text, first)
    start = layout.lines.start(row)
    return Splice(start, start, text + layout.eol * 2)


def _below(record: Record, text: str, statement: Node) -> Splice:
    """A line behind a statement, and behind the string below it that documents it."""
    layout = layout_of(record.file)
    behind = statement.next_named_sibling
    is_documented = (
        behind is not None
        and behind.type == "expression_statement"
        and behind.named_children[0].type == "string"
        and behind.start_point[0] == statement.end_point[0] + 1
    )
    row = layout.lines.at((behind if is_documented and behind is not None else statement).end_byte) + 1
    start = layout.lines.start(row)
    if start == layout.lines.size and not layout.source.endswith((b"\n", b"\r")):
        return Splice(start, start, layout.eol + text)
    return Splice(start, start, text + layout.eol)


def _written(record: Record, plan: AddField) -> str:
    default = plan.field.default
    if plan.field.calls_field:
        default = default.replace("field(", f"{_maker(record)}(", 1)
    return f"{plan.field.name}: {plan.field.annotation}{f' = {default}' if default else ''}"


def _maker(record: Record) -> str:
    """How the file writes what makes a default anew for each object."""
    name = "Field" if record.kind == "model" else "field"
    bindings = record.file.names.scopes[MODULE_SCOPE].bindings
    module = "pydantic" if record.kind == "model" else "dataclasses"
    through = any(each.kind == "import" and each.module == module for each in bindings.get(module, ()))
    return f"{module}.{name}" if through and name not in bindings else name


def _imports(world: World, record: Record, plan: AddField) -> list[Splice]:
    """The import of `field`, where the file lacks it."""
    name = _maker(record)
    if not plan.field.calls_field or "." in name or name in record.file.names.scopes[MODULE_SCOPE].bindings:
        return []
    module = "pydantic" if record.kind == "model" else "dataclasses"
    return [place_import(world.symbol.modules, record.file, ImportLine(module, name))]
