"""What kind of file is this by its path? Source comes before tests, and tests before documents.

Telling them apart is worth more to a search than any weight: tests and documents repeat the words of a description
far more often than the code that it is about.
"""

import re
from functools import lru_cache
from typing import Literal

from context.languages import language_of

SOURCE, TEST, DOCUMENT = 0, 1, 2
Rank = Literal[0, 1, 2]

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|__tests__|__mocks__|specs?|e2e|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
    r"|_test\.go$|[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:Test|Tests|IT)\.java$",
    re.IGNORECASE,
)
_VENDORED = re.compile(
    r"(?:^|/)(?:vendor|third_party|docs?|examples?|benchmarks?)/|\.pb\.go$|_pb2\.py$|\.d\.ts$", re.IGNORECASE
)


@lru_cache(maxsize=20_000)
def rank_of(path: str) -> Rank:
    """The kind of a file: source code, a test, or anything else (documents, settings, vendored code, examples)."""
    if _TEST.search(path):
        return TEST
    return SOURCE if language_of(path) is not None and not _VENDORED.search(path) else DOCUMENT
