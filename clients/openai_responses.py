"""How is a model asked in the shape of OpenAI's Responses?

POST {base}/responses  {"model", "input": [{"role", "content"}], "stream": true, "store": false, ...}
event: response.output_text.delta   data: {"delta": "..."}
event: response.completed           data: {"response": {"status", "usage": {"input_tokens", "output_tokens"}}}

Nothing is stored at the host: each request says all that the model needs.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clients.adapter import Adapter, Reply, arguments, count, item, items, text
from clients.endpoint import Quirk
from clients.model import Event, ReasoningDelta, Request, StopReason, TextDelta, ToolDelta, Usage

_INCOMPLETE: Mapping[str, StopReason] = {"max_output_tokens": "length", "content_filter": "filter"}
_THOUGHTS = {"response.reasoning_text.delta", "response.reasoning_summary_text.delta"}


def write(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    """The body of a request; the rules of the system turn go into `instructions`."""
    rules = "\n\n".join(message.text.text for message in request.messages if message.role == "system")
    turns = [message for message in request.messages if message.role != "system"]
    body: dict[str, Any] = {
        "model": model,
        "input": [{"role": message.role, "content": message.text.text} for message in turns],
        "stream": True,
        "store": False,
        "max_output_tokens": request.max_output_tokens,
    }
    if rules:
        body["instructions"] = rules
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if request.schema is not None:
        schema = {"type": "json_schema", "name": "reply", "schema": dict(request.schema), "strict": True}
        body["text"] = {"format": schema}
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            }
            for tool in request.tools
        ]
    return body


def read(reply: Reply, name: str, data: Mapping[str, Any]) -> Iterable[Event]:
    """What an event adds; a whole answer, where the host does not stream, counts as its last event."""
    kind = text(data.get("type")) or name
    match kind:
        case "response.output_text.delta":
            yield TextDelta(text(data.get("delta")))
        case "response.refusal.delta":
            reply.is_refusal = True
        case "response.output_item.added" if item(data, "item").get("type") == "function_call":
            called = item(data, "item")
            index, tool = len(reply.tools), text(called.get("name"))
            reply.tools[data.get("output_index")] = (index, tool)
            yield ToolDelta(index, tool, arguments(called.get("arguments")))
        case "response.function_call_arguments.delta":
            index, tool = reply.tools.get(data.get("output_index"), (0, ""))
            yield ToolDelta(index, tool, text(data.get("delta")))
        case "response.completed" | "response.incomplete" | "response.failed":
            _finish(reply, item(data, "response"))
        case _ if kind in _THOUGHTS:
            yield ReasoningDelta(text(data.get("delta")))
        case _ if data.get("object") == "response":
            yield from _whole(reply, data)
        case _:
            pass


def _finish(reply: Reply, response: Mapping[str, Any]) -> None:
    reply.is_done = True
    counted = item(response, "usage")
    if counted:
        cached = count(item(counted, "input_tokens_details").get("cached_tokens"))
        asked, said = count(counted.get("input_tokens")), count(counted.get("output_tokens"))
        reply.usage = Usage(asked, said, cached_tokens=cached)
    status = response.get("status")
    if status == "failed" or response.get("error"):
        reply.error = response.get("error") or "the host says that the response failed"
    elif status == "incomplete":
        reason = text(item(response, "incomplete_details").get("reason"))
        reply.reason = _INCOMPLETE.get(reason, "incomplete")
    else:
        reply.reason = "tool" if reply.tools else "end"


def _whole(reply: Reply, response: Mapping[str, Any]) -> Iterable[Event]:
    for entry in items(response.get("output")):
        if entry.get("type") == "function_call":
            index, tool = len(reply.tools), text(entry.get("name"))
            reply.tools[index] = (index, tool)
            yield ToolDelta(index, tool, arguments(entry.get("arguments")))
        for part in items(entry.get("content")):
            reply.is_refusal = reply.is_refusal or part.get("type") == "refusal"
            if part.get("type") == "output_text":
                yield TextDelta(text(part.get("text")))
    _finish(reply, response)


ADAPTER = Adapter("/responses", write, read)
