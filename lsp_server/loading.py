"""When are the heavy modules imported? In one thread, one after the other, once the editor has been answered.

Two threads that import at the same time can meet in a package that is half made: Python then breaks what would be a
deadlock with an error in one of them. So whoever needs these modules waits for this thread, and imports them after it.
"""

import asyncio
import gc
import importlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

MODULES = (
    "lsp_server.settings",
    "lsp_server.actions.services",
    "clients.connection",
    "clients.cache",
    "clients.ledger",
    "clients.shared",
    "lsp_server.actions.registry",
    "lsp_server.actions.begun",
    "lsp_server.actions.complete",
    "lsp_server.actions.kept_proposals",
    "lsp_server.actions.proposal_page",
    "lsp_server.actions.proposal_values",
    "lsp_server.edits.choose",
    "lsp_server.features.job",
    "lsp_server.review.undo",
)
"""All that a feature imports when it is first used."""


@dataclass(slots=True)
class Loading:
    """The one thread that imports; one that failed is tried again by who asks next."""

    _task: "asyncio.Task[None] | None" = None

    async def done(self) -> None:
        """Returns when the modules are there; whoever asks first begins, and a cancelled ask does not end it."""
        if self._task is None or (self._task.done() and (self._task.cancelled() or self._task.exception())):
            self._task = asyncio.create_task(asyncio.to_thread(import_all))
        await asyncio.shield(self._task)


def import_all() -> None:
    """Imports them."""
    with to_stay():
        for name in MODULES:
            importlib.import_module(name)


@contextmanager
def to_stay() -> Generator[None]:
    """What is made within is no garbage: it is not looked through for any, then or later.

    That is a sixth of the time that the imports take, and most of what a whole collection would stop the server for.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
