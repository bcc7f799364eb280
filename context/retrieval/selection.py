"""How does a description become a context? Search, then packing; runs in a thread, with everything it needs in hand."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial

from context.parsing.extract import Extract
from context.retrieval.beside import beside
from context.retrieval.search import Hit, Terms, Workplace, beginning, matched_terms, search
from context.retrieval.select import Context, Piece, Query, Wanted, pack
from context.retrieval.signals import SIGNALS, Signals
from context.retrieval.test_pieces import asks_for_tests, with_tests
from context.snapshot import Snapshot
from context.storage.store import Store
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames

MOST_REASONS = 3
VALUE_KINDS = frozenset({"constant", "field"})

FEW_FILES = 20

_FILES = "SELECT path FROM file WHERE private = 0 ORDER BY rank, path LIMIT ?"
_DEFINITIONS = """
SELECT name_line, end_line, kind FROM file CROSS JOIN json_each(?) AS wanted
JOIN definition ON definition.name = wanted.value AND definition.blob = file.blob
WHERE file.path = ? AND file.private = 0
"""


@dataclass(frozen=True, slots=True)
class Material:
    """What a selection works on: `here` is the piece around the user's place, `overlays` are changed open buffers."""

    store: Store
    names: PathNames
    file_filter: FileFilter
    overlays: Mapping[str, Extract]
    here: Piece | None


def selected(query: Query, snapshot: Snapshot, material: Material, signals: Signals = SIGNALS) -> Context:
    """The pieces for a query. Blocks; raises StoreError and OSError."""
    here = query.place.path if query.place else None
    workplace = Workplace(here, frozenset(snapshot.buffers))
    store, overlays = material.store, material.overlays
    hits, terms = search(query.description, store, material.names, overlays, workplace, signals)

    def begin(path: str) -> tuple[Hit, ...]:
        return beginning(path, store, overlays)

    if not hits and query.description.strip():
        hits = _all_of_few(store, overlays, begin)
    found_beside = beside(hits, material.names, begin, here) if query.beside else ()
    if asks_for_tests(query.description):
        hits = with_tests(hits, material.names, begin, here)
    sought = _wanted(hits, terms, material)
    return pack(query, snapshot, material.here, sought, _wanted(found_beside, terms, material))


def _all_of_few(
    store: Store, overlays: Mapping[str, Extract], begin: Callable[[str], tuple[Hit, ...]]
) -> tuple[Hit, ...]:
    """Where no word of a description is in the workspace, and it has few files: all of it, source first."""
    paths = dict.fromkeys((*(row[0] for row in store.query(_FILES, (FEW_FILES + 1,))), *overlays))
    if len(paths) > FEW_FILES:
        return ()
    return tuple(replace(hit, reasons=("the workspace is small",)) for path in paths for hit in begin(path))


def _wanted(hits: tuple[Hit, ...], terms: Terms, material: Material) -> Iterator[Wanted]:
    """Hits as they may be sent. That is asked again here: a file may have become a link since it was indexed."""
    sendable = cache(material.file_filter.sendable)
    shown: dict[tuple[str, int], str] = {}
    for hit in hits:
        # Of copies of a file one is enough, as where a build left another beside it.
        if sendable(hit.path) and shown.setdefault((hit.sha, hit.start_line), hit.path) == hit.path:
            why, definitions = partial(_why, hit, terms), partial(_definitions, hit, material)
            yield Wanted(hit.path, hit.start_line, hit.end_line, hit.score, why, definitions)


def _definitions(hit: Hit, material: Material) -> tuple[tuple[int, int], ...]:
    """The lines of the names and the ends of the functions and types that a hit defines."""
    names = hit.symbols.split()
    if hit.path in material.overlays:
        found = material.overlays[hit.path].definitions
        rows = [(each.name_line, each.end_line, each.kind) for each in found if each.name in names]
    else:
        rows = material.store.query(_DEFINITIONS, (json.dumps(names), hit.path))
    return tuple(sorted((name_line, end_line) for name_line, end_line, kind in rows if kind not in VALUE_KINDS))


def _why(hit: Hit, terms: Terms, text: str) -> str:
    matched = matched_terms(text, terms)
    reasons = (*dict.fromkeys(hit.reasons), *((f"matches: {', '.join(matched)}",) if matched else ()))
    return "; ".join(reasons[:MOST_REASONS]) or "in a file that the description is about"
