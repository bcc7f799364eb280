"""Which files show how code is written near a place? A few of its folder, then of its package, then of the project.

Found by ranges of the store's path index, so that it costs the same in a project of fifty thousand files.
"""

from dataclasses import dataclass
from functools import cache

from context.parsing.languages import language_of
from context.parsing.words import terms_of
from context.storage.store import Store
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames
from context.workspace.rank import SOURCE, TEST, rank_of

MOST_SOURCES = 8
MOST_TESTS = 2
MOST_TESTS_LOOKED_AT = 20
MOST_LISTED = 200
"""So many files of each folder are looked at."""

MOST_BYTES = 40_000
"""So much of source is read for one answer, beside the file itself: about 12 ms of a worker's time."""

SMALLEST, LARGEST = 600, 30_000
"""Files of other sizes, in bytes, are taken only where there are no others: they show little, or cost much to read."""

HERE, SAME_FOLDER, PACKAGE, PROJECT = 1.0, 0.7, 0.35, 0.2
"""How much a file counts by where it stands."""

_LISTED = """
SELECT path, size, sha, private FROM file WHERE path >= ? AND path < ? AND blob IS NOT NULL AND rank = ? LIMIT ?
"""
_ONE = "SELECT path, size, sha, private FROM file WHERE path = ? AND blob IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Near:
    """A file to look at. `sha` is the sha256 of its text as it is indexed."""

    path: str
    sha: str
    size: int
    weight: float


@dataclass(frozen=True, slots=True)
class Nearby:
    """The files near a place, nearest first. `names` are all paths of the language that were listed."""

    sources: tuple[Near, ...]
    tests: tuple[Near, ...]
    names: tuple[str, ...]
    test_path: str


def nearby(path: str, store: Store, names: PathNames, file_filter: FileFilter) -> Nearby:
    """The files near one (relative path, which need not exist). Blocks; raises StoreError and OSError."""
    language = language_of(path)
    sendable = cache(file_filter.sendable)

    def fits(each: Near) -> bool:
        return language_of(each.path) is language and sendable(each.path)

    here = _rows(store, _ONE, (path,), HERE)
    found = {each.path: each for each in here if sendable(each.path)}
    size = 0
    listed: dict[str, None] = {}
    kind = rank_of(path) if rank_of(path) == TEST else SOURCE
    for folder, weight in _folders(path):
        start = f"{folder}/" if folder else ""
        rows = _rows(store, _LISTED, (start, f"{folder}0" if folder else "\U0010ffff", kind, MOST_LISTED), weight)
        near = sorted(
            (each for each in rows if language_of(each.path) is language), key=lambda each: _order(each, start)
        )
        listed.update(dict.fromkeys(each.path for each in near))
        for each in near:
            if len(found) >= MOST_SOURCES:
                break
            if each.path not in found and size + each.size <= MOST_BYTES and fits(each):
                found[each.path] = each
                size += each.size
    own = names.tests_of(path) if kind == SOURCE else ()
    others = (test for source in found for test in names.tests_of(source))
    tests = dict.fromkeys((*own, *_tests_about(path, names), *others))
    rows = [row for test in list(tests)[:MOST_TESTS_LOOKED_AT] for row in _rows(store, _ONE, (test,), SAME_FOLDER)]
    chosen = {row.path: row for row in rows if fits(row)}
    sources = tuple(found.values())
    of_test = sources if kind == TEST else tuple(chosen.values())[:MOST_TESTS]
    return Nearby(sources, of_test, tuple(listed), next((test for test in own if test in chosen), ""))


def _tests_about(path: str, names: PathNames) -> list[str]:
    """Tests whose path has the words of a file's name: `tests/models/test_headers.py` is about `_models.py`."""
    terms = terms_of(path.rpartition("/")[2].partition(".")[0])
    found = [{each for each in names.scores({term: 1.0}) if rank_of(each) == TEST} for term in terms]
    return sorted(set[str].intersection(*found))[:MOST_TESTS_LOOKED_AT] if found else []


def _folders(path: str) -> list[tuple[str, float]]:
    """The file's folder, the one around it and the root, each once."""
    folder = path.rpartition("/")[0]
    parent = folder.rpartition("/")[0]
    ordered = {folder: SAME_FOLDER}
    ordered.setdefault(parent, PACKAGE)
    ordered.setdefault("", PROJECT)
    return list(ordered.items())


def _order(near: Near, start: str) -> tuple[bool, int, str]:
    """Files of a fitting size first, then those that stand higher, then by path."""
    return not SMALLEST <= near.size <= LARGEST, near.path.count("/", len(start)), near.path


def _rows(store: Store, query: str, parameters: tuple[object, ...], weight: float) -> list[Near]:
    return [Near(path, sha, size, weight) for path, size, sha, private in store.query(query, parameters) if not private]
