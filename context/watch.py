"""What changes in the workspace while it is open? Batches of events, and when to look at everything instead.

Events alone lose files: those that are written into a new folder before it is watched. So a new folder, a changed
ignore file, a moved HEAD and a storm of events all mean a sweep, and a second one when it has become quiet.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from context.files import SKIPPED_FOLDERS
from context.ignores import IGNORE_FILES

STORM = 500
QUIET_MS = 1000
GROUPED_MS = 400
SWEEP_SECONDS = 120.0

_REPOSITORY_FILES = frozenset({".git/HEAD", ".git/index", ".git/info/exclude"})


@dataclass(frozen=True, slots=True)
class Changed:
    """Relative paths that changed; `sweep` says that everything must be looked at."""

    paths: frozenset[str]
    sweep: bool = False


async def watch(root: Path) -> AsyncGenerator[Changed]:
    """Changes as they come, beginning with a sweep as soon as the watch stands. Raises OSError where it cannot."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[list[str] | OSError] = asyncio.Queue()
    stop = threading.Event()

    def tell(said: list[str] | OSError) -> None:
        # The loop may have closed while the watcher had something to say.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(heard.put_nowait, said)

    thread = threading.Thread(target=_listen, args=(root, stop, tell), name="patchwright-watch", daemon=True)
    thread.start()
    sweep_again, swept = True, 0.0
    try:
        while True:
            said = await heard.get()
            if isinstance(said, OSError):
                raise said
            changed = await asyncio.to_thread(_sorted_out, root, said)
            quiet = not said
            if changed.sweep or (quiet and (sweep_again or time.monotonic() - swept > SWEEP_SECONDS)):
                sweep_again, swept = changed.sweep, time.monotonic()
                yield Changed(frozenset(), sweep=True)
            elif changed.paths:
                yield changed
    finally:
        stop.set()
        await asyncio.to_thread(thread.join, 5.0)


def _listen(root: Path, stop: threading.Event, tell: Callable[[list[str] | OSError], None]) -> None:
    from watchfiles import watch as watch_files

    try:
        for changes in watch_files(
            root,
            watch_filter=None,
            debounce=GROUPED_MS,
            stop_event=stop,
            rust_timeout=QUIET_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            tell([path for _, path in changes])
    except OSError as error:
        tell(error)
    except Exception as error:  # noqa: BLE001 - the watcher is native code with exceptions of its own
        tell(OSError(str(error)))


def _sorted_out(root: Path, absolute: Iterable[str]) -> Changed:
    """The paths that may matter, relative to the root."""
    paths: set[str] = set()
    sweep = False
    for each in absolute:
        try:
            path = Path(each).relative_to(root).as_posix()
        except ValueError:
            continue
        parts = path.split("/")
        if path in _REPOSITORY_FILES or parts[-1] in IGNORE_FILES:
            sweep = True
        elif not SKIPPED_FOLDERS.intersection(parts):
            paths.add(path)
            sweep = sweep or os.path.isdir(each)  # noqa: PTH112 - there may be thousands
    return Changed(frozenset(paths), sweep or len(paths) > STORM)
