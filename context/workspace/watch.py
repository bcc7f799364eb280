"""What changes on the disk? Events from the operating system, sorted into files, new folders and storms.

Events alone lose files: those that are written into a new folder before it is watched. So a new folder is looked at as
a whole, and once more when it has become quiet. A storm of events, a moved branch and a changed ignore file above the
root each mean one sweep, as soon as it is quiet: a checkout of a thousand files is one change.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from context.workspace.files import SKIPPED_FOLDERS
from context.workspace.ignores import GIT_IGNORE
from context.workspace.repository import repository_of

STORM = 500
"""More changes at once than this are not told one by one."""

QUIET_MS = 1000
GROUPED_MS = 400
MOST_HELD_SECONDS = 10.0
"""How long a storm that does not end keeps the index waiting."""

OUT_OF_WATCHES = "the system has no more watches for files: raise fs.inotify.max_user_watches"

SWEEP_SECONDS = 120.0
SWEEP_SHARE = 0.02
"""Between two sweeps that nothing asked for lie so many seconds, or more: they take no larger share of the time."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Relative paths that changed; `sweep` says that everything must be looked at."""

    paths: frozenset[str]
    sweep: bool = False


async def watch(root: Path) -> AsyncGenerator[Changed]:
    """Changes as they come, beginning with a sweep as soon as the watch stands. Raises OSError where it cannot.

    A root that goes is swept, and watched anew when there is one again.
    """
    while True:
        identity = await asyncio.to_thread(_identity, root)
        if identity is None:
            await asyncio.sleep(QUIET_MS / 1000)
            continue
        with contextlib.suppress(FileNotFoundError):
            async with aclosing(_watch(root, identity)) as changes:
                async for changed in changes:
                    yield changed
        yield Changed(frozenset(), sweep=True)


async def _watch(root: Path, identity: tuple[int, int]) -> AsyncGenerator[Changed]:
    """Changes for as long as the root is the same folder."""
    heard = _Heard(asyncio.get_running_loop())
    stop = threading.Event()
    thread = threading.Thread(target=_listen, args=(root, stop, heard), name="patchwright-watch", daemon=True)
    thread.start()
    signs = await asyncio.to_thread(_signs, root)
    due = _Due()
    try:
        while True:
            news = await heard.news()
            if await asyncio.to_thread(_identity, root) != identity:
                return
            signs_now = await asyncio.to_thread(_signs, root)
            due.take(news, moved=signs_now != signs)
            signs = signs_now
            changed = due.now(quiet=news.quiet)
            if changed is not None:
                began = time.monotonic()
                yield changed
                due.done(changed, time.monotonic() - began)
    finally:
        stop.set()
        await asyncio.to_thread(thread.join, 5.0)


@dataclass(frozen=True, slots=True)
class _News:
    """What came since the last time: `quiet` where nothing did. Of a storm no path is kept."""

    paths: frozenset[str]
    folders: frozenset[str]
    storm: bool
    quiet: bool


@dataclass(slots=True)
class _Due:
    """What is to be looked at, and since when."""

    storm: bool = True
    since: float = 0.0
    paths: set[str] = field(default_factory=set[str])
    again: set[str] = field(default_factory=set[str])
    swept: float = 0.0
    next_sweep: float = SWEEP_SECONDS

    def take(self, news: _News, *, moved: bool) -> None:
        """Adds what came; `moved` says that the branch or an ignore file above the root is another."""
        if not (self.storm or self.again):
            self.since = time.monotonic()
        self.storm = self.storm or news.storm or moved
        self.paths |= news.paths
        self.again |= news.folders

    def now(self, *, quiet: bool) -> Changed | None:
        """What is looked at now; None where there is nothing, or nothing yet."""
        settled = quiet or time.monotonic() - self.since > MOST_HELD_SECONDS
        if (self.storm and settled) or (quiet and time.monotonic() - self.swept > self.next_sweep):
            self.storm = self.storm and not quiet
            self.since = time.monotonic()
            self.paths, self.again = set(), set()
            return Changed(frozenset(), sweep=True)
        if self.storm:
            return None
        if settled:
            self.paths |= self.again
            self.again = set()
        paths, self.paths = self.paths, set()
        return Changed(frozenset(paths)) if paths else None

    def done(self, changed: Changed, seconds: float) -> None:
        """Notes how long a sweep took."""
        if changed.sweep:
            self.swept, self.next_sweep = time.monotonic(), max(SWEEP_SECONDS, seconds / SWEEP_SHARE)


class _Heard:
    """What the watching thread says to the loop. It holds no more than a storm's beginning."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting = asyncio.Event()
        self._paths: set[str] = set()
        self._folders: set[str] = set()
        self._storm = False
        self._heard = False
        self._error: OSError | None = None

    def tell(self, paths: Iterable[str], folders: Iterable[str], *, heard: bool) -> None:
        """Called in the watching thread."""
        with self._lock:
            self._heard = self._heard or heard
            self._paths.update(paths)
            self._folders.update(folders)
            if len(self._paths) > STORM:
                self._storm = True
                self._paths, self._folders = set(), set()
        self._wake()

    def fail(self, error: OSError) -> None:
        """Called in the watching thread, at its end."""
        self._error = error
        self._wake()

    async def news(self) -> _News:
        """Waits for what comes next. Raises the OSError that ended the watching thread."""
        await self._waiting.wait()
        self._waiting.clear()
        if self._error is not None:
            raise self._error
        with self._lock:
            news = _News(frozenset(self._paths), frozenset(self._folders), self._storm, not self._heard)
            self._paths, self._folders, self._storm, self._heard = set(), set(), False, False
        return news

    def _wake(self) -> None:
        # The loop may have closed while the watcher had something to say.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._waiting.set)


def _listen(root: Path, stop: threading.Event, heard: _Heard) -> None:
    from watchfiles import watch as watch_files

    # Told to pass over folders that may not be read, it would pass over those for which no watch is left too. So it is
    # told so only once it is known that there are some of the first kind.
    for pass_over in (False, True):
        try:
            for changes in watch_files(
                root,
                watch_filter=None,
                debounce=GROUPED_MS,
                stop_event=stop,
                rust_timeout=QUIET_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=pass_over,
            ):
                paths = _that_matter(root, (path for _, path in changes))
                heard.tell(paths, _folders(root, paths), heard=bool(changes))
            break
        except PermissionError as error:
            if pass_over:
                heard.fail(error)
        except FileNotFoundError as error:
            # A folder that went while it was to be watched. The root itself is looked at before each try.
            if pass_over or not root.exists():
                heard.fail(error)
        except OSError as error:
            heard.fail(OSError(OUT_OF_WATCHES) if "limit reached" in str(error) else error)
            break
        except Exception as error:  # noqa: BLE001 - the watcher is native code with exceptions of its own
            heard.fail(OSError(str(error)))
            break


def _folders(root: Path, paths: set[str]) -> list[str]:
    if len(paths) > STORM:
        return []
    return [path for path in paths if os.path.isdir(root / path)]  # noqa: PTH112 - there may be hundreds


def _that_matter(root: Path, absolute: Iterable[str]) -> set[str]:
    """The paths that may be the project's own, relative to the root."""
    prefix = str(root).rstrip(os.sep) + os.sep
    inside = (each[len(prefix) :].replace(os.sep, "/") for each in absolute if each.startswith(prefix))
    return {path for path in inside if SKIPPED_FOLDERS.isdisjoint(path.split("/"))}


def _identity(root: Path) -> tuple[int, int] | None:
    """Which folder the root is, None where there is none."""
    try:
        status = root.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _signs(root: Path) -> dict[Path, tuple[int, int, int] | None]:
    """The times of the files outside the tree that decide about it: the branch, the ignore files above the root."""
    repository = repository_of(root)
    if repository is None:
        return {}
    above = [folder / GIT_IGNORE for folder in root.parents if folder.is_relative_to(repository.top)]
    files = (repository.own / "HEAD", repository.own / "index", repository.exclude, *above)
    return {file: _times(file) for file in files}


def _times(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
