"""Does a new class leave the code around it as it was? Both texts are read by Python's own parser and compared."""

import ast
import warnings

from lsp_server.edits.change import Edit, Problem

Tree = ast.Module


def proof_problems(edit: Edit, name: str, modules: frozenset[str] = frozenset({"dataclasses"})) -> list[Problem]:
    """Why the class cannot stand where it was put; none where it can, or where the file was broken before.

    Without the class and the imports from `modules` both texts must say the same, with the same docstring.
    """
    before = _parsed(edit.before, edit.path)
    if before is None:
        return []
    after = _parsed(edit.after, edit.path)
    is_same = (
        after is not None
        and ast.get_docstring(before, clean=False) == ast.get_docstring(after, clean=False)
        and _without(before, "", modules) == _without(after, name, modules)
    )
    if is_same:
        return []
    advice = "put the comment on a line of its own between two statements, below the docstring and `__future__`"
    return [Problem("SYNTAX_WORSE", f"{name} would change the code around it in {edit.path}: {advice}.", edit.path)]


def _parsed(text: str, path: str) -> Tree | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, path, "exec", dont_inherit=True)
            return ast.parse(text, path)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return None


def _without(tree: Tree, name: str, modules: frozenset[str]) -> str:
    """What a file says without its imports from some modules, and without the first class of a name."""
    bodies: list[list[ast.stmt]] = [
        body for node in ast.walk(tree) if isinstance(body := getattr(node, "body", None), list)
    ]
    for body in bodies:
        added = next(
            (statement for statement in body if isinstance(statement, ast.ClassDef) and statement.name == name), None
        )
        if added is not None:
            body.remove(added)
            break
    tree.body = [
        statement
        for statement in tree.body
        if not (isinstance(statement, ast.ImportFrom) and statement.module in modules and not statement.level)
    ]
    return ast.dump(tree)
