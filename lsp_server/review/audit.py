"""What was done, and can it be shown later? One line for each event, bound to the line before it by a hash.

    state/audit/2026-01-31.jsonl    {"event": "send", "number": 7, "prev": …, "time": …, …, "sha": …}
    state/audit/head                number and hash of the newest line, so that a missing end is noticed

Lines are only ever added, by any number of processes, under a lock. No line holds a key, a header or a text of the
user's: what a prompt said is there as a hash, unless the user wants it.
"""

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from lsp_server.review.private_files import try_lock

EventName = Literal["send", "reply", "check", "withhold", "approve", "apply", "mismatch", "undo"]

START = "0" * 64
"""What the very first line names as the hash before it."""

SHA_MARK = b',"sha":"'
END_BYTES = len(SHA_MARK) + 64 + len(b'"}')
LOCK_SECONDS = 2.0
TAIL_BYTES = 65_536


class Audit:
    """The log below a state folder, for one process; threads may share it."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "audit"
        self._session = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._untold = ""
        self._was_told = False

    def add(self, event: EventName, root: Path | str, values: Mapping[str, object]) -> str:
        """Adds an event of the workspace at `root`. Why it could not be written, empty where it was. Blocks."""
        entry = {**values, "event": event, "session": self._session, "workspace": str(root)}
        try:
            with self._lock:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with _locked(self.folder / "lock"):
                    self._append(entry)
        except OSError as error:
            reason = error.strerror or "an error of the disk"
            self._untold = self._untold or reason
            return reason
        return ""

    def taken_warning(self) -> str:
        """What to tell the user, once: since when nothing is written; empty where all is well."""
        if not self._untold or self._was_told:
            return ""
        self._was_told = True
        return f"The audit log in {self.folder} cannot be written ({self._untold}): what is done is not noted there."

    def _append(self, entry: dict[str, object]) -> None:
        now = time.time()
        names = day_files(self.folder)
        # A clock that went back must not put a line before those that it follows.
        name = max([f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}.jsonl", *(file.name for file in names[-1:])])
        number, prev = self._last(names)
        body = canonical(entry | {"time": now, "number": number + 1, "prev": prev})
        sha = hashlib.sha256(body).hexdigest()
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.folder / name, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            torn = b"" if size == 0 or _last_byte(descriptor, size) == b"\n" else b"\n"
            line = torn + body[:-1] + SHA_MARK + sha.encode() + b'"}\n'
            if os.write(descriptor, line) != len(line):
                os.ftruncate(descriptor, size)
                raise OSError(28, "No space left on device")
        finally:
            os.close(descriptor)
        with suppress(OSError):
            # A head that is behind is no fault: the line that it names is still there.
            _write_head(self.folder, number + 1, sha)

    def _last(self, files: list[Path]) -> tuple[int, str]:
        """Number and hash of the newest line. If the head knows of a later one, its end was cut off: that must show."""
        last = next((found for file in reversed(files) if (found := _last_whole_line(file))), (0, START))
        head = read_head(self.folder)
        return head if head is not None and head[0] > last[0] else last


def canonical(entry: Mapping[str, object]) -> bytes:
    """The one way to write an entry; its hash is that of these bytes."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str).encode()


def day_files(folder: Path) -> list[Path]:
    """The files of the log, the oldest first."""
    return sorted(folder.glob("????-??-??.jsonl"))


def parted(line: bytes) -> tuple[dict[str, object], str, bytes] | None:
    """The values of a line without its line end, the hash that it states, and the bytes which that is of; None for
    what is no line of this log.
    """
    body, end = line[:-END_BYTES] + b"}", line[-END_BYTES:]
    try:
        values: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not end.startswith(SHA_MARK):
        return None
    entry = cast("dict[str, object]", values)
    if not isinstance(entry.get("number"), int) or not isinstance(entry.get("prev"), str):
        return None
    return entry, end[len(SHA_MARK) : -2].decode("latin-1"), body


def read_head(folder: Path) -> tuple[int, str] | None:
    """The number and hash that were noted last; None where there is no such note."""
    try:
        number, sha = (folder / "head").read_text("ascii").split()
        return int(number), sha
    except (OSError, ValueError):
        return None


def _write_head(folder: Path, number: int, sha: str) -> None:
    beside = folder / f"head.{os.getpid()}"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - made with its mode
        file.write(f"{number} {sha}\n")
    beside.replace(folder / "head")


def _last_byte(descriptor: int, size: int) -> bytes:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1)


def _last_whole_line(file: Path) -> tuple[int, str] | None:
    """Number and stated hash of the last line that can be read, in a file that may be large or damaged."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        wanted = TAIL_BYTES
        while True:
            start = stream.seek(max(0, size - wanted))
            lines = stream.read(wanted).split(b"\n")
            for line in reversed(lines if start == 0 else lines[1:]):
                if (found := parted(line)) is not None:
                    return int(str(found[0]["number"])), found[1]
            if start == 0:
                return None
            wanted *= 4


@contextmanager
def _locked(file: Path) -> Generator[None]:
    """Lets one process write; one that hangs is not waited for."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        until = time.monotonic() + LOCK_SECONDS
        while not try_lock(descriptor):
            if time.monotonic() > until:
                raise OSError(11, "another process holds it")
            time.sleep(0.002)
        yield
    finally:
        os.close(descriptor)
