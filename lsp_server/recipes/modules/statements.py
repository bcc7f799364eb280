"""Which modules do the import statements of a file name, and which parts of the text name them?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from context.parsing.parse import Node
from lsp_server.recipes.python.imports import Modules, resolve, submodule
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.values import member_values

STATEMENTS = frozenset({"import_statement", "import_from_statement"})


@dataclass(frozen=True, slots=True)
class Named:
    """A dotted name in an import statement; `dots` are those it begins with, `parts` the nodes of its names.

    `node` is the whole of it. `listed` is the entry of `import`, with its alias if any; None for the module of `from`.
    """

    statement: Node
    node: Node
    dots: str
    parts: tuple[Node, ...]
    listed: Node | None = None

    def text(self, count: int) -> str:
        """The name up to one of its parts."""
        return self.dots + ".".join(text_of(part) for part in self.parts[:count])


def named_modules(file: PythonFile) -> Iterator[Named]:
    """The modules that a file's import statements name, in order."""
    stack = [file.tree.root_node]
    while stack:
        node = stack.pop()
        if node.type == "import_from_statement":
            module = node.child_by_field_name("module_name")
            if module is not None:
                dotted = module if module.type == "dotted_name" else _dotted_of(module)
                parts = tuple(dotted.named_children) if dotted is not None else ()
                dots = "" if module.type == "dotted_name" else text_of(module).replace(" ", "").partition("__")[0]
                dots = dots[: len(dots) - len(dots.lstrip("."))]
                yield Named(node, module, dots, parts)
        elif node.type == "import_statement":
            for listed in node.children_by_field_name("name"):
                name = listed.child_by_field_name("name") if listed.type == "aliased_import" else listed
                if name is not None:
                    yield Named(node, name, "", tuple(name.named_children), listed)
        else:
            stack.extend(reversed(node.named_children))


def _dotted_of(relative: Node) -> Node | None:
    return next((child for child in relative.named_children if child.type == "dotted_name"), None)


def reached_part(modules: Modules, path: str, named: Named, goal: str) -> int:
    """Which part of a dotted name is a module, counted from 1; 0 where none is."""
    for count in range(1, len(named.parts) + 1):
        if resolve(modules, path, named.text(count)) == goal:
            return count
    return 0


def targets(symbol: Symbol, file: PythonFile, moves: dict[str, str]) -> Counter[str]:
    """What a file imports, as often as it does: modules by their path, where they are after some moves."""
    modules = symbol.modules
    found = Counter[str]()
    for named in named_modules(file):
        whole = named.text(len(named.parts))
        module = resolve(modules, file.path, whole)
        if named.listed is not None:
            found[_moved(module, moves) or whole] += 1
            continue
        for name in named.statement.children_by_field_name("name"):
            imported = name.child_by_field_name("name") or name
            inner = submodule(modules, module, text_of(imported)) if module is not None else None
            if module is not None and inner not in member_values(symbol, module, text_of(imported)):
                inner = None  # The package gives the name to something else.
            found[_moved(inner or module, moves) or whole] += 1
        if any(child.type == "wildcard_import" for child in named.statement.named_children):
            found[_moved(module, moves) or whole] += 1
    return found


def _moved(module: str | None, moves: dict[str, str]) -> str | None:
    return moves.get(module, module) if module is not None else None
