"""How is a model asked in the shape of OpenAI's chat completions? Most hosts and local servers speak it.

POST {base}/chat/completions  {"model", "messages": [{"role", "content"}], "stream": true, ...}
data: {"choices": [{"delta": {"content": "..."}, "finish_reason": null}]}
data: {"choices": [], "usage": {"prompt_tokens", "completion_tokens"}}
data: [DONE]
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clients.adapter import Adapter, Reply, arguments, count, function_tool, item, items, text
from clients.endpoint import Quirk
from clients.model import Event, ReasoningDelta, Request, StopReason, TextDelta, ToolDelta, Usage

REASONS: Mapping[str, StopReason] = {
    "stop": "end",
    "eos": "end",
    "eos_token": "end",
    "stop_sequence": "end",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool",
    "function_call": "tool",
    "content_filter": "filter",
}
"""Reasons of the hosts we know; an unknown one counts as a cut reply."""


def write(model: str, request: Request, quirks: frozenset[Quirk]) -> dict[str, Any]:
    """The body of a request."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.text.text} for message in request.messages],
        "stream": True,
    }
    if "without stream_options" not in quirks:
        body["stream_options"] = {"include_usage": True}
    if request.temperature is not None:
        body["temperature"] = request.temperature
    body["max_completion_tokens" if "max_completion_tokens" in quirks else "max_tokens"] = request.max_output_tokens
    if request.schema is not None:
        schema = {"name": "reply", "schema": dict(request.schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.tools:
        body["tools"] = [function_tool(tool) for tool in request.tools]
    return body


def read(reply: Reply, _name: str, chunk: Mapping[str, Any]) -> Iterable[Event]:
    """What a chunk adds; a whole answer, where the host does not stream, is one chunk."""
    reply.usage = usage(chunk.get("usage")) or reply.usage
    choices = items(chunk.get("choices"))
    if not choices:
        return
    if reason := text(choices[0].get("finish_reason")):
        reply.reason = REASONS.get(reason, "incomplete")
    delta = item(choices[0], "delta") or item(choices[0], "message")
    reply.is_refusal = reply.is_refusal or bool(delta.get("refusal"))
    if thought := text(delta.get("reasoning_content")) or text(delta.get("reasoning")):
        yield ReasoningDelta(thought)
    if said := content(delta.get("content")):
        yield TextDelta(said)
    for position, call in enumerate(items(delta.get("tool_calls"))):
        index = count(call.get("index", position))
        function = item(call, "function")
        yield ToolDelta(index, text(function.get("name")), arguments(function.get("arguments")))


def content(value: Any) -> str:
    """Content as a string, or as a list of typed parts; null and anything else are no text."""
    return value if isinstance(value, str) else "".join(text(part.get("text")) for part in items(value))


def usage(value: Any) -> Usage | None:
    """Tokens as this API counts them."""
    asked, said = item(value).get("prompt_tokens"), item(value).get("completion_tokens")
    if not isinstance(asked, int) or not isinstance(said, int):
        return None
    return Usage(asked, said, cached_tokens=count(item(value, "prompt_tokens_details").get("cached_tokens")))


ADAPTER = Adapter("/chat/completions", write, read, says_when_done=False)
