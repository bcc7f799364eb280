"""What does an open file define, as far as that can be said at once? For the menu, which opens without waiting.

What is being found out goes on and is there for the next menu; until then the file's last outline does, which may be of
an older text: a command looks anew at the text that it is for.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from context.parsing.symbols import Definition
    from lsp_server.actions.services import Services

MOST_KEPT = 64


@dataclass(slots=True)
class Outlines:
    """The last outlines by URI, and at most one that is being made for each."""

    _last: "OrderedDict[str, tuple[Definition, ...]]" = field(
        default_factory=OrderedDict[str, "tuple[Definition, ...]"]
    )
    _pending: "dict[str, asyncio.Task[tuple[Definition, ...]]]" = field(
        default_factory=dict[str, "asyncio.Task[tuple[Definition, ...]]"]
    )

    def begin(self, services: "Services", uri: str, path: str, text: str) -> "asyncio.Task[tuple[Definition, ...]]":
        """Looks at a text, unless an earlier one of the file is being looked at."""
        pending = self._pending.get(uri)
        if pending is None:
            pending = asyncio.create_task(services.index.outline(path, text))
            self._pending[uri] = pending
            pending.add_done_callback(lambda ended: self._ended(uri, ended))
        return pending

    async def soon(
        self, services: "Services", uri: str, path: str, text: str, seconds: float
    ) -> "tuple[Definition, ...]":
        """The outline of a text if it is there in so many seconds, else the file's last one, else none."""
        pending = self.begin(services, uri, path, text)
        await asyncio.wait({pending}, timeout=seconds)
        if pending.done() and not pending.cancelled() and pending.exception() is None:
            return pending.result()
        return self._last.get(uri, ())

    def _ended(self, uri: str, task: "asyncio.Task[tuple[Definition, ...]]") -> None:
        self._pending.pop(uri, None)
        if not task.cancelled() and task.exception() is None:
            self._last[uri] = task.result()
            self._last.move_to_end(uri)
            while len(self._last) > MOST_KEPT:
                self._last.popitem(last=False)
