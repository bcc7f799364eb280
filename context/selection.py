"""How does a description become a context? Search, then packing; runs in a thread, with everything it needs in hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

from context.extract import Extract
from context.files import FileFilter
from context.paths import PathNames
from context.search import Hit, Terms, beginning, matched_terms, search
from context.select import Context, Piece, Query, Wanted, pack
from context.snapshot import Snapshot
from context.store import Store
from context.test_pieces import asks_for_tests, with_tests

MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Material:
    """What a selection works on: `here` is the piece around the user's place, `overlays` are changed open buffers."""

    store: Store
    names: PathNames
    file_filter: FileFilter
    overlays: Mapping[str, Extract]
    here: Piece | None


def selected(query: Query, snapshot: Snapshot, material: Material) -> Context:
    """The pieces for a query. Blocks; raises StoreError and OSError."""
    here = query.place.path if query.place else None
    hits, terms = search(query.description, material.store, material.names, material.overlays, here)
    if asks_for_tests(query.description):
        hits = with_tests(hits, material.names, lambda path: beginning(path, material.store), here)
    return pack(query, snapshot, material.here, _wanted(hits, terms, material.file_filter))


def _wanted(hits: tuple[Hit, ...], terms: Terms, file_filter: FileFilter) -> Iterator[Wanted]:
    """Hits as they may be sent. That is asked again here: a file may have become a link since it was indexed."""
    sendable = cache(file_filter.sendable)
    for hit in hits:
        if sendable(hit.path):
            yield Wanted(hit.path, hit.start_line, hit.end_line, hit.score, partial(_why, hit, terms))


def _why(hit: Hit, terms: Terms, text: str) -> str:
    matched = matched_terms(text, terms)
    reasons = (*dict.fromkeys(hit.reasons), *((f"matches: {', '.join(matched)}",) if matched else ()))
    return "; ".join(reasons[:MOST_REASONS]) or "in a file that the description is about"
