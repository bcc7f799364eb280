"""What may a command be given? One object, checked field by field: any program may call a command with anything.

    {"uri": "file:///ws/app.py", "range": {…} or "line": 3, "description": "…", "comment": {…}}

`range` and `comment` are LSP ranges, `line` is 0-based. Without a `description`, what stands at the place says it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types

MAX_DESCRIPTION = 20_000
FIELDS = ("uri", "range", "line", "description", "comment")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What an ask was given; `description` is None where the place says it."""

    uri: str
    range: types.Range
    description: str | None = None
    comment: types.Range | None = None


def read_arguments(given: Sequence[Any] | None) -> Arguments | str:
    """The arguments, or in a sentence what is wrong with them."""
    if given is None or len(given) != 1 or not isinstance(given[0], dict):
        return "The command takes one object with uri and range."
    values = cast("Mapping[str, Any]", given[0])
    if unknown := [name for name in values if name not in FIELDS]:
        return f"{unknown[0][:40]!r} is not known; there are {', '.join(FIELDS)}."
    uri, description = values.get("uri"), values.get("description")
    if not isinstance(uri, str):
        return "uri is a string."
    if description is not None and not (isinstance(description, str) and 0 < len(description) <= MAX_DESCRIPTION):
        return f"description is a string of at most {MAX_DESCRIPTION:,} characters."
    span = _range(values["range"]) if "range" in values else _line(values.get("line"))
    if span is None:
        return "range is an LSP range, or line a number from 0."
    comment = _range(values["comment"]) if "comment" in values else None
    if "comment" in values and comment is None:
        return "comment is an LSP range."
    return Arguments(uri, span, description, comment)


def _line(value: Any) -> types.Range | None:
    here = _position({"line": value, "character": 0})
    return None if here is None else types.Range(start=here, end=here)


def _range(value: Any) -> types.Range | None:
    if not isinstance(value, dict):
        return None
    values = cast("Mapping[str, Any]", value)
    start, end = _position(values.get("start")), _position(values.get("end"))
    if start is None or end is None or (end.line, end.character) < (start.line, start.character):
        return None
    return types.Range(start=start, end=end)


def _position(value: Any) -> types.Position | None:
    if not isinstance(value, dict):
        return None
    values = cast("Mapping[str, Any]", value)
    line, character = _count(values.get("line")), _count(values.get("character"))
    return None if line is None or character is None else types.Position(line=line, character=character)


def _count(value: Any) -> int | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return int(value) if fits else None
