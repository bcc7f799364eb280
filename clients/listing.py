"""Which models does a host list? The answer to `GET /models` in OpenAI's shape, which local servers speak too."""

import json
from typing import Any, cast


def listed_models(body: bytes) -> tuple[dict[str, Any], ...]:
    """The rows of a list that have an `id`; none where the body has another shape."""
    try:
        listing: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    entries: Any = cast("dict[str, Any]", listing).get("data") if isinstance(listing, dict) else None
    if not isinstance(entries, list):
        return ()
    rows = [cast("dict[str, Any]", entry) for entry in cast("list[Any]", entries) if isinstance(entry, dict)]
    return tuple(row for row in rows if isinstance(row.get("id"), str))
