"""What did a host refuse before? Kept for a month, so that a field or an API that it does not take is sent to it once.

A file of the user's, `lessons.json`, by address and model: no key, no text. What is kept there is only ever left out of
a request, or asked in the other API, and is forgotten in time, since hosts change.
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from clients.endpoint import ApiName, Endpoint, Quirk

KEPT_SECONDS = 30 * 24 * 3600
_MOST = 200
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Lesson:
    """The API that a host takes for a model, and what it wants otherwise than most."""

    api: ApiName
    quirks: frozenset[Quirk] = frozenset()


class Lessons:
    """The lessons in a folder. Nothing here raises: what cannot be read or kept is learned again."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._file = folder / "lessons.json"
        self._now = now

    def of(self, endpoint: Endpoint) -> Lesson | None:
        """What was learned of a model at a host; None if nothing was, or too long ago."""
        return _lesson(self._fresh().get(_key(endpoint)))

    def keep(self, endpoint: Endpoint, lesson: Lesson) -> None:
        """Keeps it, in the place of what was known. Of two processes at once the later one wins."""
        known = self._fresh()
        known.pop(key := _key(endpoint), None)
        known[key] = {"api": lesson.api, "quirks": sorted(lesson.quirks), "learned": int(self._now())}
        text = json.dumps(dict(list(known.items())[-_MOST:]), indent=1)
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # A new file in the place of the old one: a reader never sees half of it, and a link is not followed.
            with tempfile.NamedTemporaryFile("w", dir=self._file.parent, delete=False, encoding="utf-8") as file:
                file.write(text)
            Path(file.name).replace(self._file)

    def _fresh(self) -> dict[str, dict[str, Any]]:
        try:
            with self._file.open("rb") as file:
                found: Any = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        rows = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        return {key: row for key, row in rows.items() if self._is_fresh(row)}

    def _is_fresh(self, row: Any) -> bool:
        learned: Any = cast("dict[str, Any]", row).get("learned") if isinstance(row, dict) else None
        return isinstance(learned, int | float) and 0 <= self._now() - learned < KEPT_SECONDS


def _key(endpoint: Endpoint) -> str:
    return f"{endpoint.base_url.rstrip('/')} {endpoint.model} {endpoint.api}"


def _lesson(row: dict[str, Any] | None) -> Lesson | None:
    if row is None or row.get("api") not in get_args(ApiName):
        return None
    quirks = cast("list[Any]", row["quirks"]) if isinstance(row.get("quirks"), list) else []
    return Lesson(row["api"], frozenset(quirk for quirk in get_args(Quirk) if quirk in quirks))
