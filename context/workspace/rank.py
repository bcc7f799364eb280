"""What kind of file is this by its path? Source comes before tests, and tests before documents.

Telling them apart is worth more to a search than any weight: tests and documents repeat the words of a description
far more often than the code that it is about.
"""

import re
from functools import lru_cache
from typing import Literal

from context.parsing.languages import language_of

SOURCE, TEST, DOCUMENT = 0, 1, 2
Rank = Literal[0, 1, 2]

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|__tests__|__mocks__|specs?|e2e|fixtures)/"
    r"|(?:^|/)[^/]*(?-i:(?<=[a-z.])Tests?|(?<=[A-Z])Tests)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_(?:unit)?tests?|conftest)\.(?:py|go|c|cc|cpp|cxx|h|hpp|rb|php|lua|sh|bash)$"
    r"|[._-](?:test|spec)\.[cm]?[jt]sx?$|_spec\.(?:rb|lua)$|\.bats$|\.phpt$"
    r"|(?:(?:^|/)(?-i:Tests?)|(?-i:(?<=[a-z0-9])(?:Tests?|TestCase|Specs?|Suite|IT)))\.(?:java|kts?|scala|cs|php|swift|cpp|cc)$",
    re.IGNORECASE,
)
_VENDORED = re.compile(
    r"(?:^|/)(?:vendor|third[_-]?party|3rdparty|node_modules|site-packages|build/lib|Pods|Carthage|docs?|examples?|benchmarks?)/"
    r"|\.pb\.(?:go|cc|h|c|swift)$|_pb2(?:_grpc)?\.pyi?$|_pb\.(?:rb|js)$|\.(?:g|designer|generated)\.cs$"
    r"|\.d\.ts$|\.min\.js$",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def rank_of(path: str) -> Rank:
    """The kind of a file: source code, a test, or anything else (documents, settings, vendored code, examples)."""
    if _TEST.search(path):
        return TEST
    return SOURCE if language_of(path) is not None and not _VENDORED.search(path) else DOCUMENT
