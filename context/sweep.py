"""What changed on the disk since the index last looked, and what is in it now?

A file whose size or time of change differs is read again; one that changed within the last moment is read again the
next time too, since it may change once more within the same tick of the clock.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from context.errors import ClosedError, WorkerDiedError, WorkerTimeoutError
from context.parsing.extract import Extracted, Source
from context.processes.workers import Workers
from context.storage.rows import FileRow
from context.workspace.files import FileFilter
from context.workspace.rank import rank_of
from context.workspace.reading import UNREADABLE, extract_files, hash_files, unread

BATCH_FILES = 64
BATCH_BYTES = 1_000_000
BATCH_SECONDS = 60.0
FILE_SECONDS = 10.0
MOST_BESIDE = 300
"""So many files beside one that is open are read before all others; a folder may have thousands."""


@dataclass(frozen=True, slots=True)
class Change:
    """The files to read again, source first, the paths that are gone, and how many files there are in all.

    `capped` says that there are more files than may be indexed.
    """

    changed: tuple[Source, ...]
    gone: tuple[str, ...]
    total: int
    capped: bool = False


def sweep(file_filter: FileFilter, known: Mapping[str, FileRow], most: int) -> Change:
    """Looks at the times of every file, of so many at most. Blocks."""
    walked = file_filter.walk()
    change = _compared(islice(walked, most), known, known)
    return replace(change, capped=change.total == most and next(walked, None) is not None)


def near(file_filter: FileFilter, known: Mapping[str, FileRow], paths: Iterable[str]) -> tuple[Source, ...]:
    """What is to be read first for someone who is at some paths: these, and what is beside them. Blocks."""
    chosen = dict.fromkeys(paths)
    first = [source for path in chosen if (source := file_filter.source(path)) is not None]
    beside: list[Source] = []
    for folder in dict.fromkeys(path.rpartition("/")[0] for path in chosen):
        here = (source for source in file_filter.walk(folder, deep=False) if source.path not in chosen)
        beside += sorted(islice(here, MOST_BESIDE), key=_order)
    return tuple(source for source in (*first, *beside) if _differs(source, known.get(source.path)))


def look_at(
    file_filter: FileFilter,
    known: Mapping[str, FileRow],
    paths: Iterable[str],
    below: Callable[[str], Iterable[str]],
) -> Change:
    """Looks at some paths, and at everything below those that are folders or were. Blocks.

    `below` gives the known paths in a folder: to look for them among all would take longer than to read a new file.
    """
    sources: list[Source] = []
    spoken_of: set[str] = set()
    for path in paths:
        if path in known:
            spoken_of.add(path)
        elif path:
            # A folder, or a file where a folder may have been.
            spoken_of.update(below(path))
        source = file_filter.source(path)
        sources += file_filter.walk(path) if source is None else (source,)
    return _compared(sources, known, spoken_of)


def _compared(sources: Iterable[Source], known: Mapping[str, FileRow], spoken_of: Iterable[str]) -> Change:
    changed: list[Source] = []
    present: set[str] = set()
    for source in sources:
        if source.path in present:
            continue
        present.add(source.path)
        if _differs(source, known.get(source.path)):
            changed.append(source)
    gone = sorted(path for path in spoken_of if path not in present)
    changed.sort(key=_order)
    return Change(tuple(changed), tuple(gone), len(present))


def _differs(source: Source, row: FileRow | None) -> bool:
    seen = (source.changed_ns, source.size, source.private)
    return row is None or (row.changed_ns, row.size, row.private) != seen


def _order(source: Source) -> tuple[int, str]:
    return rank_of(source.path), source.path


async def read_first(workers: Workers, root: Path, sources: tuple[Source, ...]) -> AsyncGenerator[list[Extracted]]:
    """Extracts a few files before all that is being read: the first one alone, since someone waits for it."""
    for batch in (sources[:1], *_batches(sources[1:], BATCH_FILES // 2)):
        if batch:
            try:
                yield await workers.run(partial(extract_files, str(root)), batch, seconds=BATCH_SECONDS)
            except ClosedError:
                raise
            except (WorkerDiedError, WorkerTimeoutError):
                for source in batch:
                    yield [await _alone(workers, root, source)]


async def read(
    workers: Workers,
    root: Path,
    sources: tuple[Source, ...],
    known_of: Callable[[tuple[str, ...]], Awaitable[set[str]]] | None,
) -> AsyncGenerator[list[Extracted]]:
    """Extracts files batch by batch, in worker processes. Contents that `known_of` knows are not parsed again.

    A file that crashes the parser or takes too long is searchable by its words only; one that fails even so is unread.
    """
    unknown = sources
    if known_of is not None and len(sources) > BATCH_FILES:
        missing: list[Source] = []
        async for batch, hashed in workers.each(partial(hash_files, str(root)), _batches(sources), BATCH_SECONDS):
            if isinstance(hashed, WorkerDiedError | WorkerTimeoutError):
                missing += batch
                continue
            known = await known_of(tuple(found.key for found in hashed if found.key is not None))
            yield [found for found in hashed if found.key is None or found.key in known]
            missing += [found.source for found in hashed if found.key is not None and found.key not in known]
        unknown = tuple(missing)
    async for batch, extracted in workers.each(partial(extract_files, str(root)), _batches(unknown), BATCH_SECONDS):
        if isinstance(extracted, WorkerDiedError | WorkerTimeoutError):
            for source in batch:
                yield [await _alone(workers, root, source)]
        else:
            yield extracted


async def _alone(workers: Workers, root: Path, source: Source) -> Extracted:
    for parsed in (True, False):
        try:
            job = partial(extract_files, str(root), (source,), parsed=parsed)
            return (await workers.run(job, seconds=FILE_SECONDS, bulk=True))[0]
        except ClosedError:
            raise
        except (WorkerDiedError, WorkerTimeoutError):
            continue
    return unread(source, UNREADABLE)


def _batches(sources: Iterable[Source], most: int = BATCH_FILES) -> Iterator[tuple[Source, ...]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += source.size
        if len(batch) >= most or size >= BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)
