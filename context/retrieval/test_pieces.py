"""Which tests does a description ask for? Those of the source that was found, right after the best of it.

Tests stay behind all source otherwise: they repeat the words of a description more often than the code it is about.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from context.retrieval.search import Hit
from context.workspace.paths import PathNames
from context.workspace.rank import SOURCE, TEST, rank_of

SOURCE_PIECES = 8
"""So many pieces of source stand before the tests."""

TEST_PIECES = 4
PIECES_OF_A_TEST = 2
TESTED_FILES = 5
"""The tests of so many files of source are looked for by name, before those that the search found itself."""

_ASKED = re.compile(
    r"(?i:\b(?:add|write|create|extend|update|adapt|improve|with|need|needs)\s[^.\n]{0,40}(?<!to )\b(?:tests?|specs)\b"
    r"|\btests?\s+(?:for|of|cases?|coverage)\b|\b(?:unit|regression|integration)[- ]?tests?\b)"
    r"|\btest_\w+|\w+_test\b|\bTest[A-Z]\w+|\w+\.(?:test|spec)\.\w+",
)


def asks_for_tests(description: str) -> bool:
    """Whether tests are part of what is wanted, or one is named."""
    return _ASKED.search(description) is not None


def with_tests(
    hits: Sequence[Hit], names: PathNames, begin: Callable[[str], Sequence[Hit]], here: str | None
) -> tuple[Hit, ...]:
    """The hits, with some tests behind the best source. `begin` finds the first chunks of a file."""
    best = _best(hits)
    sources = [hit.path for hit in best if rank_of(hit.path) == SOURCE]
    tested = list(dict.fromkeys([here, *sources] if here else sources))[:TESTED_FILES]
    of_test: dict[str, list[Hit]] = {test: [] for path in tested for test in names.tests_of(path)}
    named = frozenset(of_test)
    for hit in hits:
        if rank_of(hit.path) == TEST:
            of_test.setdefault(hit.path, []).append(hit)
    chosen = [
        replace(hit, reasons=(*hit.reasons, "tests what was found")) if path in named else hit
        for path, found in of_test.items()
        for hit in (found or begin(path))[:PIECES_OF_A_TEST]
    ]
    first = {(hit.path, hit.start_line): hit for hit in (*best, *chosen[:TEST_PIECES])}
    return (*first.values(), *(hit for hit in hits if (hit.path, hit.start_line) not in first))


def _best(hits: Sequence[Hit]) -> list[Hit]:
    """The hits up to the last of the best source: a test that is named outright may be among them."""
    seen = 0
    for place, hit in enumerate(hits):
        seen += rank_of(hit.path) == SOURCE
        if seen == SOURCE_PIECES:
            return list(hits[: place + 1])
    return [hit for hit in hits if rank_of(hit.path) == SOURCE]
