"""What does the index know now, and how is it brought up to date?

The `Catalogue` of one workspace keeps the store and, in memory, the paths that are in it. Work on the store heals: a
broken store is built anew and a disk that takes no more is done without, both from a fresh sweep.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from context.errors import BusyError, ClosedError, StoreError
from context.parsing.extract import Extracted, Source
from context.processes.workers import Workers
from context.storage.eviction import Limits, evict, mark_used
from context.storage.rows import FileRow
from context.storage.store import Counts, Store
from context.sweep import Change, look_at, near, read, read_first, sweep
from context.workspace.files import FOLDER_MARKS, FileFilter
from context.workspace.ignores import IGNORE_FILES
from context.workspace.paths import PathNames

Result = TypeVar("Result")

WRITTEN_FILES = 256
"""Files in one transaction, after smaller ones at first: the search tables are merged anew after each."""

MOST_SAVED = 4
"""So many changed files at once may be some that the user has saved; more are a checkout or the like."""

MOST_WARNINGS = 20

BUSY_TRIES = 4
"""How often a write is tried while another program holds the store; each waits for some seconds."""

RETRY_SECONDS = 300.0
"""Between two looks whether the disk takes a store again."""

RULE_FILES = frozenset({*IGNORE_FILES, *FOLDER_MARKS})
"""Files whose coming, going or changing decides about other files."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a refresh is, in files to read."""

    done: int
    total: int


class Catalogue:
    """What is indexed of one workspace. It belongs to one event loop and opens its store when it is first used.

    `saved` gives what is to be kept of a file that was saved from an open buffer, None for one that must be parsed.
    """

    def __init__(
        self,
        cache: Path,
        file_filter: FileFilter,
        workers: Workers,
        limits: Limits,
        saved: Callable[[Source], Awaitable[Extracted | None]],
    ) -> None:
        self.files: dict[str, FileRow] = {}
        self.names = PathNames()
        self.completeness = 0.0
        self.warnings: dict[str, None] = {}
        self.store: Store | None = None
        self.suspect = False
        """Whether a reader met a broken store: the next refresh builds it anew."""
        self.capped = False
        """Whether there are more files than may be indexed."""
        self._naming: asyncio.Future[None] | None = None
        self._checked = False
        self._next_try = 0.0
        self._limits = limits
        self._wanted: dict[str, None] = {}
        self._cache = cache
        self._filter = file_filter
        self._workers = workers
        self._saved = saved
        self._thread = ThreadPoolExecutor(1, "patchwright-index")
        self._changing = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._closed = False
        self._wasteful = False
        self._written = False
        """Whether anything was written since it was last counted what in the store is of use."""

    async def refresh(self, report: Callable[[IndexProgress], None] | None) -> Literal["cold", "warm"]:
        """Looks at every file's times and reads what changed; says whether there was anything before."""
        async with self._changing:
            await self.opened()
            await self._return_to_disk()
            store = await self.opened()
            mode: Literal["cold", "warm"] = "warm" if self.files else "cold"
            await self._healing(lambda: self._sweep(report))
            if self._written:
                self._wasteful, self._written = await self._in_thread(store.is_wasteful), False
            await self._in_thread(partial(self._make_room, store))
            return mode

    async def counts(self) -> Counts:
        """How much is in the store. It reads through much of it."""
        store = await self.opened()
        return await self._in_thread(store.counts)

    async def update(self, paths: Iterable[str]) -> None:
        """Looks again at some paths, and at everything below those that are folders."""
        chosen = sorted(set(paths))
        if any(path.rpartition("/")[2] in RULE_FILES for path in chosen):
            await self.refresh(None)
            return

        async def look() -> None:
            store = await self.opened()
            change = await self._in_thread(partial(look_at, self._filter, self.files, chosen, store.below))
            room = self._limits.most_files - len(self.files)
            fresh = [source for source in change.changed if source.path not in self.files][max(room, 0) :]
            if fresh:
                self.capped, left_out = True, {source.path for source in fresh}
                self.warn(self._too_many())
                change = replace(change, changed=tuple(each for each in change.changed if each.path not in left_out))
            await self._take(await self._without_saved(change), lambda _: None)

        async with self._changing:
            await self.opened()
            await self._healing(look)

    def focus(self, paths: Iterable[str]) -> None:
        """Says where the user is: these files and those beside them are read next, if a refresh is under way."""
        if self.completeness < 1:
            self._wanted.update(dict.fromkeys(paths))

    def limit(self, limits: Limits) -> None:
        """Keeps within other limits from the next sweep on."""
        if limits != self._limits:
            self.warnings.pop(self._too_many(), None)
            self._limits = limits

    def warn(self, warning: str) -> None:
        """Notes what a user should know. There are never many: one that differs a little each time would add up."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings[warning] = None

    async def opened(self) -> Store:
        """The store, opened and listed. Raises ClosedError after the end."""
        async with self._opening:
            if self._closed:
                raise ClosedError("the index is closed")
            if self.store is None:
                store = await self._in_thread(partial(Store, self._cache, self._filter.root))
                await self._load(store)
                self.store = store
            return self.store

    async def named(self) -> PathNames:
        """The names of all paths that the store knew when it was opened, and of those that came since."""
        await self.opened()
        await asyncio.shield(self._named())
        return self.names

    async def check(self) -> None:
        """Looks at the whole store for damage, once, since a start has no time for it; builds a damaged one anew."""
        store = await self.opened()
        if not self._checked:
            self._checked = True
            if not await asyncio.to_thread(store.is_whole):
                self.suspect = True
                await self.refresh(None)

    async def close(self) -> None:
        """Gives the store back, when what is under way has ended: the workers must be closed before."""
        self._closed = True
        async with self._changing, self._opening:
            if self._naming is not None:
                await asyncio.wait({self._naming})
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
        self.names, self._naming = PathNames(), None
        self.completeness = 1.0 if self.files else 0.0
        if store.warning:
            self.warn(store.warning)

    def _named(self) -> asyncio.Future[None]:
        """Takes all paths' names in, in a thread: when they are first asked for, or when a sweep has ended."""
        if self._naming is None:
            self._naming = asyncio.ensure_future(asyncio.to_thread(_add_all, self.names, tuple(self.files)))
        return self._naming

    async def _healing(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Does work on the store. Where the store or the disk fails, goes on with a new one, from a sweep."""
        store = await self.opened()
        try:
            try:
                await (self._start_over(store.rebuild) if self.suspect or self._wasteful else work())
            except StoreError:
                await self._start_over(store.rebuild)
        except (StoreError, BusyError, OSError) as error:
            await self._start_over(partial(store.keep_in_memory, str(error)))
            self._next_try = time.monotonic() + RETRY_SECONDS

    async def _return_to_disk(self) -> None:
        """Looks now and then whether a store that is kept in memory can be on the disk again."""
        ours = self.store
        if ours is None or not ours.warning or time.monotonic() < self._next_try:
            return
        self._next_try = time.monotonic() + RETRY_SECONDS
        opened = await self._in_thread(partial(Store, self._cache, self._filter.root))
        if opened.warning:
            await self._in_thread(opened.close)
            return
        # Who asks the old one now may finish: it is closed when nothing holds it any more.
        self.warnings.pop(ours.warning, None)
        await self._load(opened)
        self.store = opened

    async def _start_over(self, emptied: Callable[[], None]) -> None:
        store = await self.opened()
        # Whoever cancels this in the middle leaves an empty store, which must not pass for a full one.
        self.suspect = True
        await self._in_thread(emptied)
        await self._load(store)
        self.suspect = self._wasteful = False
        await self._sweep(None)

    def _make_room(self, store: Store) -> None:
        """Keeps the stores of all workspaces within their limit. Blocks."""
        if store.warning:
            return
        mark_used(store.folder)
        size = evict(store.folder, self._limits.cache_bytes)
        if size > self._limits.cache_bytes:
            self.warn(
                f"The index takes {size / 1e6:,.0f} MB in {store.folder.parent.parent}, more than index.cache_megabytes"
                f" allows ({self._limits.cache_bytes / 1e6:,.0f})."
            )

    def _too_many(self) -> str:
        return (
            f"{self._filter.root} holds more than {self._limits.most_files:,} files, so only so many are indexed."
            " Open the folder of a project, or name what is not needed in .patchwrightignore."
        )

    async def _sweep(self, report: Callable[[IndexProgress], None] | None) -> None:
        await self._take_wanted()
        change = await self._in_thread(partial(sweep, self._filter, self.files, self._limits.most_files))
        self.capped = change.capped
        if change.capped:
            self.warn(self._too_many())
        total, whole = len(change.changed), max(change.total, 1)

        def tell(done: int) -> None:
            self.completeness = 1 - (total - done) / whole
            if report is not None and done:
                report(IndexProgress(done, total))

        tell(0)
        await self._take(change, tell)
        self.completeness = 1.0
        self._wanted.clear()
        self._named()

    async def _take(self, change: Change, tell: Callable[[int], None]) -> None:
        """Reads what changed and writes it, batch by batch: what is written can be asked for at once."""
        store = await self.opened()
        await self._write(store, (), change.gone)
        done = written = 0
        waiting: list[Extracted] = []

        async def known(keys: tuple[str, ...]) -> set[str]:
            return await self._in_thread(partial(store.known, keys))

        batches = read(self._workers, self._filter.root, change.changed, known if self.files else None)
        async with aclosing(batches):
            async for extracted in batches:
                waiting += extracted
                done += len(extracted)
                if len(waiting) >= min(written, WRITTEN_FILES):
                    await self._write(store, waiting, ())
                    written, waiting = done, []
                    tell(done)
                await self._take_wanted()
        if waiting:
            await self._write(store, waiting, ())
            tell(done)

    async def _without_saved(self, change: Change) -> Change:
        """Takes in the files that were saved from open buffers, and gives what is left to read."""
        if len(change.changed) > MOST_SAVED:
            return change
        saved = {source: await self._saved(source) for source in change.changed}
        await self._write(await self.opened(), [each for each in saved.values() if each is not None], ())
        return replace(change, changed=tuple(source for source, each in saved.items() if each is None))

    async def _take_wanted(self) -> None:
        """Reads what someone is waiting for. That it comes up again in its turn costs little."""
        if not self._wanted:
            return
        store = await self.opened()
        paths, self._wanted = tuple(self._wanted), {}
        sources = await self._in_thread(partial(near, self._filter, self.files, paths))
        async with aclosing(read_first(self._workers, self._filter.root, sources)) as batches:
            async for extracted in batches:
                await self._write(store, extracted, ())

    async def _write(self, store: Store, extracted: Sequence[Extracted], gone: Sequence[str]) -> None:
        def write() -> dict[str, FileRow]:
            rows = store.write(extracted, gone)
            for path in gone:
                names.discard(path)
            for path in rows:
                names.add(path)
            return rows

        if extracted or gone:
            names = await self.named()
            for wait in range(BUSY_TRIES):
                try:
                    self.files |= await self._in_thread(write)
                    self._written = True
                    break
                except BusyError:
                    if wait + 1 == BUSY_TRIES:
                        raise
        for path in gone:
            self.files.pop(path, None)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _add_all(names: PathNames, paths: tuple[str, ...]) -> None:
    for path in paths:
        names.add(path)
