"""What is in the editor's open buffers? One worker process serves them all, so that it can keep their trees.

Its jobs wait for no bulk work of the other workers. A request that is cancelled while it waits costs nothing; one whose
job has begun lets it end, since ending the process would lose every tree.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from context.buffer_trees import buffer_extract, buffer_faults, buffer_outline, buffer_saved
from context.errors import JobError, WorkerDiedError, WorkerTimeoutError
from context.parsing.extract import Extract, Extracted, Source
from context.parsing.languages import language_of
from context.parsing.parse import PARSE_SECONDS, SyntaxFault
from context.parsing.symbols import Definition
from context.processes.workers import Workers
from context.snapshot import FileText

Key = TypeVar("Key")
Result = TypeVar("Result")
Args = TypeVarTuple("Args")

MOST_KEPT = 64
"""Outlines and extracts that are remembered."""

JOB_SECONDS = 3 * PARSE_SECONDS


class Buffers:
    """The open buffers of one workspace as they are asked for. It belongs to one event loop."""

    def __init__(self) -> None:
        self._workers = Workers(1)
        self._turn = asyncio.Lock()
        self._job: asyncio.Task[object] | None = None
        self._extracts: OrderedDict[tuple[str, str], Extract] = OrderedDict()
        self._outlines: OrderedDict[tuple[str, str], tuple[Definition, ...]] = OrderedDict()
        self._parsed: OrderedDict[str, None] = OrderedDict()

    async def outline(self, path: str, text: str, sha: str) -> tuple[Definition, ...]:
        """The definitions of a text in source order, with docstrings; none for one that takes too long."""
        if language_of(path) is None:
            return ()
        key = (path, sha)
        if key not in self._outlines:
            try:
                found = await self._parsing(path, buffer_outline, path, text)
            except (WorkerDiedError, WorkerTimeoutError):
                found = ()
            _remember(self._outlines, key, found)
        return self._outlines[key]

    async def faults(self, path: str, text: str) -> tuple[SyntaxFault, ...]:
        """The syntax errors in a text. Raises WorkerTimeoutError and WorkerDiedError."""
        return await self._parsing(path, buffer_faults, path, text)

    async def extract(self, file: FileText) -> Extract | None:
        """The extract of a text; None for one that takes too long."""
        key = (file.path, file.sha)
        if key not in self._extracts:
            try:
                found = await self._parsing(file.path, buffer_extract, file.path, file.text, file.sha)
            except (WorkerDiedError, WorkerTimeoutError):
                return None
            _remember(self._extracts, key, found)
        return self._extracts[key]

    async def saved(self, root: Path, source: Source) -> Extracted | None:
        """What the index keeps of a file that was saved as its buffer is; None where it has to be read and parsed.

        Waits for no other job and starts no process: to parse the file would be as fast.
        """
        if source.path not in self._parsed or self._turn.locked() or not self._workers.idle:
            return None
        try:
            return await self.run(buffer_saved, str(root), source)
        except (WorkerDiedError, WorkerTimeoutError, JobError):
            return None

    async def _parsing(self, path: str, function: Callable[[*Args], Result], *args: *Args) -> Result:
        """Does a job that leaves the process with the tree of a file."""
        _remember(self._parsed, path, None)
        return await self.run(function, *args)

    async def run(self, function: Callable[[*Args], Result], *args: *Args) -> Result:
        """The result of a job that a user waits for. See `Workers.run` for what it raises."""
        async with self._turn:
            if self._job is not None:
                # It may be what a cancelled request has left behind.
                await asyncio.wait({self._job})
            job = asyncio.create_task(self._workers.run(function, *args, seconds=JOB_SECONDS))
            self._job = job
            job.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            return await asyncio.shield(job)

    async def close(self) -> None:
        """Ends the worker process."""
        await self._workers.close()


def _remember(kept: OrderedDict[Key, Result], key: Key, value: Result) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
