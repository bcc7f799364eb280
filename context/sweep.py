"""What changed on the disk since the index last looked, and what is in it now?

A file whose size or time of change differs is read again; one that changed within the last moment is read again the
next time too, since it may change once more within the same tick of the clock.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from context.errors import ClosedError, WorkerDiedError, WorkerTimeoutError
from context.extract import Extracted, Source
from context.files import FileFilter
from context.rank import rank_of
from context.reading import extract_files, hash_files, unread
from context.rows import FileRow
from context.workers import Workers

BATCH_FILES = 64
BATCH_BYTES = 1_000_000
BATCH_SECONDS = 60.0
FILE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Change:
    """The files to read again, source first, the paths that are gone, and how many files there are in all."""

    changed: tuple[Source, ...]
    gone: tuple[str, ...]
    total: int


def sweep(file_filter: FileFilter, known: Mapping[str, FileRow]) -> Change:
    """Looks at the times of every file. Blocks."""
    return _compared(file_filter.walk(), known, known)


def look_at(file_filter: FileFilter, known: Mapping[str, FileRow], paths: Iterable[str]) -> Change:
    """Looks at some paths, and at everything below those that are folders or were. Blocks."""
    sources: list[Source] = []
    spoken_of: set[str] = set()
    folders: list[str] = []
    for path in paths:
        if path in known:
            spoken_of.add(path)
        elif path:
            # A folder, or a file where a folder may have been.
            folders.append(f"{path}/")
        source = file_filter.source(path)
        sources += file_filter.walk(path) if source is None else (source,)
    if folders:
        below = tuple(folders)
        spoken_of.update(each for each in known if each.startswith(below))
    return _compared(sources, known, spoken_of)


def _compared(sources: Iterable[Source], known: Mapping[str, FileRow], spoken_of: Iterable[str]) -> Change:
    changed: list[Source] = []
    present: set[str] = set()
    for source in sources:
        if source.path in present:
            continue
        present.add(source.path)
        row = known.get(source.path)
        if row is None or (row.changed_ns, row.size, row.private) != (source.changed_ns, source.size, source.private):
            changed.append(source)
    gone = sorted(path for path in spoken_of if path not in present)
    changed.sort(key=lambda source: (rank_of(source.path), source.path))
    return Change(tuple(changed), tuple(gone), len(present))


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
    return unread(source)


def _batches(sources: Iterable[Source]) -> Iterator[tuple[Source, ...]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += source.size
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)
