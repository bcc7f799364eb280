"""How is a model asked in the shape of OpenAI's chat completions? Most hosts and local servers speak it.

POST {base}/chat/completions  {"model", "messages": [{"role", "content"}], "stream": true, ...}
data: {"choices": [{"delta": {"content": "..."}, "finish_reason": null}]}
data: {"choices": [], "usage": {"prompt_tokens", "completion_tokens"}}
data: [DONE]
"""

import json
import math
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from clients.endpoint import Endpoint
from clients.errors import CallError, ClientError, CutError
from clients.failures import error_event, failure, refusal
from clients.http import Answer, Host, Limits
from clients.model import Event, Request, Start, Stop, StopReason, TextDelta, Usage
from clients.retry import Retries, with_retries

_REASONS: Mapping[str, StopReason] = {
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

Dialect = Literal["max_completion_tokens", "without temperature", "without stream_options"]
_DIALECTS: Mapping[str, Dialect] = {
    "max_completion_tokens": "max_completion_tokens",
    "temperature": "without temperature",
    "stream_options": "without stream_options",
}
_CHARACTERS_PER_TOKEN = 3.5


class OpenAIChat:
    """A model at an OpenAI-compatible endpoint. What its host does not take is left out from the second call on."""

    def __init__(self, endpoint: Endpoint, *, limits: Limits | None = None, retries: Retries | None = None) -> None:
        headers = {"authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
        self._endpoint = endpoint
        self._host = Host(endpoint, headers, limits)
        self._retries = retries or Retries()
        self._dialects: set[Dialect] = set()

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._endpoint.model

    @property
    def host(self) -> str:
        """Host and port of the endpoint."""
        return self._endpoint.host

    def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`."""
        return with_retries(lambda deadline: self._attempt(request, deadline), self._retries, request.deadline)

    async def close(self) -> None:
        """Closes the connections."""
        await self._host.close()

    async def _attempt(self, request: Request, deadline: float) -> AsyncGenerator[Event]:
        sent = [message.text.text for message in request.messages]
        for _ in range(len(_DIALECTS) + 1):
            body = _request_body(self._endpoint.model, request, self._dialects)
            async with self._host.ask("POST", "/chat/completions", body, deadline=deadline) as answer:
                if answer.status != 200:
                    said = await _said(answer)
                    if answer.status in {400, 422} and self._learns(said, body):
                        continue
                    raise refusal(self._endpoint, answer.status, answer.headers, said, sent)
                yield Start(self._endpoint.model)
                async for event in self._reply(answer, sent):
                    yield event
                return

    async def _reply(self, answer: Answer, sent: Sequence[str]) -> AsyncGenerator[Event]:
        reply = _Reply()
        try:
            async for data in _data(answer, self._endpoint):
                if reply.is_done:
                    continue
                if data.strip() == "[DONE]":
                    reply.is_done = True
                    answer.complete()
                elif text := reply.take(_chunk(self._endpoint, data, sent)):
                    yield TextDelta(text)
        except CutError:
            if not reply.characters:
                raise CallError(failure(self._endpoint, "network", "it broke off"), again=True) from None
            reply.is_cut = True
        reason = reply.stop_reason()
        if reason == "end" and reply.is_blank:
            raise CallError(failure(self._endpoint, "bad_output", "the reply is empty"))
        yield reply.usage or Usage(_tokens(sum(map(len, sent))), _tokens(reply.characters), estimated=True)
        yield Stop(reason)

    def _learns(self, said: bytes, body: Mapping[str, Any]) -> bool:
        """Whether a refusal names a field that can be left out or renamed, which is then done from now on."""
        for word, dialect in _DIALECTS.items():
            field_name = "max_tokens" if dialect == "max_completion_tokens" else word
            if word.encode() in said and field_name in body:
                self._dialects.add(dialect)
                return True
        return False


@dataclass(slots=True)
class _Reply:
    """What has come of a reply so far."""

    characters: int = 0
    is_blank: bool = True
    is_done: bool = False
    is_cut: bool = False
    is_refusal: bool = False
    finish_reason: str | None = None
    usage: Usage | None = None

    def take(self, chunk: Mapping[str, Any]) -> str:
        """The text that a chunk adds; the rest of it is kept."""
        self.usage = _usage(chunk.get("usage")) or self.usage
        choices: Any = chunk.get("choices")
        first: Any = cast("list[Any]", choices)[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, dict):
            return ""
        fields = cast("dict[str, Any]", first)
        if isinstance(reason := fields.get("finish_reason"), str) and reason:
            self.finish_reason = reason
        delta: Any = fields.get("delta") or fields.get("message")
        if not isinstance(delta, dict):
            return ""
        said = cast("dict[str, Any]", delta)
        self.is_refusal = self.is_refusal or bool(said.get("refusal"))
        text = _text(said.get("content"))
        self.characters += len(text)
        self.is_blank = self.is_blank and not text.strip()
        return text

    def stop_reason(self) -> StopReason:
        """Why the reply is over: "end" needs the host's word for it, and a stream that was not cut before its end."""
        if self.is_cut or not (self.is_done or self.finish_reason):
            return "incomplete"
        reason = _REASONS.get(self.finish_reason, "incomplete") if self.finish_reason else "end"
        return "filter" if reason == "end" and self.is_refusal and self.is_blank else reason


def _request_body(model: str, request: Request, dialects: Collection[Dialect]) -> Mapping[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.text.text} for message in request.messages],
        "stream": True,
    }
    if "without stream_options" not in dialects:
        body["stream_options"] = {"include_usage": True}
    if request.temperature is not None and "without temperature" not in dialects:
        body["temperature"] = request.temperature
    body["max_completion_tokens" if "max_completion_tokens" in dialects else "max_tokens"] = request.max_output_tokens
    return body


async def _said(answer: Answer) -> bytes:
    """The body of a refusal, as far as it comes: the status says enough without it."""
    try:
        return await answer.body()
    except ClientError:
        return b""


async def _data(answer: Answer, endpoint: Endpoint) -> AsyncGenerator[str]:
    """The data of each event; a host that does not stream answers with one object, which is taken as one."""
    if answer.media_type == "text/event-stream":
        async for event in answer.events():
            if event.data:
                yield event.data
    elif answer.media_type == "application/json":
        yield (await answer.body()).decode("utf-8", "replace")
    else:
        kind = "a web page" if "html" in answer.media_type else "no chat reply"
        sentence = f"{{host}} answers with {kind}: check the end of PATCHWRIGHT_ENDPOINT, most often /v1"
        raise CallError(failure(endpoint, "bad_output", sentence=sentence))


def _chunk(endpoint: Endpoint, data: str, sent: Sequence[str]) -> Mapping[str, Any]:
    try:
        chunk: Any = json.loads(data)
    except (ValueError, RecursionError):
        chunk = None
    if not isinstance(chunk, dict):
        raise CallError(failure(endpoint, "bad_output", "a part of the reply is no JSON object"))
    fields = cast("dict[str, Any]", chunk)
    if fields.get("error") or fields.get("object") == "error":
        raise error_event(endpoint, fields, sent)
    return fields


def _text(content: Any) -> str:
    """Content as a string, or as a list of typed parts; null and anything else are no text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = cast("list[Any]", content)
        return "".join(_text(cast("dict[str, Any]", part).get("text")) for part in parts if isinstance(part, dict))
    return ""


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    fields = cast("dict[str, Any]", usage)
    asked, said = fields.get("prompt_tokens"), fields.get("completion_tokens")
    return Usage(asked, said) if isinstance(asked, int) and isinstance(said, int) else None


def _tokens(characters: int) -> int:
    return math.ceil(characters / _CHARACTERS_PER_TOKEN)
