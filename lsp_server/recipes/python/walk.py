"""Where does a Python file bind and use names? One walk over its tree, by a table of node types.

The walk keeps its own stack: trees of generated code are deeper than Python's.
"""

from collections.abc import Callable

from context.parsing.parse import Node
from lsp_server.recipes.python.definitions import visit_class, visit_function, visit_lambda, visit_type_alias
from lsp_server.recipes.python.pieces import may_make
from lsp_server.recipes.python.scopes import (
    AttributeUse,
    Binding,
    Call,
    Names,
    Quote,
    Scope,
    Star,
    Use,
    is_mangled,
)
from lsp_server.recipes.python.steps import TARGETS, Role, Step, Walk, bind, bind_node, open_scope, push, text_of

TYPE_CALLS = {b"cast": (0,), b"TypeVar": (1, 2, 3, 4, 5, 6, 7, 8), b"NewType": (1,)}
"""Calls whose positional arguments of these numbers are types even in quotes."""


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


_INERT = frozenset({"integer", "float", "true", "false", "none", "ellipsis", "pass_statement", "string_content"})
"""Nodes that neither bind nor mention a name: most of a table's leaves."""


def _visit_children(walk: Walk, step: Step) -> None:
    is_target = step.node.type in TARGETS and step.role in {"bind", "parameter", "delete"}
    inherited = step.role in {"type", "pattern"} or is_target
    role, scope, effect = step.role if inherited else "read", step.scope, step.effect
    for child in reversed(step.node.named_children):
        kind = child.type
        if kind in _INERT or (role == "read" and kind == "identifier" and child.text not in walk.wanted):
            continue
        walk.stack.append(Step(child, scope, role, effect))


def _visit_identifier(walk: Walk, step: Step) -> None:
    if step.role in {"bind", "pattern", "type parameter"}:
        bind_node(walk, step, step.node)
    elif step.role == "parameter":
        bind_node(walk, step, step.node, "parameter")
    elif step.role in {"delete", "annotation"}:
        bind_node(walk, step, step.node, "delete" if step.role == "delete" else "annotation")
    elif step.node.text in walk.wanted:
        name = text_of(step.node)
        if not is_mangled(walk.names.scopes, name, step.scope):
            walk.names.uses.append(Use(name, step.node, step.scope))


def _visit_attribute(walk: Walk, step: Step) -> None:
    receiver, attribute = step.node.child_by_field_name("object"), step.node.child_by_field_name("attribute")
    if receiver is None or attribute is None:
        return
    if attribute.text in walk.wanted:
        walk.names.attributes.append(AttributeUse(attribute, receiver, step.scope))
    push(walk, step, receiver)


def _visit_quote(walk: Walk, step: Step) -> None:
    text = step.node.text or b""
    if any(name in text for name in walk.wanted) or may_make(step.node, walk.wanted):
        walk.names.quotes.append(Quote(step.node, step.scope, step.role == "type"))
    if step.node.type == "string":
        for child in step.node.named_children:
            if child.type == "interpolation":
                push(walk, step, child)


def _visit_comprehension(walk: Walk, step: Step) -> None:
    """Only the first iterable is read outside of a comprehension."""
    inside = open_scope(walk, "comprehension", step.scope)
    first = True
    for child in step.node.named_children:
        if child.type == "for_in_clause":
            push(walk, step, child.child_by_field_name("left"), "bind", inside)
            for iterable in child.children_by_field_name("right"):
                push(walk, step, iterable, "read", step.scope if first else inside)
            first = False
        else:
            push(walk, step, child, "read", inside)


def _visit_walrus(walk: Walk, step: Step) -> None:
    """`:=` within a comprehension binds outside of it."""
    scope = step.scope
    while walk.names.scopes[scope].kind == "comprehension":
        scope = walk.names.scopes[scope].parent
    push(walk, step._replace(effect=step.node.end_byte), step.node.child_by_field_name("name"), "bind", scope)
    push(walk, step, step.node.child_by_field_name("value"))


def _visit_assignment(walk: Walk, step: Step) -> None:
    complete = step._replace(effect=step.node.end_byte)
    kind, right = step.node.child_by_field_name("type"), step.node.child_by_field_name("right")
    push(walk, complete, step.node.child_by_field_name("left"), "annotation" if kind and not right else "bind")
    push(walk, step, kind, "type")
    push(walk, complete, right, "type" if kind and b"TypeAlias" in (kind.text or b"") else "read")


def _visit_for(walk: Walk, step: Step) -> None:
    left = step.node.child_by_field_name("left")
    for child in reversed(step.node.named_children):
        push(walk, step, child, "bind" if child == left else "read")


def _visit_as_pattern(walk: Walk, step: Step) -> None:
    """`with x as name`, `except E as name`, and `case pattern as name`."""
    alias = step.node.child_by_field_name("alias")
    if alias is not None:
        for child in step.node.named_children:
            push(walk, step, child, "bind" if child == alias else "read")
        return
    *patterns, name = step.node.named_children
    push(walk, step, name, "bind")
    for pattern in patterns:
        push(walk, step, pattern, "pattern")


def _visit_delete(walk: Walk, step: Step) -> None:
    for child in step.node.named_children:
        push(walk, step, child, "delete")


def _visit_declaration(walk: Walk, step: Step) -> None:
    scope = walk.names.scopes[step.scope]
    declared = scope.declared_global if step.node.type == "global_statement" else scope.declared_nonlocal
    for child in step.node.named_children:
        declared.add(text_of(child))
        push(walk, step, child)


def _visit_pattern(walk: Walk, step: Step) -> None:
    """A name alone in a `case` binds; a dotted one and a class are read; names of a class's attributes are neither."""
    node = step.node
    if node.type == "dotted_name":
        _dotted(walk, step, node, binds=len(node.named_children) == 1 and step.role == "pattern")
        return
    children = list(node.named_children)
    if node.type == "class_pattern" and children:
        walk.names.calls.append(Call(node, step.scope))
        _dotted(walk, step, children.pop(0), binds=False)
    if node.type == "keyword_pattern" and children:
        children.pop(0)
    for child in children:
        push(walk, step, child, "pattern")


def _dotted(walk: Walk, step: Step, node: Node, *, binds: bool) -> None:
    """A dotted name of a pattern, which has no attribute nodes: `core.User`."""
    parts = node.named_children or [node]
    if binds:
        push(walk, step, parts[0], "bind")
        return
    push(walk, step, parts[0])
    for part in parts[1:]:
        if part.text in walk.wanted:
            walk.names.attributes.append(AttributeUse(part, node, step.scope))


def _visit_import(walk: Walk, step: Step) -> None:
    for listed in step.node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name"), listed.child_by_field_name("alias")
        if name is not None and alias is not None:
            module = text_of(name)
            binding = Binding(text_of(alias), alias, "import", step.node.end_byte, module, aliased=True)
        else:
            first = listed.named_children[0]
            binding = Binding(text_of(first), first, "import", step.node.end_byte, text_of(first))
        bind(walk, step.scope, binding)


def _visit_from(walk: Walk, step: Step) -> None:
    node = step.node
    module = "".join(text_of(node.child_by_field_name("module_name")).split())
    if node.type == "future_import_statement":
        module = "__future__"
    if any(child.type == "wildcard_import" for child in node.named_children):
        walk.names.stars.append(Star(module, node))
    for listed in node.children_by_field_name("name"):
        name, alias = listed.child_by_field_name("name") or listed, listed.child_by_field_name("alias")
        bound = alias or name
        bind(
            walk,
            step.scope,
            Binding(text_of(bound), bound, "from", node.end_byte, module, imported=name, aliased=alias is not None),
        )
    for child in node.named_children:
        if child.type == "comment":
            push(walk, step, child)


def _visit_keyword(walk: Walk, step: Step) -> None:
    name = text_of(step.node.child_by_field_name("name"))
    call = step.node.parent.parent if step.node.parent is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    called = (function.text or b"").rpartition(b".")[2] if function is not None else b""
    is_type = name == "bound" and called == b"TypeVar"
    if called == b"multiple" and name.encode() in walk.wanted and step.node.parent is not None:
        patched = step.node.parent.named_children[0]
        walk.names.attributes.append(AttributeUse(step.node.named_children[0], patched, step.scope))
    push(walk, step, step.node.child_by_field_name("value"), "type" if is_type else "read")


def _visit_call(walk: Walk, step: Step) -> None:
    walk.names.calls.append(Call(step.node, step.scope))
    function, arguments = step.node.child_by_field_name("function"), step.node.child_by_field_name("arguments")
    types = TYPE_CALLS.get((function.text or b"").rpartition(b".")[2], ()) if function is not None else ()
    if arguments is not None and types and arguments.type == "argument_list":
        for number, argument in enumerate(arguments.named_children):
            push(walk, step, argument, "type" if number in types else "read")
    else:
        push(walk, step, arguments)
    push(walk, step, function)


def _visit_subscript(walk: Walk, step: Step) -> None:
    """Within a type, `Literal["name"]` holds a string, and of `Annotated[T, ...]` only the first part is a type."""
    value, *inner = step.node.named_children
    head = (value.text or b"").rpartition(b".")[2]
    push(walk, step, value, "type" if step.role == "type" else "read")
    parts = [part for node in inner for part in (node.named_children if node.type == "type_parameter" else [node])]
    for number, part in enumerate(parts):
        is_type = step.role == "type" and head != b"Literal" and (head != b"Annotated" or number == 0)
        push(walk, step, part, "type" if is_type else "read")


_Visit = Callable[[Walk, Step], None]
_VISITS: dict[str, _Visit] = {
    "identifier": _visit_identifier,
    "attribute": _visit_attribute,
    "string": _visit_quote,
    "comment": _visit_quote,
    "function_definition": visit_function,
    "lambda": visit_lambda,
    "class_definition": visit_class,
    "type_alias_statement": visit_type_alias,
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
