"""What was changed, so that it can be taken back? Each change is kept in the user's own folder before it is made.

    state/journal/<root>/<id>.json     the texts before and after, why, and how the change was made
    state/journal/<root>/<id>.end      how it ended; without it nobody knows, and taking it back finds out

An entry is whole or not there: it is written beside its place, forced onto the disk and then put there. Of each
workspace the newest entries are kept, as many as fit.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from context.snapshot import Eol
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.edits.hunks import hunks_between
from lsp_server.review.private_files import read_own

MOST_BYTES = 100_000_000
"""Of the entries of one workspace; the newest stays whatever its size."""

LARGEST_ENTRY = 1_000_000_000
"""Bytes of an entry that is read: whatever was kept."""

MOST_ENTRIES = 500
END_BYTES = 64

_STAMP = "%Y%m%d-%H%M%S-%f"

Maker = Literal["recipe", "model", "reply", "undo"]


@dataclass(frozen=True, slots=True)
class Record:
    """What is said of a change: a summary in words, who made it, and the entry that it takes back, if it does."""

    summary: str
    made_by: Maker
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change that was made, or begun. `time` is in seconds since 1970; `outcome` is empty where it is not known."""

    id: str
    time: float
    record: Record
    outcome: str
    change: ChangeSet

    @property
    def happened(self) -> bool:
        """Whether it may have changed anything."""
        return self.outcome not in ("declined", "refused", "cancelled", "failed")


class Journal:
    """The entries of all workspaces below the user's state folder. Methods block."""

    def __init__(self, state: Path, root: Path) -> None:
        name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
        self._folder = state / "journal" / name

    def begin(self, change: ChangeSet, record: Record) -> str:
        """Keeps a change that is about to be made; returns its id. Raises OSError: then it must not be made."""
        now = time.time()
        entry = f"{self._next(datetime.fromtimestamp(now, UTC)):{_STAMP}}-{secrets.token_hex(2)}"
        values = {"time": now, **asdict(record), "operations": [operation_values(each) for each in change.operations]}
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._make_room()
        data = json.dumps(values, ensure_ascii=True).encode()
        beside = self._folder / f"{entry}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(beside, flags, 0o600), "wb") as file:  # noqa: PTH123 - made with its mode
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / f"{entry}.json")
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise
        return entry

    def _next(self, now: datetime) -> datetime:
        """When an entry is said to be of: names are in the order of their making, whatever the clock does meanwhile."""
        newest = max(self._names(), default="").rpartition("-")[0]
        with suppress(ValueError, OverflowError):
            return max(now, datetime.strptime(newest, _STAMP).replace(tzinfo=UTC) + timedelta(microseconds=1))
        return now

    def end(self, entry: str, outcome: str) -> None:
        """Notes how it ended. What cannot be noted is found out when it is taken back."""
        with suppress(OSError):
            descriptor = os.open(self._folder / f"{entry}.end", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - made with its mode
                file.write(outcome[:END_BYTES])

    def entries(self) -> list[Entry]:
        """Every entry that can be read, the newest first."""
        found = (self.entry(name) for name in sorted(self._names(), reverse=True))
        return [entry for entry in found if entry is not None]

    def entry(self, name: str) -> Entry | None:
        """One entry; None for one that is not there or cannot be read."""
        if not name or not name.replace("-", "").isalnum():
            return None
        values = read_own(self._folder / f"{name}.json", LARGEST_ENTRY)
        if values is None:
            return None
        try:
            record = Record(values["summary"], values["made_by"], values["undoes"])
            change = ChangeSet(tuple(operation_from(each) for each in values["operations"]))
            return Entry(name, float(values["time"]), record, self._outcome(name), change)
        except (ValueError, KeyError, TypeError):
            return None

    def to_undo(self) -> list[Entry]:
        """What may have happened, was not taken back, and takes nothing back itself; the newest first."""
        entries = [entry for entry in self.entries() if entry.happened]
        undone = taken_back(entries)
        return [each for each in entries if not each.record.undoes and each.id not in undone]

    def _outcome(self, name: str) -> str:
        try:
            return (self._folder / f"{name}.end").read_text("utf-8")[:END_BYTES]
        except (OSError, ValueError):
            return ""

    def _names(self) -> list[str]:
        try:
            return [path.stem for path in self._folder.iterdir() if path.suffix == ".json"]
        except OSError:
            return []

    def _make_room(self) -> None:
        """Lets the oldest entries go, and what a crash left unfinished."""
        size = 0
        for number, name in enumerate(sorted(self._names(), reverse=True)):
            with suppress(OSError):
                size += (self._folder / f"{name}.json").stat().st_size
                if number >= MOST_ENTRIES or (number and size > MOST_BYTES):
                    for suffix in (".json", ".end"):
                        (self._folder / f"{name}{suffix}").unlink(missing_ok=True)
        for left in self._folder.glob("*.new"):
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > 3600:
                    left.unlink()


def taken_back(entries: Iterable[Entry]) -> frozenset[str]:
    """The ids of the entries that are taken back now, of all that happened, the newest first.

    An entry whose taking back was itself taken back holds again.
    """
    undone: set[str] = set()
    for entry in entries:
        if entry.record.undoes and entry.id not in undone:
            undone.add(entry.record.undoes)
    return frozenset(undone)


def operation_values(operation: Operation) -> dict[str, object]:
    """An operation as values of JSON: all that takes it back."""
    match operation:
        case Create(path, text):
            return {"kind": "create", "path": path, "after": text}
        case Delete(path, base_sha, before):
            return {"kind": "delete", "path": path, "sha": base_sha, "before": before}
        case Edit():
            return {"kind": "edit", **_edit_values(operation)}
        case Rename(path, new_path, base_sha, edit):
            inner = _edit_values(edit) if edit else None
            return {"kind": "rename", "path": path, "new_path": new_path, "sha": base_sha, "edit": inner}


def _edit_values(edit: Edit) -> dict[str, object]:
    return {
        "path": edit.path,
        "sha": edit.base_sha,
        "before": edit.before,
        "after": edit.after,
        "eol": edit.eol,
        "bom": edit.bom,
    }


def _edit(values: Mapping[str, Any]) -> Edit:
    before, after = str(values["before"]), str(values["after"])
    hunks = hunks_between(before, after)
    eol = cast("Eol", values["eol"])
    return Edit(values["path"], values["sha"], before, after, hunks, eol, bool(values["bom"]))


def _rename(values: Mapping[str, Any]) -> Rename:
    edit = _edit(values["edit"]) if values["edit"] is not None else None
    return Rename(values["path"], values["new_path"], values["sha"], edit)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Operation]] = {
    "create": lambda values: Create(values["path"], values["after"]),
    "delete": lambda values: Delete(values["path"], values["sha"], values["before"]),
    "edit": _edit,
    "rename": _rename,
}


def operation_from(values: Mapping[str, Any]) -> Operation:
    """The operation of such values. Raises KeyError or TypeError for what are none."""
    return _READERS[values["kind"]](values)
