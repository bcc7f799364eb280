"""What waits for a person's approval, and what did they approve? Kept in the user's own folder, for ten minutes.

    state/approvals/<root>/<id>.json    what waits: the change, why, and the hashes that an approval is bound to
    state/approvals/<root>/<id>.yes     a person's approval of exactly that, given in a terminal

Whoever holds the change compares an approval with what they hold themselves, not with what lies on the disk, takes it
once, and only from a file that nobody but the user can have written.
"""

import getpass
import hashlib
import json
import os
import secrets
import stat
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from lsp_server.edits.change import ChangeSet
from lsp_server.review.identity import change_sha
from lsp_server.review.journal import Maker, operation_from, operation_values
from lsp_server.review.policy_files import REPOSITORY
from lsp_server.review.private_files import make_private, read_own, write_new

VALID_SECONDS = 600.0
POLICY_BYTES = 1_000_000

Channel = Literal["editor", "terminal"]

POLICY_FILES = (*REPOSITORY, ".patchwrightignore")
"""Files of a workspace that may tighten the policy."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What an approval is bound to: the patch, the hash of all its hunks and texts, its bases, and the policy."""

    id: str
    change: str
    bases: str
    policy: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that waits. `session` is that of the server that holds it, empty for one asked for in a terminal.

    `time` is in seconds since 1970; `reasons` say why it waits.
    """

    change: ChangeSet
    summary: str
    made_by: Maker
    reasons: tuple[str, ...]
    policy: str
    session: str = ""
    time: float = field(default_factory=time.time)
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def bound(self) -> Bound:
        """What an approval of it must say."""
        return Bound(self.id, change_sha(self.change), bases_sha(self.change), self.policy)

    def seconds_left(self, now: float) -> float:
        """How long it may still be approved."""
        return self.time + VALID_SECONDS - now


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes: to what, who and where, when."""

    bound: Bound
    user: str
    channel: Channel
    time: float


def approve(pending: Pending, channel: Channel) -> Approval:
    """The approval that the user of this process gives now."""
    return Approval(pending.bound, _user(), channel, time.time())


def refusal(pending: Pending, approval: Approval, policy: str, now: float) -> str:
    """Why an approval does not hold for what waits, under the policy of now; empty where it does."""
    if approval.bound.id != pending.id:
        return "it is for another change"
    if approval.bound.change != pending.bound.change:
        return "it is for other hunks"
    if approval.bound.bases != pending.bound.bases:
        return "it is for other texts of the files"
    if approval.bound.policy != pending.policy or policy != pending.policy:
        return "the policy is another one now"
    if (
        not pending.time <= approval.time <= now
        or min(pending.seconds_left(now), pending.seconds_left(approval.time)) < 0
    ):
        return f"it came later than {VALID_SECONDS / 60:.0f} minutes after the question"
    if approval.user != _user():
        return "another user gave it"
    return ""


def bases_sha(change: ChangeSet) -> str:
    """The hash of the texts that a change is for."""
    bases = [(each.path, getattr(each, "base_sha", "")) for each in change.operations]
    return hashlib.sha256(json.dumps(bases).encode()).hexdigest()


def policy_sha(root: Path, rules: tuple[str, ...], files: tuple[Path, ...]) -> str:
    """The hash of what decides about a change: `rules` of the settings, and the policy files as they are. Blocks."""
    digest = hashlib.sha256(json.dumps(rules).encode())
    for file in (*files, *(root / name for name in POLICY_FILES)):
        digest.update(b"\0" + _beginning(file))
    return digest.hexdigest()


class Approvals:
    """What waits for one workspace, below the user's state folder. Methods block."""

    def __init__(self, state: Path, root: Path) -> None:
        name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]
        self.folder = state / "approvals" / name

    def put(self, pending: Pending) -> None:
        """Keeps what waits. Raises OSError."""
        make_private(self.folder)
        self._forget_old(time.time())
        values = {name: value for name, value in asdict(pending).items() if name != "change"}
        operations = [operation_values(each) for each in pending.change.operations]
        write_new(self.folder / f"{pending.id}.json", values | {"operations": operations})

    def waiting(self, now: float) -> list[Pending]:
        """All that can still be approved, the newest first."""
        found = (self.pending(file.stem) for file in self.folder.glob("*.json"))
        alive = [each for each in found if each is not None and each.seconds_left(now) > 0]
        return sorted(alive, key=lambda each: each.time, reverse=True)

    def pending(self, name: str) -> Pending | None:
        """What waits under an id; None where there is none, or its file is not the user's alone."""
        values = read_own(self._file(name, "json"))
        try:
            if values is None or values["id"] != name:
                return None
            return Pending(
                change=ChangeSet(tuple(operation_from(each) for each in values["operations"])),
                summary=str(values["summary"]),
                made_by=values["made_by"],
                reasons=tuple(map(str, values["reasons"])),
                policy=str(values["policy"]),
                session=str(values["session"]),
                time=float(values["time"]),
                id=name,
            )
        except (KeyError, TypeError, ValueError):
            return None

    def give(self, approval: Approval) -> None:
        """Puts an approval where the server that holds the change finds it. Raises OSError, also where there is one."""
        write_new(self.folder / f"{approval.bound.id}.yes", asdict(approval))

    def given(self, name: str) -> Approval | None:
        """The approval of an id, which is then gone; None where there is none that counts."""
        file = self._file(name, "yes")
        values = read_own(file)
        with suppress(OSError):
            file.unlink()
        try:
            if values is None:
                return None
            return Approval(Bound(**values["bound"]), str(values["user"]), values["channel"], float(values["time"]))
        except (KeyError, TypeError, ValueError):
            return None

    def is_given(self, name: str) -> bool:
        """Whether there is an approval that was not taken yet."""
        return os.path.lexists(self._file(name, "yes"))

    def take(self, name: str) -> bool:
        """Whether what waits could be taken: by one process alone, and never again."""
        try:
            self._file(name, "json").unlink()
        except OSError:
            return False
        return True

    def forget(self, name: str) -> None:
        """It waits no more."""
        for suffix in ("json", "yes"):
            with suppress(OSError):
                self._file(name, suffix).unlink()

    def _file(self, name: str, suffix: str) -> Path:
        return self.folder / f"{name if name.isalnum() else 'none'}.{suffix}"

    def _forget_old(self, now: float) -> None:
        for file in self.folder.iterdir():
            with suppress(OSError):
                if now - file.lstat().st_mtime > VALID_SECONDS:
                    file.unlink()


def _user() -> str:
    """Who this is, for the record: by the system's own number where there is one, which no variable can change."""
    if os.name != "posix":
        return getpass.getuser()
    import pwd

    number = os.geteuid()
    try:
        return f"{pwd.getpwuid(number).pw_name} ({number})"
    except KeyError:
        return str(number)


def _beginning(file: Path) -> bytes:
    """What a regular file holds; nothing of another: a pipe that a workspace brings would never end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(file, flags)
    except OSError:
        return b""
    try:
        return os.read(descriptor, POLICY_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(descriptor)
