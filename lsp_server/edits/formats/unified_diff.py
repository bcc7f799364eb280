r"""Unified diffs, as `git diff` writes them and as models do: with wrong line numbers, without headers, in fences.

    --- a/app/prices.py
    +++ b/app/prices.py
    @@ -1,2 +1,2 @@
     def total(items):
    -    return sum(items)
    +    return sum(items) - discount

Hunks are counted by their header where it fits what follows, since a removed `-- comment` looks like a file's header.
Else a hunk ends where the next begins. Line numbers choose among places and never make one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.change import Problem
from lsp_server.edits.formats.beside import others_beside
from lsp_server.edits.formats.diff_file import DiffFile, DiffHunk, blocks_of, header_of, named_alone
from lsp_server.edits.formats.fences import Fence, fences
from lsp_server.edits.formats.naming import path_alone
from lsp_server.edits.formats.signed_lines import Numbers, numbers_in, scope_in, without_blank_end

INSTRUCTIONS = """\
To change files, write one unified diff in a ```diff fence:

```diff
--- a/app/prices.py
+++ b/app/prices.py
@@ -1,2 +1,2 @@
 def total(items):
-    return sum(items)
+    return sum(items) - discount
```

- Paths are relative to the project's root. A new file has `--- /dev/null`, a deleted one `+++ /dev/null` and all of its lines.
- Each line begins with a blank (stays), `-` (goes) or `+` (comes), followed by the line, character by character as in the file.
- Give at least three lines that stay above and below each change, enough to stand in one place of the whole file. Line numbers alone make no place.
- Never write a placeholder such as "... existing code ...".
- Write nothing after the last line of the diff.
"""  # noqa: E501

INFOS = frozenset({"diff", "patch", "udiff"})
_AT = re.compile(r"@@.*")
_CHANGE = re.compile(r"[-+](?![-+ ]|$)|[-+](?:  |\t)")
"""How a changed line begins that is neither an entry of a list nor a rule."""

_SIGNATURE = re.compile(r"-- ?(?:\d[\w.]*)?")


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines [start, end) of a reply that hold a diff, in a fence or not; `path` stands above the fence."""

    start: int
    end: int
    is_fenced: bool
    closed: bool
    path: str | None = None


def recognises(lines: Sequence[str]) -> bool:
    """Whether a fence says that it is a diff, or a diff begins outside of fences or at the top of one."""
    return any(True for _ in _regions(lines))


def parse(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """The blocks of all diffs in a reply. A diff that names no file is for the path above it, or the default."""
    files: list[DiffFile] = []
    problems: list[Problem] = []
    regions = list(_regions(lines))
    for region in regions:
        found = _read_region(lines, region, region.path or default_path)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            files += found
    blocks, faults = blocks_of(files)
    spans = [range(region.start - region.is_fenced, region.end + region.is_fenced) for region in regions]
    problems += [*faults, *others_beside(lines, spans, "a unified diff", blocks)]
    if not blocks and not problems:
        problems.append(Problem("NO_EDIT", "the diff holds no hunk."))
    return ParsedReply(blocks, tuple(problems))


def _regions(lines: Sequence[str]) -> Iterator[_Region]:
    position = 0
    for fence in fences(lines):
        yield from _unfenced(lines, position, fence.start)
        position = fence.end + 1
        first = next((number for number in range(fence.start + 1, fence.end) if lines[number].strip()), fence.end)
        if _is_diff(fence) or _begins(lines, first, fence.end):
            above = next((lines[at] for at in range(fence.start - 1, -1, -1) if lines[at].strip()), "")
            yield _Region(fence.start + 1, fence.end, is_fenced=True, closed=fence.closed, path=path_alone(above))
    yield from _unfenced(lines, position, len(lines))


def _unfenced(lines: Sequence[str], start: int, end: int) -> Iterator[_Region]:
    if (first := next((number for number in range(start, end) if _begins(lines, number, end)), None)) is not None:
        yield _Region(first, end, is_fenced=False, closed=True)


def _is_diff(fence: Fence) -> bool:
    return fence.info.split(" ")[0].lower() in INFOS


def _begins(lines: Sequence[str], number: int, end: int) -> bool:
    """Whether a diff begins here, by its own lines."""
    if number >= end:
        return False
    line = lines[number]
    if line.startswith("--- "):
        return number + 1 < end and lines[number + 1].startswith("+++ ")
    return line.startswith("diff --git ") or bool(re.match(r"@@ .*@@", line))


def _read_region(lines: Sequence[str], region: _Region, path: str | None) -> list[DiffFile] | Problem:
    """The files of one diff."""
    files: list[DiffFile] = []
    number = region.start
    in_hunks = False
    while number < region.end:
        line = lines[number]
        if header := header_of(lines, number, region.end, files[-1] if files and not in_hunks else None):
            file, number = header
            if file.continues:
                files.pop()
            files.append(file)
            in_hunks = False
        elif _AT.match(line) or (region.is_fenced and line[:1] in (" ", "-", "+") and line.strip()):
            if not files:
                files.append(named_alone(path))
            hunk = _read_hunk(lines, number, region)
            if isinstance(hunk, Problem):
                return hunk
            found, number = hunk
            files[-1].hunks.append(found)
            in_hunks = True
        elif not region.is_fenced and in_hunks and _CHANGE.match(line):
            message = f"“{line[:120]}” stands below a line that is none of its hunk. Put the sign before each line."
            return Problem("FORMAT", message)
        elif region.is_fenced and line.strip() and in_hunks:
            return Problem("FORMAT", f"“{line[:120]}” has no sign. Begin each line of a hunk with a blank, - or +.")
        else:
            number += 1
    if not region.closed:
        return Problem("TRUNCATED", "the reply ends inside a diff. Nothing was applied; send it whole.")
    return files


def _read_hunk(lines: Sequence[str], number: int, region: _Region) -> tuple[DiffHunk, int] | Problem:
    """The hunk whose header, if it has one, is at line `number`, and the number of the line below it."""
    header = lines[number] if _AT.match(lines[number]) else ""
    start = number + bool(header)
    numbers = numbers_in(header)
    if numbers:
        end = _counted_end(lines, start, region, numbers)
        if end is not None:
            return DiffHunk(tuple(lines[start:end]), numbers, "", counted=True), end
    end = _next_boundary(lines, start, region)
    body = lines[start:end]
    if not region.is_fenced:
        if numbers and end == len(lines) and _is_short(body, numbers):
            return Problem("TRUNCATED", "the reply ends inside a hunk. Nothing was applied; send it whole.")
        body = _until_prose(body)
    scope = "" if numbers else scope_in(header)
    return DiffHunk(without_blank_end(body), numbers, scope, counted=False), start + len(body)


def _counted_end(lines: Sequence[str], start: int, region: _Region, numbers: Numbers) -> int | None:
    """Where the hunk ends by the numbers of its header; None if they do not fit what stands there."""
    before, after = numbers.before, numbers.after
    number = start
    while before > 0 or after > 0:
        if number >= region.end:
            return None
        sign = lines[number][:1] or " "
        if sign not in " -+\\":
            return None
        before -= sign in " -"
        after -= sign in " +"
        number += 1
    if before or after:
        return None
    while number < region.end and lines[number].startswith("\\"):
        number += 1
    below = number
    while below < region.end and not lines[below].strip():
        below += 1
    return number if below == region.end or _is_boundary(lines, below, region) else None


def _is_boundary(lines: Sequence[str], number: int, region: _Region) -> bool:
    """Whether a hunk may end above this line: a new hunk or file, a mail's signature, or prose outside of a fence."""
    line = lines[number]
    if _AT.match(line) or header_of(lines, number, region.end, None) or _SIGNATURE.fullmatch(line):
        return True
    return not region.is_fenced and line[:1] not in " -+\\"


def _next_boundary(lines: Sequence[str], start: int, region: _Region) -> int:
    """Where a hunk ends that cannot be counted: at the next header of a hunk or a file."""
    for number in range(start, region.end):
        is_change = lines[number].startswith("--- ") and not _at_follows(lines, number, region.end)
        if _AT.match(lines[number]) or (header_of(lines, number, region.end, None) and not is_change):
            return number
    return region.end


def _at_follows(lines: Sequence[str], number: int, end: int) -> bool:
    """Whether `---` and `+++` are followed by a hunk, as they are where they are no changed lines."""
    return number + 2 < end and bool(_AT.match(lines[number + 2]))


def _until_prose(body: Sequence[str]) -> Sequence[str]:
    """The lines above a blank one that is followed by one without a sign."""
    for number, line in enumerate(body):
        below = next((other for other in body[number + 1 :] if other), " ")
        if not line and below[:1] not in " -+\\":
            return body[:number]
    return body


def _is_short(body: Sequence[str], numbers: Numbers) -> bool:
    signs = [line[:1] or " " for line in body]
    before, after = sum(sign in " -" for sign in signs), sum(sign in " +" for sign in signs)
    return before < numbers.before or after < numbers.after
