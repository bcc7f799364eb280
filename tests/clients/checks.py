"""One way to ask a model and to look at what came, so that tests do not depend on how it is done."""

from collections.abc import Sequence
from contextlib import aclosing

from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.http import Limits
from clients.model import (
    CodeModel,
    Event,
    Failure,
    FailureKind,
    Message,
    Request,
    Start,
    Stop,
    StopReason,
    TextDelta,
    Usage,
)
from clients.outgoing import Cleared, ClearedText, OutgoingGate
from clients.retry import Retries
from tests.model_server import ModelServer, Reply

KEY = "sk-test-canary-8d1f0b7c6e5a4f39"
PROMPT = "Write a function that greets the crew of the ship by their ranks and names."
AT_ONCE = Retries(first_pause=0.001)


def cleared(text: str = PROMPT) -> ClearedText:
    result = OutgoingGate().clear([text])
    assert isinstance(result, Cleared)
    return result.text


def request(text: str = PROMPT, **options: float) -> Request:
    return Request((Message("system", cleared("You write code.")), Message("user", cleared(text))), **options)


def model_at(
    base_url: str, *, key: str | None = KEY, limits: Limits | None = None, retries: Retries = AT_ONCE
) -> HostedModel:
    return HostedModel(Endpoint(base_url, "coder", key), limits=limits, retries=retries)


async def events_of(model: CodeModel, asked: Request | None = None) -> list[Event]:
    async with aclosing(model.stream(asked or request())) as stream:
        return [event async for event in stream]


def text_of(events: Sequence[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def check_chat(
    server: ModelServer,
    *replies: str | Reply,
    text: str | None = None,
    stop: StopReason | None = None,
    fails: FailureKind | None = None,
    says: str = "",
    tries: int | None = None,
    limits: Limits | None = None,
    deadline: float = 30.0,
) -> list[Event]:
    """Asks once and checks what every call keeps: one end, at the end; no key and no prompt in what the user reads."""
    server.play(replies)
    model = model_at(server.base_url, limits=limits)
    try:
        events = await events_of(model, request(deadline=deadline))
    finally:
        await model.close()
    ends = [event for event in events if isinstance(event, (Stop, Failure))]
    assert ends == events[-1:]
    assert sum(isinstance(event, Start) for event in events) <= 1
    assert KEY not in repr(events)
    assert PROMPT[:30] not in repr(ends)
    if stop is not None:
        assert ends == [Stop(stop)]
        assert isinstance(events[-2], Usage)
    if fails is not None:
        assert isinstance(ends[0], Failure), ends
        assert ends[0].kind == fails, ends
        assert ends[0].message.endswith(".")
        assert says in ends[0].message
    if text is not None:
        assert text_of(events) == text
    if tries is not None:
        assert len(server.requests) == tries
    return events
