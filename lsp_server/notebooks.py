"""Which notebooks does the editor hold open, and which cells are in them, in which order?

Each cell is a text document of its own (see `documents`), with a URI that leads to no file. Here is kept where it
belongs. A change that cannot be what the editor means (a version that falls, cells that are not there) makes
the notebook unknown: nothing is asked or edited in it until it is opened anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lsprotocol import types

SUFFIXES: Mapping[str, str] = {
    "python": ".py",
    "javascript": ".js",
    "typescript": ".ts",
    "go": ".go",
    "rust": ".rs",
    "java": ".java",
    "c": ".c",
    "cpp": ".cpp",
    "csharp": ".cs",
    "ruby": ".rb",
    "php": ".php",
    "kotlin": ".kt",
    "swift": ".swift",
    "scala": ".scala",
    "lua": ".lua",
    "shellscript": ".sh",
}
"""The languages of cells that an editor is to tell of, by LSP's names, with the suffix of a file in each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell. `number` stays the same for as long as the notebook is open."""

    uri: str
    number: int
    suffix: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """One open notebook: its cells in order, those that are no code among them as None. `last` numbered a cell last."""

    uri: str
    version: int
    cells: tuple[Cell | None, ...] = ()
    last: int = 0

    def code(self) -> tuple[Cell, ...]:
        """Its code cells in order."""
        return tuple(cell for cell in self.cells if cell is not None)

    def spliced(
        self, start: int, removed: int, cells: Iterable[types.NotebookCell], languages: Mapping[str, str]
    ) -> "Notebook":
        """The notebook with other cells in the place of some; a cell that is told of again keeps its number."""
        known = {cell.uri: cell for cell in self.code()}
        last, added = self.last, list[Cell | None]()
        for cell in cells:
            suffix = SUFFIXES.get(languages.get(cell.document, ""))
            found = known.get(cell.document)
            if cell.kind != types.NotebookCellKind.Code or (found is None and suffix is None):
                added.append(None)
                continue
            last += found is None
            added.append(found or Cell(cell.document, last, suffix or ""))
        return replace(self, cells=(*self.cells[:start], *added, *self.cells[start + removed :]), last=last)


@dataclass(slots=True)
class Notebooks:
    """All open notebooks, by URI however it is percent-encoded."""

    _open: dict[str, Notebook] = field(default_factory=dict[str, Notebook])
    _cells: dict[str, tuple[str, Cell]] = field(default_factory=dict[str, tuple[str, Cell]])

    def __iter__(self) -> Iterator[Notebook]:
        return iter(self._open.values())

    def get(self, uri: str) -> Notebook | None:
        """An open notebook."""
        return self._open.get(unquote(uri))

    def of_cell(self, uri: str) -> tuple[Notebook, Cell] | None:
        """The notebook that holds a cell, and the cell."""
        found = self._cells.get(unquote(uri))
        return None if found is None else (self._open[found[0]], found[1])

    def opened(self, notebook: types.NotebookDocument, documents: Sequence[types.TextDocumentItem]) -> None:
        """The editor opened a notebook; opening it once more replaces it."""
        empty = Notebook(notebook.uri, notebook.version)
        self._keep(empty.spliced(0, 0, notebook.cells, _languages(documents)))

    def changed(
        self, uri: str, version: int, structure: types.NotebookDocumentCellChangeStructure | None
    ) -> tuple[Cell, ...]:
        """The editor changed a notebook's version and its list of cells; a change of one that is not open is ignored.

        Returned are the cells of a notebook that is unknown from now on.
        """
        notebook = self.get(uri)
        if notebook is None:
            return ()
        changed = _changed(notebook, version, structure)
        if changed is None:
            self.closed(uri)
            return notebook.code()
        if structure is None:
            self._open[unquote(uri)] = changed
        else:
            self._keep(changed)
        return ()

    def closed(self, uri: str) -> None:
        """The editor closed a notebook."""
        key = unquote(uri)
        self._open.pop(key, None)
        self._cells = {cell: found for cell, found in self._cells.items() if found[0] != key}

    def _keep(self, notebook: Notebook) -> None:
        self.closed(notebook.uri)
        key = unquote(notebook.uri)
        self._open[key] = notebook
        self._cells |= {unquote(cell.uri): (key, cell) for cell in notebook.code()}


def _changed(
    notebook: Notebook, version: int, structure: types.NotebookDocumentCellChangeStructure | None
) -> Notebook | None:
    """The notebook after a change; None for one that it cannot have had."""
    # VS Code tells of a text that changed under the version that its notebook had before.
    if version < notebook.version or (structure is not None and version == notebook.version):
        return None
    notebook = replace(notebook, version=version)
    if structure is None:
        return notebook
    array = structure.array
    if array.start + array.delete_count > len(notebook.cells):
        return None
    return notebook.spliced(array.start, array.delete_count, array.cells or (), _languages(structure.did_open or ()))


def _languages(documents: Iterable[types.TextDocumentItem]) -> dict[str, str]:
    """The language of each document by its URI."""
    return {document.uri: str(getattr(document.language_id, "value", document.language_id)) for document in documents}
