"""What does the workspace hold at one moment? Editor buffers over the disk.

The one module of `context` that `edits` may use: it says what a file *is* (text, sha, version, line ends, encoding).
Text is kept as it stands in the file, line ends included; only a byte-order mark is taken off and remembered.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MAX_FILE_BYTES = 1_048_576
"""Larger files are never read whole: no model wants them and parsing them takes seconds."""

BINARY_PROBE_BYTES = 8192
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Eol = Literal["\n", "\r\n", "\r"]


@dataclass(frozen=True, slots=True)
class FileText:
    """One text file at one moment.

    `path` is relative to the workspace root with `/` between its parts. `sha` is the sha256 of the text in UTF-8, so a
    buffer and a file with the same text have the same sha. `version` is the editor's, None for a file that is not open.
    """

    path: str
    text: str
    sha: str
    version: int | None = None
    eol: Eol = "\n"
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that cannot be used as text, and why, in words for a user."""

    path: str
    reason: str
    exists: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A range of whole lines in a file: 1-based, both ends included."""

    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files under `root` at one moment: `buffers` (open documents, by path) over the disk.

    What is read from disk is remembered, so a second look within one ask sees the same text. `file` blocks on the
    disk: call it in a thread from the event loop. The values pickle, so a worker process can be handed a snapshot.
    """

    root: Path
    buffers: Mapping[str, FileText] = field(default_factory=dict[str, FileText])
    _read: dict[str, FileText | Unreadable] = field(default_factory=dict[str, "FileText | Unreadable"], compare=False)

    def file(self, path: str) -> FileText | Unreadable:
        """The file at `path` (relative, `/` separated)."""
        if path in self.buffers:
            return self.buffers[path]
        if path not in self._read:
            self._read[path] = read_file(self.root, path)
        return self._read[path]

    def exists(self, path: str) -> bool:
        """Whether anything is at `path`, readable as text or not."""
        found = self.file(path)
        return isinstance(found, FileText) or found.exists

    def with_cells(self, cells: Iterable[FileText]) -> "Snapshot":
        """The same moment, where `file` also finds texts that lie in no file; nothing comes upon them by itself."""
        return Snapshot(self.root, self.buffers, self._read | {cell.path: cell for cell in cells})

    def with_files(self, buffers: Mapping[str, FileText], gone: Iterable[str]) -> "Snapshot":
        """The same moment with other buffers, where nothing is at the paths `gone`, whatever the disk holds."""
        absent = {path: Unreadable(path, "does not exist", exists=False) for path in gone}
        return Snapshot(self.root, buffers, self._read | absent)


def text_sha(text: str) -> str:
    """The sha256 of a text in UTF-8, as hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def main_eol(text: str) -> Eol:
    """The line end that a text uses most; a newline for a text without any."""
    crlf = text.count("\r\n")
    lf = text.count("\n") - crlf
    cr = text.count("\r") - crlf
    if crlf > lf and crlf >= cr:
        return "\r\n"
    return "\r" if cr > lf else "\n"


def from_buffer(path: str, text: str, version: int) -> FileText:
    """An open document as the editor last told it."""
    return FileText(path, text, text_sha(text), version, main_eol(text))


def from_bytes(path: str, data: bytes) -> FileText | Unreadable:
    """The text of a file's bytes, unless they are binary or not UTF-8."""
    if b"\0" in data[:BINARY_PROBE_BYTES]:
        return Unreadable(path, "is a binary file")
    bom = data.startswith(BYTE_ORDER_MARK)
    try:
        text = data[len(BYTE_ORDER_MARK) if bom else 0 :].decode("utf-8")
    except UnicodeDecodeError as error:
        return Unreadable(path, f"is not UTF-8 (byte {error.start})")
    return FileText(path, text, text_sha(text), None, main_eol(text), bom)


def to_bytes(file: FileText, text: str) -> bytes:
    """The bytes to write when `file` gets a new text: its byte-order mark stays."""
    return (BYTE_ORDER_MARK if file.bom else b"") + text.encode("utf-8")


def read_file(root: Path, path: str) -> FileText | Unreadable:
    """Reads one file under `root`; refuses what is not a regular text file of at most `MAX_FILE_BYTES`."""
    data = read_bytes(root, path)
    return data if isinstance(data, Unreadable) else from_bytes(path, data)


def read_bytes(root: Path, path: str) -> bytes | Unreadable:
    """The bytes of a regular file of at most `MAX_FILE_BYTES` under `root`. Never waits, for instance for a fifo."""
    try:
        # O_NONBLOCK: opening a fifo must not wait for a writer. Joining texts costs a tenth of joining paths.
        target = os.path.join(root, path)  # noqa: PTH118
        descriptor = os.open(target, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return Unreadable(path, "does not exist", exists=False)
    except (OSError, ValueError) as error:
        return Unreadable(path, f"cannot be read ({getattr(error, 'strerror', None) or error})")
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Unreadable(path, "is not a regular file")
        if status.st_size > MAX_FILE_BYTES:
            return Unreadable(path, f"is too large ({status.st_size:,} bytes; the limit is {MAX_FILE_BYTES:,})")
        return _all_of(descriptor, status.st_size)
    except OSError as error:
        return Unreadable(path, f"cannot be read ({error.strerror or error})")
    finally:
        os.close(descriptor)


def _all_of(descriptor: int, size: int) -> bytes:
    """What a file of about `size` bytes holds. To make a file object of it would take longer than to read most."""
    data = os.read(descriptor, size + 1)
    while len(data) <= MAX_FILE_BYTES and (more := os.read(descriptor, MAX_FILE_BYTES + 1 - len(data))):
        data += more
    return data
