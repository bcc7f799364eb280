"""Which code is a description about? Ranks chunks by what they say, where they stand and what is named outright.

Each chunk is ranked by BM25 over the names it defines and its text (Robertson and Zaragoza, 2009; SQLite's FTS5
computes it), each file by its best chunks, the terms of its path, and by being named: its path, its module, or a symbol
that it defines. A chunk's place is its own score and its file's. Source comes before tests, tests before the rest.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from context.extract import Extract
from context.paths import PathNames
from context.rank import rank_of
from context.store import Store
from context.words import terms_of, words

MOST_TERMS = 32
"""The rarest terms of a long description; common ones cost the most and say the least."""

MOST_HITS = 1000
MOST_NAMES = 300
DESCRIPTION_CHARACTERS = 20_000

SYMBOL_WEIGHT = 2.0
AVERAGE_TERMS = 150.0
K1, B = 1.2, 0.75

_BY_TERMS = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha, -found.score
FROM (
  SELECT rowid, bm25(chunk_terms, ?, 1.0) AS score FROM chunk_terms WHERE chunk_terms MATCH ? ORDER BY score LIMIT ?
) AS found LEFT JOIN chunk ON chunk.id = found.rowid LEFT JOIN file ON file.blob = chunk.blob AND file.private = 0
"""
_BY_TERMS_OF_FILES = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha, -bm25(chunk_terms, ?, 1.0) AS score
FROM chunk_terms JOIN chunk ON chunk.id = chunk_terms.rowid JOIN file ON file.blob = chunk.blob AND file.private = 0
WHERE chunk_terms MATCH ? ORDER BY score DESC LIMIT ?
"""
_BY_NAME = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha
FROM definition JOIN file ON file.blob = definition.blob
JOIN chunk ON chunk.blob = definition.blob AND definition.name_line BETWEEN chunk.start_line AND chunk.end_line
WHERE definition.name = ? AND file.private = 0 ORDER BY file.rank, file.path, chunk.start_line LIMIT 50
"""
_OF_FILE = """
SELECT file.path, chunk.start_line, chunk.end_line, chunk.symbols, file.sha
FROM file JOIN chunk ON chunk.blob = file.blob
WHERE file.path = ? AND file.private = 0
ORDER BY chunk.start_line LIMIT 4
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that may be meant. `sha` is the text's that its lines count in; `reasons` are for a human."""

    path: str
    start_line: int
    end_line: int
    symbols: str
    sha: str
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class _Candidate:
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
    """The terms of a description that search goes by: how much each counts, and how rare it is in the workspace."""

    weights: Mapping[str, float]
    rarity: Mapping[str, float]


def search(
    description: str, store: Store, names: PathNames, overlays: Mapping[str, Extract], here: str | None = None
) -> tuple[tuple[Hit, ...], Terms]:
    """The chunks that a description may be about, best first, and the terms that it was read as.

    `overlays` are extracts of buffers that differ from what is indexed; `here` is the file that the user is in. Blocks.
    """
    description = description[:DESCRIPTION_CHARACTERS]
    terms = _terms(description, store)
    candidates = {(each.path, each.start_line): each for each in _by_terms(terms, store, overlays)}
    said = names.named(description)
    _add_named_symbols(description, candidates, said, store, overlays)
    _add_named_files(candidates, said, store, overlays)
    files = _file_scores(candidates.values(), names.scores(terms.weights), said, here)
    top_text = max((each.text for each in candidates.values()), default=0.0) or 1.0
    top_file = max(files.values(), default=0.0) or 1.0
    hits = [
        Hit(
            each.path,
            each.start_line,
            each.end_line,
            each.symbols,
            each.sha,
            round(each.text / top_text + each.named + 1.2 * files[each.path] / top_file, 6),
            (*each.reasons, *(("its file is named in the description",) if said.get(each.path, 0.0) >= 8 else ())),
        )
        for each in candidates.values()
    ]
    return tuple(sorted(hits, key=lambda hit: _order(hit, said))), terms


def beginning(path: str, store: Store) -> tuple[Hit, ...]:
    """The first chunks of a file, for one that no search found. Blocks."""
    return tuple(
        Hit(path, start, end, symbols, sha, 0.0) for _, start, end, symbols, sha in store.query(_OF_FILE, (path,))
    )


def matched_terms(text: str, terms: Terms, most: int = 4) -> tuple[str, ...]:
    """Which words of a text the description has too, the rarest first."""
    found: dict[str, str] = {}
    for word in words(text):
        for term in terms_of(word):
            if term in terms.weights and (term not in found or len(word) < len(found[term])):
                found[term] = word
    best = sorted(found, key=lambda term: (-terms.weights[term] * terms.rarity[term], term))
    return tuple(dict.fromkeys(found[term] for term in best))[:most]


def _order(hit: Hit, said: Mapping[str, float]) -> tuple[int, float, str, int]:
    # A test or a document that is named outright is what is meant.
    rank = 0 if said.get(hit.path, 0.0) >= 15 else rank_of(hit.path)
    return rank, -hit.score, hit.path, hit.start_line


def _terms(description: str, store: Store) -> Terms:
    counts = Counter(term for word in words(description) for term in terms_of(word))
    total = _number(store.query("SELECT count(*) FROM chunk"))
    rarity: dict[str, float] = {}
    for term in counts:
        documents = _number(store.query("SELECT doc FROM chunk_vocabulary WHERE term = ?", (term,)))
        if documents:
            rarity[term] = math.log(1 + (total - documents + 0.5) / (documents + 0.5))
        else:
            rarity[term] = math.log(1 + total) if total else 1.0
    weights = {term: 1 + math.log(count) for term, count in counts.items()}
    best = sorted(weights, key=lambda term: (-weights[term] * rarity[term], term))[:MOST_TERMS]
    return Terms({term: weights[term] for term in best}, rarity)


def _by_terms(terms: Terms, store: Store, overlays: Mapping[str, Extract]) -> Iterable[_Candidate]:
    if not terms.weights:
        return
    match = " OR ".join(f'"{term}"' for term in terms.weights)
    rows = store.query(_BY_TERMS, (SYMBOL_WEIGHT, match, MOST_HITS))
    found = [row for row in rows if row[0] is not None]
    if len(found) < len(rows) / 2 and len(rows) >= MOST_HITS:
        # Contents that no file has any more crowd out the others. This way is slower by a third.
        found = store.query(_BY_TERMS_OF_FILES, (SYMBOL_WEIGHT, match, MOST_HITS))
    for path, start, end, symbols, sha, score in found:
        if path not in overlays:
            yield _Candidate(path, start, end, symbols, sha, text=score)
    for path, extract in overlays.items():
        for chunk in extract.chunks:
            score = _bm25(chunk.symbol_terms.split(), chunk.text_terms.split(), terms)
            if score > 0:
                yield _Candidate(path, chunk.start_line, chunk.end_line, chunk.symbols, extract.sha, text=score)


def _bm25(symbols: list[str], body: list[str], terms: Terms) -> float:
    """BM25 as FTS5 computes it, for a chunk that is not in the store."""
    counts = Counter(body)
    for term in symbols:
        counts[term] += int(SYMBOL_WEIGHT)
    norm = K1 * (1 - B + B * (len(symbols) + len(body)) / AVERAGE_TERMS)
    return sum(
        terms.rarity[term] * counts[term] * (K1 + 1) / (counts[term] + norm) for term in terms.weights if counts[term]
    )


def _add_named_symbols(
    description: str,
    candidates: dict[tuple[str, int], _Candidate],
    said: dict[str, float],
    store: Store,
    overlays: Mapping[str, Extract],
) -> None:
    """Chunks that define a name which the description spells out, and their files."""
    counts = Counter(word for word in words(description) if len(word) > 2)
    for word in list(counts)[:MOST_NAMES]:
        rows = [
            _Candidate(path, start, end, symbols, sha)
            for path, start, end, symbols, sha in store.query(_BY_NAME, (word,))
            if path not in overlays
        ]
        for path, extract in overlays.items():
            lines = [each.name_line for each in extract.definitions if each.name == word]
            rows += [
                _Candidate(path, chunk.start_line, chunk.end_line, chunk.symbols, extract.sha)
                for chunk in extract.chunks
                if any(chunk.start_line <= line <= chunk.end_line for line in lines)
            ]
        if not rows:
            continue
        is_code = "_" in word or any(letter.isupper() for letter in word[1:]) or f"{word}(" in description
        strength = (3.0 if is_code or f"`{word}" in description else 0.6) / math.sqrt(len(rows))
        for row in rows:
            candidate = candidates.setdefault((row.path, row.start_line), row)
            candidate.named += 0.15 * strength
            candidate.reasons.append(f"defines {word}, named in the description")
            said[row.path] = said.get(row.path, 0.0) + strength * (1 + 0.3 * min(counts[word] - 1, 3))


def _add_named_files(
    candidates: dict[tuple[str, int], _Candidate],
    said: Mapping[str, float],
    store: Store,
    overlays: Mapping[str, Extract],
) -> None:
    """The beginnings of files that are named outright but match no term."""
    present = {candidate.path for candidate in candidates.values()}
    for path in sorted(
        path for path, strength in said.items() if strength >= 8 and path not in present | overlays.keys()
    ):
        for _, start, end, symbols, sha in store.query(_OF_FILE, (path,)):
            candidates[(path, start)] = _Candidate(path, start, end, symbols, sha)


def _file_scores(
    candidates: Iterable[_Candidate], paths: Mapping[str, float], said: Mapping[str, float], here: str | None
) -> dict[str, float]:
    texts: defaultdict[str, list[float]] = defaultdict(list)
    for candidate in candidates:
        texts[candidate.path].append(candidate.text)
    best = {path: sorted(scores, reverse=True) for path, scores in texts.items()}
    sums = {path: sum(score / (1 + place) for place, score in enumerate(scores[:8])) for path, scores in best.items()}
    top_best = max((scores[0] for scores in best.values()), default=0.0) or 1.0
    top_sum = max(sums.values(), default=0.0) or 1.0
    top_path = max((paths.get(path, 0.0) for path in best), default=0.0) or 1.0
    return {
        path: scores[0] / top_best
        + 0.8 * sums[path] / top_sum
        + 0.45 * paths.get(path, 0.0) / top_path
        + 0.7 * said.get(path, 0.0) / (said.get(path, 0.0) + 6)
        + (0.3 if path == here else 0.0)
        for path, scores in best.items()
    }


def _number(rows: list[Any]) -> int:
    return rows[0][0] if rows else 0
