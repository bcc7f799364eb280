"""What was worked out before, by key, across restarts? JSON in a `diskcache` file in the user's cache folder.

It is derived data that heals itself, as the store does: what cannot be read is thrown away and begun anew, and a folder
that cannot be written costs nothing but the work.
"""

import contextlib
import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MOST_BYTES = 16_000_000
"""The oldest results are dropped when there are more."""

TRIES = 2
"""A file that breaks is begun anew once; when that breaks, too, nothing is kept any more."""


class Results:
    """Results by key in the cache folder, opened when it is first used. Methods block and do not raise.

    All of them are to run in one thread: `diskcache` opens the file again for each, and closes only its caller's.
    """

    def __init__(self, cache: Path) -> None:
        self._root = cache
        self._folder = cache / "results" / "habits" / "1"
        self._cache: Any = None
        self._tries = TRIES
        self._lock = threading.Lock()

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is known of some keys, as parsed JSON whose shape is the caller's to check."""
        from context.storage.plain_disk import BROKEN

        with self._lock:
            try:
                cache = self._opened()
                texts = {} if cache is None else {key: cache.get(key) for key in keys}
                return {key: json.loads(text) for key, text in texts.items() if text}
            except BROKEN:
                self._start_over()
                return {}

    def put(self, results: Mapping[str, object]) -> None:
        """Keeps results that JSON can say."""
        from context.storage.plain_disk import BROKEN

        with self._lock:
            try:
                cache = self._opened()
                if cache is not None and results:
                    with cache.transact():
                        for key, result in results.items():
                            cache.set(key, json.dumps(result, separators=(",", ":")).encode())
            except BROKEN:
                self._start_over()

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._close()
            self._tries = 0

    def _opened(self) -> Any:
        """The open cache; None where there is none to have."""
        from context.storage.plain_disk import open_cache

        if self._cache is None and self._tries:
            self._tries -= 1
            self._cache = open_cache(self._root, self._folder, MOST_BYTES)
        return self._cache

    def _start_over(self) -> None:
        from context.storage.plain_disk import remove_cache

        self._close()
        if self._tries:
            remove_cache(self._folder)

    def _close(self) -> None:
        from context.storage.plain_disk import BROKEN

        cache, self._cache = self._cache, None
        if cache is not None:
            with contextlib.suppress(*BROKEN):
                cache.close()
