"""Which chunks may a description be about? Those that hold its words, define what it names, or are pointed to.

Words are looked up one by one, so that each counts as much as the description makes it count: SQLite's FTS5 gives the
BM25 of a chunk for one word (Robertson and Zaragoza, 2009), and they add up. Chunks of open buffers are scored here.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from context.parsing.extract import Extract
from context.parsing.words import terms_of, words
from context.retrieval.description import REPORT_TERMS, Reading
from context.retrieval.signals import Signals
from context.storage.store import Store
from context.workspace.paths import PathNames

MOST_POSTINGS = 12_000
"""So many chunks are looked at for all words together, the most telling words first: it is what a search costs."""

MOST_CHUNKS = 1000
MOST_NAMES = 300

SATURATION = 8.0
"""A word's score in a file at which it counts half of what it can."""

AVERAGE_TERMS = 150.0
K1, B = 1.2, 0.75

_FREQUENCY = "SELECT col, doc FROM chunk_columns WHERE term = ?"
_OF_TERM = "SELECT rowid, -bm25(chunk_terms, ?, 1.0) FROM chunk_terms WHERE chunk_terms MATCH ?"
_CHUNKS = """
SELECT chunk.id, file.changed_ns, file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha
FROM chunk JOIN file ON file.blob = chunk.blob AND file.private = 0
WHERE chunk.id IN ({})
"""
_BY_NAME = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha
FROM definition JOIN file ON file.blob = definition.blob
JOIN chunk ON chunk.blob = definition.blob AND definition.name_line BETWEEN chunk.start_line AND chunk.end_line
WHERE definition.name = ? AND file.private = 0
ORDER BY file.rank, file.path, chunk.start_line LIMIT 50
"""
_OF_FILE = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha
FROM file JOIN chunk ON chunk.blob = file.blob
WHERE file.path = ? AND file.private = 0 AND chunk.end_line >= ? ORDER BY chunk.start_line LIMIT ?
"""


@dataclass(slots=True)
class Candidate:
    """A chunk while its score is worked out: `text` by its words, `named` by being named. `reasons` are for a human."""

    path: str
    start_line: int
    end_line: int
    symbols: str
    sha: str
    text: float = 0.0
    named: float = 0.0
    reasons: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a description that search goes by: how much each counts, and how rare it is in the workspace.

    `of_words` remembers which of them the words of a text are, since those repeat in all that is shown.
    """

    weights: Mapping[str, float]
    rarity: Mapping[str, float]
    of_words: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What the words of a description find. `cover` says of each file how many of them it has and how often."""

    candidates: dict[tuple[str, int], Candidate]
    cover: defaultdict[str, float]
    changed_ns: dict[str, int]


def weighted_terms(reading: Reading, store: Store, names: PathNames, signals: Signals) -> Terms:
    """The terms of a description that the workspace has, as many as may be looked up."""
    rows: list[Any] = store.query("SELECT count(*) FROM chunk")
    total = int(rows[0][0]) if rows else 0
    weights: dict[str, float] = {}
    rarity: dict[str, float] = {}
    frequency: dict[str, int] = {}
    for term, weight in reading.terms.items():
        found: dict[str, int] = dict(store.query(_FREQUENCY, (term,)))
        frequency[term] = documents = max(found.values(), default=0)
        rarity[term] = math.log(1 + (total - documents + 0.5) / (documents + 0.5)) if total else 1.0
        weights[term] = weight * (1.0 if found.get("symbols") or names.has_term(term) else signals.prose)
    chosen: dict[str, float] = {}
    spent = 0
    for term in sorted(weights, key=lambda term: (-weights[term] * rarity[term], term)):
        if not chosen or spent + frequency[term] <= MOST_POSTINGS:
            spent += frequency[term]
            chosen[term] = weights[term]
    return Terms(chosen, rarity)


def by_terms(terms: Terms, store: Store, overlays: Mapping[str, Extract], signals: Signals) -> Found:
    """The chunks that hold the most of the terms."""
    totals: defaultdict[int, float] = defaultdict(float)
    postings: list[tuple[float, list[Any]]] = []
    for term, weight in terms.weights.items():
        rows = store.query(_OF_TERM, (signals.symbol, f'"{term}"'))
        postings.append((weight, rows))
        for chunk, score in rows:
            totals[chunk] += score * weight
    found = Found({}, defaultdict(float), {})
    paths: defaultdict[int, list[str]] = defaultdict(list)
    for chunk, changed_ns, path, *rest in _best_chunks(totals, store):
        if path not in overlays:
            found.candidates[(path, rest[0])] = Candidate(path, *rest, text=totals[chunk])
            found.changed_ns[path] = changed_ns
            paths[chunk].append(path)
    for weight, rows in postings:
        in_files: defaultdict[str, float] = defaultdict(float)
        for chunk, score in [row for row in rows if row[0] in paths]:
            for path in paths[chunk]:
                in_files[path] += score
        for path, score in in_files.items():
            found.cover[path] += weight * score / (1 + score / SATURATION)
    for path, extract in overlays.items():
        _score_overlay(found, path, extract, terms, signals)
    return found


def _best_chunks(totals: Mapping[int, float], store: Store) -> list[Any]:
    """The rows of the chunks with the highest totals, of those that a file has still."""
    best = _in_order(totals, MOST_CHUNKS)
    rows = store.query(_CHUNKS.format(",".join(map(str, best))))
    if len(rows) < len(best) / 2 and len(totals) > len(best):
        # Contents that no file has any more crowd out the others. This way looks at all of them.
        in_order = _in_order(totals, len(totals))
        alive = {row[0]: row for row in store.query(_CHUNKS.format(",".join(map(str, in_order))))}
        rows = [alive[chunk] for chunk in in_order if chunk in alive][:MOST_CHUNKS]
    return rows


def _in_order(totals: Mapping[int, float], most: int) -> list[int]:
    """The chunks with the highest totals, so many at most; of equal ones the first."""
    # Bare numbers are sorted many times faster than what belongs to them, of which most is not needed.
    least = sorted(totals.values(), reverse=True)[most - 1] if len(totals) > most else 0.0
    best = sorted(chunk for chunk, total in totals.items() if total >= least)
    return sorted(best, key=totals.__getitem__, reverse=True)[:most]


def _score_overlay(found: Found, path: str, extract: Extract, terms: Terms, signals: Signals) -> None:
    """The same for the chunks of a buffer, which are not in the store."""
    in_file: defaultdict[str, float] = defaultdict(float)
    for chunk in extract.chunks:
        symbols, body = chunk.symbol_terms.split(), chunk.text_terms.split()
        counts: defaultdict[str, float] = defaultdict(float, Counter(body))
        for term in symbols:
            counts[term] += signals.symbol
        norm = K1 * (1 - B + B * (len(symbols) + len(body)) / AVERAGE_TERMS)
        text = 0.0
        for term, weight in terms.weights.items():
            if counts.get(term):
                score = terms.rarity[term] * counts[term] * (K1 + 1) / (counts[term] + norm)
                in_file[term] += score
                text += weight * score
        if text > 0:
            found.candidates[(path, chunk.start_line)] = _of_buffer(path, chunk, extract, text)
    for term, score in in_file.items():
        found.cover[path] += terms.weights[term] * score / (1 + score / SATURATION)


def add_named_symbols(
    reading: Reading,
    candidates: dict[tuple[str, int], Candidate],
    said: dict[str, float],
    store: Store,
    overlays: Mapping[str, Extract],
    signals: Signals,
) -> None:
    """Chunks that define a name which the description spells out; their files are `said`."""
    counts = Counter(word for word in words(reading.text) if len(word) > 2)
    for word in list(counts)[:MOST_NAMES]:
        is_code = "_" in word or any(letter.isupper() for letter in word[1:])
        is_code = is_code or f"{word}(" in reading.text or f"`{word}" in reading.text
        if not is_code and REPORT_TERMS.issuperset(terms_of(word)):
            # Any report says `list` or `can`; that there is such a function is chance.
            continue
        rows = [Candidate(*row) for row in store.query(_BY_NAME, (word,)) if row[0] not in overlays]
        for path, extract in overlays.items():
            lines = [each.name_line for each in extract.definitions if each.name == word]
            rows += [
                _of_buffer(path, chunk, extract)
                for chunk in extract.chunks
                if any(chunk.start_line <= line <= chunk.end_line for line in lines)
            ]
        if not rows:
            continue
        strength = (3.0 if is_code else 0.6) / math.sqrt(len(rows))
        for row in rows:
            candidate = candidates.setdefault((row.path, row.start_line), row)
            candidate.named += signals.named * strength
            candidate.reasons.append(f"defines {word}, named in the description")
            said[row.path] = said.get(row.path, 0.0) + strength * (1 + 0.3 * min(counts[word] - 1, 3))


def add_frames(
    reading: Reading,
    candidates: dict[tuple[str, int], Candidate],
    names: PathNames,
    store: Store,
    overlays: Mapping[str, Extract],
    signals: Signals,
) -> None:
    """Chunks with a line that a stack trace or a link points to. Files of other projects in a trace are passed over."""
    for frame in reading.frames:
        path = names.meant(frame.path)
        for found in chunks_of(path, store, overlays, frame.line, 1) if path else ():
            if found.start_line <= frame.line <= found.end_line:
                candidate = candidates.setdefault((found.path, found.start_line), found)
                reason = f"the description points to its line {frame.line}"
                if signals.trace and not any(each.startswith("the description points") for each in candidate.reasons):
                    candidate.named += signals.trace
                    candidate.reasons.insert(0, reason)


def add_named_files(
    candidates: dict[tuple[str, int], Candidate],
    said: Mapping[str, float],
    store: Store,
    overlays: Mapping[str, Extract],
    least: float,
) -> None:
    """The beginnings of files that are named at `least` so plainly but hold no word of the description."""
    present = {candidate.path for candidate in candidates.values()}
    for path in sorted(path for path, strength in said.items() if strength >= least and path not in present):
        for found in chunks_of(path, store, overlays):
            candidates[(path, found.start_line)] = found


def chunks_of(
    path: str, store: Store, overlays: Mapping[str, Extract], line: int = 1, most: int = 4
) -> tuple[Candidate, ...]:
    """The first chunks of a file that reach a line (1-based)."""
    if path not in overlays:
        return tuple(Candidate(*row) for row in store.query(_OF_FILE, (path, line, most)))
    extract = overlays[path]
    return tuple(_of_buffer(path, chunk, extract) for chunk in extract.chunks if chunk.end_line >= line)[:most]


def _of_buffer(path: str, chunk: Any, extract: Extract, text: float = 0.0) -> Candidate:
    return Candidate(path, chunk.start_line, chunk.end_line, chunk.symbols, extract.sha, text)
