r"""SEARCH/REPLACE blocks: lines that stand in a file, and what they become.

Markers beat fences, so a block may hold fences of its own. Five to nine marker characters are taken, and the spellings
`------- SEARCH` and `+++++++ REPLACE`. Conflict markers inside a block are read in pairs. A file that is new may also
come whole, in a fence with its path above.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lsp_server.edits.blocks import Block, ParsedReply, Replacement
from lsp_server.edits.change import Problem, ProblemCode
from lsp_server.edits.formats import begin_patch, unified_diff, whole_file
from lsp_server.edits.formats.fences import fence_at, fences
from lsp_server.edits.formats.naming import path_alone, path_in_comment, path_in_info, paths_mentioned

INSTRUCTIONS = """\
To change a file, write one block for each place:

app/prices.py
```python
<<<<<<< SEARCH
def total(items):
    return sum(items)
=======
def total(items, discount=0):
    return sum(items) - discount
>>>>>>> REPLACE
```

- The line right above the fence is the file's path, relative to the project's root, and nothing else.
- SEARCH holds lines copied from the file character by character, with their indentation and whole: as few as stand in one place of the whole file, the lines that are not shown here included; where in doubt, take the lines above and below too. REPLACE holds what stands there afterwards, complete.
- One block for each place, and no two blocks that overlap. All blocks refer to the files as they are shown.
- A new file is one block with nothing between SEARCH and =======, or comes whole (see below), never both.
- Never write a placeholder such as "... existing code ..." or "rest unchanged".
- Write nothing after the last block or file.
"""  # noqa: E501

_HEAD = re.compile(r"(<{5,9}|-{5,9})\s*SEARCH\b[\s*:>]*", re.IGNORECASE)
_TAIL = re.compile(r"(?:>{5,9}|\+{5,9})\s*REPLACE\b[\s*:]*", re.IGNORECASE)
_DIVIDER = re.compile(r"(={5,9})[\s*]*")
_OTHER_HEAD = re.compile(r"<{5,9}(?:\s.*)?")
_OTHER_TAIL = re.compile(r">{5,9}(?:\s.*)?")
_INDENTED = re.compile(rf"\s+(?:{_HEAD.pattern}|{_TAIL.pattern})", re.IGNORECASE)
_CUT_HEAD = re.compile(r"<{1,9}\s*(?:S(?:E(?:A(?:R(?:C)?)?)?)?)?|`{1,2}|~{1,2}", re.IGNORECASE)
_BLOCK = "\0block"
"""Stands in the remaining lines where a block was."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A block in the reply's lines: where its first marker and its last one are, and what is between."""

    start: int
    end: int
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    fault: tuple[ProblemCode, str] | None = None


def recognises(lines: Sequence[str]) -> bool:
    """Whether any line begins a SEARCH block."""
    return any(_HEAD.fullmatch(line) for line in lines)


def parse(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """All blocks of a reply in this format, and the whole files beside them."""
    spans = _spans(lines)
    rest, starts = _without(spans, lines)
    blocks: list[Block] = []
    problems: list[Problem] = []
    path: str | None = None
    for number, (span, start, above) in enumerate(zip(spans, starts, [-1, *starts], strict=False), 1):
        found = _path(rest[above + 1 : start], path, default_path)
        if span.fault:
            code, message = span.fault
            problems.append(Problem(code, message, found or "", number))
        elif found is None:
            message = "the line above the block does not name its file. Write the path alone on that line."
            problems.append(Problem("PATH", message, block=number))
        else:
            blocks.append(Replacement(number, found, span.old, span.new))
        path = found
    others = _beside(rest, len(spans))
    return ParsedReply((*blocks, *others.blocks), (*problems, *others.problems))


def _spans(lines: Sequence[str]) -> list[_Span]:
    """The blocks by their markers alone."""
    spans: list[_Span] = []
    number = 0
    while number < len(lines):
        head = _HEAD.fullmatch(lines[number])
        if head:
            span = _span(lines, number, len(head[1]))
            spans.append(span)
            number = span.end
        number += 1
    return spans


def _span(lines: Sequence[str], start: int, length: int) -> _Span:
    """The block whose first marker, of `length` characters, is at line `start`."""
    dividers: list[int] = []
    nested: list[bool] = []
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if _TAIL.fullmatch(line):
            return _divided(lines, start, number, dividers, length)
        if _HEAD.fullmatch(line):
            fault = (
                "FORMAT",
                "another block begins before this one has its >>>>>>> REPLACE line. Write the block again.",
            )
            return _Span(start, number - 1, fault=fault)
        if nested and _OTHER_TAIL.fullmatch(line):
            nested.pop()
        elif _OTHER_HEAD.fullmatch(line):
            nested.append(True)
        elif _DIVIDER.fullmatch(line):
            if nested and nested[-1]:
                nested[-1] = False
            else:
                dividers.append(number)
    fault = ("TRUNCATED", "the reply ends before the block's >>>>>>> REPLACE line. Nothing was applied; send it whole.")
    return _Span(start, len(lines) - 1, fault=fault)


def _divided(lines: Sequence[str], start: int, end: int, dividers: Sequence[int], length: int) -> _Span:
    """A block with both markers, cut at its divider: the only one, or the only one as long as the first marker."""
    if len(dividers) > 1:
        alike = [number for number in dividers if len(lines[number].rstrip(" \t*")) == length]
        dividers = alike if len(alike) == 1 else dividers
    if len(dividers) == 1:
        (divider,) = dividers
        return _Span(start, end, tuple(lines[start + 1 : divider]), tuple(lines[divider + 1 : end]))
    if not dividers:
        return _Span(start, end, fault=("FORMAT", "the block has no ======= line between its two parts."))
    found = (
        f"the block has {len(dividers)} lines that may divide it. Write all three of its markers with nine characters."
    )
    return _Span(start, end, fault=("FORMAT", found))


def _without(spans: Sequence[_Span], lines: Sequence[str]) -> tuple[list[str], list[int]]:
    """The reply with one mark for each block, and where the marks are."""
    rest: list[str] = []
    marks: list[int] = []
    position = 0
    for span in spans:
        rest += lines[position : span.start]
        marks.append(len(rest))
        rest.append(_BLOCK)
        position = span.end + 1
    rest += lines[position:]
    return rest, marks


def _path(lines: Sequence[str], previous: str | None, default_path: str | None) -> str | None:
    """The file that a block is about, by the lines between the previous block and it.

    It is named right above the block, else it is the previous block's, else the default.
    A sentence between that speaks of another file makes it doubtful, and a doubtful block has no path.
    """
    above = [line for line in lines if line.strip()]
    named: set[str] = set()
    if above and (fence := fence_at(above[-1])):
        named.add(path_in_info(fence[1]) or "")
        above.pop()
    if above and not fence_at(above[-1]):
        named.add(path_alone(above[-1]) or path_in_comment(above[-1]) or "")
    if found := named - {""}:
        return found.pop() if len(found) == 1 else None
    sentences = [line for line in above if not fence_at(line)]
    fallback = previous or default_path
    mentioned = {path for line in sentences for path in paths_mentioned(line)}
    if not mentioned - {fallback}:
        is_one_word = bool(sentences) and re.fullmatch(r"\s*\S+\s*", sentences[-1]) and not sentences[-1].endswith(":")
        return None if is_one_word else fallback
    last = paths_mentioned(sentences[-1])
    return last[0] if len(last) == 1 and sentences[-1].rstrip(" *").endswith(":") else None


def _beside(rest: Sequence[str], count: int) -> ParsedReply:
    """What a reply holds beside its `count` blocks: whole files, prose, or something that must not be passed over."""
    problems: list[Problem] = []
    remaining = _without_stray_fences(rest)
    for fence in fences(remaining):
        if _BLOCK in remaining[fence.start : fence.end]:
            if any(_is_text(line) for line in remaining[fence.start : fence.end]):
                message = "a fence holds other text beside its SEARCH block. Put only the block into the fence."
                problems.append(Problem("FORMAT", message))
            remaining[fence.start : fence.end + 1] = [_BLOCK] * len(remaining[fence.start : fence.end + 1])
    if any(_TAIL.fullmatch(line) for line in remaining):
        message = "a >>>>>>> REPLACE line belongs to no block. Write each block with its three markers."
        problems.append(Problem("FORMAT", message))
    if begin_patch.recognises(remaining) or unified_diff.recognises(remaining):
        message = "the reply mixes SEARCH/REPLACE blocks with a diff or patch. Write all of it in one form."
        problems.append(Problem("FORMAT", message))
    files = whole_file.named_files(remaining, count + 1)
    outside = set(range(len(remaining))) - {at for fence in fences(remaining) for at in range(fence.start, fence.end)}
    if not files.problems and any(_INDENTED.fullmatch(remaining[at]) for at in outside):
        message = (
            "a SEARCH or REPLACE marker is indented. Write the block's markers and lines without blanks before them."
        )
        problems.append(Problem("FORMAT", message))
    last = next((line for line in reversed(remaining) if line.strip()), "")
    if _CUT_HEAD.fullmatch(last.strip()):
        problems.append(Problem("TRUNCATED", "the reply ends inside a marker. Nothing was applied; send it whole."))
    return ParsedReply(files.blocks, (*problems, *files.problems))


def _without_stray_fences(rest: Sequence[str]) -> list[str]:
    """The lines without the closing fences of blocks that had no opening one, which would turn all others around."""
    below_blocks = {number for number in range(1, len(rest)) if rest[number - 1] == _BLOCK}
    closing = {fence.end for fence in fences(rest, below_blocks)}
    bare = {number for number in below_blocks - closing if (fence := fence_at(rest[number])) and not fence[1]}
    return ["" if number in bare else line for number, line in enumerate(rest)]


def _is_text(line: str) -> bool:
    if not line.strip() or line == _BLOCK or fence_at(line):
        return False
    return path_alone(line) is None and path_in_comment(line) is None
