"""Which changes wait for the user? What is to be looked at before it is delivered is kept here, in the server.

Nothing here is a gate: a proposal that is accepted still needs the consent that its review asks for.
"""

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

    `policy` is the hash of the policy that it was judged by.
    `is_part`: it is what is left of one, and its verdict that of the whole.
    """

    id: str
    folder: Folder
    proposal: "Proposal"
    base: "Base"
    policy: str
    is_part: bool = False


@dataclass(slots=True)
class Proposals:
    """Those that wait, by id, the oldest first."""

    _held: dict[str, Held] = field(default_factory=dict[str, Held])
    _last: int = 0

    def __iter__(self) -> Iterator[Held]:
        return iter(tuple(self._held.values()))

    def keep(self, folder: Folder, proposal: "Proposal", base: "Base", policy: str) -> Held:
        """Keeps one under an id of its own."""
        self._last += 1
        held = Held(f"p{self._last}", folder, proposal, base, policy)
        self._held[held.id] = held
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]
        return held

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
