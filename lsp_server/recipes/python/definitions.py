"""Which scopes do functions, lambdas, classes and type aliases open, and what is read outside of them?"""

from context.parsing.parse import Node
from lsp_server.recipes.python.scopes import Binding
from lsp_server.recipes.python.steps import TARGETS, Step, Walk, bind, open_scope, push, text_of


def visit_function(walk: Walk, step: Step) -> None:
    """`def`: the body is inside; decorators, defaults and types are outside."""
    node = step.node
    name = node.child_by_field_name("name")
    whole = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    if name is not None:
        bind(walk, step.scope, Binding(text_of(name), name, "function", node.end_byte, whole=whole))
    outside = _type_parameters(walk, step, node.child_by_field_name("type_parameters"))
    inside = open_scope(walk, "function", outside, node)
    push(walk, step, node.child_by_field_name("body"), "read", inside)
    push(walk, step, node.child_by_field_name("return_type"), "type", outside)
    _parameters(walk, node.child_by_field_name("parameters"), inside, outside)


def visit_lambda(walk: Walk, step: Step) -> None:
    """`lambda`: as a function of one expression."""
    inside = open_scope(walk, "function", step.scope, step.node)
    push(walk, step, step.node.child_by_field_name("body"), "read", inside)
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
    scope = open_scope(walk, "type parameters", step.scope)
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


def visit_class(walk: Walk, step: Step) -> None:
    """`class`: the body is inside, the bases are outside."""
    node = step.node
    name = node.child_by_field_name("name")
    whole = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    if name is not None:
        bind(walk, step.scope, Binding(text_of(name), name, "class", node.end_byte, whole=whole))
    outside = _type_parameters(walk, step, node.child_by_field_name("type_parameters"))
    inside = open_scope(walk, "class", outside, node)
    push(walk, step, node.child_by_field_name("body"), "read", inside)
    push(walk, step, node.child_by_field_name("superclasses"), "read", outside)


def visit_type_alias(walk: Walk, step: Step) -> None:
    """`type Name[T] = ...`: the right side sees the type parameters."""
    left, right = step.node.child_by_field_name("left"), step.node.child_by_field_name("right")
    named = left.named_children[0] if left is not None and left.named_children else None
    scope = step.scope
    if named is not None and named.type == "generic_type":
        scope = _type_parameters(walk, step, named.named_children[-1])
        named = named.named_children[0]
    if named is not None:
        push(walk, step._replace(effect=step.node.end_byte), named, "bind")
    push(walk, step, right, "type", scope)
