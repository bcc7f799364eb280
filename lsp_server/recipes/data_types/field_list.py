"""What fields does a sentence name? `x: int and y: int = 0` is read by Python's own parser, one field at a time.

Each field may be written `x: int`, `x int`, `x (int)` or `x of type int`, with ` = default` behind it; fields are
parted by commas or "and".
"""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from keyword import iskeyword

from lsp_server.edits.change import Problem

LOOSE = re.compile(
    r"(?P<name>[^\W\d]\w*)(?:\s+(?:of\s+type|as)\s+|\s*\(\s*(?=[^()]*\)\s*(?:=|$))|\s+)(?P<rest>\S.*)", re.S
)
PAIRS = {"(": ")", "[": "]", "{": "}"}
MUTABLE_TYPES = frozenset(
    {"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "ChainMap", "sorted"}
)
"""What makes an object without a hash, which dataclasses do not take as a default."""

MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it will be written; `default` is empty for none.

    `required` is false for a field with a default, and for one that the constructor takes by keyword or not at all.
    """

    name: str
    annotation: str
    default: str = ""
    required: bool = True
    calls_field: bool = False


def parse_fields(text: str) -> tuple[tuple[Field, ...], tuple[Problem, ...]]:
    """The fields that a list names, and what is wrong with it."""
    fields: list[Field] = []
    problems: list[Problem] = []
    for part in (line for piece in split_list(text) for line in _lines(piece)):
        field = _parse_field(part)
        if isinstance(field, Field):
            fields.append(field)
        else:
            problems.append(field)
    return tuple(fields), (*problems, *_order_problems(fields))


def split_list(text: str) -> list[str]:
    """The parts of a list at its outermost commas and "and"s: quotes and brackets hold together."""
    parts: list[str] = []
    closers: list[str] = []
    quote = ""
    start = position = 0
    while position < len(text):
        character = text[position]
        separator = None if quote or closers else re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+").match(text, position)
        if quote:
            if character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif separator:
            parts.append(text[start:position])
            start = position = separator.end()
            continue
        elif character in "\"'":
            quote = character
        elif character in PAIRS:
            closers.append(PAIRS[character])
        elif closers and character == closers[-1]:
            closers.pop()
        position += 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _lines(part: str) -> list[str]:
    """The fields of a part that stood one on a line, with a dash or star before each, or with nothing between them."""
    if _as_parameter(part) is not None:
        return [part]
    lines = [line.strip() for line in re.split(r"(?:^|\s+)(?:[-*]\s+)?(?=[^\W\d]\w*\s*:\s)", part) if line.strip()]
    return lines if all(_as_parameter(line) is not None for line in lines) else [part]


def _parse_field(part: str) -> Field | Problem:
    parsed = _as_parameter(part)
    if parsed is None or parsed[0].annotation is None:
        loose = LOOSE.fullmatch(part)
        if loose:
            rest = loose["rest"]
            if "(" in part[loose.end("name") : loose.start("rest")]:
                rest = re.sub(r"\)(?=\s*(?:=|$))", "", rest, count=1)
            part = f"{loose['name']}: {rest}"
            parsed = _as_parameter(part)
    if parsed is None:
        return Problem("FORMAT", _advice(part))
    argument, default = parsed
    if isinstance(argument.annotation, ast.Call | ast.Constant) and not _is_quoted(argument.annotation):
        return Problem("FORMAT", f"`{ast.unparse(argument.annotation)}` is not a type: write `{argument.arg}: type`.")
    if argument.annotation is None:
        return Problem("FORMAT", f"The field `{argument.arg}` has no type: write `{argument.arg}: type`.")
    end = argument.annotation.end_col_offset or 0
    head, tail = part.encode()[:end].decode(), part.encode()[end:].decode()
    before_default, _, text = tail.partition("=")
    annotation = (head.partition(":")[2] + before_default).strip()
    return (
        _with_default(argument.arg, annotation, text.strip(), default) if default else Field(argument.arg, annotation)
    )


def _is_quoted(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Constant) and (annotation.value is None or isinstance(annotation.value, str))


def names_in(text: str) -> set[str]:
    """The names that an expression reads."""
    if not text:
        return set()
    return {node.id for node in ast.walk(ast.parse(f"(\n{text}\n)", mode="eval")) if isinstance(node, ast.Name)}


def hiding_problems(fields: tuple[Field, ...], *, is_lazy: bool) -> tuple[Problem, ...]:
    """Fields whose default is read in place of what a type or a later default means by their name.

    With `is_lazy` types are not evaluated. Python assigns a default before it evaluates the type beside it.
    """
    problems: list[Problem] = []
    assigned: set[str] = set()
    for field in fields:
        read = names_in(field.default) & assigned
        if field.default:
            assigned.add(field.name)
        if not is_lazy:
            read |= names_in(field.annotation) & assigned
        for name in sorted(read):
            message = f"The field `{name}` hides the `{name}` that `{field.name}` needs: choose another field name."
            problems.append(Problem("FORMAT", message))
    return tuple(problems)


def _advice(part: str) -> str:
    word = re.match(r"\w*", part)
    if word and iskeyword(word[0]):
        return f"`{word[0]}` is a keyword of Python: choose another field name."
    return f"`{part}` is not a field: write it as `name: type` or `name: type = default`."


def _as_parameter(part: str) -> tuple[ast.arg, ast.expr | None] | None:
    """A part read as the one parameter of a function; None if it is anything else."""
    try:
        (function,) = ast.parse(f"def _(\n{part}\n): pass").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if not isinstance(function, ast.FunctionDef) or len(function.args.args) != 1:
        return None
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        return None
    return arguments.args[0], arguments.defaults[0] if arguments.defaults else None


def _with_default(name: str, annotation: str, text: str, default: ast.expr) -> Field:
    """A field with a default: one that all instances would share becomes a factory."""
    match default:
        case ast.Call(func=ast.Name(id="field") | ast.Attribute(attr="field")):
            given = {keyword.arg: keyword.value for keyword in default.keywords}
            optional = bool({"default", "default_factory"} & given.keys())
            optional |= any(
                isinstance(value := given.get(option), ast.Constant) and value.value is said
                for option, said in (("init", False), ("kw_only", True))
            )
            is_ours = ast.unparse(default.func) in {"field", "dataclasses.field"}
            return Field(name, annotation, text, not optional, is_ours)
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            factory = "list" if isinstance(default, ast.List) else "dict"
        case ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)) if kind in MUTABLE_TYPES:
            factory = _factory_of(default, text)
        case _ if isinstance(default, MUTABLE):
            factory = f"lambda: {text}"
        case _:
            return Field(name, annotation, text, required=False)
    return Field(name, annotation, f"field(default_factory={factory})", required=False, calls_field=True)


def _factory_of(call: ast.Call, text: str) -> str:
    return f"lambda: {text}" if call.args or call.keywords else ast.unparse(call.func)


def made_anew(field: Field, classes: Collection[str]) -> Field:
    """The field with a factory where its default is an object of one of some classes: instances would share it."""
    default = ast.parse(f"(\n{field.default}\n)", mode="eval").body if field.default else None
    match default:
        case ast.Call(func=ast.Name(id=name)) if name in classes:
            factory = f"field(default_factory={_factory_of(default, field.default)})"
            return replace(field, default=factory, calls_field=True)
        case _:
            return field


def _order_problems(fields: list[Field]) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    optional = ""
    for field in fields:
        if field.name in seen:
            problems.append(Problem("FORMAT", f"The field `{field.name}` is named twice: leave one out."))
        if field.required and optional:
            advice = f"put `{field.name}` before `{optional}`, or give it a default"
            message = f"`{field.name}` has no default but follows `{optional}`, which has one: {advice}."
            problems.append(Problem("FORMAT", message))
        seen.add(field.name)
        optional = optional or ("" if field.required else field.name)
    return problems
