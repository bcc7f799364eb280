"""How does a list of fields become a data type? For Python dataclasses.

`# dataclass Point with x: int, y: int = 0` becomes

    @dataclass
    class Point:
        x: int
        y: int = 0

and `from dataclasses import dataclass` is added where it is missing.
"""

import builtins
import re
from dataclasses import dataclass, replace
from keyword import iskeyword

from context.parsing.parse import Node
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.data_types.destination import Destination, arrived, destination, without_file
from lsp_server.recipes.data_types.field_list import Field, hiding_problems, made_anew, names_in, parse_fields
from lsp_server.recipes.data_types.proof import proof_problems
from lsp_server.recipes.phrasing import POLITE
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.insert import Layout, block_splice, import_splice
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Splice, edit_of

PHRASINGS = (
    "dataclass Point with x: int, y: int = 0",
    "dataclass Point: x int, y int",
    "dataclass Point(x: int, y: int = 0)",
    "make a frozen dataclass Point with fields x: int and y: int = 0",
    "create a Point dataclass having x: int, y: int",
    "add a slotted, keyword-only dataclass named Point with x: int",
    "dataclass Point with x: int, y: int = 0 in pkg/shapes.py",
)

OPTIONS = {
    "frozen": "frozen",
    "immutable": "frozen",
    "slots": "slots",
    "slotted": "slots",
    "ordered": "order",
    "kw-only": "kw_only",
    "kw_only": "kw_only",
    "keyword-only": "kw_only",
}
DEFINITIONS = frozenset({"class_definition", "function_definition"})
NAME = r"[\"'`]?(?P<name>[^\W\d]\w*)[\"'`]?"
HEAD = re.compile(
    rf"{POLITE}(?:(?:make|create|add|write|define|generate|declare|implement|build)\s+)?(?:me\s+)?"
    r"(?:(?:an?|the|new)\s+)*"
    rf"(?P<options>(?:(?:{'|'.join(OPTIONS)})\s*(?:,\s*|and\s+)?)*)"
    rf"(?:python\s+)?(?:data\s?class\s+(?:(?:called|named)\s+)?{NAME}|{NAME.replace('name', 'first')}\s+data\s?class)"
    r"(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
FIELDS = re.compile(
    r"\s*(?::|,?\s*(?:\b(?:with|having|has|containing|that\s+has|which\s+has)\b|\bw/(?=\s)))\s*:?\s*"
    r"(?:(?:the|these|following|fields?|attributes?|members?)\s*:?\s+)*(?P<fields>.+)",
    re.IGNORECASE | re.DOTALL,
)
BY_SEMICOLONS = re.compile(r"\s*;\s*(?=[^\W\d]\w*\s*:\s*\S)")
"""What parts fields that are written as Python writes them on one line."""

NO_FIELDS = frozenset({"a", "an", "and", "method", "methods", "no", "property", "some", "the", "validation", "without"})
"""Words that name no field, where no colon is behind them."""

TYPED = re.compile(r"\w\s*:\s*\S|=")
"""What shows that a list is one of fields, not of wishes: a colon behind a word, or a default."""


@dataclass(frozen=True, slots=True)
class DataType:
    """A dataclass to write; `options` are the keywords of its decorator that are set. `where` is a file."""

    name: str
    fields: tuple[Field, ...]
    options: tuple[str, ...] = ()
    where: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        kind = "".join(f"{option.replace('_', '-')} " for option in self.options)
        where = f" in {self.where}" if self.where else ""
        return f"Add the {kind}dataclass {self.name} with {', '.join(field.name for field in self.fields)}{where}"

    def names(self) -> tuple[str, ...]:
        """No other file matters."""
        return ()


def understand(description: str) -> DataType | Refused | None:
    """The dataclass that a sentence describes; None for a sentence about something else."""
    description, where = without_file(description)
    head = HEAD.fullmatch(description)
    if head is None:
        return None
    rest = BY_SEMICOLONS.sub(", ", head["rest"].replace("`", "").strip())
    name = head["name"] or head["first"]
    bracketed = re.fullmatch(r"\((?P<fields>.+)\)", rest, re.DOTALL)
    listed = bracketed or FIELDS.fullmatch(rest)
    text = listed["fields"] if listed else rest
    fields, problems = parse_fields(text)
    if not listed and (problems or not TYPED.search(text)):
        return None
    if problems and not (fields and TYPED.search(text)):
        return None
    if any(field.name in NO_FIELDS and not re.search(rf"\b{field.name}\s*:", text) for field in fields):
        return None  # "with x: int and method norm" asks for more than fields.
    if iskeyword(name):
        problems = (Problem("FORMAT", f"`{name}` is a keyword of Python: choose another name."), *problems)
    if problems:
        return Refused(problems)
    words = re.findall("|".join(OPTIONS), head["options"].lower())
    return DataType(name, fields, tuple(dict.fromkeys(OPTIONS[word] for word in words)), where)


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The dataclass in place of the comment that asked for it, or below the user's place."""
    if not isinstance(plan, DataType):
        raise TypeError(plan)
    target = destination(plan.where, material, plan.name, frozenset({"python"}))
    if not isinstance(target, Destination):
        return target if isinstance(target, Wanted) else Refused((target,))
    root, layout = target.root, target.layout
    taken = taken_name(root, plan.name, target.offset)
    if taken is not None:
        line = layout.lines.at(taken.start_byte) + 1
        message = f"{plan.name} is already defined in {target.path}:{line}: choose another name or change that class."
        return Refused((Problem("EXISTS", message, target.path),))
    plan = replace(plan, fields=tuple(made_anew(field, _classes(root)) for field in plan.fields))
    problems = hiding_problems(plan.fields, is_lazy=has_lazy_types(root))
    if problems:
        return Refused(problems)
    decorators = _decorators(root, plan, target.offset)
    if isinstance(decorators, Problem):
        return Refused((decorators,))
    decorator, field_call, missing = decorators
    written = plan if has_lazy_types(root) or target.path.endswith(".pyi") else _quoted(plan)
    block = _block(written, layout, target.indent, decorator, field_call)
    splices = [block_splice(layout, target.first, target.last, block)]
    if missing:
        splices.append(import_splice(root, layout, "dataclasses", missing, target.offset))
        if splices[1].start == splices[0].start:
            text = splices[1].text.rstrip("\r\n") + layout.eol * 3 + splices[0].text.lstrip("\r\n")
            splices = [Splice(splices[0].start, splices[0].end, text)]
    edit = edit_of(target.file, splices, plan.sentence())
    unproven = proof_problems(edit, plan.name)
    if unproven:
        return Refused(tuple(unproven))
    done = Done(ChangeSet((edit,)), plan.sentence() + unknown_remark(root, _used_names(plan)), len(splices))
    return arrived(done, target, material)


def _block(plan: DataType, layout: Layout, indent: str, decorator: str, field_call: str) -> list[str]:
    options = ", ".join(f"{option}=True" for option in plan.options)
    lines = [f"{indent}@{decorator}{f'({options})' if options else ''}", f"{indent}class {plan.name}:"]
    for field in plan.fields:
        default = (
            re.sub(r"^(?:dataclasses\.)?field(?=\()", field_call, field.default) if field.calls_field else field.default
        )
        lines.append(f"{indent}{layout.step}{field.name}: {field.annotation}{f' = {default}' if default else ''}")
    return lines


def _decorators(root: Node, plan: DataType, before: int) -> tuple[str, str, tuple[str, ...]] | Problem:
    """How `dataclass` and `field` are written in the file, and the names that must be imported first."""
    wanted = ("dataclass", "field") if any(field.calls_field for field in plan.fields) else ("dataclass",)
    written = {name: name for name in wanted}
    known: set[str] = set()
    for statement in root.children:
        if statement.end_byte > before:
            continue
        for name, alias in imports_of(statement, "dataclasses"):
            if name == "":
                written.update({name: f"{alias}.{name}" for name in wanted})
                known.update(wanted)
            elif name in wanted and name not in known:
                written[name] = alias
                known.add(name)
    missing = tuple(name for name in wanted if name not in known)
    for name in missing:
        taken = taken_name(root, name, module="dataclasses")
        if taken is not None:
            line = taken.start_point[0] + 1
            return Problem(
                "CONFLICT", f"`{name}` means something else here (line {line}): write `import dataclasses` first."
            )
    return written["dataclass"], written.get("field", "field"), missing


def imports_of(statement: Node, module: str) -> list[tuple[str, str]]:
    """The (name, local name) pairs that a statement imports from a module; an empty name for the module itself."""
    pairs: list[tuple[str, str]] = []
    source = statement.child_by_field_name("module_name")
    if statement.type == "import_statement" or (source is not None and source.text == module.encode()):
        for node in statement.children_by_field_name("name"):
            name, alias = node.child_by_field_name("name") or node, node.child_by_field_name("alias") or node
            imported = (name.text or b"").decode("utf-8", "replace")
            if statement.type == "import_from_statement":
                pairs.append((imported, (alias.text or b"").decode("utf-8", "replace")))
            elif imported == module:
                pairs.append(("", (alias.text or b"").decode("utf-8", "replace")))
    return pairs


def taken_name(root: Node, name: str, offset: int = 0, module: str = "") -> Node | None:
    """The place that gives a name a meaning: at module level, or in the definition around a byte.

    An import of the name from `module` does not count.
    """
    bodies, around = [root], root
    while around is not None:
        around = next((child for child in around.named_children if child.start_byte < offset < child.end_byte), None)
        body = around.child_by_field_name("body") if around is not None and around.type in DEFINITIONS else None
        bodies += [body] if body is not None else []
    for body in (bodies[0], bodies[-1]):
        for binding in read_names(body, frozenset()).scopes[0].bindings.get(name, ()):
            if not module or binding.module != module or binding.aliased:
                return binding.node
    return None


def _classes(root: Node) -> set[str]:
    """The classes that a file defines at module level."""
    bindings = read_names(root, frozenset()).scopes[0].bindings
    return {name for name, bound in bindings.items() if any(binding.kind == "class" for binding in bound)}


def has_lazy_types(root: Node) -> bool:
    """Whether `from __future__ import annotations` keeps types from being evaluated."""
    return any(
        node.type == "future_import_statement" and b"annotations" in (node.text or b"") for node in root.children
    )


def _quoted(plan: DataType) -> DataType:
    """The class with quotes around the types that name the class itself, which is not there yet when they are read."""
    fields = [
        replace(field, annotation=f'"{field.annotation}"')
        if plan.name in names_in(field.annotation) and '"' not in field.annotation
        else field
        for field in plan.fields
    ]
    return replace(plan, fields=tuple(fields))


def _used_names(plan: DataType) -> set[str]:
    """The names that the file must give a meaning: those of types and defaults."""
    used = {name for field in plan.fields for name in names_in(field.annotation) | names_in(field.default)}
    return used - {"field", "dataclasses", plan.name}


def unknown_remark(root: Node, names: set[str]) -> str:
    """A remark on those of some names that a file does not know yet."""
    unknown = sorted(name for name in names if not hasattr(builtins, name) and taken_name(root, name) is None)
    star = any(child.type == "wildcard_import" for statement in root.children for child in statement.children)
    return f"; not defined at the top of this file: {', '.join(unknown)}" if unknown and not star else ""
