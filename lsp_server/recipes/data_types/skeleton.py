"""How does a list of methods become a class to fill in? Each raises `NotImplementedError`; nothing is invented.

It takes the place of the comment that asked, stands below the user's place, at the end of a file that is named, or in
a new file.
"""

import ast
import builtins
from pathlib import PurePosixPath

from context.parsing.languages import LANGUAGES, language_of
from context.parsing.parse import Node, parse
from context.snapshot import FileText
from lsp_server.edits.change import ChangeSet, Create, Problem, ProblemCode
from lsp_server.recipes.data_types.data_type import behind, has_lazy_types, taken_name
from lsp_server.recipes.data_types.field_list import names_in
from lsp_server.recipes.data_types.proof import proof_problems
from lsp_server.recipes.data_types.skeleton_sentence import Method, Skeleton
from lsp_server.recipes.plan import Done, Material, Plan, Refused, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.insert import Layout, block_splice, indentation_step
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.splices import edit_of, lines_of, source_of


def carry_out(plan: Plan, material: Material) -> Done | Refused | Wanted:
    """The class where it is wanted."""
    if not isinstance(plan, Skeleton):
        raise TypeError(plan)
    where = material.consumed or material.place
    if not plan.where and where is None:
        return _refused("NOT_FOUND", f"Say where {plan.name} belongs: put the cursor into a file, or name one.")
    path = where.path if where is not None and not plan.where else plan.where
    if plan.where and _is_new(plan.where, material):
        return _new_file(plan)
    if plan.where:
        found = named_file(material, plan.where, f"where {plan.name} belongs")
        if not isinstance(found, str):
            return found if isinstance(found, Wanted) else Refused((found,))
        path = found
    language, file = language_of(path), material.snapshot.file(path)
    if language is None or language.name != "python":
        return _refused("FORMAT", "A class skeleton can be written into Python files (.py, .pyi) only.", path)
    if not isinstance(file, FileText):
        return _refused("MISSING", f"{path} {file.reason}.", path)
    return _written(plan, material, file)


def _is_new(where: str, material: Material) -> bool:
    """Whether a path names a file that is not there, in a folder that is."""
    path = PurePosixPath(where)
    is_inside = where.endswith(".py") and ".." not in path.parts and not path.is_absolute()
    folder = str(path.parent)
    known = modules_of(material.snapshot, material.candidates).folders
    folder_is_there = folder == "." or folder in known or material.snapshot.exists(folder)
    return is_inside and folder_is_there and not material.snapshot.exists(where) and path.stem.isidentifier()


def _new_file(plan: Skeleton) -> Done | Refused:
    problem = _problem(plan, parse(LANGUAGES[0], b"").root_node, plan.where, lazy=False)
    if problem is not None:
        return Refused((problem,))
    text = "\n".join(_block(plan, "", "    ", lazy=False)) + "\n"
    return Done(ChangeSet((Create(plan.where, text),)), plan.sentence(), 1)


def _written(plan: Skeleton, material: Material, file: FileText) -> Done | Refused:
    """The class in a file that is there."""
    source = source_of(file.text)
    layout = Layout(source, file.eol, indentation_step(source), lines_of(source))
    root = parse(LANGUAGES[0], source).root_node
    consumed = material.consumed if material.consumed is not None and material.consumed.path == file.path else None
    is_end = bool(plan.where) and consumed is None
    line = layout.lines.at(layout.lines.size) + (not source.endswith((b"\n", b"\r")))
    if consumed is not None:
        first, last = consumed.start_line - 1, consumed.end_line
    else:
        place = material.place
        first, last = (line, line) if is_end or place is None else behind(root, layout, place.end_line)
    first, last = min(first, len(layout.lines.starts)), min(last, len(layout.lines.starts))
    lazy = has_lazy_types(root) or file.path.endswith(".pyi")
    problem = _problem(plan, root, file.path, lazy=lazy, offset=layout.lines.start(first))
    if problem is not None:
        return Refused((problem,))
    indent = layout.indent(first) if consumed is not None else ""
    splice = block_splice(layout, first, last, _block(plan, indent, layout.step, lazy=lazy))
    edit = edit_of(file, [splice], plan.sentence())
    unproven = proof_problems(edit, plan.name, frozenset())
    if unproven:
        return Refused(tuple(unproven))
    return Done(ChangeSet((edit,)), plan.sentence() + _unknown(plan, root), 1)


def _problem(plan: Skeleton, root: Node, path: str, *, lazy: bool, offset: int = 0) -> Problem | None:
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


def _unknown(plan: Skeleton, root: Node) -> str:
    """A remark on the types that the file does not know yet."""
    names = {name for method in plan.methods for name in _names(method)} - {plan.name}
    unknown = sorted(name for name in names if not hasattr(builtins, name) and taken_name(root, name) is None)
    star = any(child.type == "wildcard_import" for statement in root.children for child in statement.children)
    return f"; not defined at the top of this file: {', '.join(unknown)}" if unknown and not star else ""


def _refused(code: ProblemCode, message: str, path: str = "") -> Refused:
    return Refused((Problem(code, message, path),))
