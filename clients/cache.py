"""Was the very same asked before? Replies of requests with temperature 0, kept in a private folder for a while.

The file is SQLite through diskcache, with a codec of our own that knows nothing but JSON: whoever can write to the
folder could make a pickle run code here, and make a reply look like another, so a folder that others can write to is
not used. A broken file is moved aside. Only whole replies are kept, and they hold placeholders where secrets were.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import stat
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from clients.model import CodeModel, Event, Request, Start, Stop, TextDelta, ToolDelta, Usage

if TYPE_CHECKING:
    from diskcache import Cache

FORMAT = 1
KEPT_SECONDS = 7 * 24 * 3600
KEPT_BYTES = 64 * 1024 * 1024


class ReplyCache:
    """Replies by request. Nothing here raises: what cannot be read or kept is asked again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"replies-{FORMAT}"
        self._cache: Cache | None = None
        self._is_closed = False

    def get(self, key: str) -> list[Event] | None:
        """The events that were kept, None if there are none."""
        from clients.json_disk import BROKEN, Timeout

        try:
            kept = self._open()
            return None if kept is None else _events(cast("Any", kept).get(key))
        except Timeout:
            return None
        except BROKEN:
            self._set_aside()
            return None

    def put(self, key: str, events: Sequence[Event]) -> None:
        """Keeps the events of a whole reply."""
        from clients.json_disk import BROKEN, Timeout

        with contextlib.suppress(Timeout, *BROKEN):
            if (kept := self._open()) is not None:
                cast("Any", kept).set(key, _text(events), expire=KEPT_SECONDS)

    def close(self) -> None:
        """Closes the file."""
        cache, self._cache = self._cache, None
        if cache is not None:
            from clients.json_disk import BROKEN, Timeout

            with contextlib.suppress(Timeout, *BROKEN):
                cache.close()

    def _open(self) -> "Cache | None":
        if self._cache is None and not self._is_closed and _is_private(self._folder):
            from clients.json_disk import open_cache

            self._cache = open_cache(self._folder, KEPT_BYTES)
        return self._cache

    def _set_aside(self) -> None:
        """A broken store is removed, once; if that does not help, nothing is kept in this process."""
        self.close()
        self._is_closed = True
        if _is_private(self._folder):
            shutil.rmtree(self._folder, ignore_errors=True)


class RememberingModel:
    """A model whose replies to requests with temperature 0 are kept, and given again."""

    def __init__(self, model: CodeModel, cache: ReplyCache, identity: Mapping[str, str]) -> None:
        self._model = model
        self._cache = cache
        self._identity = dict(identity)

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._model.name

    @property
    def host(self) -> str:
        """Where the text goes."""
        return self._model.host

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`. A kept reply begins with `Start(from_cache=True)`."""
        key = cache_key(self._identity, request) if request.temperature == 0 else ""
        if key and (kept := await asyncio.to_thread(self._cache.get, key)):
            yield Start(self.name, from_cache=True)
            for event in kept:
                yield event
            return
        events: list[Event] = []
        async with aclosing(self._model.stream(request)) as stream:
            async for event in stream:
                events.append(event)
                yield event
        if key and isinstance(events[-1], Stop) and events[-1].reason in ("end", "tool"):
            await asyncio.to_thread(self._cache.put, key, events)

    async def warm(self) -> None:
        """Warms the model."""
        await self._model.warm()

    async def close(self) -> None:
        """Closes the model and the store."""
        await self._model.close()
        await asyncio.to_thread(self._cache.close)


def cache_key(identity: Mapping[str, str], request: Request) -> str:
    """A hash of everything that the reply depends on; the texts themselves cannot be read from it."""
    said: dict[str, Any] = {
        "identity": dict(identity),
        "messages": [[message.role, message.text.text] for message in request.messages],
        "most": request.max_output_tokens,
        "schema": request.schema,
        "tools": [asdict(tool) for tool in request.tools],
        "gap": None,
    }
    if request.infill is not None:
        extra = [[name, text.text] for name, text in request.infill.extra]
        said["gap"] = [request.infill.prefix.text, request.infill.suffix.text, extra]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _is_private(folder: Path) -> bool:
    """Whether the folder is ours alone; it is made so where it does not exist."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    return os.name != "posix" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)


def _text(events: Sequence[Event]) -> str:
    """The reply as one piece of each kind: how it came in pieces does not matter later."""
    texts = "".join(event.text for event in events if isinstance(event, TextDelta))
    tools = [[event.index, event.name, event.json_part] for event in events if isinstance(event, ToolDelta)]
    usage = next((asdict(event) for event in events if isinstance(event, Usage)), None)
    stop = next(event.reason for event in events if isinstance(event, Stop))
    return json.dumps({"text": texts, "tools": tools, "usage": usage, "stop": stop})


def _events(kept: Any) -> list[Event] | None:
    if not isinstance(kept, str):
        return None
    fields: dict[str, Any] = json.loads(kept)
    text, stop, tools = fields["text"], fields["stop"], fields["tools"]
    if not isinstance(text, str) or stop not in ("end", "tool"):
        return None
    calls = [ToolDelta(int(index), str(name), str(part)) for index, name, part in tools]
    # It cost nothing this time; what it cost when it was made was written down then.
    return [*([TextDelta(text)] if text else []), *calls, Usage(0, 0), Stop(stop)]
