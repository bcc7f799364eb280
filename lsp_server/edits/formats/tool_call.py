"""Edit tool calls in JSON, as a model writes them where its host hands them on as text.

    {"path": "app/prices.py", "old_str": "sum(items)", "new_str": "sum(items) - discount"}

Taken are the arguments of the well-known tools, alone, in a list, in a fence, in `<tool_call>` tags, and wrapped with
the name of the tool. The text to replace may begin and end inside a line, as those tools allow. Beside the calls stands
only prose: an edit in another form, or a call inside a sentence, is refused and not passed over.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lsp_server.edits.blocks import Block, Move, ParsedReply, Passage, Removal, Replacement
from lsp_server.edits.change import Problem
from lsp_server.edits.formats import begin_patch, search_replace, unified_diff
from lsp_server.edits.formats.beside import others_beside
from lsp_server.edits.formats.fences import fence_at
from lsp_server.edits.lines import contents

INSTRUCTIONS = """\
To change a file, write one JSON object for each place:

{"path": "app/prices.py", "old_str": "    return sum(items)", "new_str": "    return sum(items) - discount"}

- `old_str` is copied from the file character by character and stands in one place of the whole file.
- A new file is {"command": "create", "path": "...", "file_text": "..."}; {"command": "delete", "path": "..."} deletes one, and {"command": "rename", "path": "...", "new_path": "..."} moves one.
- Never write line numbers, nor a placeholder such as "... existing code ...".
- Write nothing after the last object.
"""  # noqa: E501

PATH_KEYS = ("path", "file_path", "filename", "file")
OLD_KEYS = ("old_str", "old_string")
NEW_KEYS = ("new_str", "new_string")
TEXT_KEYS = ("file_text", "content", "contents")
TARGET_KEYS = ("new_path", "destination", "to")
ARGUMENT_KEYS = ("arguments", "input", "parameters", "args")
LIST_KEYS = ("tool_calls", "edits")
CREATE = frozenset({"create", "create_file", "write", "write_file", "new_file"})
DELETE = frozenset({"delete", "delete_file", "remove", "remove_file"})
RENAME = frozenset({"rename", "rename_file", "move", "move_file"})
PART_KEYS = (*OLD_KEYS, *NEW_KEYS, "line", "lines", "line_number", "start_line", "end_line", "view_range", "range")
"""What speaks of a part of a file, so that the file as a whole cannot be meant."""

TWICE = "\0twice"
"""Stands in an object for a name that it gives two values."""

MAX_DEPTH = 6
"""So deeply may a call be wrapped."""

_KEYS = re.compile(
    r"\"(?:old_str|old_string|new_str|new_string|file_text|insert_text)\\?\"\s*:"
    r"|\"(?:command|name)\"\s*:\s*\"(?:create|write|new|delete|remove|rename|move)(?:_file)?\""
)
_TAG = re.compile(r"\s*</?tool_calls?>\s*|[\s,;]+")


def recognises(lines: Sequence[str]) -> bool:
    """Whether the reply, or a fence of it that names no file, begins with JSON that holds an edit tool's arguments."""
    beginnings = _beginnings(lines)
    return bool(beginnings) and any(_KEYS.search(line) for line in lines[beginnings[0] :])


def parse(lines: Sequence[str], default_path: str | None) -> ParsedReply:
    """The blocks of all calls in a reply."""
    blocks: list[Block] = []
    problems: list[Problem] = []
    spans: list[range] = []
    for value, span in _values(lines, min(_beginnings(lines))):
        spans.append(span)
        if value is None:
            message = "the JSON of the tool call ends early or is broken. Nothing was applied; send it whole."
            problems.append(Problem("TRUNCATED", message, block=len(blocks) + len(problems) + 1))
            continue
        for call in _calls(value, {}, 0):
            made = _block(call, default_path, len(blocks) + len(problems) + 1)
            if isinstance(made, Problem):
                problems.append(made)
            elif isinstance(made, ParsedReply):
                blocks += made.blocks
                problems += made.problems
            else:
                blocks.append(made)
    problems = problems or _beside(lines, spans, blocks)
    if not blocks and not problems:
        problems.append(Problem("NO_EDIT", "the tool call changes nothing."))
    return ParsedReply(tuple(blocks), tuple(problems))


def _beginnings(lines: Sequence[str]) -> list[int]:
    """The lines where JSON may begin: the first of the reply with text, and the first of each fence."""
    first = next((number for number, line in enumerate(lines) if line.strip() and not fence_at(line)), None)
    starts = {first} | {number + 1 for number in range(len(lines) - 1) if _may_hold_json(lines[number])}
    begin = ("{", "[", "<tool_call")
    return sorted(number for number in starts if number is not None and lines[number].lstrip().startswith(begin))


def _may_hold_json(line: str) -> bool:
    fence = fence_at(line)
    return fence is not None and fence[1].lower() in ("json", "tool_call")


def _values(lines: Sequence[str], first: int) -> Iterator[tuple[Any, range]]:
    """The JSON values from line `first` on, with their lines; None for one that is broken, which ends them.

    What stands between them, as fences and tags, is passed over; so is prose after the last.
    """
    text = "\n".join(lines[first:])
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=_object)
    position = 0
    found = False
    number, counted = first, 0
    while position < len(text):
        if space := _TAG.match(text, position):
            position = space.end()
            continue
        if text[position] not in "{[":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end + 1
            continue
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            if not found or _KEYS.search(text, position):
                yield None, range(0)
            return
        found = True
        start = number + text.count("\n", counted, position)
        number = start + text.count("\n", position, end)
        position = counted = end
        yield value, range(start, number + 1)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object, marked if a name comes twice with different values, of which one would be lost."""
    entries = dict(pairs)
    is_twice = len(entries) < len(pairs) and any(entries[name] != value for name, value in pairs)
    return {**entries, TWICE: True} if is_twice else entries


def _beside(lines: Sequence[str], spans: Sequence[range], blocks: Sequence[Block]) -> list[Problem]:
    """A problem for edits that stand beside the calls and are no calls."""
    found = list(others_beside(lines, spans, "a tool call", blocks))
    read = {number for span in spans for number in span}
    rest = ["" if number in read else line for number, line in enumerate(lines)]
    others = search_replace, begin_patch, unified_diff
    if not found and (any(form.recognises(rest) for form in others) or any(_KEYS.search(line) for line in rest)):
        message = "the reply holds a tool call and another edit that is none. Write one JSON object for each place."
        found.append(Problem("FORMAT", message))
    return found


def _calls(value: Any, outer: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """The arguments of each call in a value, with the tool's name as `command` where they have none."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for entry in value:  # pyright: ignore[reportUnknownVariableType]: JSON
            yield from _calls(entry, outer, depth + 1)
    elif isinstance(value, dict):
        entries: dict[str, Any] = {**outer, **value}
        inner = entries.get("function")
        if isinstance(inner, dict):
            yield from _calls(inner, {}, depth + 1)
            return
        for key in ARGUMENT_KEYS:
            arguments = _decoded(entries.get(key))
            if isinstance(arguments, dict | list):
                name = entries.get("command", entries.get("name"))
                yield from _calls(arguments, {"command": name} if isinstance(name, str) else {}, depth + 1)
                return
        for key in LIST_KEYS:
            if isinstance(entries.get(key), list):
                shared = {name: entries[name] for name in PATH_KEYS if name in entries}
                yield from _calls(entries[key], shared, depth + 1)
                return
        yield entries


def _decoded(value: Any) -> Any:
    """A value, read once more where it is JSON in a string."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value, strict=False, object_pairs_hook=_object)
        except (ValueError, RecursionError):
            return value
    return value


def _block(call: dict[str, Any], default_path: str | None, number: int) -> Block | Problem | ParsedReply:
    """What one call asks for."""
    patch = next((call[key] for key in ("patch", "input") if isinstance(call.get(key), str)), "")
    if begin_patch.recognises(contents(patch)):
        return begin_patch.parse(contents(patch), default_path)
    path = _text(call, PATH_KEYS) or default_path
    if path is None:
        return Problem("PATH", "the tool call names no file.", block=number)
    return _file_block(call, path, number)


def _file_block(call: dict[str, Any], path: str, number: int) -> Block | Problem:
    """What a call asks for in one file."""
    command = str(call.get("command", call.get("name", ""))).lower()
    old, new, text = (_text(call, keys) for keys in (OLD_KEYS, NEW_KEYS, TEXT_KEYS))
    if fault := _contradiction(call, command):
        return Problem("FORMAT", fault, path, number)
    if command in DELETE:
        return Removal(number, path)
    if command in RENAME:
        target = _text(call, TARGET_KEYS)
        return Move(number, path, target) if target else Problem("PATH", "no new path is named.", path, number)
    if command in CREATE or (text is not None and old is None and new is None):
        if text is None:
            return Problem("FORMAT", "the new file has no file_text.", path, number)
        return _created(path, text, number)
    if "insert_line" in call or "insert_text" in call:
        message = (
            "a line number is no place. Put a line that stands once in old_str, and it with the new ones in new_str."
        )
        return Problem("FORMAT", message, path, number)
    if old is None or new is None:
        return Problem("FORMAT", "a replacement needs both old_str and new_str.", path, number)
    return Passage(number, path, _lines(old), _lines(new)) if old else _created(path, new, number)


def _contradiction(call: dict[str, Any], command: str) -> str:
    """What a call says that cannot be meant together, in a sentence; empty for nothing."""
    if TWICE in call:
        return "the call gives a name two values. Write one object for each place."
    if command in DELETE | RENAME and any(key in call for key in PART_KEYS):
        return f"{command} takes a whole file, and the call names a part of one. Replace that part instead."
    return ""


def _created(path: str, text: str, number: int) -> Replacement:
    is_open = text != "" and not text.endswith(("\n", "\r"))
    return Replacement(number, path, (), tuple(contents(text)), None, False if is_open else None)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(call: dict[str, Any], keys: Sequence[str]) -> str | None:
    return next((call[key] for key in keys if isinstance(call.get(key), str)), None)
