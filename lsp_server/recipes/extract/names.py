"""May something new have a name in a file? Only if nothing there has it, so that nothing can be hidden or captured."""

import re
from collections.abc import Iterable

from context.parsing.parse import Node
from context.snapshot import FileText
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Material
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import enclosing_class

PRIVATE = re.compile(r"__\w*[^\W_]\w*?(?<!__)")


def taken_problem(file: PythonFile, name: str) -> Problem | None:
    """Where a file has a name already, as a variable or as a member."""
    for node in descendants(file.tree.root_node):
        if node.type == "identifier" and text_of(node) == name:
            line = file.lines.at(node.start_byte) + 1
            return Problem(
                "CONFLICT", f"`{name}` is used already in {file.path}:{line}: choose another name.", file.path
            )
    return None


def mangled_problem(file: PythonFile, scope: int, nodes: Iterable[Node]) -> Problem | None:
    """Where code of a class has a name like `__name`, which means something else outside of the class."""
    if enclosing_class(file, scope) <= MODULE_SCOPE:
        return None
    for node in nodes:
        for each in descendants(node):
            if each.type == "identifier" and PRIVATE.fullmatch(text_of(each)):
                line = file.lines.at(each.start_byte) + 1
                message = f"`{text_of(each)}` ({file.path}:{line}) is private to its class: extract a method."
                return Problem("CONFLICT", message, file.path)
    return None


def member_problem(material: Material, name: str, own: str) -> Problem | None:
    """Where another Python file has a member of a name: a class of the same family may be among them."""
    member = re.compile(
        rf"^\s+(?:async\s+)?def\s+{re.escape(name)}\b|\.{re.escape(name)}\b|^\s+{re.escape(name)}\s*[:=]", re.M
    )
    for path in material.candidates:
        file = material.snapshot.file(path)
        if path == own or not path.endswith((".py", ".pyi")) or not isinstance(file, FileText):
            continue
        found = member.search(file.text)
        if found is not None:
            line = file.text.count("\n", 0, found.end()) + 1
            message = f"`{name}` is a member in {path}:{line}, perhaps of the same family: choose another name."
            return Problem("CONFLICT", message, path)
    return None
