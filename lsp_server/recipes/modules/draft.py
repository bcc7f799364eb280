"""What is known of a relocation while it is made?"""

from dataclasses import dataclass, field

from lsp_server.edits.change import Problem, ProblemCode
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.splices import Splice


@dataclass(frozen=True, slots=True)
class Draft:
    """A relocation under way: where each file goes, and what changes in which file, by its old path."""

    symbol: Symbol
    files: list[PythonFile]
    moves: dict[str, str]
    splices: dict[str, list[Splice]] = field(default_factory=dict[str, list[Splice]])
    sites: list[Site] = field(default_factory=list[Site])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def goal(self) -> str:
        """The path that the module gets."""
        return self.moves[self.symbol.path]

    def home(self, path: str) -> str:
        """Where a file is when all is done."""
        return self.moves.get(path, path)

    def add(self, path: str, *splices: Splice) -> None:
        """Notes what changes in a file."""
        self.splices.setdefault(path, []).extend(splices)

    def refuse(self, code: ProblemCode, message: str, path: str) -> None:
        """Notes what speaks against it."""
        self.problems.append(Problem(code, message, path))
