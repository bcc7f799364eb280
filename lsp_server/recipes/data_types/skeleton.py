"""How does a list of methods become a class to fill in? Each raises `NotImplementedError`; nothing is invented.

It takes the place of the comment that asked, stands below the user's place, at the end of a file that is named, or in
a new file.
"""

import ast

from context.parsing.parse import Node
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.recipes.data_types.data_type import has_lazy_types, taken_name, unknown_remark
from lsp_server.recipes.data_types.destination import Destination, arrived, destination
from lsp_server.recipes.data_types.field_list import names_in
from lsp_server.recipes.data_types.proof import proof_problems
from lsp_server.recipes.data_types.skeleton_sentence import Method, Skeleton
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.insert import block_splice
from lsp_server.recipes.splices import edit_of


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The class where it is wanted."""
    if not isinstance(plan, Skeleton):
        raise TypeError(plan)
    target = destination(plan.where, material, plan.name, frozenset({"python"}))
    if not isinstance(target, Destination):
        return target if isinstance(target, Wanted) else Refused((target,))
    root, layout = target.root, target.layout
    lazy = has_lazy_types(root) or target.path.endswith(".pyi")
    problem = _problem(plan, root, target.path, lazy=lazy, offset=target.offset)
    if problem is not None:
        return Refused((problem,))
    block = _block(plan, target.indent, layout.step, lazy=lazy)
    edit = edit_of(target.file, [block_splice(layout, target.first, target.last, block)], plan.sentence())
    unproven = proof_problems(edit, plan.name, frozenset())
    if unproven:
        return Refused(tuple(unproven))
    names = {name for method in plan.methods for name in _names(method)} - {plan.name}
    return arrived(Done(ChangeSet((edit,)), plan.sentence() + unknown_remark(root, names), 1), target, material)


def _problem(plan: Skeleton, root: Node, path: str, *, lazy: bool, offset: int) -> Problem | None:
    """Why the class cannot be: its name is taken, or a type would mean one of its methods."""
    taken = taken_name(root, plan.name, offset)
    if taken is not None:
        line = taken.start_point[0] + 1
        return Problem("EXISTS", f"{plan.name} is already defined in {path}:{line}: choose another name.", path)
    for number, method in enumerate(plan.methods):
        hidden = {each.name for each in plan.methods[:number]} & _names(method)
        if hidden and not lazy:
            name = min(hidden)
            return Problem("CONFLICT", f"`{name}` in the head of {method.name} would mean the method {name}.", path)
    return None


def _names(method: Method) -> set[str]:
    """The names that are read when the class is made: types and defaults."""
    (function,) = ast.parse(f"{method.head} ...").body
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    parts = [function.args, *([function.returns] if function.returns is not None else [])]
    return {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}


def _block(plan: Skeleton, indent: str, step: str, *, lazy: bool) -> list[str]:
    lines = [f"{indent}class {plan.name}:"]
    for number, method in enumerate(plan.methods):
        head = method.head if lazy or plan.name not in _names(method) else _quoted(method, plan.name).head
        lines += [""] if number else []
        lines += [f"{indent}{step}{head}", f"{indent}{step * 2}raise NotImplementedError"]
    return lines


def _quoted(method: Method, name: str) -> Method:
    """A method with quotes around the types that name the class itself, which is not there yet when they are read."""
    (function,) = ast.parse(f"{method.head} ...").body
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return method
    arguments = [node for node in ast.walk(function.args) if isinstance(node, ast.arg)]
    types: list[ast.expr] = [node.annotation for node in arguments if node.annotation is not None]
    types += [function.returns] if function.returns is not None else []
    head = method.head.encode()
    for node in sorted(types, key=lambda each: -each.col_offset):
        start, end = node.col_offset, node.end_col_offset or node.col_offset
        if name in names_in(ast.unparse(node)):
            head = b'%b"%b"%b' % (head[:start], head[start:end], head[end:])
    inside, _, result = head.decode().partition("(")[2].rpartition(":")[0].rpartition(")")
    return Method(method.name, inside, result.replace("->", "", 1).strip(), method.is_async)
