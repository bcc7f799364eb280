"""What if a host answers so? A scripted model server on a real loopback socket, for every test that needs one.

    with model_server(["hello", Reply(status=429), Reply("cut", cut_after=100)]) as server:
        ...                                  # ask server.base_url with any model name
        server.requests[0].body["messages"]  # what was sent

Replies are given in order, one to each `POST` to one of `PATHS`; `GET /v1/models` lists `MODELS`. It runs in a
thread of its own, so the test may block or run any event loop.
"""

import asyncio
import contextlib
import json
import queue
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

PATHS = (
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/completions",
    "/v1/fim/completions",
    "/api/chat",
    "/api/generate",
    "/infill",
)
MODELS = ("scripted-small", "scripted-large")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `text` as a well-formed stream, or what goes wrong with it. Times are in seconds."""

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Instead of the stream, as it is; its media type goes into `headers`."""
    events: tuple[Mapping[str, Any] | str, ...] | None = None
    """Instead of the text: the data of each event; mappings become JSON."""
    finish_reason: str | None = "stop"
    done: bool = True
    usage: bool = True
    piece: int = 7
    """Characters of text in one event."""
    write: int | None = None
    """Bytes in one write; None writes event by event."""
    line_end: str = "\n"
    wait: float = 0.0
    """Before the status line."""
    after: threading.Event | None = None
    """Not a word before this is set: what happens until then happens before the model answers."""
    ends: threading.Event | None = None
    """The last event waits until this is set: what happens until then happens while the model writes."""
    pause: float = 0.0
    """Between two writes."""
    cut_after: int | None = None
    """Bytes of the body after which the connection breaks."""
    ends_after: int | None = None
    """Bytes of the body after which it ends as if that were all."""
    hangs: bool = False
    """Never says another word once the rest is written."""
    endless: bool = False
    """Repeats the body again and again."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived. `client` is the peer's address and port; the same twice means the same connection."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    client: tuple[str, int]

    @property
    def body(self) -> Any:
        """The body as JSON."""
        return json.loads(self.raw)


Script = Iterable["str | Reply | Callable[[Any], str | Reply]"]


class ModelServer:
    """A running server. `listings` are the requests for its models: how they were asked, and by whom.

    `disconnects` gets the time (`time.perf_counter`) whenever a client leaves an answer early; `said` counts the
    answers that were given to their end.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.requests: list[Received] = []
        self.listings: list[tuple[str, tuple[str, int]]] = []
        self.disconnects: queue.Queue[float] = queue.Queue()
        self.said = 0
        self._arrivals: queue.Queue[Received] = queue.Queue()
        self._script: Iterator[Any] = iter(())

    def play(self, replies: Script) -> None:
        """Forgets what came and went, and answers with these replies from now on."""
        self.requests.clear()
        self.listings.clear()
        self.disconnects = queue.Queue()
        self._arrivals = queue.Queue()
        self._script = iter(replies)

    def reply_to(self, request: Received) -> Reply:
        """What the script says to a request, which is kept in `requests`."""
        self.requests.append(request)
        self._arrivals.put(request)
        reply = next(self._script, Reply(status=418, body=b"the script has no more replies"))
        if callable(reply):
            reply = reply(request.body)
        return Reply(reply) if isinstance(reply, str) else reply

    def wait_for_request(self, timeout: float = 20.0) -> Received:
        """The next request that was not waited for yet; raises `queue.Empty` if none comes. Blocks."""
        return self._arrivals.get(timeout=timeout)

    def wait_for_disconnect(self, timeout: float = 20.0) -> float:
        """The time at which the next client left early; raises `queue.Empty` if none does. Blocks."""
        return self.disconnects.get(timeout=timeout)


@contextlib.contextmanager
def model_server(replies: Script = (), certificate: Path | None = None) -> Iterator[ModelServer]:
    """Runs a server that answers with these replies: texts, `Reply` values, or functions of the request's JSON.

    With `certificate`, a file that holds its key too, it speaks TLS, as "localhost".
    """
    # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer takes 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        server = ModelServer(listener.getsockname()[1])
        if certificate:
            server.base_url = f"https://localhost:{server.port}/v1"
        server.play(replies)
        config = uvicorn.Config(
            _application(server),
            lifespan="off",
            ws="none",
            log_config=None,
            log_level=60,
            access_log=False,
            ssl_certfile=certificate,
        )
        runner = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: runner.run(sockets=[listener]), name="model server", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            runner.should_exit = runner.force_exit = True
            thread.join(10)


def stream_of(reply: Reply) -> list[bytes]:
    """The server-sent events of a reply, one bytes each."""
    events: list[Mapping[str, Any] | str] = list(reply.events or ())
    if reply.events is None:
        for start in range(0, len(reply.text), reply.piece):
            events.append(
                _chunk({"delta": {"content": reply.text[start : start + reply.piece]}, "finish_reason": None})
            )
        if reply.finish_reason:
            events.append(_chunk({"delta": {}, "finish_reason": reply.finish_reason}))
        if reply.usage:
            events.append({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}})
        if reply.done:
            events.append("[DONE]")
    ends = reply.line_end
    return [
        f"data: {event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)}{ends}{ends}".encode()
        for event in events
    ]


def _chunk(choice: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"object": "chat.completion.chunk", "model": "scripted", "choices": [{"index": 0, **choice}]}


def _application(server: ModelServer) -> Starlette:
    models = {"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]}

    def listed(request: Request) -> JSONResponse:
        host, port = request.client or ("", 0)
        server.listings.append((request.method, (host, port)))
        return JSONResponse(models)

    return Starlette(
        routes=[
            Route("/v1/models", listed),
            *(Route(path, _Chat(server), methods=["POST"]) for path in PATHS),
        ]
    )


class _Chat:
    def __init__(self, server: ModelServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = b""
        while (message := await receive()).get("more_body") or message["type"] == "http.request":
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = Received(scope["method"], scope["path"], headers, raw, scope["client"])
        reply = self._server.reply_to(request)
        answer = asyncio.ensure_future(_answer(reply, send))
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait((answer, leaving), return_when=asyncio.FIRST_COMPLETED)
            if leaving.done() and not answer.done():
                self._server.disconnects.put(time.perf_counter())
            elif not answer.cancelled():
                answer.result()
                self._server.said += 1
        finally:
            for task in (answer, leaving):
                task.cancel()
            await asyncio.gather(answer, leaving, return_exceptions=True)


class _CutError(Exception):
    """uvicorn closes the connection of an application that raises in the middle of its answer."""


async def _answer(reply: Reply, send: Send) -> None:
    await asyncio.sleep(reply.wait)
    await _set(reply.after)
    if reply.hangs and not reply.text and reply.body is None:
        await asyncio.Event().wait()
    headers = {"content-type": "text/event-stream"} | {name.lower(): value for name, value in reply.headers.items()}
    coded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": coded})
    async for piece in _writes(reply):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(reply.pause)
    if reply.cut_after is not None:
        raise _CutError
    if reply.hangs:
        await asyncio.Event().wait()
    await send({"type": "http.response.body", "body": b""})


async def _set(event: threading.Event | None) -> None:
    """Waits for an event that a test sets, in whatever thread."""
    while event and not event.is_set():  # noqa: ASYNC110 - it is no event of this loop
        await asyncio.sleep(0.005)


async def _writes(reply: Reply) -> AsyncIterator[bytes]:
    pieces = stream_of(reply) if reply.body is None else [reply.body]
    last = pieces[-1] if reply.ends else None
    limit = reply.cut_after if reply.cut_after is not None else reply.ends_after
    if reply.write or limit is not None:
        whole = b"".join(pieces)[:limit]
        step = reply.write or max(1, len(whole))
        pieces = [whole[start : start + step] for start in range(0, len(whole), step)]
    while True:
        for piece in pieces:
            if piece is last:
                await _set(reply.ends)
            yield piece
        if not reply.endless:
            return
