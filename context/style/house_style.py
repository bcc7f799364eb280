"""What are the conventions near a place now? Finds the files, has a worker count their habits, remembers those.

Habits belong to a content, so they are counted once for each and kept across restarts (see `results`). In memory a file
has those of one content: a user who types makes another one with each key.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from context.buffers import Buffers
from context.errors import ContextError, WorkerDiedError, WorkerTimeoutError
from context.parsing.languages import language_of
from context.snapshot import FileText, Snapshot
from context.storage.results import Results
from context.storage.schema import version
from context.storage.store import Store
from context.style.conventions import Sample, Sampled, convention_lines
from context.style.formatters import Layout, configured_layout
from context.style.habits import HABITS_VERSION, Habits, habits_of, is_habits
from context.style.nearby import Near, Nearby, nearby
from context.workspace.files import FileFilter
from context.workspace.paths import PathNames
from context.workspace.rank import TEST, rank_of

Result = TypeVar("Result")

MOST_KEPT = 2000


class HouseStyle:
    """The habits that are known; `cache` is the user's cache folder.

    It belongs to one event loop.
    """

    def __init__(self, cache: Path, file_filter: FileFilter, buffers: Buffers) -> None:
        self._filter = file_filter
        self._buffers = buffers
        self._known: OrderedDict[str, tuple[str, Habits]] = OrderedDict()
        """By path, each with the sha of the content that they are of."""
        self._results = Results(cache)
        self._thread = ThreadPoolExecutor(1, "patchwright-habits")

    async def near(self, path: str, snapshot: Snapshot, store: Store, names: PathNames) -> tuple[str, ...]:
        """The conventions near a file (relative path) as lines for a prompt; none where the language is not known.

        Raises StoreError and OSError.
        """
        language = language_of(path)
        if language is None:
            return ()
        found, layout = await self._in_thread(partial(self._look, path, store, names))
        found = replace(found, sources=_as_open(found.sources, snapshot), tests=_as_open(found.tests, snapshot))
        habits = await self._habits((*found.sources, *found.tests), snapshot)
        sample = Sample(
            language.name,
            _sampled(path, found.sources, habits),
            _sampled(path, found.tests, habits),
            found.names,
            found.test_path,
            rank_of(path) == TEST,
            layout,
        )
        return convention_lines(sample)

    async def prepare(self) -> None:
        """Has the worker there before it is known which files it is to look at: its start takes longer than they do."""
        with contextlib.suppress(ContextError):
            await self._buffers.run(habits_of, ())

    def _look(self, path: str, store: Store, names: PathNames) -> tuple[Nearby, Layout]:
        return nearby(path, store, names, self._filter), configured_layout(self._filter.root, path)

    async def _habits(self, files: Sequence[Near], snapshot: Snapshot) -> dict[Near, Habits]:
        """The habits of files, counted where they are not known yet; a file that takes too long stays without."""
        habits = {each: known for each in files if (known := self._known_of(each)) is not None}
        unknown = [each for each in files if each not in habits]
        if not unknown:
            return habits
        kept = await self._in_thread(partial(self._results.get, [_key(each) for each in unknown]))
        habits |= {each: found for each in unknown if (found := kept.get(_key(each))) and is_habits(found)}
        missing = [each for each in unknown if each not in habits]
        if missing:
            texts = await self._in_thread(partial(_texts, missing, snapshot))
            try:
                counted = await self._buffers.run(habits_of, texts)
            except (WorkerDiedError, WorkerTimeoutError):
                counted = ()
            fresh = dict(zip(missing, counted, strict=False))
            habits |= fresh
            # Nobody waits for the disk. Closing comes after it, in the same thread.
            self._thread.submit(self._results.put, {_key(each): found for each, found in fresh.items()})
        self._remember({each: habits[each] for each in unknown if each in habits})
        return habits

    def _known_of(self, file: Near) -> Habits | None:
        sha, found = self._known.get(file.path, ("", None))
        return found if sha == file.sha else None

    def _remember(self, fresh: Mapping[Near, Habits]) -> None:
        for file, habits in fresh.items():
            self._known[file.path] = (file.sha, habits)
            self._known.move_to_end(file.path)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)

    async def close(self) -> None:
        """Gives the file of kept habits back."""
        await self._in_thread(self._results.close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _sampled(path: str, files: Sequence[Near], habits: Mapping[Near, Habits]) -> tuple[Sampled, ...]:
    return tuple(
        Sampled(each.path, each.weight, habits[each], at_place=each.path == path) for each in files if each in habits
    )


def _as_open(files: Sequence[Near], snapshot: Snapshot) -> tuple[Near, ...]:
    """The files with the contents that they have in the editor."""
    buffers = snapshot.buffers
    return tuple(replace(each, sha=buffers[each.path].sha) if each.path in buffers else each for each in files)


def _key(file: Near) -> str:
    return f"{version()}.{HABITS_VERSION}:{file.path}:{file.sha}"


def _texts(files: Sequence[Near], snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Paths with texts; a file that is gone or changed meanwhile counts as the index will soon know it."""
    found = [(each.path, snapshot.file(each.path)) for each in files]
    return tuple((path, file.text if isinstance(file, FileText) else "") for path, file in found)
