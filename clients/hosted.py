"""How is a model at a host asked? One adapter says what goes over the line; this sends it, and says what came of it.

What a host does not take (a field, the API itself) is learned from its refusal and left out from then on.
"""

import asyncio
import contextlib
import json
import math
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, cast

from clients.adapter import Adapter, Reply
from clients.adapters import ADAPTERS, OTHER
from clients.endpoint import ApiName, Endpoint, Quirk
from clients.errors import CallError, ClientError, CutError, GapError
from clients.failures import error_event, failure, refusal
from clients.http import Answer, Host, Limits
from clients.infill import INFILLS
from clients.keys import with_key
from clients.lanes import Lane, lane_to
from clients.lessons import Lesson, Lessons
from clients.model import (
    CHARACTERS_PER_TOKEN,
    Event,
    ReasoningDelta,
    Request,
    Start,
    Stop,
    StopReason,
    TextDelta,
    ToolDelta,
    Usage,
)
from clients.retry import Retries, with_retries

_WARM_SECONDS = 10.0
MOST_CHARACTERS_PER_TOKEN = 16
"""A host that sends more than so much for each token that it was allowed does not count them."""

_LEARNABLE: tuple[tuple[bytes, str, Quirk], ...] = (
    (b"max_completion_tokens", "max_tokens", "max_completion_tokens"),
    (b"temperature", "temperature", "without temperature"),
    (b"stream_options", "stream_options", "without stream_options"),
    (b"response_format", "response_format", "without schema"),
    (b"text.format", "text", "without schema"),
    (b"output_config", "output_config", "without schema"),
    (b"tool", "tools", "without tools"),
)
"""A word in a refusal, the field of the request that it is about, and what is done about it."""

_TEACHING = frozenset({400, 404, 422, 500, 501})
"""Statuses seen for a field that a host does not take: OpenRouter says 404, llama.cpp 500, where most say 400."""


class HostedModel:
    """A model at an endpoint."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        limits: Limits | None = None,
        retries: Retries | None = None,
        lessons: Lessons | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._retries = retries or Retries()
        self._lessons = lessons
        self._lesson = Lesson(endpoint.api, endpoint.quirks)
        self._opening = asyncio.Lock()
        self._opened: Host | None = None

    @property
    def name(self) -> str:
        """The model, as its host calls it."""
        return self._endpoint.model

    @property
    def host(self) -> str:
        """Host and port of the endpoint."""
        return self._endpoint.host

    @property
    def api(self) -> ApiName:
        """The API that it is asked in: another than the endpoint's, where the host refused that one."""
        return self._lesson.api

    def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`."""
        return with_retries(lambda deadline: self._attempt(request, deadline), self._retries, request.deadline)

    async def prepare(self) -> None:
        """Does what the first call would wait for: loads httpx, in a thread, and fetches the key; it sends nothing."""
        with contextlib.suppress(CallError):
            host = await self._host()
            await asyncio.to_thread(host.prepare)

    async def warm(self) -> None:
        """Also opens a connection where that takes time, with a request that holds the key and nothing else."""
        await self.prepare()
        if self._opened is None or not self._opened.is_far or self._opened.is_open:
            return
        deadline = asyncio.get_running_loop().time() + _WARM_SECONDS
        with contextlib.suppress(ClientError):
            async with self._opened.ask("HEAD", "/models", deadline=deadline) as answer:
                await answer.body()

    async def close(self) -> None:
        """Closes the connections."""
        if self._opened:
            await self._opened.close()

    async def _host(self) -> Host:
        if self._opened is None:
            async with self._opening:
                return self._opened or await self._open()
        return self._opened

    async def _open(self) -> Host:
        """The host, with the key and with what was learned of it before."""
        endpoint = await with_key(self._endpoint)
        if self._lessons and (known := await asyncio.to_thread(self._lessons.of, endpoint)):
            self._lesson = Lesson(known.api, known.quirks | endpoint.quirks)
        headers = {**ADAPTERS[self._lesson.api].headers, **key_header(endpoint)}
        self._endpoint, self._opened = endpoint, Host(endpoint, headers, self._limits)
        return self._opened

    async def _attempt(self, request: Request, deadline: float) -> AsyncGenerator[Event]:
        host = await self._host()
        lane = lane_to(self._endpoint.host)
        try:
            await lane.enter(deadline)
        except TimeoutError:
            raise CallError(failure(self._endpoint, "timeout")) from None
        try:
            async with aclosing(self._asked(host, lane, request, deadline)) as events:
                async for event in events:
                    yield event
        finally:
            lane.leave()

    async def _asked(self, host: Host, lane: Lane, request: Request, deadline: float) -> AsyncGenerator[Event]:
        """The events of a call that has its place; what the host does not take is left out of another try."""
        sent, lesson = request.texts(), self._lesson
        first: CallError | None = None
        for _ in range(len(_LEARNABLE) + 2):
            adapter, body = self._written(request, lesson)
            ask = host.ask("POST", adapter.path, body, deadline=deadline, at_root=adapter.at_root)
            async with ask as answer:
                lane.heed(answer.headers)
                if answer.status != 200:
                    said = await _said(answer)
                    refused = refusal(self._endpoint, answer.status, answer.headers, said, sent)
                    learned = self._learned(lesson, refused, answer.status, said, body, request)
                    if learned is None:
                        is_same = refused.failure.kind in ("not_found", "unsupported_api")
                        raise first if first and is_same else refused
                    first, lesson = first or refused, learned
                    continue
                await self._keep(lesson)
                yield Start(self._endpoint.model)
                async for event in self._reply(adapter, answer, request, sent):
                    yield event
                return

    async def _keep(self, lesson: Lesson) -> None:
        """A lesson counts once a request that heeds it was taken."""
        if lesson != self._lesson:
            self._lesson = lesson
            if self._lessons:
                await asyncio.to_thread(self._lessons.keep, self._endpoint, lesson)

    def _written(self, request: Request, lesson: Lesson) -> tuple[Adapter, dict[str, Any]]:
        """The adapter for a request, and its body."""
        adapter = ADAPTERS[lesson.api] if request.infill is None else INFILLS.get(self._endpoint.infill)
        if adapter is None:
            sentence = "{model} at {host} is not known to fill gaps: choose a profile that says how"
            raise CallError(failure(self._endpoint, "unsupported_api", sentence=sentence))
        try:
            return adapter, adapter.write(self._endpoint.model, _fitting(request, lesson.quirks), lesson.quirks)
        except GapError as error:
            sentence = f"The gap was not sent to {{host}}: {error}"
            raise CallError(failure(self._endpoint, "refused_by_policy", sentence=sentence)) from None

    async def _reply(
        self, adapter: Adapter, answer: Answer, request: Request, sent: Sequence[str]
    ) -> AsyncGenerator[Event]:
        progress = _Progress(most=request.max_output_tokens * MOST_CHARACTERS_PER_TOKEN)
        reply = progress.reply
        try:
            async for name, data in _data(answer, self._endpoint):
                if reply.is_done:
                    continue
                if data.strip() == "[DONE]":
                    reply.is_done = True
                else:
                    fields = _fields(self._endpoint, data, sent)
                    for event in adapter.read(reply, name, fields):
                        if progress.counts(event):
                            yield event
                    self._check(progress, sent)
                if reply.is_done:
                    answer.complete()
        except CutError:
            if not progress.characters:
                raise CallError(failure(self._endpoint, "network", "it broke off"), again=True) from None
            progress.is_cut = True
        reason: StopReason = progress.stop_reason(adapter)
        if reason == "end" and reply.usage and reply.usage.output_tokens >= request.max_output_tokens:
            # llama.cpp says of a reply that its limit cut short that it was completed, when asked by Responses.
            reason = "length"
        if reason == "end" and progress.is_blank:
            raise CallError(failure(self._endpoint, "bad_output", "the reply is empty"))
        yield reply.usage or Usage(tokens(sum(map(len, sent))), tokens(progress.characters), estimated=True)
        yield Stop(reason)

    def _check(self, progress: "_Progress", sent: Sequence[str]) -> None:
        if progress.reply.error is not None:
            raise error_event(self._endpoint, progress.reply.error, sent)
        if progress.characters > progress.most:
            sentence = "{host} sends far more than was asked for: choose another model, or ask for less"
            raise CallError(failure(self._endpoint, "bad_output", sentence=sentence))

    def _learned(
        self, lesson: Lesson, refused: CallError, status: int, said: bytes, body: Mapping[str, Any], request: Request
    ) -> Lesson | None:
        """What another try may do better: leave out a field that the refusal names, or ask in the other API."""
        other = OTHER.get(lesson.api)
        if refused.failure.kind == "unsupported_api" and other and request.infill is None and _wants_other(said):
            return replace(lesson, api=other) if lesson.api == self._lesson.api else None
        if status not in _TEACHING:
            return None
        for word, name, quirk in _LEARNABLE:
            if word in said and name in body and quirk not in lesson.quirks:
                return replace(lesson, quirks=lesson.quirks | {quirk})
        return None


@dataclass(slots=True)
class _Progress:
    """How far a reply has come; `most` is how many characters of it are read."""

    most: int
    reply: Reply = field(default_factory=Reply)
    characters: int = 0
    is_blank: bool = True
    is_cut: bool = False

    def counts(self, event: Event) -> bool:
        """Whether an event says anything; what it says is counted."""
        match event:
            case TextDelta(said):
                self.is_blank = self.is_blank and not said.strip()
            case ToolDelta(name=name, json_part=part):
                self.is_blank = False
                said = part or name
            case ReasoningDelta(said):
                pass
            case _:
                return True
        self.characters += len(said)
        return bool(said)

    def stop_reason(self, adapter: Adapter) -> StopReason:
        """Why the reply is over: "end" needs the host's word for it, and a stream that was not cut before its end."""
        reply = self.reply
        is_told = reply.is_done if adapter.says_when_done else reply.is_done or reply.reason is not None
        if self.is_cut or not is_told:
            return "incomplete"
        reason = reply.reason or "end"
        return "filter" if reason == "end" and reply.is_refusal and self.is_blank else reason


def body_of(endpoint: Endpoint, request: Request) -> tuple[str, dict[str, Any]]:
    """Where a request would be sent, and the whole body; the key, which goes into a header, is not part of it."""
    adapter = ADAPTERS[endpoint.api]
    base = endpoint.base_url.rstrip("/")
    url = (base.removesuffix("/v1") if adapter.at_root else base) + adapter.path
    return url, adapter.write(endpoint.model, _fitting(request, endpoint.quirks), endpoint.quirks)


def key_header(endpoint: Endpoint) -> Mapping[str, str]:
    """The header that carries the key."""
    if not endpoint.api_key or endpoint.auth == "none":
        return {}
    if endpoint.auth == "bearer":
        return {"authorization": f"Bearer {endpoint.api_key}"}
    return {endpoint.auth: endpoint.api_key}


def tokens(characters: int) -> int:
    """About how many tokens so many characters are."""
    return math.ceil(characters / CHARACTERS_PER_TOKEN)


def _fitting(request: Request, quirks: frozenset[Quirk]) -> Request:
    """The request without what the host does not take."""
    return replace(
        request,
        temperature=None if "without temperature" in quirks else request.temperature,
        schema=None if "without schema" in quirks else request.schema,
        tools=() if "without tools" in quirks else request.tools,
    )


def _wants_other(said: bytes) -> bool:
    """Whether a refusal is about the API, rather than about something in the request."""
    return any(word in said for word in (b"unsupported_api_for_model", b"v1/responses", b"v1/chat/completions"))


async def _said(answer: Answer) -> bytes:
    """The body of a refusal, as far as it comes: the status says enough without it."""
    try:
        return await answer.body()
    except ClientError:
        return b""


async def _data(answer: Answer, endpoint: Endpoint) -> AsyncGenerator[tuple[str, str]]:
    """The name and the data of each event; a host that does not stream answers with one object, taken as one event."""
    match answer.media_type:
        case "text/event-stream":
            async for event in answer.events():
                if event.data:
                    yield event.name, event.data
        case "application/x-ndjson" | "application/jsonl":
            async for line in answer.lines():
                if line.strip():
                    yield "", line
        case "application/json":
            yield "", (await answer.body()).decode("utf-8", "replace")
        case kind:
            what = "a web page" if "html" in kind else "no chat reply"
            sentence = f"{{host}} answers with {what}: check the end of PATCHWRIGHT_ENDPOINT, most often /v1"
            raise CallError(failure(endpoint, "bad_output", sentence=sentence))


def _fields(endpoint: Endpoint, data: str, sent: Sequence[str]) -> Mapping[str, Any]:
    try:
        found: Any = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CallError(failure(endpoint, "bad_output", "a part of the reply is no JSON object"))
    fields = cast("dict[str, Any]", found)
    if fields.get("error") or "error" in (fields.get("object"), fields.get("type")):
        raise error_event(endpoint, fields, sent)
    return fields
