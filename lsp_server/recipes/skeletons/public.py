"""Which functions and classes of a file are there for others? Those at the top and their methods, without `_`."""

from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Material, Wanted
from lsp_server.recipes.python.imports import modules_of
from lsp_server.recipes.python.named_file import named_file
from lsp_server.recipes.python.names import PythonFile, Symbol, all_statements, descendants, is_computed, open_file
from lsp_server.recipes.python.steps import text_of


@dataclass(frozen=True, slots=True)
class Public:
    """A function, class or method; `owner` is the name of its class."""

    name: str
    node: Node
    owner: str = ""
    decorators: frozenset[str] = frozenset()

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.node.type == "class_definition"


def opened_file(material: Material, where: str, purpose: str) -> tuple[Symbol, PythonFile] | Problem | Wanted:
    """The file that is named, if it can be read and has no syntax error."""
    path = named_file(material, where, purpose)
    if not isinstance(path, str):
        return path
    symbol = Symbol(modules_of(material.snapshot, (*material.candidates, path)), "", "")
    file = open_file(symbol, path)
    if not isinstance(file, PythonFile):
        return Problem("MISSING", f"{path} {file.reason}.", path)
    if file.fault_line:
        return Problem("SYNTAX_WORSE", f"{path}:{file.fault_line} has a syntax error: correct it first.", path)
    return symbol, file


def public_of(file: PythonFile) -> list[Public]:
    """The public functions, classes and methods, as they follow one another; those of `__all__` where it is literal."""
    statements = all_statements(file)
    listed = {text_of(node) for each in statements for node in descendants(each) if node.type == "string_content"}
    literal = bool(statements) and not any(map(is_computed, statements))
    found: dict[tuple[str, str], Public] = {}
    for each in definitions(file.tree.root_node):
        if each.name.startswith("_") or (literal and each.name not in listed):
            continue
        found.setdefault(("", each.name), each)
        if each.is_class:
            for method in definitions(each.node.child_by_field_name("body"), each.name):
                if not method.name.startswith("_") and not method.is_class:
                    found.setdefault((each.name, method.name), method)
    return list(found.values())


def definitions(block: Node | None, owner: str = "") -> list[Public]:
    """The functions and classes that stand directly in a block, overloads left out."""
    found: list[Public] = []
    for node in block.named_children if block is not None else ():
        inner = node.named_children[-1] if node.type == "decorated_definition" else node
        if inner.type not in {"function_definition", "class_definition"}:
            continue
        names = frozenset(
            text_of(each).removeprefix("@").partition("(")[0].strip().rpartition(".")[2]
            for each in (node.named_children[:-1] if node.type == "decorated_definition" else ())
        )
        if not names & {"overload", "setter", "deleter"}:
            found.append(Public(text_of(inner.child_by_field_name("name")), inner, owner, names))
    return found
