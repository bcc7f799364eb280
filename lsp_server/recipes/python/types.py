"""What can an expression be: an object of which class, which class, which function, which module?

Read from annotations, constructors, `self` and imports, never by running anything. Every value that is not certain is
`UNKNOWN`, so that nothing is taken for something else.
"""

import ast
import builtins
from collections.abc import Iterable

from context.parsing.parse import Node
from lsp_server.recipes.python.imports import files_of, resolve, submodule
from lsp_server.recipes.python.names import PythonFile, imported_name, star_exports
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Binding, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import (
    CLOSED_MODULES,
    DEEPEST,
    OTHER,
    PASSING_BUILTINS,
    UNKNOWN,
    VAGUE,
    WRAPPERS,
    Seen,
    Value,
    Values,
    World,
    decorator_names,
    enclosing_class,
    opened,
    owner_of,
    scope_of,
)


def types_of(world: World, file: PythonFile, node: Node, scope: int, seen: Seen = frozenset()) -> Values:
    """All that an expression can be."""
    key = (file.path, node.start_byte * 4096 + node.end_byte - node.start_byte)
    if key in seen or len(seen) > DEEPEST:
        return frozenset({UNKNOWN})
    seen |= {key}
    match node.type:
        case "identifier":
            return name_types(world, file, text_of(node), scope, node.start_byte, seen)
        case "attribute":
            receiver = node.child_by_field_name("object")
            name = text_of(node.child_by_field_name("attribute"))
            found = types_of(world, file, receiver, scope, seen) if receiver is not None else frozenset({UNKNOWN})
            return _joined(attribute_types(world, value, name, seen) for value in found)
        case "call":
            return _call_types(world, file, node, scope, seen)
        case "await":
            return _awaited(world, file, node, scope, seen)
        case "parenthesized_expression" if node.named_children:
            return types_of(world, file, node.named_children[0], scope, seen)
        case _:
            return _operation_types(world, file, node, scope, seen)


def _operation_types(world: World, file: PythonFile, node: Node, scope: int, seen: Seen) -> Values:
    """What operators and brackets give; literals are nothing of the workspace's own."""
    parts = node.named_children
    match node.type:
        case "named_expression":
            arms = parts[1:]
        case "conditional_expression" if len(parts) == 3:
            arms = [parts[0], parts[2]]
        case "boolean_operator":
            arms = parts
        case "subscript" | "binary_operator" | "unary_operator":
            return _subscript_types(world, file, node, scope, seen)
        case _:
            return frozenset({OTHER})
    return _joined(types_of(world, file, arm, scope, seen) for arm in arms)


def _subscript_types(world: World, file: PythonFile, node: Node, scope: int, seen: Seen) -> Values:
    """`Store[int]` is the class; what other brackets and operators give is not known."""
    found = (
        types_of(world, file, node.named_children[0], scope, seen) if node.type == "subscript" else frozenset[Value]()
    )
    return found if found and all(value.kind == "class" for value in found) else frozenset({UNKNOWN})


def _joined(parts: Iterable[Values]) -> Values:
    return frozenset(value for part in parts for value in part)


def name_types(world: World, file: PythonFile, name: str, scope: int, offset: int, seen: Seen) -> Values:
    """All that a name can be where it is read at a byte within a scope."""
    found = find_scope(file.names.scopes, name, scope, offset)
    if found is None:
        starred = _star_types(world, file, name, seen)
        return starred or frozenset({Value("builtin", name) if hasattr(builtins, name) else UNKNOWN})
    bindings = file.names.scopes[found.scope].bindings[name]
    annotated = [binding for binding in bindings if binding.kind == "annotation"]
    return _joined(binding_types(world, file, found.scope, binding, seen) for binding in annotated or bindings)


def _star_types(world: World, file: PythonFile, name: str, seen: Seen) -> Values:
    for star in reversed(file.names.stars):
        module = resolve(world.symbol.modules, file.path, star.module)
        if module is not None and star_exports(world.symbol, module, name):
            found = module_member(world, module, name, seen)
            if found:
                return found
    return frozenset()


def module_member(world: World, module: str, name: str, seen: Seen) -> Values:
    """All that an attribute of a module can be; nothing where the module does not seem to have it."""
    key = (f"{module}:{name}", -1)
    if key in seen:
        return frozenset()
    seen |= {key}
    result: set[Value] = set()
    for path in files_of(world.symbol.modules, module):
        file = opened(world, path)
        if file is None:
            continue
        bindings = file.names.scopes[MODULE_SCOPE].bindings.get(name, ())
        for binding in bindings:
            result |= binding_types(world, file, MODULE_SCOPE, binding, seen)
        if not bindings:
            result |= _star_types(world, file, name, seen)
    inner = submodule(world.symbol.modules, module, name)
    if not result and inner is not None:
        result.add(Value("module", inner))
    return frozenset(result)


def binding_types(world: World, file: PythonFile, scope: int, binding: Binding, seen: Seen) -> Values:
    """What a binding gives its name."""
    match binding.kind:
        case "class" | "function":
            return frozenset({Value(binding.kind, file.path, scope_of(file, binding.node.parent))})
        case "import":
            module = resolve(world.symbol.modules, file.path, binding.module)
            return frozenset({Value("module", module) if module is not None else Value("outside", binding.module)})
        case "from":
            module = resolve(world.symbol.modules, file.path, binding.module)
            if module is None:
                return frozenset({Value("outside", f"{binding.module}.{imported_name(binding)}")})
            return module_member(world, module, imported_name(binding), seen) or frozenset({UNKNOWN})
        case "parameter":
            return _parameter_types(world, file, scope, binding, seen)
        case "value" | "annotation":
            return _assigned_types(world, file, scope, binding, seen)
        case _:
            return frozenset()


def _assigned_types(world: World, file: PythonFile, scope: int, binding: Binding, seen: Seen) -> Values:
    parent = binding.node.parent
    if parent is None:
        return frozenset({UNKNOWN})
    if parent.type == "assignment" and parent.child_by_field_name("left") == binding.node:
        annotation, right = parent.child_by_field_name("type"), parent.child_by_field_name("right")
        if annotation is not None:
            return annotated(world, file, text_of(annotation), scope, seen)
        return types_of(world, file, right, scope, seen) if right is not None else frozenset({UNKNOWN})
    if parent.type == "named_expression":
        value = parent.child_by_field_name("value")
        return types_of(world, file, value, scope, seen) if value is not None else frozenset({UNKNOWN})
    if parent.type == "as_pattern_target" and parent.parent is not None and parent.parent.parent is not None:
        around = parent.parent.parent
        if around.type == "with_item":
            found = types_of(world, file, parent.parent.named_children[0], scope, seen)
            return _joined(_entered(world, value, seen) for value in found)
    return frozenset({UNKNOWN})


def _entered(world: World, value: Value, seen: Seen) -> Values:
    """What `with` binds: what `__enter__` is annotated with, or the object itself where that gives `self`."""
    if value.kind != "instance":
        return frozenset({OTHER if value.kind == "other" else UNKNOWN})
    for member in attribute_types(world, value, "__enter__", seen):
        file = opened(world, member.path) if member.kind == "function" else None
        node = file.names.scopes[member.scope].node if file is not None else None
        if node is not None and (node.text or b"").rstrip().endswith(b"return self"):
            return frozenset({value})
    return frozenset({UNKNOWN})


def _parameter_types(world: World, file: PythonFile, scope: int, binding: Binding, seen: Seen) -> Values:
    parent, function = binding.node.parent, file.names.scopes[scope].node
    if parent is None or function is None:
        return frozenset({UNKNOWN})
    receiver = _receiver_types(file, scope, binding, function)
    if parent.type in {"typed_parameter", "typed_default_parameter"}:
        outside = file.names.scopes[scope].parent
        found = annotated(world, file, text_of(parent.child_by_field_name("type")), outside, seen)
        # `self: Self` and `self: T` say no more than that it is an object of the class.
        return receiver if receiver and found == frozenset({UNKNOWN}) else found
    return receiver or frozenset({UNKNOWN})


def _receiver_types(file: PythonFile, scope: int, binding: Binding, function: Node) -> Values:
    """What the first parameter of a method is; nothing for any other parameter."""
    parameters = function.child_by_field_name("parameters")
    owner = owner_of(file, scope)
    first = parameters.named_children[0] if parameters is not None and parameters.named_children else None
    if owner < 0 or first is None or not first.start_byte <= binding.node.start_byte < first.end_byte:
        return frozenset()
    if "staticmethod" in decorator_names(file, scope):
        return frozenset()
    name = text_of(function.child_by_field_name("name"))
    of_class = name in {"__new__", "__init_subclass__", "__class_getitem__"}
    kind = "class" if of_class or "classmethod" in decorator_names(file, scope) else "instance"
    return frozenset({Value(kind, file.path, owner)})


def annotated(world: World, file: PythonFile, text: str, scope: int, seen: Seen) -> Values:
    """The objects that an annotation, given as text, allows."""
    try:
        tree = ast.parse(f"({text.strip()})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset({UNKNOWN})
    return _expression_types(world, file, tree, scope, seen)


def _expression_types(world: World, file: PythonFile, node: ast.expr, scope: int, seen: Seen) -> Values:
    match node:
        case ast.Constant(value=None):
            return frozenset()
        case ast.Constant(value=str(text)):
            return annotated(world, file, text, scope, seen)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _joined(_expression_types(world, file, arm, scope, seen) for arm in (left, right))
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner) if name in WRAPPERS:
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            kept = parts[:1] if name == "Annotated" else parts
            return _joined(_expression_types(world, file, part, scope, seen) for part in kept)
        case ast.Subscript(value=ast.Name(id="type" | "Type"), slice=inner):
            found = _expression_types(world, file, inner, scope, seen)
            return frozenset(
                Value("class", each.path, each.scope) if each.kind == "instance" else each for each in found
            )
        case ast.Subscript(value=value):
            return _expression_types(world, file, value, scope, seen)
        case _:
            return _named_types(world, file, node, scope, seen)


def _named_types(world: World, file: PythonFile, node: ast.expr, scope: int, seen: Seen) -> Values:
    match node:
        case ast.Name(id="Self") if enclosing_class(file, scope) >= 0:
            return frozenset({Value("instance", file.path, enclosing_class(file, scope))})
        case ast.Name() | ast.Attribute():
            return frozenset(_made_by(value) for value in _dotted_types(world, file, node, scope, seen))
        case _:
            return frozenset({UNKNOWN})


def _made_by(value: Value) -> Value:
    """An object of what an annotation names."""
    match value.kind:
        case "class":
            return Value("instance", value.path, value.scope)
        case "builtin":
            return UNKNOWN if value.path in VAGUE else OTHER
        case "outside":
            return UNKNOWN if value.path.rpartition(".")[2] in VAGUE else value
        case _:
            return UNKNOWN


def _dotted_types(world: World, file: PythonFile, node: ast.expr, scope: int, seen: Seen) -> Values:
    match node:
        case ast.Name(id=name):
            # An annotation may name what is bound only further down.
            return name_types(world, file, name, scope, len(file.source), seen)
        case ast.Attribute(value=value, attr=name):
            found = _dotted_types(world, file, value, scope, seen)
            return _joined(attribute_types(world, each, name, seen) for each in found)
        case _:
            return frozenset({UNKNOWN})


def _call_types(world: World, file: PythonFile, node: Node, scope: int, seen: Seen) -> Values:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return frozenset({UNKNOWN})
    given = arguments.named_children if arguments is not None else []
    if function.text == b"super" and not given and enclosing_class(file, scope) >= 0:
        return frozenset({Value("super", file.path, enclosing_class(file, scope))})
    if function.text == b"type" and len(given) == 1:
        found = types_of(world, file, given[0], scope, seen)
        return frozenset(
            Value("class", each.path, each.scope) if each.kind == "instance" else UNKNOWN for each in found
        )
    if (function.text or b"").rpartition(b".")[2] == b"cast" and len(given) == 2:
        return annotated(world, file, text_of(given[0]), scope, seen)
    return _joined(returned(world, value, seen) for value in types_of(world, file, function, scope, seen))


def returned(world: World, value: Value, seen: Seen, *, awaited: bool = False) -> Values:
    """What calling a value gives; `awaited` for an `async` function behind `await`."""
    match value.kind:
        case "class":
            return frozenset({Value("instance", value.path, value.scope)})
        case "function":
            return _returned_by_function(world, value, seen, awaited=awaited)
        case "builtin":
            made = getattr(builtins, value.path, None)
            return frozenset({OTHER if isinstance(made, type) and value.path not in PASSING_BUILTINS else UNKNOWN})
        case "outside":
            return frozenset({OTHER if value.path.partition(".")[0] in CLOSED_MODULES else UNKNOWN})
        case _:
            return frozenset({OTHER if value.kind == "other" else UNKNOWN})


def _returned_by_function(world: World, value: Value, seen: Seen, *, awaited: bool) -> Values:
    """What a function is annotated to return, unless a decorator may change that."""
    file = opened(world, value.path)
    node = file.names.scopes[value.scope].node if file is not None and value.scope >= 0 else None
    if file is None or node is None or (decorator_names(file, value.scope) - {"classmethod", "staticmethod"}):
        return frozenset({UNKNOWN})
    is_async = (node.text or b"").startswith(b"async")
    kind = node.child_by_field_name("return_type")
    if kind is None or is_async != awaited:
        return frozenset({UNKNOWN})
    return annotated(world, file, text_of(kind), file.names.scopes[value.scope].parent, seen)


def _awaited(world: World, file: PythonFile, node: Node, scope: int, seen: Seen) -> Values:
    call = node.named_children[0] if node.named_children else None
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    if function is None:
        return frozenset({UNKNOWN})
    found = types_of(world, file, function, scope, seen)
    return _joined(returned(world, value, seen, awaited=True) for value in found)


def attribute_types(world: World, value: Value, name: str, seen: Seen) -> Values:
    """All that an attribute of a value can be."""
    match value.kind:
        case "module":
            return module_member(world, value.path, name, seen) or frozenset({UNKNOWN})
        case "instance" | "class" | "super":
            return _member_types(world, value, name, seen)
        case "outside":
            return frozenset({Value("outside", f"{value.path}.{name}")})
        case _:
            return frozenset({UNKNOWN if value.kind == "unknown" else OTHER})


def _member_types(world: World, value: Value, name: str, seen: Seen) -> Values:
    from lsp_server.recipes.python.classes import definer, own_attributes

    found = definer(world, value, name)
    file = opened(world, found.path) if found is not None else None
    if found is None or file is None:
        return frozenset({UNKNOWN})
    bindings = file.names.scopes[found.scope].bindings.get(name, ())
    result = _joined(binding_types(world, file, found.scope, binding, seen) for binding in bindings)
    functions = [each for each in result if each.kind == "function"]
    if value.kind != "class" and any(
        "property" in each for each in (decorator_names(file, f.scope) for f in functions)
    ):
        node = file.names.scopes[functions[0].scope].node
        kind = node.child_by_field_name("return_type") if node is not None else None
        return annotated(world, file, text_of(kind), found.scope, seen) if kind is not None else frozenset({UNKNOWN})
    if not bindings:
        for target, scope in own_attributes(world, found).get(name, ()):
            assignment = target.parent
            kind = assignment.child_by_field_name("type") if assignment is not None else None
            right = assignment.child_by_field_name("right") if assignment is not None else None
            if kind is not None:
                return annotated(world, file, text_of(kind), scope, seen)
            result |= types_of(world, file, right, scope, seen) if right is not None else {UNKNOWN}
    return result or frozenset({UNKNOWN})
