"""What is in the workspace, and what of it does a description need? The one door to everything in this package.

An `Index` owns the file filter, the worker processes and the store of one root. All its coroutines leave the event loop
free: walking and SQLite run in threads, parsing in processes. Every query answers at once from what is there, and
`completeness` says how much that is.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, TypeVarTuple

from context.buffers import JOB_SECONDS, Buffers
from context.catalogue import Catalogue, IndexProgress
from context.errors import BusyError, ClosedError, ContextError, StoreError, WorkerDiedError, WorkerTimeoutError
from context.parsing.extract import Extract
from context.parsing.parse import SyntaxFault
from context.parsing.symbols import Definition, outline
from context.processes.worker_loop import peak_memory
from context.processes.workers import Workers
from context.retrieval.select import Context, Piece, Query, main_path, piece_here
from context.retrieval.selection import Material, selected
from context.retrieval.touched_tests import touched_tests
from context.snapshot import FileText, Snapshot, text_sha
from context.storage.eviction import Limits
from context.storage.store import Unparsed
from context.style.house_style import HouseStyle
from context.workspace.files import FileFilter
from context.workspace.watch import watch

__all__ = ["Index", "IndexProgress", "IndexStats"]

Result = TypeVar("Result")
Args = TypeVarTuple("Args")

UNWATCHED_SECONDS = 30.0
"""Between two looks at a workspace whose changes cannot be watched."""


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What a refresh found and what it cost. `cpu_seconds` and `peak_rss_mb` count the worker processes in."""

    mode: Literal["cold", "warm"]
    files: int
    symbols: int
    references: int
    skipped: int
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float
    store_bytes: int


class Index:
    """The index of one workspace. `cache` is the user's cache folder, `never_send` are gitignore patterns.

    It starts nothing until it is first used, and belongs to one event loop.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        never_send: tuple[str, ...],
        limits: Limits = Limits(),  # noqa: B008 - a value
    ) -> None:
        self.root = root.resolve()
        self.filter = FileFilter(self.root, never_send)
        self._workers = Workers()
        self._buffers = Buffers()
        self._catalogue = Catalogue(cache, self.filter, self._workers, limits, partial(self._buffers.saved, self.root))
        # Not the thread that writes: a search waits for no write.
        self._thread = ThreadPoolExecutor(1, "patchwright-search")
        # Whoever asks for a context does not wait for the batches of the other workers.
        self._house_style = HouseStyle(cache, self.filter, self._buffers)

    def limit(self, limits: Limits) -> None:
        """Keeps within other limits from the next look at all files on."""
        self._catalogue.limit(limits)

    async def catch_up(self, report: Callable[[IndexProgress], None] | None = None) -> None:
        """Brings the index up to date with the disk: looks at every file's times, reads only what changed."""
        await self._catalogue.refresh(report)

    async def refresh(self, report: Callable[[IndexProgress], None] | None = None) -> IndexStats:
        """Catches up, and says what was found and what it cost."""
        started, cpu_started = time.perf_counter(), time.process_time() + self._workers.cpu_seconds
        mode = await self._catalogue.refresh(report)
        counts = await self._catalogue.counts()
        return IndexStats(
            mode,
            counts.files,
            counts.symbols,
            counts.references,
            counts.skipped,
            time.perf_counter() - started,
            time.process_time() + self._workers.cpu_seconds - cpu_started,
            (peak_memory() + self._workers.peak_bytes) / 1e6,
            counts.store_bytes,
        )

    async def update(self, paths: Iterable[str]) -> None:
        """Looks again at some files (relative paths), and at everything below those that are folders."""
        await self._catalogue.update(paths)

    def focus(self, paths: Iterable[str]) -> None:
        """Says which files the user is at: a refresh that is under way reads these and those beside them next."""
        self._catalogue.focus(paths)

    async def watch(self, tell: Callable[[str], None] | None = None) -> None:
        """Keeps the index up to date until it is cancelled. Where watching fails, it sweeps now and then.

        Warnings that were not there before go to `tell`, each once.
        """
        told = set(self.warnings)

        def tell_new() -> None:
            for warning in self.warnings:
                if tell is not None and warning not in told:
                    tell(warning)
            told.update(self.warnings)

        try:
            async with aclosing(watch(self.root)) as changes:
                async for changed in changes:
                    await self._keep_up(self.catch_up() if changed.sweep else self.update(changed.paths))
                    if changed.sweep:
                        await self._keep_up(self._catalogue.check())
                    tell_new()
        except OSError as error:
            often = f"looking every {UNWATCHED_SECONDS:.0f} s instead"
            self._catalogue.warn(f"Changes in {self.root} cannot be watched ({error}): {often}.")
        while True:
            tell_new()
            await asyncio.sleep(UNWATCHED_SECONDS)
            await self._keep_up(self.catch_up())

    async def _keep_up(self, work: Coroutine[None, None, object]) -> None:
        """Does work for the watch, which goes on when the work fails: the next change may be luckier."""
        try:
            await work
        except ClosedError:
            raise
        except (ContextError, OSError) as error:
            self._catalogue.warn(f"The index of {self.root} may be behind ({error}).")

    def definitions(self, name: str) -> tuple[tuple[str, Definition], ...]:
        """Where a name is defined, source before tests: paths with definitions (without docstrings), at most 200."""
        store = self._catalogue.store
        try:
            return tuple(store.definitions(name)) if store is not None else ()
        except BusyError:
            return ()
        except (StoreError, OSError):
            self._catalogue.suspect = True
            return ()

    def near(self, name: str) -> tuple[str, ...]:
        """A few names that are defined here and spelled nearly like another, the nearest first."""
        store = self._catalogue.store
        try:
            return tuple(store.near(name)) if store is not None and not self._catalogue.suspect else ()
        except (BusyError, StoreError, OSError):
            return ()

    def mentions(self, name: str) -> tuple[str, ...]:
        """All files whose text may have an identifier, within strings and comments too, in order.

        Source that could not be read is always among them, files with a longer name that it is a part of, and every
        file of the index where the store cannot tell: an exact edit may look at too many, never at too few.
        """
        store = self._catalogue.store
        try:
            if store is not None and not self._catalogue.suspect:
                return tuple(store.mentions(name))
        except BusyError:
            pass
        except (StoreError, OSError):
            self._catalogue.suspect = True
        return self.paths()

    def paths(self) -> tuple[str, ...]:
        """All files of the index, in order."""
        return tuple(sorted(self._catalogue.files))

    async def tests_of(self, path: str) -> tuple[str, ...]:
        """The tests that a change of a file touches, nearest first."""
        return touched_tests(path, await self._catalogue.named(), self.mentions)

    async def outline(self, path: str, text: str) -> tuple[Definition, ...]:
        """The definitions of an open buffer in source order, with docstrings; none for one that takes too long."""
        return await self._buffers.outline(path, text, text_sha(text))

    async def faults(self, path: str, text: str) -> tuple[SyntaxFault, ...]:
        """The syntax errors in an open buffer. Raises WorkerTimeoutError and WorkerDiedError."""
        return await self._buffers.faults(path, text)

    async def run(self, function: Callable[[*Args], Result], *args: *Args) -> Result:
        """The result of any picklable function in a worker process. See `Workers.run` for what it raises."""
        return await self._workers.run(function, *args)

    async def select(self, query: Query, snapshot: Snapshot) -> Context:
        """The pieces that a description needs, within its budget, each with its reason; and the conventions near it."""
        started = time.perf_counter()
        self.focus((query.place.path,) if query.place else ())
        # While the search runs in its thread, a worker counts, or starts at least.
        style = asyncio.create_task(self.conventions(query.place.path, snapshot)) if query.place else None
        preparing = style or asyncio.create_task(self._house_style.prepare())
        try:
            context = await self._found(query, snapshot)
            completeness = self.completeness
            conventions = await (style or self.conventions(main_path(context), snapshot))
        finally:
            preparing.cancel()
        ms = (time.perf_counter() - started) * 1000
        return replace(context, completeness=completeness, ms=ms, conventions=conventions)

    async def _found(self, query: Query, snapshot: Snapshot) -> Context:
        await self._catalogue.opened()
        overlays = await self._overlays(snapshot)
        here = await self._piece_here(query, snapshot)

        async def look() -> Context:
            store = await self._catalogue.opened()
            names = await self._catalogue.named()
            material = Material(store, names, self.filter, overlays, here)
            return await self._in_thread(partial(selected, query, snapshot, material))

        try:
            return await look()
        except (StoreError, OSError):
            self._catalogue.suspect = True
            await self.catch_up()
            return await look()

    async def conventions(self, path: str, snapshot: Snapshot) -> tuple[str, ...]:
        """How code is named, documented, laid out and tested near a file, in a few lines; see `conventions`."""
        store = await self._catalogue.opened()
        try:
            return await self._house_style.near(path, snapshot, store, await self._catalogue.named())
        except (StoreError, OSError):
            self._catalogue.suspect = True
            return ()

    async def unparsed(self) -> tuple[Unparsed, ...]:
        """Why files are known by their words only or not at all, with how many and some paths. Raises StoreError."""
        store = await self._catalogue.opened()
        return await self._in_thread(store.unparsed)

    @property
    def completeness(self) -> float:
        """The share of the workspace that is indexed, from 0 to 1."""
        return self._catalogue.completeness

    @property
    def capped(self) -> bool:
        """Whether the workspace has more files than may be indexed: what needs every file cannot be done then."""
        return self._catalogue.capped

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know, each once, in words."""
        return tuple(self._catalogue.warnings)

    async def close(self) -> None:
        """Ends the worker processes and gives the store back."""
        await self._buffers.close()
        await self._house_style.close()
        await self._workers.close()
        await self._catalogue.close()
        self._thread.shutdown(wait=False)

    async def _overlays(self, snapshot: Snapshot) -> dict[str, Extract]:
        """Extracts of the open buffers that differ from what is indexed."""
        overlays: dict[str, Extract] = {}
        for path, file in sorted(snapshot.buffers.items()):
            row = self._catalogue.files.get(path)
            if row is not None and (row.sha == file.sha or row.private):
                continue
            if not await self._in_thread(partial(_may_overlay, self.filter, path)):
                continue
            extract = await self._buffers.extract(file)
            if extract is not None:
                overlays[path] = extract
        return overlays

    async def _piece_here(self, query: Query, snapshot: Snapshot) -> Piece | None:
        if query.place is None or not await self._in_thread(partial(self.filter.sendable, query.place.path)):
            return None
        file = await self._in_thread(partial(snapshot.file, query.place.path))
        if not isinstance(file, FileText):
            return None
        return piece_here(file, query.place, await self._outline(file, snapshot), query.budget)

    async def _outline(self, file: FileText, snapshot: Snapshot) -> tuple[Definition, ...]:
        if file.path in snapshot.buffers:
            return await self._buffers.outline(file.path, file.text, file.sha)
        try:
            return await self._workers.run(outline, file.path, file.text, seconds=JOB_SECONDS)
        except (WorkerDiedError, WorkerTimeoutError):
            return ()

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _may_overlay(file_filter: FileFilter, path: str) -> bool:
    return file_filter.sendable(path) and not file_filter.ignores(path)
