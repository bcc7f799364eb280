"""What stands beside the code that was found, and changes with it? Its stub, its tests, and the documents about it.

A search ranks them behind all source, so that of a project of any size none is ever shown; who is to change the code
in every place that it concerns must see them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import PurePosixPath

from context.retrieval.search import Hit
from context.workspace.paths import PathNames
from context.workspace.rank import DOCUMENT, SOURCE, rank_of

SOURCES = 3
"""Only of so many of the best files of source."""

EXPORTS = "__all__"
PIECES_OF_A_FILE = 2
MOST_OF_A_KIND = 4
PROSE = frozenset({".md", ".mdx", ".rst", ".adoc", ".txt"})
LISTS_OF_CHANGES = ("change", "history", "news", "release", "license", "licence", "requirement")
"""How the names of documents begin that are not about the code."""


def beside(
    hits: Sequence[Hit], names: PathNames, begin: Callable[[str], Sequence[Hit]], here: str | None
) -> tuple[Hit, ...]:
    """What the best source exports, its stubs, then pieces of its tests and of documents in turn.

    `begin` finds the first pieces of a file.
    """
    sources = [hit.path for hit in hits if rank_of(hit.path) == SOURCE]
    best = list(dict.fromkeys([here, *sources] if here else sources))[:SOURCES]
    stubs = [f"{path}i" for path in best if path.endswith(".py")]
    tests = [test for path in best for test in names.tests_of(path)]
    documents = [hit.path for hit in hits if _documents(hit.path)]
    of_stubs = _pieces(stubs, hits, begin, "the stub of what was found")
    of_tests = _pieces(tests, hits, begin, "tests what was found")
    of_documents = _pieces(documents, hits, begin, "may document what was found")
    in_turn = [hit for pair in zip_longest(of_tests, of_documents) for hit in pair if hit is not None]
    exports = [
        replace(hit, reasons=("what its file exports", *hit.reasons))
        for path in best
        if path.endswith(".py")
        for hit in begin(path)
        if EXPORTS in hit.symbols.split()
    ]
    return (*exports, *of_stubs, *in_turn)


def _documents(path: str) -> bool:
    name = PurePosixPath(path.lower())
    return rank_of(path) == DOCUMENT and name.suffix in PROSE and not name.name.startswith(LISTS_OF_CHANGES)


def _pieces(paths: Sequence[str], hits: Sequence[Hit], begin: Callable[[str], Sequence[Hit]], why: str) -> list[Hit]:
    """The best pieces of some files, those of the first files first."""
    found: list[Hit] = []
    for path in dict.fromkeys(paths):
        own = [hit for hit in hits if hit.path == path] or list(begin(path))
        found += [replace(hit, reasons=(why, *hit.reasons)) for hit in own[:PIECES_OF_A_FILE]]
        if len(found) >= MOST_OF_A_KIND:
            break
    return found[:MOST_OF_A_KIND]
