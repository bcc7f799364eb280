"""How is a model asked in Ollama's own shape? It streams lines of JSON, not server-sent events.

POST {base}/api/chat  {"model", "messages", "stream": true, "options": {"num_ctx", "num_predict"}, "format": schema}
{"message": {"content": "..."}, "done": false}
{"message": {"content": ""}, "done": true, "done_reason": "stop", "prompt_eval_count", "eval_count"}

Its OpenAI-compatible shape cannot set the size of the context, and a prompt that is longer is cut without a word; here
the size is chosen to fit the request.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clients.adapter import Adapter, Reply, arguments, count, function_tool, item, items, text
from clients.endpoint import Quirk
from clients.model import Event, ReasoningDelta, Request, StopReason, TextDelta, ToolDelta, Usage

_REASONS: Mapping[str, StopReason] = {"stop": "end", "length": "length"}
_CONTEXT_STEP = 8192


def write(model: str, request: Request, _quirks: frozenset[Quirk]) -> dict[str, Any]:
    """The body of a request."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.text.text} for message in request.messages],
        "stream": True,
        "options": options(request),
    }
    if request.schema is not None:
        body["format"] = dict(request.schema)
    if request.tools:
        body["tools"] = [function_tool(tool) for tool in request.tools]
    return body


def options(request: Request) -> dict[str, Any]:
    """How the model is run. The context grows in steps, since the model is loaded again whenever its size changes."""
    needed = sum(map(len, request.texts())) // 3 + request.max_output_tokens
    chosen: dict[str, Any] = {
        "num_predict": request.max_output_tokens,
        "num_ctx": -(-needed // _CONTEXT_STEP) * _CONTEXT_STEP,
    }
    if request.temperature is not None:
        chosen["temperature"] = request.temperature
    return chosen


def read(reply: Reply, _name: str, line: Mapping[str, Any]) -> Iterable[Event]:
    """What a line adds."""
    message = item(line, "message")
    if thought := text(message.get("thinking")):
        yield ReasoningDelta(thought)
    if said := text(message.get("content")) or text(line.get("response")):
        yield TextDelta(said)
    for call in items(message.get("tool_calls")):
        index, function = len(reply.tools), item(call, "function")
        reply.tools[index] = (index, text(function.get("name")))
        yield ToolDelta(index, text(function.get("name")), arguments(function.get("arguments")))
    if line.get("done") is True:
        reply.is_done = True
        reason = _REASONS.get(text(line.get("done_reason")) or "stop", "incomplete")
        reply.reason = "tool" if reply.tools and reason == "end" else reason
        if "eval_count" in line:
            reply.usage = Usage(count(line.get("prompt_eval_count")), count(line.get("eval_count")))


ADAPTER = Adapter("/api/chat", write, read, at_root=True)
