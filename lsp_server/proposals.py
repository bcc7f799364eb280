"""Which changes wait for the user? What is to be looked at before it is delivered is kept here, in the server.

Nothing here is a gate: a proposal that is accepted still needs the consent that its review asks for.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lsp_server.folders import Folder

if TYPE_CHECKING:
    from lsp_server.actions.ask import Proposal
    from lsp_server.actions.git_base import Base

MOST = 50
"""Of more than so many the oldest go: nobody looks at them any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """One proposal that waits, the folder that it is for, and where git was when it was asked for.

    `policy` is the hash of the policy that it was judged by, and `since` when that was, in seconds since 1970.
    `is_part`: it is what is left of one, and its verdict that of the whole.
    `is_old`: another server made it, and its verdict is from then.
    """

    id: str
    folder: Folder
    proposal: "Proposal"
    base: "Base"
    policy: str
    since: float
    is_part: bool = False
    is_old: bool = False


@dataclass(slots=True)
class Proposals:
    """Those that wait, by id, the oldest first."""

    _held: dict[str, Held] = field(default_factory=dict[str, Held])

    def __iter__(self) -> Iterator[Held]:
        return iter(tuple(self._held.values()))

    def keep(self, folder: Folder, proposal: "Proposal", base: "Base", policy: str) -> Held:
        """Keeps one under an id of its own, which no other has that an editor may still show."""
        held = Held(f"p{secrets.token_hex(3)}", folder, proposal, base, policy, time.time())
        self._held[held.id] = held
        self._make_room()
        return held

    def take_over(self, held: Held) -> None:
        """Keeps one that another server made, among those of its time."""
        self._held.setdefault(held.id, held)
        self._held = dict(sorted(self._held.items(), key=lambda item: item[1].since))
        self._make_room()

    def move(self, folder: Folder) -> None:
        """What waits for a folder that was closed waits for the same one, now that it is open again."""
        for name, held in self._held.items():
            if held.folder.root == folder.root:
                self._held[name] = replace(held, folder=folder)

    def get(self, name: str) -> Held | None:
        """The one with that id; without an id the newest."""
        return self._held.get(name) if name else next(reversed(self._held.values()), None)

    def take(self, name: str) -> Held | None:
        """The same, which then waits no more: whoever takes it decides, and puts it back if nothing came of it."""
        held = self.get(name)
        return None if held is None else self._held.pop(held.id)

    def put_back(self, held: Held, proposal: "Proposal | None" = None) -> None:
        """It waits again under its id, as it was or with what is left of it."""
        if proposal is not None and proposal is not held.proposal:
            held = replace(held, proposal=proposal, is_part=True)
        self._held[held.id] = held

    def _make_room(self) -> None:
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]
