"""What was begun since the last commit, and which files does that concern? For the menu, found out in the background.

A file is concerned that differs from the last commit, or that may hold a name which the differences removed, brought or
gave another signature.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from context.snapshot import FileText, read_file
from context.workspace.history import History, reading
from lsp_server.actions.finish_change import Changed, touched_names
from lsp_server.actions.services import Services

MOST_FILES = 20
"""Of so many changed files the names are looked at; of the others only that they changed."""

Version = tuple[str, str, int, int]
"""The last commit, a path, and the time and size of the file there."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The files that differ from the last commit, and those that the differences may concern.

    `names` are the touched names of each version of a file, so that none is looked at twice.
    """

    changed: frozenset[str] = frozenset()
    concerned: frozenset[str] = frozenset()
    names: Mapping[Version, tuple[str, ...]] = field(default_factory=dict[Version, tuple[str, ...]])

    def concerns(self, path: str) -> bool:
        """Whether there is something to finish that has to do with a file."""
        return path in self.changed or path in self.concerned


async def begun_in(services: Services, known: Begun) -> Begun:
    """What was begun, as it is on the disk; `known` is what was found out before. Raises HistoryError and OSError."""
    async with reading(services.root) as history:
        if isinstance(history, str):
            return Begun()
        changed = [path for path in await history.changed() if not services.index.filter.ignores(path)]
        names: dict[Version, tuple[str, ...]] = {}
        for path in changed[:MOST_FILES]:
            version = _version(history.head, services.root, path)
            names[version] = known.names.get(version) or await _touched(history, path, services)
    concerned = {path for each in names.values() for name in each for path in services.index.mentions(name)}
    return Begun(frozenset(changed), frozenset(concerned), names)


def _version(head: str, root: Path, path: str) -> Version:
    try:
        found = (root / path).lstat()
    except OSError:
        return head, path, 0, 0
    return head, path, found.st_mtime_ns, found.st_size


async def _touched(history: History, path: str, services: Services) -> tuple[str, ...]:
    sides = (await history.file(path), await asyncio.to_thread(read_file, services.root, path))
    before, after = (side if isinstance(side, FileText) else None for side in sides)
    gone, others, new = await services.index.run(touched_names, (Changed(path, before, after),))
    return (*gone, *others, *new)
