"""What is in the workspace, and what of it does a description need? The one door to everything in this package.

An `Index` owns the file filter, the worker processes and the store of one root. All its coroutines leave the event loop
free: walking and SQLite run in a thread, parsing in processes. Every query answers at once from what is there, and
`completeness` says how much that is.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import aclosing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, TypeVarTuple

from context.errors import StoreBroken, WorkerDied, WorkerTimeout
from context.extract import Extract, extract_text
from context.files import IGNORE_FILES, FileFilter
from context.languages import language_of
from context.parse import PARSE_SECONDS, SyntaxFault, syntax_faults
from context.paths import PathNames
from context.search import Hit, Terms, matched_terms, search
from context.select import Context, Piece, Query, Wanted, pack, piece_here
from context.snapshot import FileText, Snapshot, text_sha
from context.store import FileRow, Store
from context.sweep import Change, look_at, read, sweep
from context.symbols import Definition, outline
from context.watch import SWEEP_SECONDS, watch
from context.worker_loop import peak_memory
from context.workers import Workers

Result = TypeVar("Result")
Args = TypeVarTuple("Args")

MOST_KEPT = 64
JOB_SECONDS = 3 * PARSE_SECONDS


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far a refresh is, in files to read."""

    done: int
    total: int


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
    """The index of one workspace. `cache` is the user's cache folder; `never_send` are gitignore patterns.

    It starts nothing until it is first used, and belongs to one event loop.
    """

    def __init__(self, root: Path, cache: Path, never_send: tuple[str, ...]) -> None:
        self.root = root.resolve()
        self.filter = FileFilter(self.root, never_send)
        self.completeness = 0.0
        self._cache = cache
        self._workers = Workers()
        # One thread writes the store, another searches it: neither waits for the other.
        self._writing = ThreadPoolExecutor(1, "patchwright-index")
        self._searching = ThreadPoolExecutor(1, "patchwright-search")
        self._store: Store | None = None
        self._files: dict[str, FileRow] = {}
        self._names = PathNames()
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._warnings: dict[str, None] = {}
        self._extracts: OrderedDict[tuple[str, str], Extract] = OrderedDict()
        self._outlines: OrderedDict[tuple[str, str], tuple[Definition, ...]] = OrderedDict()

    async def refresh(self, report: Callable[[IndexProgress], None] | None = None) -> IndexStats:
        """Brings the index up to date with the disk: looks at every file's times, reads only what changed."""
        started, cpu_started = time.perf_counter(), time.process_time() + self._workers.cpu_seconds
        async with self._lock:
            await self._opened()
            mode: Literal["cold", "warm"] = "warm" if self._files else "cold"
            await self._healing(lambda: self._sweep(report))
            counts = await self._in(self._writing, (await self._opened()).counts)
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
        chosen = sorted(set(paths))
        if any(path.rpartition("/")[2] in IGNORE_FILES for path in chosen):
            await self.refresh()
            return

        async def look() -> None:
            change = await self._in(self._writing, partial(look_at, self.filter, dict(self._files), chosen))
            await self._take(change, None)

        async with self._lock:
            await self._opened()
            await self._healing(look)

    async def watch(self) -> None:
        """Keeps the index up to date until it is cancelled. Where watching fails, it sweeps now and then."""
        try:
            async for changed in watch(self.root):
                if changed.sweep:
                    await self.refresh()
                else:
                    await self.update(changed.paths)
        except OSError as error:
            self._warn(
                f"Changes in {self.root} cannot be watched ({error}): looking every {SWEEP_SECONDS:.0f} s instead."
            )
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.refresh()

    def definitions(self, name: str) -> tuple[tuple[str, Definition], ...]:
        """Where a name is defined, source before tests: paths with definitions (without docstrings), at most 200."""
        try:
            return tuple(self._store.definitions(name)) if self._store is not None else ()
        except (StoreBroken, OSError):
            return ()

    def mentions(self, name: str) -> tuple[str, ...]:
        """All files whose text has an identifier, within strings and comments too, in order.

        Every file of the index where the store cannot tell: an exact edit may look at too many, never at too few.
        """
        try:
            return tuple(self._store.mentions(name)) if self._store is not None else ()
        except (StoreBroken, OSError):
            return tuple(sorted(self._files))

    async def outline(self, path: str, text: str) -> tuple[Definition, ...]:
        """The definitions of a text in source order, with docstrings; none for one that takes too long."""
        language = language_of(path)
        key = (language.name if language else "", text_sha(text))
        if language is not None and key not in self._outlines:
            try:
                _remember(self._outlines, key, await self._workers.run(outline, path, text, seconds=JOB_SECONDS))
            except (WorkerDied, WorkerTimeout):
                _remember(self._outlines, key, ())
        return self._outlines.get(key, ())

    async def faults(self, path: str, text: str) -> tuple[SyntaxFault, ...]:
        """The syntax errors in a text. Raises WorkerTimeout and WorkerDied."""
        return await self._workers.run(syntax_faults, path, text, seconds=JOB_SECONDS)

    async def run(self, function: Callable[[*Args], Result], *args: *Args) -> Result:
        """The result of any picklable function in a worker process. See `Workers.run` for what it raises."""
        return await self._workers.run(function, *args)

    async def select(self, query: Query, snapshot: Snapshot) -> Context:
        """The pieces that a description needs, within its budget, each with its reason."""
        started = time.perf_counter()
        await self._opened()
        overlays = await self._overlays(snapshot)
        here = await self._piece_here(query, snapshot)
        path_here = query.place.path if query.place else None

        async def look() -> Context:
            store = await self._opened()
            found = partial(_selected, query, snapshot, here, path_here, overlays, store, self._names, self.filter)
            return await self._in(self._searching, found)

        try:
            context = await look()
        except (StoreBroken, OSError):
            await self.refresh()
            context = await look()
        return replace(context, completeness=self.completeness, ms=(time.perf_counter() - started) * 1000)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know, each once, in words."""
        return tuple(self._warnings)

    async def close(self) -> None:
        """Ends the worker processes and gives the store back."""
        await self._workers.close()
        async with self._opening:
            if self._store is not None:
                await self._in(self._writing, self._store.close)
                self._store = None
        self._writing.shutdown(wait=False)
        self._searching.shutdown(wait=False)

    async def _opened(self) -> Store:
        async with self._opening:
            if self._store is None:
                store = await self._in(self._writing, partial(Store, self._cache, self.root))
                await self._load(store)
                self._store = store
            return self._store

    async def _load(self, store: Store) -> None:
        """Takes over what a store knows; one that cannot even be listed is built anew."""
        try:
            self._files = await self._in(self._writing, store.files)
        except (StoreBroken, OSError):
            await self._in(self._writing, store.rebuild)
            self._files = {}
        self._names = await self._in(self._writing, partial(_names_of, tuple(self._files)))
        self.completeness = 1.0 if self._files else 0.0
        self._warn(store.warning)

    async def _healing(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Does work on the store. Where the store or the disk fails, goes on with a new one, from a sweep."""
        store = await self._opened()
        try:
            if await self._in(self._writing, store.is_wasteful):
                await self._in(self._writing, store.rebuild)
                await self._load(store)
                await self._sweep(None)
            else:
                await work()
        except StoreBroken:
            await self._in(self._writing, store.rebuild)
            await self._load(store)
            await self._sweep(None)
        except OSError as error:
            await self._in(self._writing, partial(store.keep_in_memory, str(error)))
            await self._load(store)
            await self._sweep(None)

    async def _sweep(self, report: Callable[[IndexProgress], None] | None) -> None:
        await self._take(await self._in(self._writing, partial(sweep, self.filter, self._files)), report)

    async def _take(self, change: Change, report: Callable[[IndexProgress], None] | None) -> None:
        """Reads what changed and writes it, batch by batch: what is written can be asked for at once."""
        store = await self._opened()
        total, done = len(change.changed), 0
        whole = max(change.total, len(self._files), 1)
        self.completeness = 1 - total / whole
        if change.gone:
            await self._in(self._writing, partial(store.write, (), change.gone))
            for path in change.gone:
                self._files.pop(path, None)
                self._names.discard(path)
        batches = read(self._workers, self.root, change.changed, store if self._files else None)
        async with aclosing(batches):
            async for extracted in batches:
                rows = await self._in(self._writing, partial(store.write, extracted))
                self._files |= rows
                for path in rows:
                    self._names.add(path)
                done += len(extracted)
                self.completeness = 1 - (total - done) / whole
                if report is not None:
                    report(IndexProgress(done, total))
        self.completeness = 1.0

    async def _overlays(self, snapshot: Snapshot) -> dict[str, Extract]:
        """Extracts of the open buffers that differ from what is indexed."""
        overlays: dict[str, Extract] = {}
        for path, file in sorted(snapshot.buffers.items()):
            row = self._files.get(path)
            if row is not None and (row.sha == file.sha or row.private):
                continue
            if not await self._in(self._searching, partial(_may_overlay, self.filter, path)):
                continue
            key = (path, file.sha)
            if key not in self._extracts:
                data = file.text.encode("utf-8", "surrogatepass")
                try:
                    extract = await self._workers.run(extract_text, path, data, file.sha, seconds=JOB_SECONDS)
                except (WorkerDied, WorkerTimeout):
                    continue
                _remember(self._extracts, key, extract)
            overlays[path] = self._extracts[key]
        return overlays

    async def _piece_here(self, query: Query, snapshot: Snapshot) -> Piece | None:
        if query.place is None or not await self._in(self._searching, partial(self.filter.sendable, query.place.path)):
            return None
        file = await self._in(self._searching, partial(snapshot.file, query.place.path))
        if not isinstance(file, FileText):
            return None
        return piece_here(file, query.place, await self.outline(file.path, file.text), query.budget)

    def _warn(self, warning: str) -> None:
        if warning:
            self._warnings[warning] = None

    @staticmethod
    async def _in(thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(thread, work)


def _selected(
    query: Query,
    snapshot: Snapshot,
    here: Piece | None,
    path_here: str | None,
    overlays: Mapping[str, Extract],
    store: Store,
    names: PathNames,
    file_filter: FileFilter,
) -> Context:
    hits, terms = search(query.description, store, names, overlays, path_here)
    return pack(query, snapshot, here, _wanted(hits, terms, file_filter))


def _wanted(hits: tuple[Hit, ...], terms: Terms, file_filter: FileFilter) -> Iterator[Wanted]:
    """Hits as they may be sent. That is asked again here: a file may have become a link since it was indexed."""
    for hit in hits:
        if file_filter.sendable(hit.path):
            yield Wanted(hit.path, hit.start_line, hit.end_line, hit.score, partial(_why, hit, terms))


def _why(hit: Hit, terms: Terms, text: str) -> str:
    matched = matched_terms(text, terms)
    reasons = (*dict.fromkeys(hit.reasons), *((f"matches: {', '.join(matched)}",) if matched else ()))
    return "; ".join(reasons[:3]) or "in a file that the description is about"


def _may_overlay(file_filter: FileFilter, path: str) -> bool:
    return file_filter.sendable(path) and not file_filter.ignores(path)


def _names_of(paths: tuple[str, ...]) -> PathNames:
    names = PathNames()
    for path in paths:
        names.add(path)
    return names


def _remember(kept: OrderedDict[tuple[str, str], Result], key: tuple[str, str], value: Result) -> None:
    kept[key] = value
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
