"""Which tests does a file hold, and how much does each assert? Told from names and lines, in any language.

An assertion counts, and it counts less where it says only that something is there or is true: `assert x` in the place
of `assert x == 3`, `toBeTruthy()` in that of `toBe(3)`. Assertions in comments say nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.edits.indent import depth_of
from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.demands.brackets import enclosed
from lsp_server.review.checkpoints.scene import Definition

MOST_CHARACTERS = 500
"""So much of a line is looked at: these patterns take time with the square of its length."""

ASSERTS = re.compile(
    r"\bassert(?:_?\w*)?\b|\bself\.fail\(|\bpytest\.raises\b|\bexpect\(|\bt\.(?:Error|Fatal)f?\(|\brequire\.\w+\("
    r"|\bshould\b|\bEXPECT_\w+\(|\bASSERT_\w+\(|\bXCTAssert\w*\(|\bAssert\.\w+\("
)

_THING = r"!?(?:not\s+)?(?:(?:len|bool)\(\s*[\w.]+\s*\)|[\w.]+(?:\[[^\]]*\])?(?:\(\))?(?:\.\w+(?:\(\))?)*)"
_THERE = (
    rf"{_THING}(?:\s+is\s+not\s+None|\s+is\s+(?:True|False|None)|\s*(?:>|!=)=?=?\s*(?:None|null|nil|0)"
    r"|\s*={2,3}\s*(?:True|False|None|0|\[\]|\{\}|\"\"|''))?"
)
WEAK = re.compile(
    rf"\bassert\s+\(?(?:{_THERE})\)?\s*(?:,\s*[f\"'].*)?$"
    r"|\bassert\s+(?:type|isinstance|issubclass|hasattr|callable)\(|\bassert\b.*\bor\s+True\b"
    rf"|\b(?:[Aa]ssert|require)(?:\.|_)?(?:Is)?_?(?:True|False)\(\s*(?:t,\s*)?(?:{_THERE})\s*(?:,\s*[f\"'].*)?\)"
    r"|\b(?:[Aa]ssert|require)(?:\.|_)?(?:(?:Is)?(?:Not)?(?:None|Null|Nil|Empty)|(?:Is)?InstanceOf?|IsType|NoError|DoesNotThrow)\("
    rf"|\b(?:assert|debug_assert)!\(\s*(?:{_THERE})\s*(?:,\s*\".*)?\)"
    rf"|\b(?:EXPECT|ASSERT)_(?:TRUE|FALSE)\(\s*(?:{_THERE})\s*\)|\b(?:EXPECT|ASSERT)_NO_THROW\("
    r"|\bexpect\((?P<itself>.+)\)\.(?:toBe|toEqual|toStrictEqual)\(\s*(?P=itself)\s*\)|\bexpect\.any(?:thing)?\("
    r"|\bEqual\(t,\s*(?P<same>.+),\s*(?P=same)\s*\)"
    r"|\.toThrow(?:Error)?\(\s*\)|\.(?:toBeTruthy|toBeFalsy|toBeDefined|toBeUndefined|toBeNull|toBeInstanceOf|toHaveBeenCalled)\(|\.not\.toThrow\("
    rf"|\bexpect\(\s*(?:{_THERE})\s*\)\.(?:toBe|toEqual|toStrictEqual)\(\s*(?:true|false|null|undefined)\s*\)"
    r"|\.(?:be|not)\.(?:ok|true|false|null|undefined)\b|\.to\.exist\b|\.assert_called\(\)"
    r"|\b(?:pytest\.raises|assertRaises)\(\s*(?:Base)?Exception\s*[,)]"
)
"""Assertions that hold for almost any value."""

_BARE = re.compile(r"\bassert\s+(?P<one>[^=<>!]+?)\s*$|\bassertTrue\(\s*(?P<other>[^=<>!]+?)\s*\)\s*$")
_COMPARED = re.compile(
    r"\bassert\s+(?P<one>.+?)\s*(?:[=!]=|[<>]=?|\bin\b|\bis\b)\s|\bassert\w*Equals?\(\s*(?P<other>.+),\s"
)
"""What an assertion of Python is about: only whether it is true, or what it is."""

_TEST_NAME = re.compile(r"(?:test|Test|should|it_|spec)|.*(?:Test|_test)$")
_TEST_CALL = re.compile(
    r"^(?P<indent>\s*)(?:it|test|specify)(?:\.\w+)*\(\s*(?P<quote>[\"'`])(?P<name>(?:(?!(?P=quote)).)+)(?P=quote)"
)
EACH = re.compile(r"^(?P<indent>\s*)(?:it|test|specify)(?:\.\w+)*\.each(?:<[^>\n]*>)?\s*(?=[(`])")
"""The beginning of a test that is run for each row of a table; the name stands behind the table."""

_NAMED = re.compile(r"\s*\(\s*(?P<quote>[\"'`])(?P<name>(?:(?!(?P=quote)).)+)(?P=quote)")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_COMMENT = re.compile(r"^\s*(?:#(?!\[)|//|/?\*|--).*|(?:\s#\s|\s//\s).*$")


@dataclass(frozen=True, slots=True)
class Asserts:
    """How many assertions there are, and how many of them hold for almost any value.

    `bare` are expressions that need only be true, `compared` those of which it is said what they are.
    """

    count: int = 0
    weak: int = 0
    bare: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()

    def __add__(self, other: "Asserts") -> "Asserts":
        return Asserts(
            self.count + other.count,
            self.weak + other.weak,
            self.bare | other.bare,
            self.compared | other.compared,
        )

    def less_than(self, other: "Asserts") -> str:
        """How these assert less than others did, in words; empty where they do not."""
        if self.count < other.count:
            places = "1 place" if other.count == 1 else f"{other.count} places"
            return f"{places}, now {self.count}"
        has_weaker = self.weak > other.weak and self.count - self.weak < other.count - other.weak
        if has_weaker or (self.bare - other.bare) & (other.compared - self.compared):
            return "what holds for almost any value now stands where a value was named"
        return ""


@dataclass(frozen=True, slots=True)
class Test:
    """A test: its name within its file, its 1-based line, and its lines."""

    name: str
    line: int
    lines: tuple[str, ...]


def tests_in(text: str, definitions: Sequence[Definition]) -> tuple[Test, ...]:
    """The tests of a file: functions and methods by their names, and calls that give a test a name in words."""
    lines = contents(text)
    return (*_defined(lines, definitions), *_called(lines))


def _defined(lines: Sequence[str], definitions: Sequence[Definition]) -> Iterator[Test]:
    for each in definitions:
        if each.kind in ("function", "method") and _TEST_NAME.match(each.name):
            name = f"{each.container}.{each.name}" if each.container else each.name
            yield Test(name, each.start_line, tuple(lines[each.start_line - 1 : each.end_line]))


def _called(lines: Sequence[str]) -> Iterator[Test]:
    """Tests as `it("adds", () => {...})`, each up to the line that is indented no further."""
    table_end = 0
    for at, line in enumerate(lines):
        if found := _TEST_CALL.match(line):
            yield Test(found["name"], at + 1, tuple(lines[at : end_of_block(lines, at, len(found["indent"]))]))
        elif at >= table_end and (found := EACH.match(line[:MOST_CHARACTERS])):
            text = "\n".join(lines[at:])
            behind = _behind_table(text, found.end())
            # What stands in a table is not looked at again: each would be read to its end.
            table_end = at + text.count("\n", 0, behind)
            if named := _NAMED.match(text, behind):
                below = at + text.count("\n", 0, named.end())
                yield Test(named["name"], at + 1, tuple(lines[at : end_of_block(lines, below, len(found["indent"]))]))


def _behind_table(text: str, start: int) -> int:
    """Where a text goes on behind a table in brackets or in backquotes."""
    if text[start] == "`":
        return text.find("`", start + 1) + 1 or len(text)
    return enclosed(text, start).end


def end_of_block(lines: Sequence[str], at: int, depth: int) -> int:
    """Which line below one is the first that is indented no further than `depth`; both count from 0."""
    return next(
        (number for number in range(at + 1, len(lines)) if lines[number].strip() and depth_of(lines[number]) <= depth),
        len(lines),
    )


def asserts_in(body: Sequence[str]) -> Asserts:
    """What some lines of code assert."""
    code = [_COMMENT.sub("", line[:MOST_CHARACTERS]).rstrip() for line in body]
    return Asserts(
        sum(len(ASSERTS.findall(_STRING.sub('""', line))) for line in code),
        sum(bool(WEAK.search(line)) for line in code),
        frozenset(_expressions(_BARE, code)),
        frozenset(_expressions(_COMPARED, code)),
    )


def _expressions(pattern: re.Pattern[str], code: Sequence[str]) -> Iterator[str]:
    for line in code:
        if found := pattern.search(line):
            yield found["one"] or found["other"]
