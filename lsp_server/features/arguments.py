"""What may a command be given? One object, checked field by field: any program may call a command with anything.

    {"uri": "file:///ws/app.py", "range": {…} or "line": 3, "description": "…", "comment": {…}, "diagnostics": […],
     "preview": true}

`range` and `comment` are LSP ranges, `line` is 0-based, `diagnostics` are LSP diagnostics, for the actions that fix
them. Without a `description`, what stands at the place says it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types

from lsp_server.actions.ask import Diagnosis
from lsp_server.convert import to_place

MAX_RULE = 100
MAX_DESCRIPTION = 20_000
MAX_DIAGNOSTICS = 500
FIELDS = ("uri", "range", "line", "description", "comment", "diagnostics", "preview")


@dataclass(frozen=True, slots=True)
class Arguments:
    """What an ask was given; `description` is None where the place says it."""

    uri: str
    range: types.Range
    description: str | None = None
    comment: types.Range | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    preview: bool = False


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
    diagnoses, preview = _diagnoses(values.get("diagnostics", [])), values.get("preview", False)
    if diagnoses is None or not isinstance(preview, bool):
        return f"diagnostics is a list of at most {MAX_DIAGNOSTICS} LSP diagnostics, and preview is true or false."
    return Arguments(uri, span, description, comment, diagnoses, preview)


def diagnosis_of(span: types.Range, message: str, source: Any = None, code: Any = None) -> Diagnosis:
    """An LSP diagnostic as an action knows it."""
    place = to_place("", span)
    rule = " ".join(str(word) for word in (source, code) if isinstance(word, str | int) and word != "")
    return Diagnosis(place.start_line, place.end_line, message, rule[:MAX_RULE])


def _diagnoses(given: Any) -> tuple[Diagnosis, ...] | None:
    """The diagnostics of a list; None where one is not as LSP says, but for the fields that are not read."""
    if not isinstance(given, list) or len(cast("list[Any]", given)) > MAX_DIAGNOSTICS:
        return None
    found: list[Diagnosis] = []
    for entry in cast("list[Any]", given):
        values = cast("Mapping[str, Any]", entry if isinstance(entry, dict) else {})
        span, message = _range(values.get("range")), values.get("message")
        if span is None or not isinstance(message, str):
            return None
        found.append(diagnosis_of(span, message, values.get("source"), values.get("code")))
    return tuple(found)


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
