r"""Which change does `git diff` describe, for a tree that may hold it already or not?

Nothing is guessed as it is with a model's reply: every line that stays or goes must stand in the tree, or every line
that stays or came. git's hashes of the two texts decide where the diff has them; where both sides fit, the other files
of the diff decide.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from context.snapshot import FileText, Snapshot, Unreadable, main_eol, text_sha, to_bytes
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Problem, Refused, Rename
from lsp_server.edits.formats.diff_file import NOWHERE, DiffFile, header_of
from lsp_server.edits.hunks import hunks_between
from lsp_server.edits.paths import normalise

Side = Literal["before", "after"]

SIDES: tuple[Side, ...] = ("before", "after")

PREFIXES = (("a/", "b/"), ("i/", "w/"), ("c/", "i/"), ("c/", "w/"), ("o/", "w/"), ("b/", "a/"))
"""What git writes before the two paths; the later ones with `diff.mnemonicPrefix`, the last with `-R`."""

_NUMBERS = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@.*")
_HASHES = re.compile(r"([0-9a-f]{6,64})\.\.([0-9a-f]{6,64})")
_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a diff says of a file that is no change of its text; `what` names the kind."""

    path: str
    what: Literal["mode", "binary", "link", "submodule", "unreadable"]
    message: str


@dataclass(frozen=True, slots=True)
class Described:
    """The change, what else the diff says, and the files as they were before it."""

    change: ChangeSet
    remarks: tuple[Remark, ...]
    before: Snapshot
    held: Side


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines of a file with their ends, as on either side; `old_at` and `new_at` are where they begin, from 0.

    So many of them stay as they are at the beginning, `above`, and at the end, `below`: as the signs say, for what is
    put in may end like what stands before it.
    """

    old_at: int
    new_at: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the diff: None for a path where it is not on that side."""

    old: str | None
    new: str | None
    hunks: tuple[_Hunk, ...]
    remarks: tuple[Remark, ...]
    copied: bool = False
    hashes: tuple[str, str] | None = None

    @property
    def path(self) -> str:
        return self.new or self.old or ""


@dataclass(frozen=True, slots=True)
class _Texts:
    """The text of a file on both sides, None where it is not there."""

    before: str | None
    after: str | None
    bom: bool = False


def described(diff: str, snapshot: Snapshot) -> Described | Refused:
    """The change of a diff, from the tree on either side of it. Reads files."""
    files = _files(diff.removesuffix("\n").split("\n"))
    if isinstance(files, Problem):
        return Refused((files,))
    fits = [_fitting(file, snapshot) for file in files]
    for file, sides in zip(files, fits, strict=True):
        if not sides:
            message = f"the diff does not fit {file.path} here, neither before nor after it. Is --root its folder?"
            return Refused((Problem("STALE", message, file.path),))
    held: Side = "before" if sum(sides == {"before"} for sides in fits) > sum(s == {"after"} for s in fits) else "after"
    operations: list[Operation] = []
    was: dict[str, str | None] = {}
    for file, sides in zip(files, fits, strict=True):
        texts = _texts(file, snapshot, held if held in sides else next(iter(sides)))
        if texts is not None:
            operations += _operations(file, texts)
            was |= _was(file, texts)
    buffers = {path: _file_text(path, text) for path, text in was.items() if text is not None}
    gone = [path for path, text in was.items() if text is None]
    before = snapshot.with_files({**snapshot.buffers, **buffers}, gone)
    remarks = [remark for file in files for remark in (*file.remarks, *_unread(file, snapshot, held))]
    return Described(ChangeSet(tuple(operations)), tuple(remarks), before, held)


def _fitting(file: _File, snapshot: Snapshot) -> set[Side]:
    return {side for side in SIDES if _texts(file, snapshot, side) is not None}


def _files(lines: Sequence[str]) -> list[_File] | Problem:
    """The files of a diff, or the first line that cannot be read."""
    found: list[tuple[DiffFile, list[_Hunk]]] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith(("diff --cc ", "diff --combined ", "@@@ ")):
            return Problem("FORMAT", "this is the combined diff of a merge. Compare with one side: git diff HEAD^.")
        open_file = found[-1][0] if found and not found[-1][1] else None
        if header := header_of([each.rstrip("\r") for each in lines[number : number + 2]], 0, 2, open_file):
            file, taken = header
            if file.continues:
                found.pop()
            found.append((file, []))
            number += taken
        elif (numbers := _NUMBERS.match(line)) and found:
            hunk = _hunk(lines, number, numbers)
            if isinstance(hunk, int):
                return Problem("FORMAT", f"line {hunk + 1} of the diff is none of its hunk. Was it cut or edited?")
            found[-1][1].append(hunk[0])
            number = hunk[1]
        elif line[:1] in ("+", "-", " ") and found and found[-1][1] and line.strip():
            return Problem("FORMAT", f"line {number + 1} of the diff is in no hunk. Was it cut or edited?")
        else:
            number += 1
    if not found and any(line.strip() for line in lines):
        return Problem("NO_EDIT", "this is no unified diff. Pipe the output of git diff here.")
    return [_file(file, hunks, _prefixes([each for each, _ in found])) for file, hunks in found]


def _hunk(lines: Sequence[str], number: int, numbers: re.Match[str]) -> tuple[_Hunk, int] | int:
    """The hunk below a header, and the number of the line below it; or the number of a line that does not fit."""
    before, after = (int(numbers[group] or 1) for group in (2, 4))
    old_at, new_at = int(numbers[1]) - (before > 0), int(numbers[3]) - (after > 0)
    old: list[str] = []
    new: list[str] = []
    signs = ""
    number += 1
    while before or after or (number < len(lines) and lines[number].startswith("\\")):
        line = lines[number] if number < len(lines) else "?"
        sign, text = line[:1] or " ", line[1:] + "\n"
        if sign == "\\":
            last = lines[number - 1][:1] or " "
            _without_end(old, wanted=last in " -")
            _without_end(new, wanted=last in " +")
        elif sign not in " -+" or (sign != "+" and not before) or (sign != "-" and not after):
            return number
        else:
            old += [text] if sign != "+" else []
            new += [text] if sign != "-" else []
            before -= sign != "+"
            after -= sign != "-"
            signs += sign
        number += 1
    above, below = (len(signs) - len(side) for side in (signs.lstrip(" "), signs.rstrip(" ")))
    return _Hunk(old_at, new_at, tuple(old), tuple(new), above, below), number


def _without_end(lines: list[str], *, wanted: bool) -> None:
    if wanted and lines:
        lines[-1] = lines[-1].removesuffix("\n")


def _prefixes(files: Sequence[DiffFile]) -> tuple[str, str]:
    """The prefixes that all paths of the diff have."""
    named = [(file.old, file.new) for file in files if file.old is not None]
    for old_prefix, new_prefix in PREFIXES:
        if all(
            (old or NOWHERE).startswith((old_prefix, NOWHERE)) and (new or NOWHERE).startswith((new_prefix, NOWHERE))
            for old, new in named
        ):
            return old_prefix, new_prefix
    return "", ""


def _file(file: DiffFile, hunks: Sequence[_Hunk], prefixes: tuple[str, str]) -> _File:
    old, new = ((name or "").removeprefix(prefix) for name, prefix in zip((file.old, file.new), prefixes, strict=True))
    source = file.mark("rename from") or file.mark("copy from") or old
    target = file.mark("rename to") or file.mark("copy to") or new
    is_new = file.old == NOWHERE or file.mark("new file mode") is not None
    is_gone = file.new == NOWHERE or file.mark("deleted file mode") is not None
    copied = file.mark("copy to") is not None
    path = source if is_gone else target
    mode = file.mark("new file mode") or file.mark("new mode") or file.mark("deleted file mode") or ""
    remarks = [Remark(path, "mode", f"{path} gets the mode {mode}.")] if file.mark("new mode") else []
    if mode == _LINK:
        remarks = [Remark(path, "link", f"{path} is a link, which could lead anywhere.")]
    if mode == _SUBMODULE or any(line.startswith("Subproject commit ") for hunk in hunks for line in hunk.new):
        remarks = [Remark(path, "submodule", f"{path} names a commit of another repository.")]
    if file.mark("binary") is not None:
        remarks.append(Remark(path, "binary", f"{path} is binary: nobody can read what changes in it."))
    names = (None if is_new else source, None if is_gone else target)
    found = _HASHES.match(file.mark("index") or "")
    return _File(*names, tuple(hunks), tuple(remarks), copied, (found[1], found[2]) if found else None)


def _texts(file: _File, snapshot: Snapshot, held: Side) -> _Texts | None:
    """The texts of a file, of which the snapshot holds one side; None where that side does not fit."""
    here = file.old if held == "before" else file.new
    other = file.new if held == "before" else file.old
    unread = _Texts("" if file.old else None, "" if file.new else None)
    leads_away = any(path is not None and normalise(path) != path for path in (here, other))
    if leads_away or any(remark.what in ("binary", "link", "submodule") for remark in file.remarks):
        return unread
    if other is not None and other != here and not file.copied and snapshot.exists(other):
        return None
    if here is None:
        lines = [line for hunk in file.hunks for line in (hunk.new if held == "before" else hunk.old)]
        return _Texts(None, "".join(lines)) if held == "before" else _Texts("".join(lines), None)
    found = snapshot.file(here)
    if isinstance(found, Unreadable):
        # What is too large or no text is still judged by its path.
        return unread if found.exists else None
    hunks = [hunk if held == "before" else _turned(hunk) for hunk in file.hunks]
    mark = "\ufeff" if found.bom else ""
    if file.hashes and _is_other_side(found, file.hashes, held):
        return None
    there = _applied(mark + found.text, hunks)
    if there is None or (other is None and there.removeprefix(mark)):
        return None
    text = None if other is None else there.removeprefix("\ufeff")
    before, after = (found.text, text) if held == "before" else (text, found.text)
    return _Texts(before, after, found.bom)


def _unread(file: _File, snapshot: Snapshot, held: Side) -> list[Remark]:
    """What is to be said of a file whose text cannot be judged."""
    here = file.old if held == "before" else file.new
    if here is None or file.remarks or normalise(here) != here:
        return []
    found = snapshot.file(here)
    if not isinstance(found, Unreadable) or not found.exists:
        return []
    return [Remark(file.path, "unreadable", f"{file.path} {found.reason}, so its text was not judged.")]


def _is_other_side(file: FileText, hashes: tuple[str, str], held: Side) -> bool:
    """Whether a file is what the diff says of the side that is not meant."""
    old, new = (_is_blob(file, name) for name in hashes)
    return (new and not old) if held == "before" else (old and not new)


def _is_blob(file: FileText, name: str) -> bool:
    """Whether git would give a text this name, which may be shortened."""
    data = to_bytes(file, file.text)
    blob = b"blob %d\0" % len(data) + data
    kinds = ("sha1", "sha256")
    return any(hashlib.new(kind, blob, usedforsecurity=False).hexdigest().startswith(name) for kind in kinds)


def _turned(hunk: _Hunk) -> _Hunk:
    return replace(hunk, old_at=hunk.new_at, new_at=hunk.old_at, old=hunk.new, new=hunk.old)


def _applied(text: str, hunks: Sequence[_Hunk]) -> str | None:
    """The text with the hunks applied where their numbers say; None where a line is not as they say."""
    lines = [line for line in re.split(r"(?<=\n)", text) if line]
    done: list[str] = []
    position = 0
    for hunk in hunks:
        end = hunk.old_at + len(hunk.old)
        fits = hunk.old_at >= position and tuple(lines[hunk.old_at : end]) == hunk.old
        if not fits or not _ends_fit(hunk, end, len(lines)):
            return None
        done += (*lines[position : hunk.old_at], *hunk.new)
        position = end
    return "".join((*done, *lines[position:]))


def _ends_fit(hunk: _Hunk, end: int, lines: int) -> bool:
    """Whether a hunk that has less context on one side than on the other is at that end of the file."""
    return (hunk.above >= hunk.below or hunk.old_at == 0) and (hunk.below >= hunk.above or end == lines)


def _operations(file: _File, texts: _Texts) -> list[Operation]:
    before, after = texts.before or "", texts.after or ""
    if file.old is None or (file.copied and file.new is not None):
        return [Create(file.path, after)]
    if file.new is None:
        return [Delete(file.old, text_sha(before), before)]
    edit = Edit(file.old, text_sha(before), before, after, hunks_between(before, after), main_eol(before), texts.bom)
    if file.old == file.new:
        return [edit]
    return [Rename(file.old, file.new, edit.base_sha, edit if before != after else None)]


def _was(file: _File, texts: _Texts) -> dict[str, str | None]:
    """The texts of the paths of a file before the change."""
    if file.copied or file.old is None:
        return {file.path: None}
    return {file.path: None, file.old: texts.before}


def _file_text(path: str, text: str) -> FileText:
    return replace(FileText(path, text, text_sha(text)), eol=main_eol(text))
