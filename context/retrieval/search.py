"""Which code is a description about? Ranks chunks by their own words and by what speaks for their files.

A chunk's place is its own score and its file's. A file's is that of its best chunk, of all the words that it has, of
its path, of being named, of being used by other good files and of standing beside them; `signals` has what each
counts. Source comes before tests, tests before the rest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from statistics import median_low

from context.parsing.extract import Extract
from context.parsing.words import terms_of, words
from context.retrieval.candidates import (
    Candidate,
    Found,
    Terms,
    add_frames,
    add_named_files,
    add_named_symbols,
    by_terms,
    chunks_of,
    weighted_terms,
)
from context.retrieval.description import read
from context.retrieval.graph import used_by
from context.retrieval.signals import SIGNALS, Signals
from context.storage.store import Store
from context.workspace.paths import FILE_NAME, MODULE, PathNames
from context.workspace.rank import SOURCE, rank_of

SEEDS = 6
"""So many of the best files lead to others by what they refer to."""

FOLDER_FILES = 4
"""So many of the best files of a folder speak for the others in it."""

RECENT_NS = 3_600_000_000_000
"""A file is recent when it was changed an hour after most of the others that were found."""

HALF_SAID = 6.0
"""So plainly named, a file gets half of what being named can give."""


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


_terms_of = lru_cache(maxsize=20_000)(terms_of)
"""The texts that are shown hold the same words again and again."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """What the user works at: the file that they are in, and those that are open in the editor."""

    here: str | None = None
    opened: Collection[str] = ()


def search(
    description: str,
    store: Store,
    names: PathNames,
    overlays: Mapping[str, Extract],
    workplace: Workplace,
    signals: Signals = SIGNALS,
) -> tuple[tuple[Hit, ...], Terms]:
    """The chunks that a description may be about, best first, and the terms that it was read as.

    `overlays` are extracts of buffers that differ from what is indexed. Blocks.
    """
    reading = read(description, signals)
    terms = weighted_terms(reading, store, names, signals)
    found = by_terms(terms, store, overlays, signals)
    candidates = found.candidates
    said = names.named(reading.text)
    add_named_symbols(reading, candidates, said, store, overlays, signals)
    add_frames(reading, candidates, names, store, overlays, signals)
    add_named_files(candidates, said, store, overlays, MODULE)
    files = _file_scores(found, names.scores(terms.weights), said, workplace, signals)
    related = _add_relations(files, store, overlays, signals)
    top_text = max((each.text for each in candidates.values()), default=0.0) or 1.0
    top_file = max(files.values(), default=0.0) or 1.0
    scored = [
        (each, round(each.text / top_text + each.named + signals.file * files[each.path] / top_file, 6))
        for each in candidates.values()
    ]
    hits = [
        Hit(
            each.path,
            each.start_line,
            each.end_line,
            each.symbols,
            each.sha,
            score,
            (*each.reasons, *_reasons(each, said, related)),
        )
        for each, score in _varied(scored, said, signals)
    ]
    return tuple(hits), terms


def beginning(path: str, store: Store, overlays: Mapping[str, Extract]) -> tuple[Hit, ...]:
    """The first chunks of a file, for one that no search found. Blocks."""
    return tuple(
        Hit(each.path, each.start_line, each.end_line, each.symbols, each.sha, 0.0)
        for each in chunks_of(path, store, overlays)
    )


def matched_terms(text: str, terms: Terms, most: int = 4) -> tuple[str, ...]:
    """Which words of a text the description has too, the most telling first."""
    found: dict[str, str] = {}
    known = terms.of_words
    for word in dict.fromkeys(words(text)):
        if word not in known:
            known[word] = tuple([term for term in _terms_of(word) if term in terms.weights])
        for term in known[word]:
            if term not in found or len(word) < len(found[term]):
                found[term] = word
    best = sorted(found, key=lambda term: (-terms.weights[term] * terms.rarity[term], term))
    return tuple(dict.fromkeys(found[term] for term in best))[:most]


def _file_scores(
    found: Found, paths: Mapping[str, float], said: Mapping[str, float], workplace: Workplace, signals: Signals
) -> dict[str, float]:
    """What speaks for each file by itself."""
    best: dict[str, float] = {}
    for candidate in found.candidates.values():
        best[candidate.path] = max(best.get(candidate.path, 0.0), candidate.text)
    top_best = max(best.values(), default=0.0) or 1.0
    top_cover = max(found.cover.values(), default=0.0) or 1.0
    top_path = max((paths.get(path, 0.0) for path in best), default=0.0) or 1.0
    lately = recent(found.changed_ns)
    return {
        path: signals.best * score / top_best
        + signals.cover * found.cover.get(path, 0.0) / top_cover
        + signals.path * paths.get(path, 0.0) / top_path
        + signals.said * said.get(path, 0.0) / (said.get(path, 0.0) + HALF_SAID)
        + (signals.here if path == workplace.here else 0.0)
        + (signals.opened if path in workplace.opened else 0.0)
        + (signals.recent if path in lately else 0.0)
        for path, score in best.items()
    }


def recent(changed_ns: Mapping[str, int]) -> frozenset[str]:
    """The files that were edited lately, as the times of the files alone tell: the hour of the ask plays no part."""
    # The time of a file that changed a moment ago is not trusted yet, and kept as 0.
    known = [changed for changed in changed_ns.values() if changed]
    if not known:
        return frozenset()
    usual = median_low(known)
    return frozenset(path for path, changed in changed_ns.items() if changed > usual + RECENT_NS)


def _add_relations(
    files: dict[str, float], store: Store, overlays: Mapping[str, Extract], signals: Signals
) -> Mapping[str, float]:
    """Adds what other files speak for each; returns how much each is used by the best ones."""
    sources = [(score, path) for path, score in files.items() if rank_of(path) == SOURCE]
    seeds = nlargest(SEEDS, sources)
    top = (seeds[0][0] if seeds else 0.0) or 1.0
    used = used_by([(path, score / top) for score, path in seeds], store, overlays) if signals.uses else {}
    folders: defaultdict[str, list[float]] = defaultdict(list)
    for score, path in sources:
        folders[path.rpartition("/")[0]].append(score)
    sums = {folder: sum(nlargest(FOLDER_FILES, scores)) for folder, scores in folders.items()}
    top_sum = max(sums.values(), default=0.0) or 1.0
    for path in files:
        files[path] += signals.uses * used.get(path, 0.0)
        files[path] += signals.folder * sums.get(path.rpartition("/")[0], 0.0) / top_sum
    return used


def _reasons(candidate: Candidate, said: Mapping[str, float], used: Mapping[str, float]) -> Iterable[str]:
    if said.get(candidate.path, 0.0) >= MODULE:
        yield "its file is named in the description"
    elif used.get(candidate.path, 0.0) >= 0.5 and not candidate.reasons:
        yield "its file is used by the best ones"


def _varied(
    scored: Iterable[tuple[Candidate, float]], said: Mapping[str, float], signals: Signals
) -> list[tuple[Candidate, float]]:
    """The candidates in order. Each further one of a file loses a little: one file does not take all the room."""
    # A test or a document that is named outright is what is meant.
    outright = {path for path, strength in said.items() if strength >= FILE_NAME}
    # Best first: source, then tests, then the rest, equal ones by path and line, of which no two are the same. Plain
    # tuples are sorted in a third of the time that a function for the order takes.
    keyed = sorted(
        [
            (SOURCE if each.path in outright else rank_of(each.path), -score, each.path, each.start_line, each)
            for each, score in scored
        ]
    )
    before: dict[str, int] = {}
    for number, (rank, score, path, line, each) in enumerate(keyed):
        place = before[path] = before.get(path, -1) + 1
        if place:
            keyed[number] = (rank, round(score / (1 + signals.vary * place), 6), path, line, each)
    keyed.sort()
    return [(each, -score) for _, score, _, _, each in keyed]
