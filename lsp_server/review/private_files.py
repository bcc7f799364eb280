"""How is JSON kept that nobody but the user may have written? In files of the user's alone, whole or not at all."""

import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MOST_BYTES = 64_000_000


def make_private(folder: Path) -> None:
    """Makes a folder that the user alone can look into. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_new(file: Path, values: Mapping[str, object]) -> None:
    """Writes a new file that the user alone can read; raises OSError where it exists."""
    beside = _written_beside(file, values)
    try:
        if file.exists() or file.is_symlink():
            raise FileExistsError(17, "File exists", str(file))
        beside.rename(file)
    except OSError:
        beside.unlink()
        raise


def write_over(file: Path, values: Mapping[str, object]) -> None:
    """Writes a file that the user alone can read, in the place of whatever is there. Raises OSError."""
    beside = _written_beside(file, values)
    try:
        beside.replace(file)
    except OSError:
        beside.unlink()
        raise


def read_own(file: Path, most_bytes: int = MOST_BYTES) -> dict[str, Any] | None:
    """The values of a file that is the user's own, and that nobody else can write; None for any other."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(file, flags), "rb") as stream:  # noqa: PTH123 - a link is no such file
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_size > most_bytes:
                return None
            if os.name == "posix" and (found.st_uid != os.geteuid() or found.st_mode & 0o022):
                return None
            values: Any = json.loads(stream.read(most_bytes))
    except (OSError, ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None  # pyright: ignore[reportUnknownVariableType] - JSON


def try_lock(descriptor: int) -> bool:
    """Whether an open file could be locked: by one process alone, until it closes the file or ends."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _written_beside(file: Path, values: Mapping[str, object]) -> Path:
    beside = file.with_suffix(f".{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(beside, flags, 0o600), "wb") as stream:  # noqa: PTH123 - made with its mode
            stream.write(json.dumps(values).encode())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside
