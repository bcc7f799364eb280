"""What is an API? Where a request goes, how it is written, and how each part of its answer is read.

An adapter is a row: two functions and a path. It never speaks to a host itself, so it can be tried on bytes alone.
`clients.hosted` sends what `write` made and hands each JSON object of the answer to `read`, which keeps what it learned
in a `Reply`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

from clients.endpoint import Quirk
from clients.model import Event, Request, StopReason, Tool, Usage


@dataclass(slots=True)
class Reply:
    """What has come of a reply so far. `is_done` says that the host's last word has come.

    `reason` is why it stopped, as the host said; None until it did. `error` is an error object in the middle of it.
    """

    is_done: bool = False
    reason: StopReason | None = None
    usage: Usage | None = None
    error: Any = None
    is_refusal: bool = False
    tools: dict[object, tuple[int, str]] = field(default_factory=dict[object, tuple[int, str]])
    """Calls of tools by what the host names them: their index and the tool's name."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One API. `path` is added to the base URL, or, `at_root`, takes the place of the `/v1` at its end.

    `says_when_done` is whether the reason alone does not end a reply: the host always sends a last word after it.
    """

    path: str
    write: Callable[[str, Request, frozenset[Quirk]], dict[str, Any]]
    read: Callable[[Reply, str, Mapping[str, Any]], Iterable[Event]]
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    says_when_done: bool = True
    at_root: bool = False


def item(value: Any, *names: str) -> Mapping[str, Any]:
    """The JSON object under these names, one inside the other; empty where there is none."""
    for name in names:
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def items(value: Any) -> list[Mapping[str, Any]]:
    """The JSON objects of a list; empty where it is none."""
    entries = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]


def text(value: Any) -> str:
    """A string; anything else is no text."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int:
    """A number of tokens; anything else is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def arguments(value: Any) -> str:
    """The arguments of a call as JSON text, also where the host gives them as an object."""
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, dict) else ""


def function_tool(tool: Tool) -> dict[str, Any]:
    """A tool as chat completions and Ollama take it."""
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
    }
