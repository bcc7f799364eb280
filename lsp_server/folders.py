"""Which workspace folder does a file belong to, and what works for that folder?

A file belongs to a folder only if its real path, symlinks resolved, lies inside. The services of a folder (its index,
its worker processes) are opened on first use and in a thread: importing them takes longer than an editor should wait.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from lsp_server.convert import to_path, to_uri
from lsp_server.protocol import log_failure

if TYPE_CHECKING:
    from clients.endpoint import Relay
    from lsp_server.actions.services import Services
    from lsp_server.settings import Settings


@dataclass(slots=True)
class Folder:
    """One folder: `given` as the editor spells it, `root` as it really is.

    `delivering` lets one change at a time into the folder.
    """

    given: Path
    root: Path
    delivering: asyncio.Lock = field(default_factory=asyncio.Lock)
    _services: "asyncio.Future[Services] | None" = None
    _background: "asyncio.Task[None] | None" = None
    _looking: "asyncio.Task[None] | None" = None

    def relative(self, path: Path) -> str | None:
        """The path of a file below the root, `/` separated; None for one that is really elsewhere."""
        try:
            return path.resolve().relative_to(self.root).as_posix()
        except (ValueError, OSError, RuntimeError):
            return None

    def uri(self, path: str) -> str:
        """The URI of a file in the folder, as the editor would spell it."""
        return to_uri(self.given / PurePosixPath(path))

    async def services(self, settings: "Settings", relay: "Relay | None" = None) -> "Services":
        """Its services; whoever asks first opens them, and a cancelled ask does not close them.

        Services that could not be opened are tried again. What a policy now keeps back is kept back from this ask on.
        """
        opening = self._services
        if opening is None or (opening.done() and (opening.cancelled() or opening.exception())):
            opening = self._services = asyncio.create_task(asyncio.to_thread(_open, self.root, settings, relay))
        services = await asyncio.shield(opening)
        present = await asyncio.to_thread(_present, services, settings)
        if present is not services and self._services is opening:
            self._services = asyncio.get_running_loop().create_future()
            self._services.set_result(present)
        return present

    async def renew(self, settings: "Settings") -> None:
        """Works by other settings from now on, if it works at all yet; what is under way ends by the old ones."""
        if self._services is not None:
            await asyncio.wait({self._services})
        services = self.opened_services()
        if services is not None:
            from lsp_server.actions.services import renewed

            self._services = asyncio.create_task(asyncio.to_thread(renewed, services, settings))
            await asyncio.wait({self._services})
            old, limits = services.settings, (settings.most_files, settings.cache_megabytes)
            if limits != (old.most_files, old.cache_megabytes):
                self._looking = asyncio.create_task(_look_anew(services))

    def opened_services(self) -> "Services | None":
        """Its services, None where they are not open yet."""
        opening = self._services
        done = opening is not None and opening.done() and not opening.cancelled() and opening.exception() is None
        return opening.result() if opening is not None and done else None

    def begin(self, work: "asyncio.Task[None]") -> None:
        """Work in the background that ends with the folder."""
        self._background = work

    async def close(self) -> None:
        """Ends the background work and the services."""
        for work in (self._background, self._looking):
            if work is not None:
                work.cancel()
                await asyncio.wait({work})
        if self._services is None:
            return
        with suppress(asyncio.CancelledError):
            try:
                await (await self._services).close()
            except Exception as error:  # noqa: BLE001 - services that could not be opened leave nothing to close
                log_failure("closing a folder", error)


@dataclass(slots=True)
class Folders:
    """The folders that are open, by URI; `too_wide` are those that were not opened, for the user to be told."""

    too_wide: list[Path] = field(default_factory=list[Path])
    _open: dict[str, Folder] = field(default_factory=dict[str, Folder])

    def add(self, uri: str) -> Folder | None:
        """Opens a folder; None for a URI that is no folder on this disk, too wide to work in, or open already."""
        given = to_path(uri)
        try:
            if given is None or uri in self._open or not given.is_dir():
                return None
            folder = Folder(given, given.resolve())
        except (OSError, RuntimeError):
            return None
        if is_too_wide(folder.root):
            self.too_wide.append(folder.root)
            return None
        self._open[uri] = folder
        return folder

    def take(self, uri: str) -> Folder | None:
        """Forgets a folder; the caller closes it."""
        return self._open.pop(uri, None)

    def clear(self) -> None:
        """Forgets all folders; the caller closes them."""
        self._open.clear()

    def all(self) -> tuple[Folder, ...]:
        """Every open folder."""
        return tuple(self._open.values())

    def of(self, uri: str) -> tuple[Folder, str] | None:
        """The innermost folder that holds a file, and the file's path in it."""
        path = to_path(uri)
        if path is None:
            return None
        holding = [(folder, inside) for folder in self.all() if (inside := folder.relative(path)) not in (None, ".")]
        return min(holding, key=lambda found: len(found[1] or ""), default=None)  # pyright: ignore[reportReturnType] - None is filtered out above


def is_too_wide(root: Path) -> bool:
    """Whether a folder holds far more than one project: all of the disk, or a home folder that is no repository."""
    return root.parent == root or (root == Path.home().resolve() and not (root / ".git").exists())


def _open(root: Path, settings: "Settings", relay: "Relay | None") -> "Services":
    # The menu needs it at once, and importing it takes longer than that.
    from lsp_server.actions.services import open_services

    return open_services(root, settings, relay=relay)


async def _look_anew(services: "Services") -> None:
    """Has the index keep within its new limits."""
    try:
        await services.index.catch_up()
    except Exception as error:  # noqa: BLE001 - the index heals with its next look
        log_failure("looking at all files", error)


def _present(services: "Services", settings: "Settings") -> "Services":
    from lsp_server.actions.services import under_present_policy

    return under_present_policy(services, settings)
