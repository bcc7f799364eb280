"""Where does a Python file bind and use names? One walk over its tree, by a table of node types.

The walk keeps its own stack: trees of generated code are deeper than Python's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from context.parse import Node
from lsp_server.recipes.python_scopes import (
    AttributeUse,
    Binding,
    BindingKind,
    Names,
    Quote,
    Scope,
    ScopeKind,
    Star,
    Use,
    is_mangled,
)

Role = Literal["read", "bind", "pattern", "type", "type parameter", "parameter"]
"""What an identifier at this place does."""

TYPE_CALLS = {b"cast": (0,), b"TypeVar": (1, 2, 3, 4, 5, 6, 7, 8), b"NewType": (1,)}
"""Calls whose positional arguments of these numbers are types even in quotes."""

TARGETS = frozenset(
    {
        "pattern_list",
        "tuple_pattern",
        "list_pattern",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "parenthesized_expression",
        "expression_list",
        "tuple",
        "list",
        "list_splat",
        "as_pattern_target",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One node to visit; `effect` is the byte at which a binding within it is complete."""

    node: Node
    scope: int
    role: Role = "read"
    effect: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """The state of one walk: what was found, and what is still to be visited."""

    names: Names
    wanted: frozenset[bytes]
    stack: list[Step] = field(default_factory=list[Step])


def read_names(root: Node, wanted: frozenset[str], role: Role = "read") -> Names:
    """All bindings of a tree, with the uses, attributes, strings and comments that mention a wanted name.

    `role` is "type" for the tree of a type that stands in quotes or in a comment.
    """
    walk = Walk(Names([Scope("module", -1)]), frozenset(name.encode() for name in wanted))
    walk.stack.append(Step(root, 0, role))
    while walk.stack:
        step = walk.stack.pop()
        visit = _VISITS.get(step.node.type, _visit_children)
        visit(walk, step)
    _move_declared(walk.names.scopes)
    return walk.names


def _move_declared(scopes: list[Scope]) -> None:
    """Bindings of `global` and `nonlocal` names belong to the scope that is declared."""
    for index, scope in enumerate(scopes):
        for name in scope.declared_global | scope.declared_nonlocal:
            bindings = scope.bindings.pop(name, None)
            owner = 0 if name in scope.declared_global else _function_that_binds(scopes, name, index)
            if bindings:
                scopes[owner].bindings.setdefault(name, []).extend(bindings)


def _function_that_binds(scopes: list[Scope], name: str, index: int) -> int:
    owner = scopes[index].parent
    while owner > 0 and (scopes[owner].kind == "class" or name not in scopes[owner].bindings):
        owner = scopes[owner].parent
    return max(owner, 0)


def _visit_children(walk: Walk, step: Step) -> None:
    inherited = step.role in {"type", "pattern"} or (step.role in {"bind", "parameter"} and step.node.type in TARGETS)
    role = step.role if inherited else "read"
    walk.stack.extend(Step(child, step.scope, role, step.effect) for child in reversed(step.node.named_children))


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _open_scope(walk: Walk, kind: ScopeKind, parent: int) -> int:
    walk.names.scopes.append(Scope(kind, parent))
    return len(walk.names.scopes) - 1


def _bind(walk: Walk, scope: int, binding: Binding) -> None:
    """Records a binding in the scope that owns the name."""
    scopes = walk.names.scopes
    if not is_mangled(scopes, binding.name, scope):
        scopes[scope].bindings.setdefault(binding.name, []).append(binding)


def _bind_node(walk: Walk, step: Step, node: Node, kind: BindingKind = "value") -> None:
    _bind(walk, step.scope, Binding(_text(node), node, kind, step.effect or node.end_byte))


def _push(walk: Walk, step: Step, node: Node | None, role: Role = "read", scope: int | None = None) -> None:
    if node is not None:
        walk.stack.append(Step(node, step.scope if scope is None else scope, role, step.effect))


def _visit_identifier(walk: Walk, step: Step) -> None:
    if step.role in {"bind", "pattern", "type parameter"}:
        _bind_node(walk, step, step.node)
    elif step.role == "parameter":
        _bind_node(walk, step, step.node, "parameter")
    elif step.node.text in walk.wanted:
        name = _text(step.node)
        if not is_mangled(walk.names.scopes, name, step.scope):
            walk.names.uses.append(Use(name, step.node, step.scope))


def _visit_attribute(walk: Walk, step: Step) -> None:
    receiver, attribute = step.node.child_by_field_name("object"), step.node.child_by_field_name("attribute")
    if receiver is None or attribute is None:
        return
    if attribute.text in walk.wanted:
        walk.names.attributes.append(AttributeUse(attribute, receiver, step.scope))
    _push(walk, step, receiver)


def _visit_quote(walk: Walk, step: Step) -> None:
    text = step.node.text or b""
    if any(name in text for name in walk.wanted):
        walk.names.quotes.append(Quote(step.node, step.scope, step.role == "type"))
    if step.node.type == "string":
        for child in step.node.named_children:
            if child.type == "interpolation":
                _push(walk, step, child)


def _visit_function(walk: Walk, step: Step) -> None:
    node = step.node
    name = node.child_by_field_name("name")
    whole = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    if name is not None:
        _bind(walk, step.scope, Binding(_text(name), name, "function", node.end_byte, whole=whole))
    outside = _type_parameters(walk, step, node.child_by_field_name("type_parameters"))
    inside = _open_scope(walk, "function", outside)
    _push(walk, step, node.child_by_field_name("body"), "read", inside)
    _push(walk, step, node.child_by_field_name("return_type"), "type", outside)
    _parameters(walk, node.child_by_field_name("parameters"), inside, outside)


def _visit_lambda(walk: Walk, step: Step) -> None:
    inside = _open_scope(walk, "function", step.scope)
    _push(walk, step, step.node.child_by_field_name("body"), "read", inside)
    _parameters(walk, step.node.child_by_field_name("parameters"), inside, step.scope)


def _parameters(walk: Walk, parameters: Node | None, inside: int, outside: int) -> None:
    """Names of parameters belong to the function; their types and defaults are read outside of it."""
    for parameter in parameters.named_children if parameters is not None else ():
        if parameter.type == "comment":
            walk.stack.append(Step(parameter, outside))
            continue
        named = parameter.child_by_field_name("name")
        if parameter.type == "typed_parameter" and parameter.named_children:
            named = parameter.named_children[0]
        elif parameter.type in {"identifier", *TARGETS}:
            named = parameter
        if named is not None:
            walk.stack.append(Step(named, inside, "parameter"))
        annotation, default = parameter.child_by_field_name("type"), parameter.child_by_field_name("value")
        if annotation is not None:
            walk.stack.append(Step(annotation, outside, "type"))
        if default is not None:
            walk.stack.append(Step(default, outside))


def _type_parameters(walk: Walk, step: Step, parameters: Node | None) -> int:
    """The scope that type parameters open around what they belong to; the scope of the step where there are none."""
    if parameters is None:
        return step.scope
    scope = _open_scope(walk, "type parameters", step.scope)
    for parameter in parameters.named_children:
        declared = parameter.named_children[0] if parameter.named_children else parameter
        if declared.type == "constrained_type":
            first, *bounds = declared.named_children
            walk.stack.extend(Step(bound, scope, "type") for bound in bounds)
            declared = first
        while declared.type != "identifier" and declared.named_children:
            declared = declared.named_children[0]
        if declared.type == "identifier":
            walk.stack.append(Step(declared, scope, "type parameter"))
    return scope


def _visit_class(walk: Walk, step: Step) -> None:
    node = step.node
    name = node.child_by_field_name("name")
    whole = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    if name is not None:
        _bind(walk, step.scope, Binding(_text(name), name, "class", node.end_byte, whole=whole))
    outside = _type_parameters(walk, step, node.child_by_field_name("type_parameters"))
    inside = _open_scope(walk, "class", outside)
    _push(walk, step, node.child_by_field_name("body"), "read", inside)
    _push(walk, step, node.child_by_field_name("superclasses"), "read", outside)


def _visit_type_alias(walk: Walk, step: Step) -> None:
    left, right = step.node.child_by_field_name("left"), step.node.child_by_field_name("right")
    named = left.named_children[0] if left is not None and left.named_children else None
    scope = step.scope
    if named is not None and named.type == "generic_type":
        scope = _type_parameters(walk, step, named.named_children[-1])
        named = named.named_children[0]
    if named is not None:
        _push(walk, replace(step, effect=step.node.end_byte), named, "bind")
    _push(walk, step, right, "type", scope)


def _visit_comprehension(walk: Walk, step: Step) -> None:
    """Only the first iterable is read outside of a comprehension."""
    inside = _open_scope(walk, "comprehension", step.scope)
    first = True
    for child in step.node.named_children:
        if child.type == "for_in_clause":
            _push(walk, step, child.child_by_field_name("left"), "bind", inside)
            for iterable in child.children_by_field_name("right"):
                _push(walk, step, iterable, "read", step.scope if first else inside)
            first = False
        else:
            _push(walk, step, child, "read", inside)


def _visit_walrus(walk: Walk, step: Step) -> None:
    """`:=` within a comprehension binds outside of it."""
    scope = step.scope
    while walk.names.scopes[scope].kind == "comprehension":
        scope = walk.names.scopes[scope].parent
    _push(walk, replace(step, effect=step.node.end_byte), step.node.child_by_field_name("name"), "bind", scope)
    _push(walk, step, step.node.child_by_field_name("value"))


def _visit_assignment(walk: Walk, step: Step) -> None:
    complete = replace(step, effect=step.node.end_byte)
    _push(walk, complete, step.node.child_by_field_name("left"), "bind")
    _push(walk, step, step.node.child_by_field_name("type"), "type")
    _push(walk, complete, step.node.child_by_field_name("right"))


def _visit_for(walk: Walk, step: Step) -> None:
    left = step.node.child_by_field_name("left")
    for child in reversed(step.node.named_children):
        _push(walk, step, child, "bind" if child == left else "read")


def _visit_as_pattern(walk: Walk, step: Step) -> None:
    """`with x as name`, `except E as name`, and `case pattern as name`."""
    alias = step.node.child_by_field_name("alias")
    if alias is not None:
        for child in step.node.named_children:
            _push(walk, step, child, "bind" if child == alias else "read")
        return
    *patterns, name = step.node.named_children
    _push(walk, step, name, "bind")
    for pattern in patterns:
        _push(walk, step, pattern, "pattern")


def _visit_delete(walk: Walk, step: Step) -> None:
    for child in step.node.named_children:
        _push(walk, step, child, "bind")


def _visit_declaration(walk: Walk, step: Step) -> None:
    scope = walk.names.scopes[step.scope]
    declared = scope.declared_global if step.node.type == "global_statement" else scope.declared_nonlocal
    for child in step.node.named_children:
        declared.add(_text(child))
        _push(walk, step, child)


def _visit_pattern(walk: Walk, step: Step) -> None:
    """A name alone in a `case` binds; a dotted one and a class are read; names of a class's attributes are neither."""
    node = step.node
    if node.type == "dotted_name":
        _dotted(walk, step, node, binds=len(node.named_children) == 1 and step.role == "pattern")
        return
    children = list(node.named_children)
    if node.type == "class_pattern" and children:
        _dotted(walk, step, children.pop(0), binds=False)
    if node.type == "keyword_pattern" and children:
        children.pop(0)
    for child in children:
        _push(walk, step, child, "pattern")


def _dotted(walk: Walk, step: Step, node: Node, *, binds: bool) -> None:
    """A dotted name of a pattern, which has no attribute nodes: `core.User`."""
    parts = node.named_children or [node]
    if binds:
        _push(walk, step, parts[0], "bind")
        return
    _push(walk, step, parts[0])
    for part in parts[1:]:
        if part.text in walk.wanted:
            walk.names.attributes.append(AttributeUse(part, node, step.scope))


def _visit_import(walk: Walk, step: Step) -> None:
    for listed in step.node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name"), listed.child_by_field_name("alias")
        if name is not None and alias is not None:
            module = _text(name)
            binding = Binding(_text(alias), alias, "import", step.node.end_byte, module, aliased=True)
        else:
            first = listed.named_children[0]
            binding = Binding(_text(first), first, "import", step.node.end_byte, _text(first))
        _bind(walk, step.scope, binding)


def _visit_from(walk: Walk, step: Step) -> None:
    node = step.node
    module = "".join(_text(node.child_by_field_name("module_name")).split())
    if node.type == "future_import_statement":
        module = "__future__"
    if any(child.type == "wildcard_import" for child in node.named_children):
        walk.names.stars.append(Star(module, node))
    for listed in node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name") or listed, listed.child_by_field_name("alias")
        bound = alias or name
        _bind(
            walk,
            step.scope,
            Binding(_text(bound), bound, "from", node.end_byte, module, imported=name, aliased=alias is not None),
        )
    for child in node.named_children:
        if child.type == "comment":
            _push(walk, step, child)


def _visit_keyword(walk: Walk, step: Step) -> None:
    name = _text(step.node.child_by_field_name("name"))
    call = step.node.parent.parent if step.node.parent is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    is_type = name == "bound" and function is not None and (function.text or b"").rpartition(b".")[2] == b"TypeVar"
    _push(walk, step, step.node.child_by_field_name("value"), "type" if is_type else "read")


def _visit_call(walk: Walk, step: Step) -> None:
    function, arguments = step.node.child_by_field_name("function"), step.node.child_by_field_name("arguments")
    types = TYPE_CALLS.get((function.text or b"").rpartition(b".")[2], ()) if function is not None else ()
    if arguments is not None and types and arguments.type == "argument_list":
        for number, argument in enumerate(arguments.named_children):
            _push(walk, step, argument, "type" if number in types else "read")
    else:
        _push(walk, step, arguments)
    _push(walk, step, function)


def _visit_subscript(walk: Walk, step: Step) -> None:
    """Within a type, `Literal["name"]` holds a string, and of `Annotated[T, ...]` only the first part is a type."""
    value, *inner = step.node.named_children
    head = (value.text or b"").rpartition(b".")[2]
    _push(walk, step, value, "type" if step.role == "type" else "read")
    parts = [part for node in inner for part in (node.named_children if node.type == "type_parameter" else [node])]
    for number, part in enumerate(parts):
        is_type = step.role == "type" and head != b"Literal" and (head != b"Annotated" or number == 0)
        _push(walk, step, part, "type" if is_type else "read")


_Visit = Callable[[Walk, Step], None]
_VISITS: dict[str, _Visit] = {
    "identifier": _visit_identifier,
    "attribute": _visit_attribute,
    "string": _visit_quote,
    "comment": _visit_quote,
    "function_definition": _visit_function,
    "lambda": _visit_lambda,
    "class_definition": _visit_class,
    "type_alias_statement": _visit_type_alias,
    "list_comprehension": _visit_comprehension,
    "set_comprehension": _visit_comprehension,
    "dictionary_comprehension": _visit_comprehension,
    "generator_expression": _visit_comprehension,
    "named_expression": _visit_walrus,
    "assignment": _visit_assignment,
    "augmented_assignment": _visit_assignment,
    "for_statement": _visit_for,
    "as_pattern": _visit_as_pattern,
    "delete_statement": _visit_delete,
    "global_statement": _visit_declaration,
    "nonlocal_statement": _visit_declaration,
    "case_pattern": _visit_pattern,
    "class_pattern": _visit_pattern,
    "keyword_pattern": _visit_pattern,
    "union_pattern": _visit_pattern,
    "dotted_name": _visit_pattern,
    "import_statement": _visit_import,
    "import_from_statement": _visit_from,
    "future_import_statement": _visit_from,
    "keyword_argument": _visit_keyword,
    "call": _visit_call,
    "subscript": _visit_subscript,
    "generic_type": _visit_subscript,
}
