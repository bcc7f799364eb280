"""How does a model edit with the tools of its host, or held to a schema? What it is offered, and its edits as text.

Where the user turned them on, the host checks the shape of each edit; everything after that is the same as for a reply
in text, which a model may still give, and which is all that is asked of a host that refuses tools and schemas.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from clients.model import Tool, ToolDelta


def _schema(**properties: str) -> dict[str, Any]:
    described = {name: {"type": "string", "description": said} for name, said in properties.items()}
    return {
        "type": "object",
        "properties": described,
        "required": list(properties),
        "additionalProperties": False,
    }


_PATH = "The file, relative to the workspace folder."

EDIT_TOOLS: tuple[Tool, ...] = (
    Tool(
        "edit_file",
        "Replaces one place of a file. Call it once for each place.",
        _schema(
            path=_PATH,
            old_str="The text to replace, copied character by character; it stands in one place of the file.",
            new_str="The text that takes its place.",
        ),
    ),
    Tool("create_file", "Makes a new file.", _schema(path=_PATH, file_text="The whole text of the file.")),
    Tool("delete_file", "Deletes a file.", _schema(path=_PATH)),
    Tool("rename_file", "Moves a file.", _schema(path=_PATH, new_path="Where it goes.")),
)
"""Their arguments are those that `edits/formats/tool_call` reads."""

EDIT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "edits": {
            "type": "array",
            "items": {
                "anyOf": [
                    _schema(path=_PATH, old_str="The text to replace.", new_str="The text that takes its place."),
                    _schema(path=_PATH, file_text="The whole text of a new file."),
                ]
            },
        }
    },
    "required": ["edits"],
    "additionalProperties": False,
}
"""The shape of a reply that is held to JSON: as plain as can be, since hosts know different parts of JSON Schema."""


def schema_text(reply: str, restore: Callable[[str], str]) -> str:
    """A reply that was to be JSON, with `restore` done inside its strings; one that is none as text.

    A host may take a schema and not heed it, or refuse it: then the reply has edits in text, as every other.
    """
    try:
        value: Any = json.loads(reply, strict=False)
    except (ValueError, RecursionError):
        return restore(reply)
    edits: Any = cast("dict[str, Any]", value).get("edits") if isinstance(value, dict) else None
    if not isinstance(edits, list):
        return restore(reply)
    return "\n".join(json.dumps(restored(edit, restore), ensure_ascii=False) for edit in cast("list[Any]", edits))


def calls_text(deltas: Sequence[ToolDelta], restore: Callable[[str], str]) -> str:
    """The calls as JSON objects, one a line, with `restore` done inside their strings: a secret may hold a quote.

    Arguments that are no JSON stay as they came, so that the parser can say what is wrong with them.
    """
    names: dict[int, str] = {}
    parts: dict[int, str] = {}
    for delta in deltas:
        names[delta.index] = names.get(delta.index) or delta.name
        parts[delta.index] = parts.get(delta.index, "") + delta.json_part
    return "\n".join(_call(names[index], parts[index], restore) for index in sorted(parts))


def call_path(deltas: Sequence[ToolDelta]) -> str:
    """The file that a whole call names; empty where it is no call of ours."""
    try:
        value: Any = json.loads("".join(delta.json_part for delta in deltas), strict=False)
    except (ValueError, RecursionError):
        return ""
    path: Any = cast("dict[str, Any]", value).get("path") if isinstance(value, dict) else None
    return path if isinstance(path, str) else ""


def _call(name: str, arguments: str, restore: Callable[[str], str]) -> str:
    try:
        value: Any = json.loads(arguments or "{}", strict=False)
    except (ValueError, RecursionError):
        return arguments
    return json.dumps({"name": name, "arguments": restored(value, restore)}, ensure_ascii=False)


def restored(value: Any, restore: Callable[[str], str]) -> Any:
    """A JSON value with its texts restored; what is nested deeper than a list of edits stays as it is."""
    if isinstance(value, str):
        return restore(value)
    if isinstance(value, list):
        return [_restored_fields(entry, restore) for entry in cast("list[Any]", value)]
    return _restored_fields(value, restore)


def _restored_fields(value: Any, restore: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return restore(value)
    if not isinstance(value, dict):
        return value
    return {
        name: restored(entry, restore) if isinstance(entry, str | list) else entry
        for name, entry in cast("dict[str, Any]", value).items()
    }
