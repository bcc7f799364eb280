"""How is a model asked in the shape of Anthropic's Messages?

POST {base}/messages  {"model", "system": [...], "messages": [{"role", "content"}], "max_tokens", "stream": true}
event: content_block_delta  data: {"delta": {"type": "text_delta", "text": "..."}}
event: message_delta        data: {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens"}}
event: message_stop

An error may come as an event after status 200.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from clients.adapter import Adapter, Reply, arguments, count, item, items, text
from clients.endpoint import Quirk
from clients.model import Event, ReasoningDelta, Request, StopReason, TextDelta, ToolDelta, Usage

_REASONS: Mapping[str, StopReason] = {
    "end_turn": "end",
    "stop_sequence": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool",
    "refusal": "filter",
}


def write(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    """The body of a request. The rules of the system turn, which stay the same, are marked for the host's cache."""
    rules = "\n\n".join(message.text.text for message in request.messages if message.role == "system")
    turns = [message for message in request.messages if message.role != "system"]
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": request.max_output_tokens,
        "messages": [{"role": message.role, "content": message.text.text} for message in turns],
        "stream": True,
    }
    if rules:
        body["system"] = [{"type": "text", "text": rules, "cache_control": {"type": "ephemeral"}}]
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": dict(request.schema)}}
    if request.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
            for tool in request.tools
        ]
    return body


def read(reply: Reply, name: str, data: Mapping[str, Any]) -> Iterable[Event]:
    """What an event adds; a whole answer, where the host does not stream, is taken as all of them."""
    match text(data.get("type")) or name:
        case "message_start":
            _count(reply, item(data, "message", "usage"))
        case "content_block_start":
            yield from _block(reply, data.get("index"), item(data, "content_block"))
        case "content_block_delta":
            yield from _delta(reply, data.get("index"), item(data, "delta"))
        case "message_delta":
            _count(reply, item(data, "usage"))
            if reason := text(item(data, "delta").get("stop_reason")):
                reply.reason = _REASONS.get(reason, "incomplete")
        case "message_stop":
            reply.is_done = True
        case "message":
            for index, block in enumerate(items(data.get("content"))):
                yield from _block(reply, index, block)
            _count(reply, item(data, "usage"))
            reply.reason = _REASONS.get(text(data.get("stop_reason")), "incomplete")
            reply.is_done = True
        case _:
            pass


def _block(reply: Reply, key: object, block: Mapping[str, Any]) -> Iterable[Event]:
    """A block of content at its start, which is mostly empty."""
    if block.get("type") == "tool_use":
        index, tool = len(reply.tools), text(block.get("name"))
        reply.tools[key] = (index, tool)
        given = block.get("input")
        yield ToolDelta(index, tool, arguments(given) if given else "")
    elif said := text(block.get("text")):
        yield TextDelta(said)
    elif thought := text(block.get("thinking")):
        yield ReasoningDelta(thought)


def _delta(reply: Reply, key: object, delta: Mapping[str, Any]) -> Iterable[Event]:
    match delta.get("type"):
        case "text_delta":
            yield TextDelta(text(delta.get("text")))
        case "thinking_delta":
            yield ReasoningDelta(text(delta.get("thinking")))
        case "input_json_delta":
            index, tool = reply.tools.get(key, (0, ""))
            yield ToolDelta(index, tool, text(delta.get("partial_json")))
        case _:
            pass


def _count(reply: Reply, usage: Mapping[str, Any]) -> None:
    """The input is told at the start, the output at the end; what was read from the cache is counted apart."""
    known = reply.usage or Usage(0, 0)
    if "input_tokens" in usage:
        cached = count(usage.get("cache_read_input_tokens"))
        asked = count(usage.get("input_tokens")) + count(usage.get("cache_creation_input_tokens")) + cached
        known = replace(known, input_tokens=asked, cached_tokens=cached)
    if "output_tokens" in usage:
        known = replace(known, output_tokens=count(usage.get("output_tokens")))
    if usage:
        reply.usage = known


ADAPTER = Adapter("/messages", write, read, MappingProxyType({"anthropic-version": "2023-06-01"}))
