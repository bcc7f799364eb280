"""How does a list of fields become a type? One row for each kind: its language, its imports, its lines."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from context.parsing.languages import language_of
from context.parsing.parse import Node, parse, tree_faults
from lsp_server.edits.change import ChangeSet, Problem, ProblemCode
from lsp_server.recipes.data_types.data_type import imports_of, taken_name
from lsp_server.recipes.data_types.destination import Destination, arrived, destination
from lsp_server.recipes.data_types.field_list import Field, names_in
from lsp_server.recipes.data_types.proof import proof_problems
from lsp_server.recipes.data_types.structure_sentence import Kind, Structure
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.insert import block_splice, import_splice
from lsp_server.recipes.splices import Splice, edit_of, source_of

Lines = Callable[[Structure, str], list[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a kind is written: the languages whose files may hold it, what it imports in Python, its lines."""

    languages: frozenset[str]
    lines: Lines
    module: str = ""
    imported: tuple[str, ...] = ()


def _class(base: str) -> Lines:
    """The lines of a Python class with annotated fields."""

    def lines(plan: Structure, step: str) -> list[str]:
        fields = [f"{step}{field.name}: {field.annotation}{_default(field)}" for field in plan.fields]
        return [f"class {plan.name}({base}):", *fields]

    return lines


def _default(field: Field) -> str:
    default = (
        field.default.replace("field(default_factory", "Field(default_factory") if field.calls_field else field.default
    )
    return f" = {default}" if default else ""


def _enum(plan: Structure, step: str) -> list[str]:
    return [f"class {plan.name}(Enum):", *(f"{step}{field.name} = {field.default}" for field in plan.fields)]


def _interface(plan: Structure, step: str) -> list[str]:
    fields = [f"{step}{field.name}: {field.annotation.rstrip(';')};" for field in plan.fields]
    return [f"export interface {plan.name} {{", *fields, "}"]


def _struct(plan: Structure, _step: str) -> list[str]:
    """gofmt aligns the types of fields that follow one another."""
    width = max(len(field.name) for field in plan.fields)
    fields = [f"\t{field.name.ljust(width)} {field.annotation}" for field in plan.fields]
    return [f"type {plan.name} struct {{", *fields, "}"]


PYTHON = frozenset({"python"})
SHAPES: dict[Kind, Shape] = {
    "TypedDict": Shape(PYTHON, _class("TypedDict"), "typing", ("TypedDict",)),
    "NamedTuple": Shape(PYTHON, _class("NamedTuple"), "typing", ("NamedTuple",)),
    "enum": Shape(PYTHON, _enum, "enum", ("Enum",)),
    "pydantic model": Shape(PYTHON, _class("BaseModel"), "pydantic", ("BaseModel",)),
    "TypeScript interface": Shape(frozenset({"typescript", "tsx"}), _interface),
    "Go struct": Shape(frozenset({"go"}), _struct),
}


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The type in place of the comment that asked for it, or below the user's place."""
    if not isinstance(plan, Structure):
        raise TypeError(plan)
    shape = SHAPES[plan.kind]
    target = destination(plan.where, material, plan.name, shape.languages)
    if not isinstance(target, Destination):
        return target if isinstance(target, Wanted) else Refused((target,))
    root, layout = target.root, target.layout
    if target.indent:
        return _refused("FORMAT", f"A {plan.kind} is written at the top level: move the comment there.", target.path)
    first, last = target.first, target.last
    splices = [block_splice(layout, first, last, shape.lines(plan, layout.step), 1)]
    if shape.module:
        found = _imports(root, plan, shape, target.offset)
        if isinstance(found, Problem):
            return Refused((found,))
        plan, missing = found
        splices = [block_splice(layout, first, last, shape.lines(plan, layout.step))]
        splices += [import_splice(root, layout, shape.module, missing, target.offset)] if missing else []
        if len(splices) > 1 and splices[1].start == splices[0].start:
            text = splices[1].text.rstrip("\r\n") + layout.eol * 3 + splices[0].text.lstrip("\r\n")
            splices = [Splice(splices[0].start, splices[0].end, text)]
    edit = edit_of(target.file, splices, plan.sentence())
    problems = proof_problems(edit, plan.name, frozenset({shape.module})) if shape.module else []
    if not shape.module and _faults(target.path, edit.after) > _faults(target.path, edit.before):
        message = f"{plan.name} would not parse in {target.path}: look at its types."
        problems = [Problem("SYNTAX_WORSE", message, target.path)]
    if problems:
        return Refused(tuple(problems))
    return arrived(Done(ChangeSet((edit,)), plan.sentence(), len(splices)), target, material)


def _faults(path: str, text: str) -> int:
    language = language_of(path)
    return len(tree_faults(parse(language, source_of(text)))) if language is not None else 0


def _imports(root: Node, plan: Structure, shape: Shape, before: int) -> tuple[Structure, tuple[str, ...]] | Problem:
    """The names that must be imported first; a name that means something else here is refused."""
    wanted = list(shape.imported)
    if plan.kind == "enum" and any(field.default == "auto()" for field in plan.fields):
        wanted.append("auto")
    if plan.kind == "pydantic model" and any(field.calls_field for field in plan.fields):
        wanted.append("Field")
    known = {
        alias
        for statement in root.children
        if statement.end_byte <= before
        for name, alias in imports_of(statement, shape.module)
        if name == alias
    }
    for name in (plan.name, *wanted):
        taken = taken_name(root, name, module=shape.module if name != plan.name else "")
        if taken is not None and name not in known:
            return Problem(
                "EXISTS", f"`{name}` is defined already in line {taken.start_point[0] + 1}: choose another name."
            )
    # The class is not there yet when Python reads the types of its own fields.
    fields = tuple(
        replace(field, annotation=f'"{field.annotation}"') if plan.name in names_in(field.annotation) else field
        for field in plan.fields
    )
    return replace(plan, fields=fields), tuple(sorted(set(wanted) - known))


def _refused(code: ProblemCode, message: str, path: str = "") -> Refused:
    return Refused((Problem(code, message, path),))
