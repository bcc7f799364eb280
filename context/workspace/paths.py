"""Which files does a description name? Inverted dictionaries from names to paths, kept up to date path by path."""

import math
import re
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from context.parsing.languages import language_of
from context.parsing.words import terms_of, words
from context.workspace.rank import TEST, rank_of

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:[./\\][A-Za-z_][\w-]*)+")
_PATH_LIKE = re.compile(r"[\w./\\-]*\w\.\w+")

WHOLE_PATH, FILE_NAME, MODULE, STEM = 30.0, 15.0, 8.0, 4.0
"""How much it says when a description names a file in this way."""

SHORTEST_STEM = 4

MOST_PATHS = 2000
"""A term of more paths than this says too little to look at each."""

_TEST_STEMS = ("{}", "test_{}", "{}_test", "tests_{}", "{}_tests", "test{}", "{}test", "{}tests", "{}_spec", "{}spec")


class _Inverted:
    """Paths by a key. Most keys have one path, for which a set would take several times the memory."""

    def __init__(self) -> None:
        self._paths: dict[str, str | set[str]] = {}

    def add(self, key: str, path: str) -> None:
        known = self._paths.get(key)
        if isinstance(known, set):
            known.add(path)
        else:
            self._paths[key] = path if known is None else {known, path}

    def discard(self, key: str, path: str) -> None:
        known = self._paths.get(key)
        if isinstance(known, set):
            known.discard(path)
        if not known or known == path:
            self._paths.pop(key, None)

    def of(self, key: str) -> Collection[str]:
        found = self._paths.get(key, ())
        return (found,) if isinstance(found, str) else found


class PathNames:
    """The names by which the files of a workspace can be called. One thread may change them while others ask."""

    def __init__(self) -> None:
        self._by_stem = _Inverted()
        self._by_term = _Inverted()
        self._paths: set[str] = set()
        self._lock = threading.Lock()

    def add(self, path: str) -> None:
        """Takes a path in."""
        with self._lock:
            self._add(path)

    def _add(self, path: str) -> None:
        if path in self._paths:
            return
        self._paths.add(path)
        self._by_stem.add(_stem(path), path)
        for term in _path_terms(path):
            self._by_term.add(term, path)

    def discard(self, path: str) -> None:
        """Takes a path out."""
        with self._lock:
            self._discard(path)

    def _discard(self, path: str) -> None:
        if path not in self._paths:
            return
        self._paths.discard(path)
        self._by_stem.discard(_stem(path), path)
        for term in _path_terms(path):
            self._by_term.discard(term, path)

    def named(self, description: str) -> dict[str, float]:
        """How plainly each file is named: by its path, its file name, its module or its stem."""
        with self._lock:
            return self._named(description)

    def _named(self, description: str) -> dict[str, float]:
        found: dict[str, float] = {}

        def say(paths: Iterable[str], strength: float) -> None:
            for path in paths:
                found[path] = max(found.get(path, 0.0), strength)

        for mention in _PATH_LIKE.findall(description):
            whole = mention.replace("\\", "/").lstrip("./")
            name = whole.rpartition("/")[2].lower()
            here = [path for path in self._by_stem.of(_stem(name)) if path.lower().rpartition("/")[2] == name]
            say(here, FILE_NAME)
            say([path for path in here if "/" in whole and f"/{path}".endswith(f"/{whole}")], WHOLE_PATH)
        for mention in _DOTTED.findall(description):
            parts = re.split(r"[./\\]", mention)
            for tail in (parts, parts[:-1]):
                if len(tail) > 1:
                    say(self._modules(tail), MODULE)
        for word in set(words(description)):
            if len(word) >= SHORTEST_STEM:
                say(self._by_stem.of(word.lower()), STEM)
        return found

    def meant(self, path: str) -> str | None:
        """The one file that is called by a path from elsewhere, such as `/srv/app/shop/cart.py`; None if none is.

        It has all of the path's parts, or the path has all of its own, or both end in the same folder and name.
        """
        asked = [part for part in path.lower().split("/") if part not in ("", ".", "..")]
        best: list[tuple[int, str]] = []
        with self._lock:
            candidates = tuple(self._by_stem.of(_stem(asked[-1]))) if asked else ()
        for candidate in candidates:
            parts = candidate.lower().split("/")
            shared = next(
                (number for number, (a, b) in enumerate(zip(reversed(parts), reversed(asked), strict=False)) if a != b),
                min(len(parts), len(asked)),
            )
            if shared and (shared > 1 or shared == min(len(parts), len(asked))):
                best.append((shared, candidate))
        best.sort(key=lambda each: (-each[0], each[1]))
        return best[0][1] if best and (len(best) == 1 or best[0][0] > best[1][0]) else None

    def has_term(self, term: str) -> bool:
        """Whether any path has a term."""
        return bool(self._by_term.of(term))

    def scores(self, terms: Mapping[str, float]) -> dict[str, float]:
        """How much of the description's terms each path holds, rare ones counting for more."""
        with self._lock:
            return self._scores(terms)

    def _scores(self, terms: Mapping[str, float]) -> dict[str, float]:
        found: defaultdict[str, float] = defaultdict(float)
        for term, weight in terms.items():
            here = self._by_term.of(term)
            if 0 < len(here) <= MOST_PATHS:
                rarity = math.log(1 + len(self._paths) / len(here))
                for path in here:
                    found[path] += weight * rarity
        return found

    def tests_of(self, path: str) -> tuple[str, ...]:
        """The tests that are named after a file (`test_x`, `x_test`, `x.spec`), those that stand nearest first.

        Of several files with the same name, a test is of those whose folders it shares most.
        """
        name = path.rpartition("/")[2].lower()
        stem = name.partition(".")[0].strip("_")
        found: set[str] = set()
        with self._lock:
            for pattern in _TEST_STEMS:
                found.update(self._by_stem.of(pattern.format(stem)))
            alike = [each for each in self._by_stem.of(_stem(path)) if rank_of(each) != TEST]
        near = {each for each in found if rank_of(each) == TEST and each != path and _suffix(each) == _suffix(path)}
        shared = {test: _shared_folders(path, test) for test in near}
        own = [test for test in near if shared[test] >= max(_shared_folders(each, test) for each in (*alike, path))]
        return tuple(sorted(own, key=lambda test: (-shared[test], test)))

    def _modules(self, parts: list[str]) -> list[str]:
        tail = "/".join(parts).lower()
        return [
            path
            for path in self._by_stem.of(parts[-1].lower())
            if f"/{path.lower().rpartition('.')[0]}".endswith(f"/{tail}")
        ]


def _shared_folders(path: str, other: str) -> int:
    """How many folder names two paths have in common."""
    return len(set(path.split("/")[:-1]) & set(other.split("/")[:-1]))


def _suffix(path: str) -> str:
    language = language_of(path)
    return language.module if language else ""


def _stem(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return name.partition(".")[0] if not name.startswith(".") else name


def _path_terms(path: str) -> frozenset[str]:
    folder, _, name = path.rpartition("/")
    return _folder_terms(folder).union(_terms_of_name(name))


@lru_cache(maxsize=4096)
def _folder_terms(folder: str) -> frozenset[str]:
    return frozenset[str]().union(*map(_terms_of_name, folder.split("/")))


@lru_cache(maxsize=20_000)
def _terms_of_name(name: str) -> frozenset[str]:
    """The terms of a file's or a folder's name: the same names stand in many folders."""
    return frozenset(term for word in words(name) for term in terms_of(word))
