"""What of a change may be delivered while the rest waits for approval? Nothing that hangs together with it.

A hunk waits with a withheld one if it stands in the same top-level block of the file, or if the same names come or go
in both: a call with the function that it calls, an import with what it imports. This looks at words alone, in any
language, and rather keeps too much back.
"""

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.hunks import apply_hunks, hunks_between
from lsp_server.edits.lines import contents
from lsp_server.review.verdict import Judgement, Verdict

_WORD = re.compile(r"[^\W\d]\w+")
_DEFINED = re.compile(
    r"^\s*(?:(?:export|default|pub|public|private|static|async|abstract|final)\s+)*"
    r"(?:def|class|function|func|fn|struct|interface|type|enum|trait|impl|const|let|var|val|module|namespace)\s+(\w+)"
    r"|^(\w+)\s*(?::[^=]*)?=(?!=)",
    re.MULTILINE,
)
_OTHER_LANGUAGES = """
    self cls this new const let var val function func fn pub static void public private protected export default package
    require struct interface enum type string number boolean null true false undefined end then local do switch case
    throw throws catch
"""
_COMMON = frozenset((*keyword.kwlist, *dir(builtins), *_OTHER_LANGUAGES.split()))
"""Words that say nothing of what hangs together."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A change in two: what may be delivered now, and what waits, made for the files as the first part leaves them."""

    now: ChangeSet
    withheld: ChangeSet


@dataclass(frozen=True, slots=True)
class _Unit:
    """A hunk, or an operation that is not parted: where it stands, the block of the file, and the names it touches."""

    operation: int
    hunk: int | None
    block: tuple[int, int]
    names: frozenset[str]


def parted(change: ChangeSet, verdict: Verdict) -> Parts:
    """The two parts of a change by the levels of its hunks; either may be empty."""
    units = [unit for number, operation in enumerate(change.operations) for unit in _units(number, operation)]
    waiting = {unit for unit in units if _is_withheld(unit, change, verdict.judgements)}
    while more := {unit for unit in units if unit not in waiting and any(_together(unit, other) for other in waiting)}:
        waiting |= more
    now: list[Operation] = []
    withheld: list[Operation] = []
    for number, operation in enumerate(change.operations):
        kept = {unit.hunk for unit in waiting if unit.operation == number}
        if not kept:
            now.append(operation)
        elif not isinstance(operation, Edit) or None in kept or len(kept) == len(operation.hunks):
            withheld.append(operation)
        else:
            first, second = _split(operation, kept)
            now.append(first)
            withheld.append(second)
    return Parts(ChangeSet(tuple(now)), ChangeSet(tuple(withheld)))


def _split(edit: Edit, kept: set[int | None]) -> tuple[Edit, Edit]:
    """An edit without some hunks, and the edit that makes them then."""
    hunks = tuple(hunk for number, hunk in enumerate(edit.hunks) if number not in kept)
    middle = apply_hunks(edit.before, hunks, edit.eol)
    first = replace(edit, after=middle, hunks=hunks)
    rest = hunks_between(middle, edit.after)
    return first, replace(edit, base_sha=text_sha(middle), before=middle, hunks=rest)


def _units(number: int, operation: Operation) -> list[_Unit]:
    match operation:
        case Edit(hunks=hunks) if (
            len(hunks) > 1 and apply_hunks(operation.before, hunks, operation.eol) == operation.after
        ):
            lines = contents(operation.before)
            return [
                _Unit(
                    number, at, (number, _block(lines, hunk.start)), _changed(lines[hunk.start : hunk.end], hunk.lines)
                )
                for at, hunk in enumerate(hunks)
            ]
        case Edit(before=before, after=after):
            return [_Unit(number, None, (number, -1), _changed(contents(before), contents(after)))]
        case Create(path, text) | Delete(path, before=text):
            return [_Unit(number, None, (number, -1), _defined(text) | _stems(path))]
        case Rename(path, new_path, edit=edit):
            names = _changed(contents(edit.before), contents(edit.after)) if edit else frozenset[str]()
            return [_Unit(number, None, (number, -1), names | _stems(path) | _stems(new_path))]


def _block(lines: Sequence[str], start: int) -> int:
    """The line at which the top-level block around a line begins."""
    for at in range(min(start, len(lines) - 1), -1, -1):
        line = lines[at]
        if line.strip() and not line[0].isspace() and line[0] not in ")]}#":
            return at
    return 0


def _changed(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The names that come or go, or stand there more or less often."""
    before, after = Counter(_words(old)), Counter(_words(new))
    return frozenset((before - after) + (after - before)) - _COMMON


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line)]


def _defined(text: str) -> frozenset[str]:
    return frozenset(name for pair in _DEFINED.findall(text) for name in pair if name) - _COMMON


def _stems(path: str) -> frozenset[str]:
    """The name by which a module is imported."""
    stem = PurePosixPath(path).name.partition(".")[0]
    return frozenset({stem if stem not in ("__init__", "index", "mod") else PurePosixPath(path).parent.name})


def _together(one: _Unit, other: _Unit) -> bool:
    return (one.operation == other.operation and one.block == other.block) or bool(one.names & other.names)


def _is_withheld(unit: _Unit, change: ChangeSet, judgements: Sequence[Judgement]) -> bool:
    path = change.operations[unit.operation].path
    return any(
        each.level in ("approve", "deny")
        and each.path == path
        and (unit.hunk is None or each.hunk in (None, unit.hunk))
        for each in judgements
    )
