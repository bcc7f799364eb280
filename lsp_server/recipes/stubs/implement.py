"""How does a class get what its bases leave open? With their signatures as they stand, and the imports these need."""

import builtins
import re
from dataclasses import dataclass, field

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.candidates import open_candidates
from lsp_server.recipes.move.block import needed_names
from lsp_server.recipes.move.imports import import_for, reaches, same_import
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Site, Wanted
from lsp_server.recipes.python.classes import bases_of, class_named
from lsp_server.recipes.python.imports import module_of, modules_of
from lsp_server.recipes.python.names import PythonFile, Symbol, descendants
from lsp_server.recipes.python.placement import ImportLine, layout_of, place_imports
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World, opened
from lsp_server.recipes.splices import Splice
from lsp_server.recipes.stubs.contract import ABSTRACT, Member, contract_of, decorators
from lsp_server.recipes.stubs.sentence import ImplementStubs

LINE = re.compile(r"(?:from (?P<module>\S+) import (?P<name>\w+)|import (?P<plain>[\w.]+))(?: as (?P<alias>\w+))?")
ALIASES = {"abstractproperty": "property", "abstractclassmethod": "classmethod", "abstractstaticmethod": "staticmethod"}
KEPT = re.compile(
    r"(?:\w+\.)*(?:property|cached_property|classmethod|staticmethod|overload|\w+\.(?:setter|deleter|getter))"
)
LAZY = b"from __future__ import annotations"


@dataclass(frozen=True, slots=True)
class Writing:
    """Methods on their way into a class, with the imports that they need and what speaks against them."""

    world: World
    value: Value
    file: PythonFile
    node: Node
    imports: dict[str, ImportLine] = field(default_factory=dict[str, ImportLine])
    problems: list[Problem] = field(default_factory=list[Problem])


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The class with a method for each that is left open."""
    if not isinstance(plan, ImplementStubs):
        raise TypeError(plan)
    name = plan.target.names[0]
    symbol = Symbol(modules_of(material.snapshot, material.candidates), name, name)
    files, _, problems = open_candidates(symbol, material.names, material)
    if problems:
        return Refused(tuple(problems))
    world = World(symbol)
    value = class_named(world, plan.target.dotted, plan.target.where, files, material.place)
    base = class_named(world, plan.base.dotted, plan.base.where, files, None) if plan.base is not None else None
    if isinstance(value, Problem) or isinstance(base, Problem):
        return Refused(tuple(each for each in (value, base) if isinstance(each, Problem)))
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None else None
    if file is None or node is None:
        return refused(Problem("MISSING", f"{value.path} cannot be read.", value.path))
    if base is None and not any(bases_of(world, value)):
        return refused(Problem("NOT_FOUND", f"{name} in {value.path} has no base whose methods it could lack."))
    contract = contract_of(world, value, base)
    sites = [site(other, at, f"`{wanted}` is wanted as an attribute") for wanted, other, at in contract.attributes]
    if not contract.members:
        unknown = f" What {', '.join(contract.unknown)} wants is not known." if contract.unknown else ""
        wanted = f" Attributes are wanted: {', '.join(each.text for each in sites)}." if sites else ""
        return refused(Problem("NO_CHANGE", f"{name} in {value.path} lacks no method.{unknown}{wanted}", value.path))
    return _written(plan, material, Writing(world, value, file, node), contract.members, sites)


def _written(
    plan: ImplementStubs, material: Material, writing: Writing, members: tuple[Member, ...], sites: list[Site]
) -> Done | Refused:
    layout = layout_of(writing.file)
    indent = _indent(writing)
    blocks = [_method(writing, member, indent) for member in members]
    problems = [each for each in blocks if isinstance(each, Problem)] + writing.problems
    body = _body(writing, [each for each in blocks if isinstance(each, str)], layout.eol)
    if isinstance(body, Problem):
        problems.append(body)
    if problems or isinstance(body, Problem):
        return Refused(tuple(dict.fromkeys(problems))[:6])
    modules = writing.world.symbol.modules
    lazy = LAZY in writing.file.source
    lines = place_imports(modules, writing.file, writing.imports.values(), for_types=lazy)
    written = ", ".join(member.name for member in members)
    where = f"{plan.target.dotted} ({writing.file.path})"
    return finished(material, {writing.file.path: [body, *lines]}, f"Write {written} in {where}", sites)


def _indent(writing: Writing) -> str:
    """The indentation of the methods of a class."""
    layout = layout_of(writing.file)
    row = layout.lines.at(writing.node.start_byte)
    body = writing.node.child_by_field_name("body")
    first = layout.lines.at(body.named_children[0].start_byte) if body is not None and body.named_children else row
    return layout.indent(first) if first != row else layout.indent(row) + layout.step


def _method(writing: Writing, member: Member, indent: str) -> str | Problem:
    """One method with its overloads, in the lines of the class."""
    layout = layout_of(writing.file)
    eol, step = layout.eol, layout.step
    if member.file is None:
        head = [f"{indent}@property"] if member.is_property else []
        return eol.join(
            [*head, f"{indent}def {member.name}{member.signature}:", f"{indent}{step}raise NotImplementedError"]
        )
    parts: list[str] = []
    for whole in member.nodes:
        function = whole.named_children[-1] if whole.type == "decorated_definition" else whole
        head = _head(writing, member, function)
        if isinstance(head, Problem):
            return head
        kept = [_kept(each) for each in decorators(whole)]
        lines = [f"{indent}@{each}" for each in kept if each]
        is_overload = any(each.rpartition(".")[2] == "overload" for each in kept)
        lines += [indent + line if number == 0 else _moved(line, function, indent) for number, line in enumerate(head)]
        lines.append(f"{indent}{step}{'...' if is_overload else 'raise NotImplementedError'}")
        parts.append(eol.join(lines))
        for each in kept:
            _need(writing, member, each.partition("(")[0].partition(".")[0] if each and "." not in each else "")
    return (eol * 2).join(parts)


def _kept(decorator: str) -> str:
    """A decorator as the class needs it; empty for one that it does not."""
    last = decorator.partition("(")[0].rpartition(".")[2]
    if last in ABSTRACT:
        return ALIASES.get(last, "")
    return decorator if KEPT.fullmatch(decorator) else ""


def _moved(line: str, function: Node, indent: str) -> str:
    """A further line of a signature, as far from the class as it was from the base."""
    old = " " * function.start_point[1]
    return indent + line[len(old) :] if line.startswith(old) else line


def _head(writing: Writing, member: Member, function: Node) -> list[str] | Problem:
    """The lines of a signature, with what it names imported or replaced."""
    file, body = member.file, function.child_by_field_name("body")
    if file is None or body is None:
        return Problem("FORMAT", f"{member.name} cannot be read.")
    where = f"{file.path}:{file.lines.at(function.start_byte) + 1}"
    colon = next(
        child for child in reversed(function.children) if child.type == ":" and child.end_byte <= body.start_byte
    )
    if any(
        each.type == "string" and each.start_point[0] != each.end_point[0]
        for each in descendants(function.child_by_field_name("parameters") or function)
    ):
        return Problem("FORMAT", f"The signature in {where} holds a text of several lines.", file.path)
    changes = _replaced(writing, member, function)
    text = _spliced(file.source, function.start_byte, colon.end_byte, changes)
    names = needed_names(f"{text} ...".encode())
    for name in sorted(names):
        _need(writing, member, name)
    return re.split(r"\r\n|\n|\r", text)


def _spliced(source: bytes, start: int, end: int, changes: list[Splice]) -> str:
    parts: list[str] = []
    for change in sorted(changes):
        parts += [source[start : change.start].decode("utf-8", "surrogatepass"), change.text]
        start = change.end
    return "".join(parts) + source[start:end].decode("utf-8", "surrogatepass")


def _replaced(writing: Writing, member: Member, function: Node) -> list[Splice]:
    """Type parameters that the class has given, and quotes where the types are not to be evaluated."""
    given = _given(writing, member)
    head = [function.child_by_field_name("parameters"), function.child_by_field_name("return_type")]
    types = [each for part in head if part is not None for each in descendants(part) if each.type == "type"]
    outer = [
        each
        for each in types
        if not any(o != each and o.start_byte <= each.start_byte and each.end_byte <= o.end_byte for o in types)
    ]
    is_lazy = member.file is not None and LAZY in member.file.source
    changes: list[Splice] = []
    for node in outer:
        text = text_of(node)
        new = re.sub(r"\b[^\W\d]\w*\b", lambda word: given.get(word[0], word[0]), text) if given else text
        has_names = any(
            each.type == "identifier" and not hasattr(builtins, text_of(each)) for each in descendants(node)
        )
        if is_lazy and LAZY not in writing.file.source and has_names and '"' not in new:
            new = f'"{new}"'
        if new != text:
            changes.append(Splice(node.start_byte, node.end_byte, new))
    return changes


def _given(writing: Writing, member: Member) -> dict[str, str]:
    """What stands for the type parameters of a direct base: `T` is `int` in `class Disk(Store[int])`."""
    file = opened(writing.world, member.owner.path)
    node = file.names.scopes[member.owner.scope].node if file is not None else None
    listed = writing.node.child_by_field_name("superclasses")
    name = text_of(node.child_by_field_name("name")) if node is not None else ""
    own = node.child_by_field_name("superclasses") if node is not None else None
    declared = node.child_by_field_name("type_parameters") if node is not None else None
    parameters = [
        text_of(each).partition(":")[0].strip() for each in (declared.named_children if declared is not None else ())
    ]
    for base in own.named_children if own is not None else ():
        if text_of(base).partition("[")[0].rpartition(".")[2] in {"Generic", "Protocol"}:
            parameters = parameters or [text_of(each) for each in base.children_by_field_name("subscript")]
    for base in listed.named_children if listed is not None else ():
        if text_of(base).partition("[")[0].rpartition(".")[2] == name:
            values = [text_of(each) for each in base.children_by_field_name("subscript")]
            return dict(zip(parameters, values, strict=False)) if len(values) == len(parameters) else {}
    return {}


def _need(writing: Writing, member: Member, name: str) -> None:
    """Notes the import of a name that a signature uses, or why the class cannot have it."""
    symbol, source = writing.world.symbol, member.file
    if not name or source is None or source.path == writing.file.path or name in writing.imports:
        return
    found = import_for(symbol.modules, source, name, writing.file.path)
    if isinstance(found, Problem):
        writing.problems.append(found)
        return
    if found is None:
        if not hasattr(builtins, name):
            message = f"{member.name} of {source.path} needs `{name}`, which no import brings: write it by hand."
            writing.problems.append(Problem("CONFLICT", message, source.path))
        return
    if writing.file.names.scopes[MODULE_SCOPE].bindings.get(name):
        if not same_import(symbol.modules, writing.file, name, found) and found.module != module_of(
            symbol.modules, writing.file.path
        ):
            message = f"`{name}` means something else in {writing.file.path}, and {member.name} needs it."
            writing.problems.append(Problem("CONFLICT", message, writing.file.path))
        return
    own = module_of(symbol.modules, writing.file.path)
    if found.module == own:
        return
    if reaches(symbol, [found.module], {own}):
        message = f"{member.name} needs `{name}` of {found.module}, which imports {writing.file.path}."
        writing.problems.append(Problem("CONFLICT", message, writing.file.path))
        return
    said = LINE.fullmatch(found.line)
    if said is not None:
        line = ImportLine(said["module"] or said["plain"], said["name"] or "", said["alias"] or "")
        writing.imports[name] = line


def _body(writing: Writing, blocks: list[str], eol: str) -> Splice | Problem:
    """The methods at the end of the class."""
    layout, body = layout_of(writing.file), writing.node.child_by_field_name("body")
    text = (eol * 2).join(blocks)
    if body is None or not body.named_children:
        return Problem("FORMAT", "The class has no body.", writing.file.path)
    only, last = body.named_children[0], body.named_children[-1]
    is_empty = body.named_child_count == 1 and text_of(only) in {"pass", "..."}
    same_line = only.start_point[0] == writing.node.start_point[0]
    if is_empty and (same_line or only.start_point[0] > writing.node.start_point[0]):
        colon = next(child for child in reversed(writing.node.children) if child.type == ":")
        start = colon.end_byte if same_line else layout.lines.start(layout.lines.at(only.start_byte))
        return Splice(start, only.end_byte, (eol if same_line else "") + text)
    if same_line:
        return Problem("FORMAT", "The body of the class stands on one line: give it lines first.", writing.file.path)
    row = layout.lines.at(last.end_byte) + 1
    start = layout.lines.start(row)
    if start == layout.lines.size and not layout.source.endswith((b"\n", b"\r")):
        return Splice(start, start, eol * 2 + text)
    return Splice(start, start, eol + text + eol)
