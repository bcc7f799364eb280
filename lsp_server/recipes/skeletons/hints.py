"""Which type hints does a file decide by itself? Those of literals, of defaults and of what is certainly returned.

Nothing else is annotated: a hint that is not certain is worse than none. What is left open is counted.
"""

import builtins
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.outcome import finished, refused
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.classes import order_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.parameters import parameters_of
from lsp_server.recipes.python.scopes import MODULE_SCOPE, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.types import types_of
from lsp_server.recipes.python.world import World, decorator_names, opened, owner_of
from lsp_server.recipes.skeletons.docstrings import own_nodes
from lsp_server.recipes.skeletons.public import opened_file
from lsp_server.recipes.skeletons.sentence import AddHints
from lsp_server.recipes.splices import Splice

LITERALS = {"true": "bool", "false": "bool", "integer": "int", "float": "float"}
CALLED = {
    "str": "str",
    "repr": "str",
    "int": "int",
    "len": "int",
    "bool": "bool",
    "float": "float",
    "bytes": "bytes",
    "isinstance": "bool",
    "callable": "bool",
    "hasattr": "bool",
}
"""Builtins whose result is of one type, whatever they are given."""

OPEN_BODY = frozenset({"...", "pass"})


@dataclass(frozen=True, slots=True)
class Reader:
    """A file whose functions are looked at."""

    world: World
    file: PythonFile
    lazy: bool


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The file with the hints that are certain."""
    if not isinstance(plan, AddHints):
        raise TypeError(plan)
    found = opened_file(material, plan.where, "which file to annotate")
    if isinstance(found, Wanted):
        return found
    if isinstance(found, Problem):
        return refused(found)
    symbol, file = found
    reader = Reader(World(_symbol(symbol, file)), file, b"from __future__ import annotations" in file.source)
    splices: list[Splice] = []
    left = 0
    for index, scope in enumerate(file.names.scopes):
        if scope.kind != "function" or scope.node is None or scope.node.type != "function_definition":
            continue
        own, open_ = _hints(reader, index, scope.node, plan)
        splices += own
        left += open_
    if not splices:
        return refused(Problem("NO_CHANGE", f"No hint of {file.path} is certain: {left} are left to a person."))
    count = "1 type hint" if len(splices) == 1 else f"{len(splices)} type hints"
    rest = f"; {left} left open, which are not certain" if left else ""
    return finished(material, {file.path: splices}, f"Add {count} to {file.path}{rest}")


def _symbol(symbol: Symbol, file: PythonFile) -> Symbol:
    return Symbol(symbol.modules, "", "", files={file.path: file})


def _hints(reader: Reader, scope: int, function: Node, plan: AddHints) -> tuple[list[Splice], int]:
    """The hints of one function, and how many are left open."""
    splices: list[Splice] = []
    left = 0
    if plan.part == "all":
        for parameter in parameters_of(function):
            node = parameter.node
            default = node.child_by_field_name("value")
            named = node.child_by_field_name("name")
            if node.type == "default_parameter" and default is not None and named is not None:
                kind = _literal(default)
                if kind and len(reader.file.names.scopes[scope].bindings.get(parameter.name, ())) == 1:
                    splices.append(Splice(named.end_byte, default.start_byte, f": {kind} = "))
                    continue
                left += 1
            elif node.type == "identifier" and not _is_receiver(reader, scope, function, node):
                left += 1
    if function.child_by_field_name("return_type") is None:
        kind = _returned(reader, scope, function)
        brackets = function.child_by_field_name("parameters")
        if kind and brackets is not None and (plan.part != "none" or kind == "None"):
            splices.append(Splice(brackets.end_byte, brackets.end_byte, f" -> {kind}"))
        else:
            left += 1
    return splices, left


def _is_receiver(reader: Reader, scope: int, function: Node, node: Node) -> bool:
    is_method = owner_of(reader.file, scope) >= 0 and "staticmethod" not in decorator_names(reader.file, scope)
    return is_method and parameters_of(function)[0].node == node


def _literal(node: Node) -> str:
    """The type of a literal; empty for what is none, or may stand for more than itself, as None and `[]` do."""
    if node.type == "unary_operator" and node.named_children:
        return _literal(node.named_children[0]) if node.named_children[0].type in {"integer", "float"} else ""
    if node.type in {"string", "concatenated_string"}:
        prefix = text_of(node).split("'")[0].split('"')[0].lower()
        return "bytes" if "b" in prefix else "str"
    if node.type == "integer" and text_of(node)[-1:] in "jJ":
        return ""
    if node.type == "float" and text_of(node)[-1:] in "jJ":
        return ""
    return LITERALS.get(node.type, "")


def _returned(reader: Reader, scope: int, function: Node) -> str:
    """What a function certainly returns; empty where that is not certain."""
    body = function.child_by_field_name("body")
    nodes = own_nodes(function)
    if body is None or any(node.type == "yield" for node in nodes) or _is_open(reader, scope, body):
        return ""
    values = [
        node.named_children[0] if node.named_children else None for node in nodes if node.type == "return_statement"
    ]
    given = [value for value in values if value is not None and value.type != "none"]
    if not given:
        return "None" if not _always_raises(body) else ""
    if len(given) < len(values) or not _ends(body):
        return ""
    kinds = {_value_type(reader, value, scope, function) for value in given}
    return kinds.pop() if len(kinds) == 1 else ""


def _is_open(reader: Reader, scope: int, body: Node) -> bool:
    """Whether a function is there to be written or overridden: abstract, a stub, an empty method."""
    names = decorator_names(reader.file, scope)
    rest = [each for each in body.named_children if each.type != "comment" and not _is_text(each)]
    return bool(names & {"abstractmethod", "overload"}) or all(text_of(each) in OPEN_BODY for each in rest)


def _is_text(node: Node) -> bool:
    return node.type == "expression_statement" and bool(node.named_children) and node.named_children[0].type == "string"


def _always_raises(body: Node) -> bool:
    return body.named_children[-1].type == "raise_statement"


def _ends(block: Node) -> bool:
    """Whether a block certainly ends by `return` or `raise`, so that nothing is returned by falling off its end."""
    statements = [each for each in block.named_children if each.type != "comment"]
    last = statements[-1] if statements else None
    if last is None:
        return False
    if last.type in {"return_statement", "raise_statement"}:
        return True
    if last.type != "if_statement":
        return False
    arms = [last.child_by_field_name("consequence")]
    others = last.children_by_field_name("alternative")
    arms += [each.child_by_field_name("consequence") or each.child_by_field_name("body") for each in others]
    return any(each.type == "else_clause" for each in others) and all(arm is not None and _ends(arm) for arm in arms)


def _value_type(reader: Reader, value: Node, scope: int, function: Node) -> str:
    """The type of an expression that is certain."""
    if value.type == "not_operator":
        return "bool"
    if value.type == "comparison_operator":
        operators = {each.type for each in value.children if not each.is_named}
        return "bool" if operators <= {"is", "is not", "in", "not in"} and len(value.named_children) == 2 else ""
    if value.type == "parenthesized_expression" and value.named_children:
        return _value_type(reader, value.named_children[0], scope, function)
    if value.type == "call":
        return _made(reader, value, scope, function)
    return _literal(value)


def _made(reader: Reader, call: Node, scope: int, function: Node) -> str:
    """What calling a builtin or a class gives."""
    called = call.child_by_field_name("function")
    if called is None or called.type != "identifier":
        return ""
    name, scopes = text_of(called), reader.file.names.scopes
    found = find_scope(scopes, name, scope, called.start_byte)
    if found is None:
        return CALLED.get(name, "") if hasattr(builtins, name) and not reader.file.names.stars else ""
    values = types_of(reader.world, reader.file, called, scope)
    value = next(iter(values)) if len(values) == 1 else None
    if value is None or value.kind != "class" or found.scope != MODULE_SCOPE:
        return ""
    for each in order_of(reader.world, value).classes:
        file = opened(reader.world, each.path)
        node = file.names.scopes[each.scope].node if file is not None else None
        listed = node.child_by_field_name("superclasses") if node is not None else None
        if file is None or "__new__" in file.names.scopes[each.scope].bindings or "metaclass" in text_of(listed):
            return ""
    if order_of(reader.world, value).outside:
        return ""
    binding = scopes[MODULE_SCOPE].bindings[name][0]
    is_later = binding.effect > function.start_byte
    return f'"{name}"' if is_later and not reader.lazy else name
