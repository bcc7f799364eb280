"""Patches between `*** Begin Patch` and `*** End Patch`: lines with signs, without line numbers.

    *** Begin Patch
    *** Update File: app/prices.py
    @@ def total(items):
    -    return sum(items)
    +    return sum(items) - discount
    *** End Patch

`@@` names a line above the place. An insertion without any other line stands right below its `@@` line, as in the
reference implementation (OpenAI cookbook, `apply_patch.py`). What stands around the patch is passed over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lsp_server.edits.blocks import Aim, Block, Move, ParsedReply, Removal, Replacement
from lsp_server.edits.change import Problem
from lsp_server.edits.formats.beside import others_beside
from lsp_server.edits.formats.fences import openings
from lsp_server.edits.formats.signed_lines import Hunk, numbers_in, read_hunk, scope_in, without_blank_end

INSTRUCTIONS = """\
To change files, write one patch:

*** Begin Patch
*** Update File: app/prices.py
@@ def total(items):
-    return sum(items)
+    return sum(items) - discount
*** Add File: app/rates.py
+RATE = 19
*** End Patch

- Paths are relative to the project's root. `*** Delete File: path` deletes a file. `*** Move to: path` right below `*** Update File: path` moves it.
- Each line of a change begins with a blank (stays), `-` (goes) or `+` (comes), followed by the line, character by character as in the file.
- Give three lines that stay above and below each change. Where those stand in several places of the whole file, put the line of the enclosing function or class behind `@@`.
- Never write line numbers, nor a placeholder such as "... existing code ...".
- Write nothing after `*** End Patch`.
"""  # noqa: E501

MOST_SCOPES = 8

_BEGIN = re.compile(r"\*{3} Begin Patch[\s*]*")
_END = re.compile(r"\*{3} End Patch[\s*]*")
_FILE = re.compile(r"\*{3} (Update|Add|Delete) File: (.*)")
_MOVE = re.compile(r"\*{3} Move to: (.*)")
_END_OF_FILE = re.compile(r"\*{3} End of File[\s*]*")


@dataclass(slots=True)
class _Reading:
    """How far a patch is read, and what it gave."""

    blocks: list[Block] = field(default_factory=list[Block])
    problems: list[Problem] = field(default_factory=list[Problem])

    @property
    def number(self) -> int:
        """The number of the next block."""
        return len(self.blocks) + len(self.problems) + 1


def recognises(lines: Sequence[str]) -> bool:
    """Whether a line outside of fences, the first in one, or one below a call of `apply_patch` begins a patch."""
    called = (number + 1 for number in range(len(lines) - 1) if "apply_patch" in lines[number])
    return any(_BEGIN.fullmatch(lines[at]) or _FILE.fullmatch(lines[at]) for at in (*openings(lines), *called))


def parse(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """The blocks of all patches in a reply. A patch always names its files."""
    reading = _Reading()
    ranges: list[range] = []
    number = 0
    while number < len(lines):
        if _BEGIN.fullmatch(lines[number]) or _FILE.fullmatch(lines[number]):
            start = number
            number = _read_patch(lines, number + bool(_BEGIN.fullmatch(lines[number])), reading)
            ranges.append(range(start, number))
        number += 1
    problems = [*reading.problems, *others_beside(lines, ranges, "a *** Begin Patch patch", reading.blocks)]
    return ParsedReply(tuple(reading.blocks), tuple(problems))


def _read_patch(lines: Sequence[str], number: int, reading: _Reading) -> int:
    """Reads to the end of a patch; the number of its last line."""
    while number < len(lines):
        line = lines[number]
        if _END.fullmatch(line):
            return number
        if found := _FILE.fullmatch(line):
            number = _read_file(lines, number + 1, found[1], found[2].strip(), reading)
            continue
        if line.strip():
            message = f"“{line[:120]}” belongs to no file of the patch. Begin each file with its *** line."
            reading.problems.append(Problem("FORMAT", message, block=reading.number))
            return _end(lines, number, reading)
        number += 1
    message = "the reply ends before *** End Patch. Nothing was applied; send it whole."
    reading.problems.append(Problem("TRUNCATED", message))
    return number


def _end(lines: Sequence[str], number: int, reading: _Reading) -> int:
    """The last line of a patch that cannot be read on."""
    ends = (at for at in range(number, len(lines)) if _END.fullmatch(lines[at]))
    return next(ends, len(lines))


def _read_file(lines: Sequence[str], number: int, verb: str, path: str, reading: _Reading) -> int:
    """Reads the part of a patch about one file; the number of the line below it."""
    start = len(reading.blocks), len(reading.problems)
    if verb == "Update" and number < len(lines) and (found := _MOVE.fullmatch(lines[number])):
        reading.blocks.append(Move(reading.number, path, found[1].strip()))
        number += 1
    if verb == "Add":
        number = _read_new_file(lines, number, path, reading)
    elif verb == "Delete":
        reading.blocks.append(Removal(reading.number, path))
    else:
        number = _read_hunks(lines, number, path, reading)
    if number < len(lines) and start == (len(reading.blocks), len(reading.problems)):
        message = f"the part about {path} holds no line. Write what changes, or leave it out."
        reading.problems.append(Problem("NO_EDIT", message, path, reading.number))
    return number


def _read_new_file(lines: Sequence[str], number: int, path: str, reading: _Reading) -> int:
    new: list[str] = []
    while number < len(lines) and not lines[number].startswith("*** "):
        new.append(lines[number])
        number += 1
    while new and not new[-1].strip():
        new.pop()
    if bare := next((line for line in new if line and not line.startswith("+")), None):
        message = f"“{bare[:120]}” does not begin with +. Write a + before each line of a new file."
        reading.problems.append(Problem("FORMAT", message, path, reading.number))
    elif number < len(lines):
        reading.blocks.append(Replacement(reading.number, path, (), tuple(line[1:] for line in new)))
    return number


def _read_hunks(lines: Sequence[str], number: int, path: str, reading: _Reading) -> int:
    """The changes to one file, each below its `@@` lines; the first may have none."""
    while number < len(lines):
        scopes: list[str] = []
        counted: int | None = None
        while number < len(lines) and lines[number].startswith("@@"):
            numbers, scope = numbers_in(lines[number]), scope_in(lines[number])
            counted = numbers.line if numbers else counted
            if scope and not numbers:
                scopes.append(scope)
            number += 1
        start = number
        while number < len(lines) and not lines[number].startswith(("*** ", "@@")):
            number += 1
        at_end = number < len(lines) and _END_OF_FILE.fullmatch(lines[number]) is not None
        if number < len(lines):
            _add_hunk(lines[start:number], path, Aim(tuple(scopes), "", counted, at_end), reading)
        number += at_end
        if number < len(lines) and lines[number].startswith("*** "):
            break
    return number


def _add_hunk(lines: Sequence[str], path: str, aim: Aim, reading: _Reading) -> None:
    hunk = read_hunk(without_blank_end(lines))
    if len(aim.scopes) > MOST_SCOPES:
        hunk = f"a change stands below {len(aim.scopes)} @@ lines. Name the class and the function, no more."
    if isinstance(hunk, str):
        reading.problems.append(Problem("FORMAT", hunk, path, reading.number))
    elif hunk != Hunk((), ()) or aim.scopes:
        reading.blocks.append(Replacement(reading.number, path, hunk.old, hunk.new, aim, hunk.final_newline))
