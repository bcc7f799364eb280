"""What of the changes that wait is on the disk, so that they outlive this server?"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_server.folders import Folder
from lsp_server.proposals import Held

if TYPE_CHECKING:
    from lsp_server.actions.ask import Proposal
    from lsp_server.actions.kept_proposals import KeptProposals


@dataclass(slots=True)
class Keeping:
    """What is kept of each root, and by id the proposal that was written last. `busy` lets one task at a time in."""

    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    was_told: bool = False
    _kept: "dict[Path, KeptProposals]" = field(default_factory=dict["Path", "KeptProposals"])
    _written: "dict[Path, dict[str, Proposal]]" = field(default_factory=dict["Path", "dict[str, Proposal]"])

    async def save(self, state: Path, server: str, waiting: Iterable[Held]) -> None:
        """Keeps what waits now, and no longer what was decided. Raises OSError."""
        async with self.busy:
            every = list(waiting)
            for root in {held.folder.root for held in every} | set(self._kept):
                now = {held.id: held for held in every if held.folder.root == root}
                await asyncio.to_thread(_write, self._of(state, root, server), self._written[root], now)

    async def taken_over(self, state: Path, server: str, folder: Folder) -> tuple[list[Held], bool]:
        """What servers that have ended left for a folder, and whether another one still runs."""
        async with self.busy:
            kept = self._of(state, folder.root, server)
            found, is_running = await asyncio.to_thread(kept.taken_over)
            self._written[folder.root] |= {each.id: each.proposal for each in found}
        return [
            Held(each.id, folder, each.proposal, each.base, "", each.time, is_old=True) for each in found
        ], is_running

    def close(self) -> None:
        """The server ends: what still waits is the next one's."""
        for kept in self._kept.values():
            kept.close()

    def _of(self, state: Path, root: Path, server: str) -> "KeptProposals":
        if root not in self._kept:
            from lsp_server.actions.kept_proposals import KeptProposals

            self._kept[root] = KeptProposals(state, root, server)
            self._written[root] = {}
        return self._kept[root]


def _write(kept: "KeptProposals", written: "dict[str, Proposal]", waiting: Mapping[str, Held]) -> None:
    from lsp_server.actions.kept_values import Kept

    for name in set(written) - set(waiting):
        kept.forget(name)
        del written[name]
    for name, held in waiting.items():
        if written.get(name) is not held.proposal:
            kept.put(Kept(name, held.since, held.proposal, held.base))
            written[name] = held.proposal
