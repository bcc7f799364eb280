"""May a file that cannot be read as text mention a name? Looked for in its bytes, so that one large or oddly encoded
file elsewhere does not stop every renaming.
"""

import os
import stat
from pathlib import Path, PurePosixPath

CHUNK_BYTES = 1 << 20
MOST_BYTES = 256 << 20


def may_mention(root: Path, path: str, name: str) -> bool:
    """Whether the bytes of a file hold a name, or cannot tell: not ASCII, too many, or not to be had."""
    if not name.isascii():
        return True
    try:
        descriptor = os.open(root / PurePosixPath(path), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
                return True
            start = file.read(2)
            # UTF-16 and UTF-32 put zero bytes between the letters.
            if start in (b"\xff\xfe", b"\xfe\xff"):
                return True
            word, kept = name.encode(), start
            while chunk := file.read(CHUNK_BYTES):
                if word in kept + chunk:
                    return True
                kept = (kept + chunk)[-len(word) :]
            return word in kept
    except (OSError, ValueError):
        return True
