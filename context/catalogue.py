"""What does the index know now, and how is it brought up to date?

The `Catalogue` of one workspace keeps the store and, in memory, the paths that are in it. Work on the store heals: a
broken store is built anew and a disk that takes no more is done without, both from a fresh sweep.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from context.errors import StoreError
from context.files import FileFilter
from context.ignores import IGNORE_FILES
from context.paths import PathNames
from context.store import Counts, FileRow, Store
from context.sweep import Change, look_at, read, sweep
from context.workers import Workers

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a refresh is, in files to read."""

    done: int
    total: int


class Catalogue:
    """What is indexed of one workspace. It belongs to one event loop and opens its store when it is first used."""

    def __init__(self, cache: Path, file_filter: FileFilter, workers: Workers) -> None:
        self.files: dict[str, FileRow] = {}
        self.names = PathNames()
        self.completeness = 0.0
        self.warnings: dict[str, None] = {}
        self.store: Store | None = None
        self.suspect = False
        """Whether a reader met a broken store: the next refresh builds it anew."""
        self._cache = cache
        self._filter = file_filter
        self._workers = workers
        self._thread = ThreadPoolExecutor(1, "patchwright-index")
        self._changing = asyncio.Lock()
        self._opening = asyncio.Lock()

    async def refresh(self, report: Callable[[IndexProgress], None] | None) -> tuple[Literal["cold", "warm"], Counts]:
        """Looks at every file's times and reads what changed; says whether there was anything before."""
        async with self._changing:
            store = await self.opened()
            mode: Literal["cold", "warm"] = "warm" if self.files else "cold"
            await self._healing(lambda: self._sweep(report))
            return mode, await self._in_thread(store.counts)

    async def update(self, paths: Iterable[str]) -> None:
        """Looks again at some paths, and at everything below those that are folders."""
        chosen = sorted(set(paths))
        if any(path.rpartition("/")[2] in IGNORE_FILES for path in chosen):
            await self.refresh(None)
            return

        async def look() -> None:
            change = await self._in_thread(partial(look_at, self._filter, self.files, chosen))
            await self._take(change, None)

        async with self._changing:
            await self.opened()
            await self._healing(look)

    async def opened(self) -> Store:
        """The store, opened and listed."""
        async with self._opening:
            if self.store is None:
                store = await self._in_thread(partial(Store, self._cache, self._filter.root))
                await self._load(store)
                self.store = store
            return self.store

    async def close(self) -> None:
        """Gives the store back."""
        async with self._opening:
            if self.store is not None:
                await self._in_thread(self.store.close)
                self.store = None
        self._thread.shutdown(wait=False)

    async def _load(self, store: Store) -> None:
        """Takes over what a store knows; one that cannot even be listed is built anew."""
        try:
            self.files = await self._in_thread(store.files)
        except (StoreError, OSError):
            await self._in_thread(store.rebuild)
            self.files = {}
        self.names = await self._in_thread(partial(_names_of, tuple(self.files)))
        self.completeness = 1.0 if self.files else 0.0
        if store.warning:
            self.warnings[store.warning] = None

    async def _healing(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Does work on the store. Where the store or the disk fails, goes on with a new one, from a sweep."""
        store = await self.opened()
        try:
            if self.suspect or await self._in_thread(store.is_wasteful):
                await self._start_over(store.rebuild)
            else:
                await work()
        except StoreError:
            await self._start_over(store.rebuild)
        except OSError as error:
            await self._start_over(partial(store.keep_in_memory, str(error)))

    async def _start_over(self, emptied: Callable[[], None]) -> None:
        store = await self.opened()
        await self._in_thread(emptied)
        await self._load(store)
        self.suspect = False
        await self._sweep(None)

    async def _sweep(self, report: Callable[[IndexProgress], None] | None) -> None:
        await self._take(await self._in_thread(partial(sweep, self._filter, self.files)), report)

    async def _take(self, change: Change, report: Callable[[IndexProgress], None] | None) -> None:
        """Reads what changed and writes it, batch by batch: what is written can be asked for at once."""
        store = await self.opened()
        total, done = len(change.changed), 0
        whole = max(change.total, len(self.files), 1)
        self.completeness = 1 - total / whole
        if change.gone:
            await self._in_thread(partial(store.write, (), change.gone))
            for path in change.gone:
                self.files.pop(path, None)
                self.names.discard(path)
        batches = read(self._workers, self._filter.root, change.changed, store if self.files else None)
        async with aclosing(batches):
            async for extracted in batches:
                rows = await self._in_thread(partial(store.write, extracted))
                self.files |= rows
                for path in rows:
                    self.names.add(path)
                done += len(extracted)
                self.completeness = 1 - (total - done) / whole
                if report is not None:
                    report(IndexProgress(done, total))
        self.completeness = 1.0

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _names_of(paths: tuple[str, ...]) -> PathNames:
    names = PathNames()
    for path in paths:
        names.add(path)
    return names
