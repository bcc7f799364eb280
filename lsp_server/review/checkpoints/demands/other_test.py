"""How much does a test demand that is not of Python? Told from its lines: what is not run, its rows, how exactly.

Rows are those of `it.each([...])`, of its table in backquotes, and of Go's `tests := []struct{...}{...}` that a loop
ranges over.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lsp_server.edits.indent import depth_of
from lsp_server.review.checkpoints.asserting import EACH, MOST_CHARACTERS, end_of_block
from lsp_server.review.checkpoints.demands.brackets import enclosed
from lsp_server.review.checkpoints.demands.cases import Cases
from lsp_server.review.checkpoints.demands.demand import Demands
from lsp_server.review.checkpoints.demands.reach import Reach
from lsp_server.review.checkpoints.demands.tolerance import Tolerance

MOST_TABLES = 20
"""So many tables of a test of Go are read."""

_NEVER = re.compile(r"^\s*(?:if|while)\s*(?:\(\s*(?:false|0|!true|!1)\s*\)|false)\s*\{\s*$")
_ENDS = re.compile(r"^\s*(?:return\s*;?|t\.SkipNow\(\);?)\s*(?://.*)?$")
_TRY = re.compile(r"^\s*try\s*\{\s*$")
_FORGIVES = re.compile(r"^\s*\}\s*catch\s*(?:\([^()]*\))?\s*\{\s*(?:\}.*)?$")
_RANGED = re.compile(r"\brange\s+(\w+)\b")
_TABLE = r"\b{}\s*:?=\s*(?:map\[\w+\]|\[\])\s*(?P<kind>struct\s*(?=\{{)|\*?[\w.]+\s*(?=\{{))"
_CLOSE = re.compile(
    r"(?P<digits>\.toBeCloseTo\([^,]*),\s*(?P<places>\d+)\s*\)|"
    r"(?P<near>\b(?:InDelta|InEpsilon)f?\(.*?),\s*(?P<delta>[\d.]+(?:e-?\d+)?)\s*[,)]|"
    r"(?P<macro>\b(?:EXPECT|ASSERT)_NEAR\(.*),\s*(?P<bound>[\d.]+(?:e-?\d+)?)f?\s*\)"
)


def other_demands(lines: Sequence[str], constants: Mapping[str, Sequence[str]]) -> Demands:
    """What a test demands; `constants` are the lines that bind a name at the top of its file."""
    tables = [*_each(lines, constants), *_ranged(lines)]
    written = Counter(row for table in tables if table is not None for row in set(table))
    return Demands(
        Reach(silent=set(_silent(lines))),
        Cases(written, None in tables, bool(tables)),
        tuple(_tolerances(lines)),
    )


def _each(lines: Sequence[str], constants: Mapping[str, Sequence[str]]) -> Iterator[Sequence[str] | None]:
    if not lines or not (found := EACH.match(lines[0][:MOST_CHARACTERS])):
        return
    text = "\n".join(lines)
    if text[found.end()] == "`":
        rows = text[found.end() + 1 : text.find("`", found.end() + 1)].split("\n")
        yield [" ".join(row.split()) for row in rows if row.strip()][1:]
        return
    argument = next(iter(enclosed(text, found.end()).elements), "")
    if argument.isidentifier() and argument in constants:
        argument = "\n".join(constants[argument]).partition("=")[2].strip()
    yield enclosed(argument, 0).elements if argument.startswith("[") else None


def _ranged(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """The tables of Go that a loop of the test ranges over."""
    text = "\n".join(lines)
    for name in list(dict.fromkeys(_RANGED.findall(text)))[:MOST_TABLES]:
        if found := re.search(_TABLE.format(re.escape(name)), text):
            start = enclosed(text, found.end()).end if found["kind"].startswith("struct") else found.end()
            start = text.find("{", start)
            yield enclosed(text, start).elements if start >= 0 else ()


def _silent(lines: Sequence[str]) -> Iterator[int]:
    """The 1-based numbers of lines that are not run: comments, what is never true, what stands behind a `return`."""
    depth, in_comment = depth_of(lines[1]) if len(lines) > 1 else 0, False
    for number, line in enumerate(lines, 1):
        short = line[:MOST_CHARACTERS]
        if in_comment:
            yield number
        in_comment = short.rfind("/*") > short.rfind("*/") or (in_comment and "*/" not in short)
        if number > 1 and depth_of(line) == depth and _ENDS.match(short):
            yield from range(number, len(lines) + 1)
            return
        if _NEVER.match(short):
            yield from range(number, _closing(lines, number))
        if _TRY.match(short) and _is_forgiven(lines, end := _closing(lines, number)):
            yield from range(number, end)


def _closing(lines: Sequence[str], number: int) -> int:
    """The number of the line at which the block that a line opens is closed: the next that is indented no further."""
    return min(end_of_block(lines, number - 1, depth_of(lines[number - 1])) + 1, len(lines))


def _is_forgiven(lines: Sequence[str], number: int) -> bool:
    """Whether a `try` ends in a `catch` that does nothing."""
    if not _FORGIVES.match(lines[number - 1][:MOST_CHARACTERS]):
        return False
    inside = lines[number : _closing(lines, number) - 1]
    return all(not line.strip() or line.lstrip().startswith("//") for line in inside)


def _tolerances(lines: Sequence[str]) -> Iterator[Tolerance]:
    for line in lines:
        for found in _CLOSE.finditer(line[:MOST_CHARACTERS]):
            subject = line[: found.start()].strip() + (found["digits"] or found["near"] or found["macro"])
            size = (
                0.5 * 10.0 ** -min(int(found["places"]), 300)
                if found["digits"]
                else _size(found["delta"] or found["bound"])
            )
            yield Tolerance(subject, size, size)


def _size(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
