"""What if the same is asked twice at once? One call is made, and all who asked get its events.

A double click costs nothing. The call ends early only when the last who asked has gone.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace

from clients.model import CodeModel, Event, Request

_Key = tuple[Request, str]


def _key(request: Request) -> _Key:
    """What makes two requests equal; a schema and tools, which cannot be hashed, as JSON."""
    described = json.dumps([request.schema, [asdict(tool) for tool in request.tools]])
    return replace(request, schema=None, tools=()), described


@dataclass(eq=False, slots=True)
class _Call:
    """One call under way: its events so far, and a word for those who wait for more."""

    events: list[Event] = field(default_factory=list[Event])
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0
    task: "asyncio.Task[None] | None" = None
    error: BaseException | None = None


class SharedModel:
    """A model of which equal requests at the same time are one call. It lives in one event loop."""

    def __init__(self, model: CodeModel) -> None:
        self._model = model
        self._calls: dict[_Key, _Call] = {}

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._model.name

    @property
    def host(self) -> str:
        """Where the text goes."""
        return self._model.host

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`. Who comes late gets what has come so far at once."""
        key = _key(request)
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = _Call()
            call.task = asyncio.create_task(self._run(key, request, call))
        call.waiting += 1
        try:
            position = 0
            while True:
                while position < len(call.events):
                    position += 1
                    yield call.events[position - 1]
                if call.task is None or call.task.done():
                    if call.error is not None:
                        raise call.error
                    return
                call.changed.clear()
                await call.changed.wait()
        finally:
            call.waiting -= 1
            if not call.waiting:
                await self._end(key, call)

    async def warm(self) -> None:
        """Warms the model."""
        await self._model.warm()

    async def close(self) -> None:
        """Closes the model."""
        await self._model.close()

    async def _run(self, key: _Key, request: Request, call: _Call) -> None:
        try:
            async with aclosing(self._model.stream(request)) as events:
                async for event in events:
                    call.events.append(event)
                    call.changed.set()
                    if len(call.events) < 4 or len(call.events) % 64 == 0:
                        # A reply that comes all at once would keep those who wait from its first words.
                        await asyncio.sleep(0)
        except Exception as error:  # noqa: BLE001 - it is raised again to each who waits
            call.error = error
        finally:
            if self._calls.get(key) is call:
                del self._calls[key]
            asyncio.get_running_loop().call_soon(call.changed.set)

    async def _end(self, key: _Key, call: _Call) -> None:
        """The last has gone: whatever is still under way ends, down to the socket."""
        if self._calls.get(key) is call:
            del self._calls[key]
        if call.task and not call.task.done():
            call.task.cancel()
            await asyncio.wait((call.task,))
