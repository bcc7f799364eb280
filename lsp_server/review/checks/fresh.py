"""Which findings are new? Those whose line, rule and file were not found together before the change.

Lines shift, so a finding is known by the text of its line and by which of the equal ones in its file it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lsp_server.edits.lines import contents


class Reported(NamedTuple):
    """What a tool says of a place. `line` is 1-based."""

    rule: str
    path: str
    line: int
    message: str


def new_findings(
    before: Iterable[Reported],
    after: Iterable[Reported],
    texts_before: Mapping[str, str | None],
    texts_after: Mapping[str, str | None],
    moved: Mapping[str, str],
) -> list[Reported]:
    """What is reported after and was not before; `moved` gives the old path of a file that moved."""
    known = Counter(_fingerprint(each, each.path, texts_before) for each in before)
    fresh: list[Reported] = []
    for each in sorted(after, key=lambda each: (each.path, each.line, each.rule)):
        mark = _fingerprint(each, moved.get(each.path, each.path), texts_after)
        if known[mark] > 0:
            known[mark] -= 1
        else:
            fresh.append(each)
    return fresh


def _fingerprint(found: Reported, path: str, texts: Mapping[str, str | None]) -> tuple[str, str, str]:
    lines = contents(texts.get(found.path) or "")
    text = lines[found.line - 1].strip() if 1 <= found.line <= len(lines) else found.message
    return path, found.rule, text
