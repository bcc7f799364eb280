"""What was used, and what did it cost? One line for each call, kept in the user's own folder, only ever added to.

    {"time": 1767225600.0, "workspace": "/home/ann/shop", "host": "api.example.com", "model": "coder", ...}

A line is written in one piece at the end of the month's file, so two processes may write at once and a crash costs one
line at most. What cannot be read is passed over; what cannot be written is kept in memory. It holds no text of any
prompt or reply, and no key.
"""

import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from clients.model import Usage


@dataclass(frozen=True, slots=True)
class Entry:
    """One call. `time` is in seconds since 1970; `usd` None where the price is not known; `estimated` as in `Usage`."""

    time: float
    workspace: str
    host: str
    model: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    estimated: bool
    usd: float | None

    @property
    def day(self) -> date:
        """The day in local time."""
        return datetime.fromtimestamp(self.time).astimezone().date()

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.input_tokens + self.output_tokens


class Ledger:
    """The entries in a folder. It may be used from several threads, and the folder by several processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unwritten: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, workspace: str, host: str, model: str, usage: Usage, usd: float | None) -> bool:
        """Adds a call that ends now; False where it could only be kept in memory."""
        entry = Entry(
            time.time(),
            workspace,
            host,
            model,
            usage.input_tokens,
            usage.cached_tokens,
            usage.output_tokens,
            usage.estimated,
            usd,
        )
        line = f"\n{json.dumps(asdict(entry), ensure_ascii=True)}\n".encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(self._file(entry.day), flags, 0o600)
            try:
                is_whole = os.write(descriptor, line) == len(line)
            finally:
                os.close(descriptor)
        except OSError:
            is_whole = False
        if not is_whole:
            with self._lock:
                self._unwritten.append(entry)
        return is_whole

    def entries(self, since: date) -> list[Entry]:
        """All entries of that day and later, in the order of time."""
        today = datetime.now().astimezone().date()
        found: list[Entry] = []
        year, month = since.year, since.month
        while (year, month) <= (today.year, today.month):
            found += _read(self._file(date(year, month, 1)))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        with self._lock:
            found += self._unwritten
        return sorted((entry for entry in found if entry.day >= since), key=lambda entry: entry.time)

    def today(self) -> list[Entry]:
        """The entries of this day."""
        return self.entries(datetime.now().astimezone().date())

    def _file(self, day: date) -> Path:
        return self._folder / f"usage-{day:%Y-%m}.jsonl"


def _read(file: Path) -> Iterable[Entry]:
    try:
        with file.open("rb") as stream:
            for line in stream:
                if (entry := _entry(line)) is not None:
                    yield entry
    except OSError:
        return


_KINDS: dict[str, tuple[type, ...]] = {
    "time": (int, float),
    "workspace": (str,),
    "host": (str,),
    "model": (str,),
    "input_tokens": (int,),
    "cached_tokens": (int,),
    "output_tokens": (int,),
    "estimated": (bool,),
    "usd": (int, float, type(None)),
}


def _entry(line: bytes) -> Entry | None:
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    values = cast("dict[str, Any]", found)
    if not all(isinstance(values.get(name), kinds) for name, kinds in _KINDS.items()):
        return None
    entry = Entry(**{field.name: values[field.name] for field in fields(Entry)})
    return entry if 0 <= entry.time < 1e11 else None
