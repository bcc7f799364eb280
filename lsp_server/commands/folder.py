"""How is a file reached without following a link that somebody put in the way?

Every folder below the root is opened one by one and without following links, and all work is done relative to its
descriptor. Where a system has no such calls (Windows), links are looked for by name, which leaves a short moment.
"""

import errno
import os
import secrets
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HAS_DESCRIPTORS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_DIRECTORY")
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINKS
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS
NEW_FILE_MODE = 0o666
"""Less what the user's umask takes off."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder: its descriptor, or where there is none its path. Its files are named without a path.

    All functions here raise `OSError`; a link is one too.
    """

    path: Path
    descriptor: int | None

    def at(self, name: str) -> str:
        """How a call with this folder's descriptor is told of a file."""
        if self.descriptor is not None:
            return name
        if (self.path / name).is_symlink():
            raise OSError(errno.ELOOP, "is a link", str(self.path / name))
        return str(self.path / name)


@contextmanager
def opened(path: Path, parent: Folder | None = None) -> Generator[Folder]:
    """A folder, or with `parent` the one of that name in it."""
    if not HAS_DESCRIPTORS:
        yield Folder(Path(parent.at(path.name)) if parent else path, None)
        return
    if parent is None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    else:
        descriptor = os.open(path.name, os.O_RDONLY | os.O_DIRECTORY | _NO_LINKS, dir_fd=parent.descriptor)
    try:
        yield Folder(path, descriptor)
    finally:
        os.close(descriptor)


def make_folder(parent: Folder, name: str) -> None:
    """Makes a folder that does not exist."""
    os.mkdir(parent.at(name), dir_fd=parent.descriptor)


def remove_folder(parent: Folder, name: str) -> None:
    """Removes an empty folder."""
    os.rmdir(parent.at(name), dir_fd=parent.descriptor)


def exists(folder: Folder, name: str) -> bool:
    """Whether there is anything of that name, a link included."""
    try:
        os.stat(folder.at(name), dir_fd=folder.descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def read(folder: Folder, name: str) -> tuple[bytes, int]:
    """The bytes of a regular file and its mode bits."""
    descriptor = os.open(folder.at(name), _READ, dir_fd=folder.descriptor)
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "is no regular file", str(folder.path / name))
        return file.read(), stat.S_IMODE(mode)


def write_beside(folder: Folder, data: bytes, mode: int | None) -> str:
    """Writes a new file with a name of its own, which is returned; `mode` None leaves the mode to the user's umask."""
    name = f".{secrets.token_hex(8)}.tmp"
    descriptor = os.open(folder.at(name), _CREATE, NEW_FILE_MODE if mode is None else 0o600, dir_fd=folder.descriptor)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
    except OSError:
        remove(folder, name)
        raise
    return name


def put(folder: Folder, name: str, other: Folder, new_name: str) -> None:
    """Moves a file to another name at once, over what is there."""
    os.replace(folder.at(name), other.at(new_name), src_dir_fd=folder.descriptor, dst_dir_fd=other.descriptor)


def reserve(folder: Folder, name: str) -> None:
    """Makes an empty file of a name that is not taken; `FileExistsError` if it is."""
    os.close(os.open(folder.at(name), _CREATE, NEW_FILE_MODE, dir_fd=folder.descriptor))


def remove(folder: Folder, name: str) -> None:
    """Removes a file."""
    os.unlink(folder.at(name), dir_fd=folder.descriptor)
