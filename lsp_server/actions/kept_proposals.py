"""How does a change that waits to be looked at outlive the server? In a file of the user's own, until it is decided.

    state/proposals/<root>/<server>.lock           held for as long as that server runs
    state/proposals/<root>/<server>.<id>.json      one proposal: its texts and their hashes, why, how it was judged

A server takes over what another left behind once that one has ended, never before. What it finds is material: a file
that anybody else could have written, or that does not fit together, is passed over, and nothing in it is believed that
decides about an edit. Whoever takes a proposal from here has it reviewed anew and asks the user.
"""

import errno
import hashlib
import os
import re
import time
from contextlib import suppress
from pathlib import Path

from lsp_server.actions.kept_values import Kept, kept_from, values_of
from lsp_server.review.private_files import make_private, read_own, try_lock, write_over

MOST_DAYS = 7
MOST_BYTES = 8_000_000
"""Of one proposal; a larger one waits only as long as the server."""

MOST_BYTES_IN_ALL = 64_000_000
NAME = re.compile(r"[0-9a-f]{16}\.(p[0-9a-f]{6})\.json")


class KeptProposals:
    """Those of one workspace, for one server. Methods block."""

    def __init__(self, state: Path, root: Path, server: str) -> None:
        self._all = state / "proposals"
        self._folder = self._all / hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
        self._server = server
        self._lock: int | None = None

    def put(self, kept: Kept) -> None:
        """Keeps one, in the place of what was kept under its id. Raises OSError."""
        self._begin()
        file = self._file(kept.id)
        write_over(file, values_of(kept))
        if file.stat().st_size > MOST_BYTES:
            file.unlink()
            raise OSError(errno.EFBIG, "it is too large")
        self._make_room()

    def forget(self, name: str) -> None:
        """It was decided."""
        with suppress(OSError):
            self._file(name).unlink()

    def taken_over(self) -> tuple[list[Kept], bool]:
        """What servers that have ended left behind, the oldest first, and whether another server still runs."""
        self._forget_old()
        others = {file.name.split(".")[0] for file in self._files("*.json")} - {self._server}
        if not others:
            return [], False
        found: list[Kept] = []
        is_running = False
        for server in sorted(others):
            # What cannot be locked is left where it is, and the rest is taken.
            with suppress(OSError):
                self._begin()
                descriptor = _locked(self._folder / f"{server}.lock")
                if descriptor is None:
                    is_running = True
                else:
                    found += self._taken_from(server)
                    os.close(descriptor)
        return sorted(found, key=lambda kept: kept.time), is_running

    def close(self) -> None:
        """The server ends: what still waits is another's to take over."""
        if self._lock is not None:
            if not self._files(f"{self._server}.*.json"):
                with suppress(OSError):
                    (self._folder / f"{self._server}.lock").unlink()
            os.close(self._lock)
            self._lock = None

    def _begin(self) -> None:
        """Says that this server runs. Raises OSError."""
        if self._lock is None:
            make_private(self._folder)
            self._lock = _locked(self._folder / f"{self._server}.lock")

    def _file(self, name: str) -> Path:
        return self._folder / f"{self._server}.{name}.json"

    def _files(self, pattern: str) -> list[Path]:
        return [file for file in self._folder.glob(pattern) if NAME.fullmatch(file.name)]

    def _taken_from(self, server: str) -> list[Kept]:
        found = [self._take(file) for file in self._files(f"{server}.*.json")]
        with suppress(OSError):
            (self._folder / f"{server}.lock").unlink()
        return [kept for kept in found if kept is not None]

    def _take(self, file: Path) -> Kept | None:
        """One that another server left, which is this one's from now on; a file that is not to be believed goes."""
        named = NAME.fullmatch(file.name)
        kept = kept_from(named[1], read_own(file, MOST_BYTES)) if named else None
        try:
            if kept is None or self._file(kept.id).exists():
                file.unlink()
                return None
            file.replace(self._file(kept.id))
        except OSError:
            return None
        return kept

    def _make_room(self) -> None:
        size = 0
        for file in sorted(self._files("*.json"), key=_modified, reverse=True):
            with suppress(OSError):
                size += file.lstat().st_size
                if size > MOST_BYTES_IN_ALL:
                    file.unlink()

    def _forget_old(self) -> None:
        """Lets go what nobody looked at for days, of any workspace."""
        for file in self._all.glob("*/*.json"):
            with suppress(OSError):
                if time.time() - file.lstat().st_mtime > MOST_DAYS * 86_400:
                    file.unlink()


def _modified(file: Path) -> float:
    try:
        return file.lstat().st_mtime
    except OSError:
        return 0.0


def _locked(file: Path) -> int | None:
    """The lock of a server, held from now on; None while that server holds it. Raises OSError."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    if try_lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None
