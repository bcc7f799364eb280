"""What is known of a move before its first edit, and what one attempt at it has come to so far?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from context.parsing.parse import Node
from lsp_server.edits.change import Problem, ProblemCode
from lsp_server.recipes.move.block import Block
from lsp_server.recipes.move.sentence import Move
from lsp_server.recipes.move.within import LAZY_TYPES, Reading, reading_of
from lsp_server.recipes.plan import Material, Site
from lsp_server.recipes.python.imports import Modules, module_of, stub_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Names, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Splice

ADVICE = "Say `… and keep a re-export`, or change that first."


@dataclass(frozen=True, slots=True)
class Ground:
    """What moves: `old` is the file that the symbols leave, `new` the path that gets them.

    `readings` tell how the moved lines read each name that they need, `kept` how the rest of the old module reads what
    moves. `listings` are places that read all names of a module that gets or loses one, or all modules of a package.
    """

    plan: Move
    material: Material
    symbols: tuple[Symbol, ...]
    files: tuple[PythonFile, ...]
    old: PythonFile
    new: str
    block: Block
    readings: Mapping[str, Reading]
    kept: Mapping[str, Reading]
    listings: tuple[Site, ...]

    @property
    def modules(self) -> Modules:
        """The modules of the workspace."""
        return self.symbols[0].modules

    @property
    def new_module(self) -> str:
        """The module that gets the symbols: `new` is its stub where stubs are at hand."""
        return module_of(self.modules, self.new)

    @property
    def is_of_stubs(self) -> bool:
        """Whether declarations move from stub to stub."""
        return self.old.path.endswith(".pyi")

    def arrives_in(self, path: str) -> bool:
        """Whether a file is the new module, or its stub."""
        return path in {self.new, stub_of(self.new)}

    @property
    def still_used(self) -> tuple[str, ...]:
        """What moves and is needed by what stays in the old module, in order."""
        return tuple(name for name, each in self.kept.items() if each.eager or each.functions or each.in_types)


@dataclass(frozen=True, slots=True)
class Way:
    """Where the imports between the modules go, if not to their tops.

    The moved functions import the `lazily` needed names when they run; `inside` the old module, functions import what
    has moved when they run.
    """

    lazily: frozenset[str] = frozenset()
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """One attempt at a move."""

    ground: Ground
    way: Way
    splices: dict[str, list[Splice]] = field(default_factory=dict[str, list[Splice]])
    sites: list[Site] = field(default_factory=list[Site])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def stays_reachable(self) -> bool:
        """Whether the old module still has what moved, for it imports it at its top."""
        return self.ground.plan.keep or (bool(self.ground.still_used) and not self.way.inside)

    def refuse(self, code: ProblemCode, message: str, path: str = "") -> None:
        """Notes what speaks against it."""
        self.problems.append(Problem(code, message, path))

    def add(self, path: str, *splices: Splice) -> None:
        """Notes changes of a file, each once."""
        own = self.splices.setdefault(path, [])
        own.extend(each for each in dict.fromkeys(splices) if each not in own)


def needed_readings(old: PythonFile, block: Block) -> dict[str, Reading]:
    """How the lines of a block read each name that they need."""
    names = read_names(old.tree.root_node, block.needed)
    inside = [use for use in names.uses if block.holds(use.node)]
    return {
        name: _reading(old, names, [use.node for use in inside if use.name == name], name, block, within=True)
        for name in sorted(block.needed)
    }


def kept_readings(old: PythonFile, block: Block, moved: tuple[str, ...]) -> dict[str, Reading]:
    """How the rest of the old module reads what moves."""
    names = read_names(old.tree.root_node, frozenset(moved))
    found: dict[str, Reading] = {}
    for name in moved:
        nodes = [
            use.node
            for use in names.uses
            if use.name == name
            and not block.holds(use.node)
            and (meant := find_scope(names.scopes, name, use.scope, use.node.start_byte)) is not None
            and meant.scope == MODULE_SCOPE
        ]
        found[name] = _reading(old, names, nodes, name, block, within=False)
    return found


def _reading(old: PythonFile, names: Names, nodes: list[Node], name: str, block: Block, *, within: bool) -> Reading:
    quoted = any(
        quote.is_type and block.holds(quote.node) == within and name in _words(text_of(quote.node))
        for quote in names.quotes
    )
    return reading_of(nodes, quoted=quoted, lazy_types=LAZY_TYPES.encode() in old.source)


def _words(text: str) -> set[str]:
    return set("".join(each if each.isalnum() or each == "_" else " " for each in text).split())
