"""Which tests does a change touch? A changed test, those named after a changed file, those that name its module."""

from collections.abc import Callable, Iterable

from context.parsing.languages import language_of
from context.workspace.paths import SHORTEST_STEM, PathNames
from context.workspace.rank import TEST, rank_of

MOST_TESTS = 20
SUPPORT = frozenset({"conftest.py", "__init__.py"})


def touched_tests(path: str, names: PathNames, mentions: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The tests of a file (relative path), nearest first; `mentions` gives the files that may hold a word."""
    if language_of(path) is None:
        return ()
    if rank_of(path) == TEST:
        return () if _name(path) in SUPPORT else (path,)
    stem = _name(path).partition(".")[0]
    if stem == "__init__":
        stem = _name(path.rpartition("/")[0])
    naming = sorted(mentions(stem)) if len(stem) >= SHORTEST_STEM else []
    found = dict.fromkeys((*names.tests_of(path), *(each for each in naming if rank_of(each) == TEST)))
    suffix = path.rpartition(".")[2]
    return tuple(each for each in found if each.endswith(f".{suffix}") and _name(each) not in SUPPORT)[:MOST_TESTS]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
