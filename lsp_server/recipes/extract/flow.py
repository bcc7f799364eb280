"""What goes into a fragment, and what comes out of it? Its inputs and outputs, by scopes; or why it must stay."""

from dataclasses import dataclass, field
from typing import Literal

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.extract.assigned import assigns, has_value
from lsp_server.recipes.extract.fragment import Fragment, functions_around
from lsp_server.recipes.extract.leaving import ends, is_tail, returns_in
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Scope, Use, find_scope
from lsp_server.recipes.python.steps import text_of

LOOPS = frozenset({"for_statement", "while_statement"})
LOOKERS = frozenset({"locals", "vars", "eval", "exec", "dir"})
"""Builtins that see the names of the function around them."""


@dataclass(slots=True)
class Flow:
    """The names that a fragment needs and that it gives, in order; `awaits` tells that it must run in async code.

    `leaves` tells that it leaves its function, with a value or without; `is_last` that nothing runs behind it.
    """

    inputs: dict[str, None] = field(default_factory=dict[str, None])
    outputs: dict[str, None] = field(default_factory=dict[str, None])
    awaits: bool = False
    leaves: Literal["", "value", "nothing"] = ""
    is_last: bool = False
    problems: list[Problem] = field(default_factory=list[Problem])


def flow_of(fragment: Fragment) -> Flow:
    """The flow of a fragment, with what speaks against taking it out."""
    flow = Flow()
    _check_statements(fragment, flow)
    _check_returns(fragment, flow)
    if flow.problems:
        return flow
    _check_declared(fragment, flow)
    bound = _bound(fragment)
    for name, first in bound.items():
        _check_shared(fragment, flow, name, first)
    for use in _reads(fragment):
        if _is_local(fragment, use, bound) and not _is_set_within(fragment, use):
            _need(fragment, flow, use.name, use.node, is_bound_here=use.name in bound)
    for name in bound:
        is_output = fragment.scope == MODULE_SCOPE or _is_read_later(fragment, flow, name)
        if is_output and not flow.leaves:
            flow.outputs[name] = None
            if not any(assigns(statement, name) for statement in fragment.statements):
                _need(fragment, flow, name, fragment.statements[-1], is_bound_here=False)
    return flow


def _refuse(fragment: Fragment, flow: Flow, node: Node, why: str) -> None:
    file = fragment.file
    flow.problems.append(
        Problem(
            "CONFLICT", f"{why} ({file.path}:{file.lines.at(node.start_byte) + 1}): nothing was extracted.", file.path
        )
    )


def _limit(fragment: Fragment, node: Node) -> Node | None:
    """The block around the fragment: what stands before the fragment is not looked at."""
    return next((each for each in fragment.statements if each.start_byte <= node.start_byte < each.end_byte), None)


def _is_set_within(fragment: Fragment, use: Use) -> bool:
    """Whether the fragment itself has certainly given a name its value before it is read."""
    earlier = (each for each in fragment.statements if each.end_byte <= use.node.start_byte)
    return any(assigns(each, use.name) for each in earlier) or has_value(use.node, use.name, _limit(fragment, use.node))


def _check_statements(fragment: Fragment, flow: Flow) -> None:
    """What cannot be in a function of its own: `yield`, `break`, `continue`, `global`, and the like."""
    stack = [(node, False, False) for node in reversed(fragment.statements)]
    while stack and not flow.problems:
        node, in_loop, in_function = stack.pop()
        kind = node.type
        if kind == "yield" and not in_function:
            _refuse(fragment, flow, node, "`yield` would leave the range")
        elif kind in {"break_statement", "continue_statement"} and not in_loop:
            _refuse(fragment, flow, node, f"`{kind.partition('_')[0]}` would leave the range")
        elif kind in {"global_statement", "nonlocal_statement"} and not in_function:
            _refuse(fragment, flow, node, f"`{text_of(node)}` is about the function around it")
        elif kind == "import_from_statement" and any(each.type == "wildcard_import" for each in node.named_children):
            _refuse(fragment, flow, node, "`import *` cannot be in a function")
        elif kind == "delete_statement" and not in_function:
            _refuse(fragment, flow, node, f"`{text_of(node)}` takes a name away")
        elif kind == "call" and text_of(node.child_by_field_name("function")) in LOOKERS:
            _refuse(fragment, flow, node, f"`{text_of(node)}` looks at the names around it")
        is_async = kind == "await" or (
            node.children and node.children[0].type == "async" and kind != "function_definition"
        )
        flow.awaits |= bool(is_async) and not in_function
        in_function |= kind in {"function_definition", "lambda"}
        in_loop = (in_loop or kind in LOOPS) and kind not in {"function_definition", "class_definition"}
        stack.extend((child, in_loop, in_function) for child in reversed(node.named_children))


def _check_returns(fragment: Fragment, flow: Flow) -> None:
    """A `return` may leave with the fragment, if every way does or nothing is left to run behind it."""
    returns = returns_in(fragment.statements)
    if flow.problems or not returns:
        return
    last = fragment.statements[-1]
    flow.is_last = is_tail(last)
    if flow.is_last or ends(fragment.statements):
        flow.leaves = "value" if any(each.named_children for each in returns) else "nothing"
        return
    block = last.parent
    rest = [each for each in (block.named_children if block is not None else ()) if each.start_byte >= fragment.start]
    end = fragment.file.lines.at(rest[-1].end_byte) + 1
    advice = f": extract lines {fragment.first + 1} to {end}" if rest and (ends(rest) or is_tail(rest[-1])) else ""
    _refuse(fragment, flow, returns[0], f"`return` would leave the range, and another way goes on behind it{advice}")


def _bound(fragment: Fragment) -> dict[str, Node]:
    """The names that the fragment binds in its scope, in order, each with its first place."""
    scope = fragment.file.names.scopes[fragment.scope]
    found = [
        (binding.node.start_byte, name, binding.node)
        for name, bindings in scope.bindings.items()
        for binding in bindings
        if fragment.holds(binding.node)
    ]
    first: dict[str, Node] = {}
    for _, name, node in sorted(found, key=lambda each: each[0]):
        first.setdefault(name, node)
    return first


def _scopes(fragment: Fragment) -> list[Scope]:
    return fragment.file.names.scopes


def _reads(fragment: Fragment) -> list[Use]:
    """What the fragment reads, `x` in `x += 1` included, in order."""
    names = fragment.file.names
    reads = [use for use in names.uses if fragment.holds(use.node)]
    for statement in fragment.statements:
        reads += [Use(text_of(target), target, fragment.scope) for target in _augmented(statement)]
    return sorted(reads, key=lambda use: use.node.start_byte)


def _augmented(node: Node) -> list[Node]:
    """The names that are changed by `x += 1`, outside of functions within."""
    found: list[Node] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type == "augmented_assignment":
            left = current.child_by_field_name("left")
            found += [left] if left is not None and left.type == "identifier" else []
        if current.type not in {"function_definition", "class_definition", "lambda"}:
            stack.extend(current.named_children)
    return found


def _owner(fragment: Fragment, use: Use) -> int | None:
    found = find_scope(_scopes(fragment), use.name, use.scope, use.node.start_byte)
    return found.scope if found is not None else None


def _is_local(fragment: Fragment, use: Use, bound: dict[str, Node]) -> bool:
    """Whether a name belongs to the function around the fragment, or to one around that."""
    owner = _owner(fragment, use)
    if owner is None:
        return False
    if fragment.scope == MODULE_SCOPE:
        return owner == MODULE_SCOPE and use.name in bound
    return owner in set(functions_around(fragment.file, fragment.scope))


def _need(fragment: Fragment, flow: Flow, name: str, node: Node, *, is_bound_here: bool) -> None:
    """Makes a name an input, if it certainly has a value when the fragment begins."""
    if name in flow.inputs:
        return
    scopes, first = _scopes(fragment), fragment.statements[0]
    owners = [fragment.scope, *functions_around(fragment.file, fragment.scope)]
    owner = next((index for index in owners if name in scopes[index].bindings), fragment.scope)
    bindings = scopes[owner].bindings.get(name, [])
    if not any(not fragment.holds(binding.node) for binding in bindings):
        if is_bound_here and _loop_around(fragment) is not None:
            _refuse(fragment, flow, node, f"`{name}` may be carried from one round of the loop to the next")
        elif not is_bound_here:
            _refuse(fragment, flow, node, f"`{name}` may have no value at the end of the range")
        return
    is_parameter = any(binding.kind == "parameter" for binding in bindings)
    if is_parameter or owner != fragment.scope or has_value(first, name, scopes[owner].node):
        flow.inputs[name] = None
    else:
        _refuse(fragment, flow, node, f"`{name}` may have no value before the range")


def _loop_around(fragment: Fragment) -> Node | None:
    """The outermost loop around the fragment in its function."""
    node, found = fragment.statements[0].parent, None
    while node is not None and node.type not in {"function_definition", "class_definition", "module"}:
        found = node if node.type in LOOPS else found
        node = node.parent
    return found


def _guard_around(fragment: Fragment) -> Node | None:
    """The outermost `try`, or `with suppress(...)`, that goes on when the fragment fails."""
    node, found = fragment.statements[0].parent, None
    while node is not None and node.type not in {"function_definition", "class_definition", "module"}:
        suppresses = node.type == "with_statement" and b"suppress" in (node.text or b"").partition(b"\n")[0]
        found = node if node.type == "try_statement" or suppresses else found
        node = node.parent
    return found


def _check_declared(fragment: Fragment, flow: Flow) -> None:
    """A name that the function declares to be another scope's would be the new function's own."""
    own = _scopes(fragment)[fragment.scope]
    for scope in _scopes(fragment):
        for name in (own.declared_global | own.declared_nonlocal) & scope.bindings.keys():
            for binding in scope.bindings[name]:
                if fragment.holds(binding.node):
                    _refuse(fragment, flow, binding.node, f"`{name}` belongs to another scope")


def _check_shared(fragment: Fragment, flow: Flow, name: str, first: Node) -> None:
    """A name that functions within share with the function around them cannot be in two functions."""
    scopes = _scopes(fragment)
    for index, scope in enumerate(scopes):
        if name in scope.declared_nonlocal or (fragment.scope == MODULE_SCOPE and name in scope.declared_global):
            _refuse(fragment, flow, scope.node or first, f"`{name}` is assigned by a function within (scope {index})")
    for use in fragment.file.names.uses:
        if use.name != name or _owner(fragment, use) != fragment.scope:
            continue
        function = _function_of(fragment, use)
        if function != fragment.scope and (use.node.start_byte < fragment.start or fragment.scope == MODULE_SCOPE):
            _refuse(fragment, flow, use.node, f"a function within reads `{name}`, which the range assigns")
        if function != fragment.scope and fragment.holds(use.node) and _is_bound_outside(fragment, name):
            _refuse(fragment, flow, use.node, f"a function within reads `{name}`, which is assigned elsewhere too")


def _is_bound_outside(fragment: Fragment, name: str) -> bool:
    bindings = _scopes(fragment)[fragment.scope].bindings.get(name, [])
    return any(not fragment.holds(binding.node) for binding in bindings)


def _function_of(fragment: Fragment, use: Use) -> int:
    """The function or module that a name is read by; comprehensions run where they stand."""
    scope = use.scope
    while _scopes(fragment)[scope].kind in {"comprehension", "class", "type parameters"} and scope > MODULE_SCOPE:
        scope = _scopes(fragment)[scope].parent
    return scope


def _is_read_later(fragment: Fragment, flow: Flow, name: str) -> bool:
    """Whether what the fragment assigns is read behind it, or in the next round of a loop."""
    loop, guard = _loop_around(fragment), _guard_around(fragment)
    function = _scopes(fragment)[fragment.scope].node or fragment.file.tree.root_node
    reads = [
        use.node for use in fragment.file.names.uses if use.name == name and _owner(fragment, use) == fragment.scope
    ]
    reads += [node for node in _augmented_within(function) if text_of(node) == name]
    is_read = False
    for node in reads:
        if fragment.holds(node):
            continue
        in_loop = loop is not None and loop.start_byte <= node.start_byte < loop.end_byte
        if node.start_byte < fragment.end and not in_loop:
            continue
        is_read = True
        body = guard.child_by_field_name("body") if guard is not None else None
        if guard is not None and not (body is not None and body.start_byte <= node.start_byte < body.end_byte):
            _refuse(fragment, flow, node, f"`{name}` is read where the range may have failed half-way")
    return is_read


def _augmented_within(function: Node) -> list[Node]:
    body = function.child_by_field_name("body") or function
    return [name for statement in body.named_children for name in _augmented(statement)]
