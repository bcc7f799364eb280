"""What do hosts send? A good stream of each API, event by event, as their documentation and real servers have them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.endpoint import ApiName, InfillName

TEXT = "def greet(name):\n    return f'Grüße, {name} 👩‍🚀'\n"
HALVES = (TEXT[:20], TEXT[20:])


@dataclass(frozen=True, slots=True)
class Wire:
    """A stream that says TEXT. It is told complete by the event that `ends_at` counts from the end."""

    path: str
    events: tuple[bytes, ...]
    media_type: str = "text/event-stream"
    ends_at: int = 1

    @property
    def body(self) -> bytes:
        return b"".join(self.events)

    def is_told_at(self, cut: int) -> bool:
        """Whether so many bytes hold the event that says that all is well."""
        return cut >= len(b"".join(self.events[: len(self.events) - self.ends_at + 1]).rstrip(b"\n")) + 1


def named(*events: Mapping[str, Any]) -> tuple[bytes, ...]:
    return tuple(
        f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode() for event in events
    )


def data(*events: Mapping[str, Any] | str) -> tuple[bytes, ...]:
    texts = [event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events]
    return tuple(f"data: {event}\n\n".encode() for event in texts)


def lines(*events: Mapping[str, Any]) -> tuple[bytes, ...]:
    return tuple(json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events)


def responses_end(status: str = "completed", **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 11, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 3}}
    return {"type": f"response.{status}", "response": {"status": status, "usage": usage, **more}}


CHATS: Mapping[ApiName, Wire] = {
    "openai_chat": Wire(
        "/v1/chat/completions",
        data(
            *({"choices": [{"delta": {"content": half}, "finish_reason": None}]} for half in HALVES),
            {"choices": [{"delta": {}, "finish_reason": "stop"}]},
            {
                "choices": [],
                "usage": {
                    "prompt_tokens": 11,
                    "completion_tokens": 5,
                    "prompt_tokens_details": {"cached_tokens": 3},
                },
            },
            "[DONE]",
        ),
        ends_at=3,
    ),
    "openai_responses": Wire(
        "/v1/responses",
        named(
            {"type": "response.created", "response": {"status": "in_progress", "error": None}},
            {"type": "response.output_item.added", "output_index": 0, "item": {"type": "message"}},
            *({"type": "response.output_text.delta", "delta": half} for half in HALVES),
            {"type": "response.output_text.done", "text": TEXT},
            responses_end(),
        ),
    ),
    "anthropic_messages": Wire(
        "/v1/messages",
        named(
            {
                "type": "message_start",
                "message": {
                    "type": "message",
                    "usage": {"input_tokens": 8, "cache_read_input_tokens": 3, "output_tokens": 1},
                },
            },
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "ping"},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": half}}
                for half in HALVES
            ),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ),
    ),
    "ollama": Wire(
        "/api/chat",
        lines(
            *({"message": {"role": "assistant", "content": half}, "done": False} for half in HALVES),
            {
                "message": {"content": ""},
                "done": True,
                "done_reason": "stop",
                "prompt_eval_count": 11,
                "eval_count": 5,
            },
        ),
        "application/x-ndjson",
    ),
}

INFILLS: Mapping[InfillName, Wire] = {
    "llama_cpp": Wire(
        "/infill",
        data(
            *({"content": half, "stop": False} for half in HALVES),
            {"content": "", "stop": True, "stop_type": "eos", "tokens_predicted": 5, "tokens_evaluated": 11},
        ),
    ),
    "ollama": Wire(
        "/api/generate",
        lines(
            *({"response": half, "done": False} for half in HALVES),
            {"response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 11, "eval_count": 5},
        ),
        "application/x-ndjson",
    ),
    "mistral": Wire("/v1/fim/completions", CHATS["openai_chat"].events, ends_at=3),
    "completions": Wire(
        "/v1/completions",
        data(
            *({"choices": [{"text": half, "finish_reason": None}]} for half in HALVES),
            {
                "choices": [{"text": "", "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 11, "completion_tokens": 5},
            },
            "[DONE]",
        ),
        ends_at=2,
    ),
    "template": Wire(
        "/v1/completions",
        data(*({"choices": [{"text": half, "finish_reason": None}]} for half in HALVES), "[DONE]"),
    ),
}
