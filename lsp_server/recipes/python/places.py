"""Which file did a user name, and how is a node of a file shown to people?"""

from context.parsing.parse import Node
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import dotted_name
from lsp_server.recipes.python.names import PythonFile, Symbol


def site(file: PythonFile, node: Node, why: str) -> Site:
    """The uncertain place at a node."""
    lines = file.lines
    row = lines.at(node.start_byte)
    text = file.source[lines.start(row) : lines.start(row + 1)].decode("utf-8", "replace").strip()
    return Site(file.path, row + 1, text, why)


def matches(symbol: Symbol, where: str, file: PythonFile) -> bool:
    """Whether a file is what the user named: a path or a dotted module, whole or its end."""
    if not where:
        return True
    if "/" in where or where.endswith((".py", ".pyi")):
        return f"/{file.path}".endswith(f"/{where.removeprefix('./')}")
    by_folders = file.path.rpartition(".")[0].removesuffix("/__init__").replace("/", ".")
    return any(f".{name}".endswith(f".{where}") for name in (by_folders, dotted_name(symbol.modules, file.path)))
