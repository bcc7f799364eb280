"""How is a host asked over HTTP? The only module that imports httpx and httpx-sse, and only on first use.

Each rule here stands against something that was seen: a proxy from the environment was sent the key, redirects took it
to another host, a read timeout never ended a slow drip, a compressed answer grew to 200 MB.
"""

import asyncio
import json
import logging
import socket
import ssl
import sys
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from clients.endpoint import Endpoint, find_peer_problem, find_problem
from clients.errors import CallError, CutError
from clients.failures import failure

if TYPE_CHECKING:
    import httpx


_KEPT_SECONDS = 55.0
"""A connection is kept for the next call for so long: many servers end theirs after a minute."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a host may take: seconds to connect, to the first byte and between two, and bytes of an answer."""

    connect: float = 10.0
    first_byte: float = 120.0
    silence: float = 60.0
    answer_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event; `name` is "message" where the server gives none."""

    name: str
    data: str


class Host:
    """A host and the connections to it, which are kept for the next call until `close`."""

    def __init__(
        self, endpoint: Endpoint, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> None:
        self._endpoint = endpoint
        self._headers = dict(headers or {})
        self._limits = limits or Limits()
        self._client: httpx.AsyncClient | None = None
        self._context: ssl.SSLContext | None = None
        # Warming prepares it in a thread while a call may do so too: the client of one would be lost, and its sockets.
        self._preparing = threading.Lock()
        self._active = 0
        self._asked_at = -_KEPT_SECONDS
        self._is_doubtful = False

    @property
    def base_url(self) -> str:
        """Where it is."""
        return self._endpoint.base_url

    @property
    def is_far(self) -> bool:
        """Whether connecting takes time: TLS needs several turns, this machine's own servers none."""
        return self.base_url.lower().startswith("https:")

    @property
    def is_open(self) -> bool:
        """Whether a connection is likely there still: something was asked a short while ago."""
        return self._client is not None and time.monotonic() - self._asked_at < _KEPT_SECONDS - 5

    @asynccontextmanager
    async def ask(
        self,
        method: Literal["GET", "HEAD", "POST"],
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        deadline: float,
        at_root: bool = False,
    ) -> AsyncGenerator["Answer"]:
        """The answer to one request, whatever its status. Leaving the context, also by cancelling, ends it at once.

        `deadline` is a time of the event loop's clock, and holds for the answer too. `at_root` puts the path in the
        place of a `/v1` at the end of the base URL. Raises CallError.
        """
        if problem := find_problem(self._endpoint):
            raise CallError(failure(self._endpoint, "refused_by_policy", sentence=_literal(problem)))
        client = self.prepare()
        base = self._endpoint.base_url.rstrip("/")
        url = (base.removesuffix("/v1") if at_root else base) + path
        content = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        request = client.build_request(method, url, content=content, extensions={"trace": self._check_peer})
        self._active += 1
        try:
            response = await self._send(client, request, deadline)
            try:
                self._asked_at = time.monotonic()
                yield Answer(response, self._endpoint, self._limits, deadline)
            finally:
                await response.aclose()
        finally:
            self._active -= 1
            if self._is_doubtful and not self._active:
                await self.close()

    async def _check_peer(self, happened: str, details: Mapping[str, Any]) -> None:
        """Looks where a new connection led before a byte is written to it; a proxy is where the user named it."""
        if happened != "connection.connect_tcp.complete" or self._endpoint.proxy:
            return
        stream = details["return_value"]
        peer = stream.get_extra_info("server_addr")
        if problem := find_peer_problem(self._endpoint, str(peer[0]) if peer else ""):
            await stream.aclose()
            raise CallError(failure(self._endpoint, "refused_by_policy", sentence=_literal(problem)))

    async def close(self) -> None:
        """Closes all connections; the next call opens new ones."""
        client, self._client, self._is_doubtful = self._client, None, False
        if client:
            await client.aclose()

    async def _send(self, client: "httpx.AsyncClient", request: "httpx.Request", deadline: float) -> "httpx.Response":
        import httpx

        limit = min(deadline, asyncio.get_running_loop().time() + self._limits.first_byte)
        try:
            async with asyncio.timeout_at(limit):
                return await client.send(request, stream=True)
        except (TimeoutError, httpx.TimeoutException):
            raise CallError(failure(self._endpoint, "timeout")) from None
        except httpx.TransportError as error:
            raise _unreached(self._endpoint, error) from None
        except asyncio.CancelledError:
            # A connection that is cancelled while it is made may stay open in httpcore's pool: of 1,000 some 5 did.
            self._is_doubtful = True
            raise

    def prepare(self) -> "httpx.AsyncClient":
        """Loads what the first call needs, about 100 ms of work; it sends nothing."""
        with self._preparing:
            return self._client or self._new_client()

    def _new_client(self) -> "httpx.AsyncClient":
        _skip_command_line()
        import httpx

        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            verify=self._trust(),
            proxy=self._endpoint.proxy,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=self._limits.connect, write=self._limits.silence),
            limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
            headers={"accept-encoding": "identity", "content-type": "application/json", "user-agent": "patchwright"}
            | self._headers,
        )
        return self._client

    def _trust(self) -> ssl.SSLContext:
        """Whom to trust. Plain http needs no certificates, which take 20 ms to load: that context trusts none."""
        if self._context is None:
            self._context = self._new_context()
        return self._context

    def _new_context(self) -> ssl.SSLContext:
        import httpx

        if self._endpoint.base_url.lower().startswith("http:"):
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context = httpx.create_ssl_context(trust_env=False)
        if self._endpoint.certificates:
            try:
                context.load_verify_locations(self._endpoint.certificates)
            except (OSError, ssl.SSLError):
                sentence = "The file of certificates cannot be read: mend model.certificates in your settings"
                raise CallError(failure(self._endpoint, "network", sentence=sentence)) from None
        return context


class Answer:
    """What a host answers: a status, headers with lower-case names, and a body, read once in one of three ways."""

    def __init__(self, response: "httpx.Response", endpoint: Endpoint, limits: Limits, deadline: float) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        self._endpoint = endpoint
        self._limits = limits
        self._deadline = deadline
        self._is_complete = False

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters; "" if none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The body as it comes. Raises CutError if it breaks off, CallError if it is late, too long or packed."""
        if self.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise self._failed("bad_output", "{host} packs its answer although it was asked not to: check its proxy")
        chunks = self._response.aiter_raw()
        size, patience = 0, self._limits.first_byte
        while (chunk := await self._next(chunks, patience)) is not None:
            size += len(chunk)
            if size > self._limits.answer_bytes:
                raise self._failed("bad_output", "{host} sends without end: choose another model, or ask for less")
            yield chunk
            patience = self._limits.silence

    async def _next(self, chunks: AsyncIterator[bytes], patience: float) -> bytes | None:
        """The next part of the body, None at its end. httpx limits each read alone; the deadline holds for all."""
        import httpx

        now = asyncio.get_running_loop().time()
        try:
            if now < self._deadline:
                async with asyncio.timeout_at(min(self._deadline, now + patience)):
                    return await anext(chunks, None)
        except (TimeoutError, httpx.TimeoutException):
            pass
        except httpx.TransportError:
            if not self._is_complete:
                raise CutError(f"{self._endpoint.host} broke off") from None
        if not self._is_complete:
            raise self._failed("timeout")
        return None

    async def body(self) -> bytes:
        """The whole body."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def events(self) -> AsyncIterator[ServerEvent]:
        """The body as server-sent events in UTF-8; one that is cut off by the end is not among them."""
        import httpx
        from httpx_sse import EventSource

        head = {"content-type": "text/event-stream; charset=utf-8"}
        decoded = httpx.Response(200, headers=head, content=self.chunks())
        async for event in EventSource(decoded).aiter_sse():
            yield ServerEvent(event.event or "message", event.data)

    async def lines(self) -> AsyncIterator[str]:
        """The body as lines of UTF-8; one that is cut off by the end is among them, since no mark tells it apart."""
        rest = b""
        async for chunk in self.chunks():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
        if rest.strip():
            yield rest.decode("utf-8", "replace")

    def complete(self, seconds: float = 0.1) -> None:
        """Says that all of interest has come; the rest is awaited for so long, to keep the connection for later."""
        self._is_complete = True
        self._deadline = min(self._deadline, asyncio.get_running_loop().time() + seconds)

    def _failed(self, kind: Literal["timeout", "bad_output"], sentence: str = "") -> CallError:
        return CallError(failure(self._endpoint, kind, sentence=sentence))


def _skip_command_line() -> None:
    """httpx also imports its command line where click, rich and pygments are installed: 60 ms for nothing."""
    if "httpx" not in sys.modules:
        sys.modules["httpx._main"] = None  # pyright: ignore[reportArgumentType]: how Python is told that it is missing
        try:
            import httpx  # noqa: F401  # pyright: ignore[reportUnusedImport]
        finally:
            del sys.modules["httpx._main"]


def _unreached(endpoint: Endpoint, error: Exception) -> CallError:
    """Why a host was not reached. Nothing was answered, so another try does no harm, unless trust is the problem."""
    import httpx

    causes = list(_causes(error))
    sentence, again = "", True
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        reasons = [cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)]
        reason = _literal(reasons[0].verify_message) if reasons else "it does not speak TLS as expected"
        sentence = (
            f"{{host}} is not trusted ({reason}): check that PATCHWRIGHT_ENDPOINT is right and its certificate valid"
        )
        again = False
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        sentence = "{host} is not a known host name: check your network and PATCHWRIGHT_ENDPOINT or [model]"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        sentence = "{host} refuses connections: start the model server, or check PATCHWRIGHT_ENDPOINT or [model]"
    elif isinstance(error, httpx.ProxyError):
        sentence = "The proxy does not lead to {host}: check model.proxy in your settings"
        again = False
    elif isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError)):
        sentence = "{host} broke off, or what it speaks is no proper HTTP: check that it is a model server"
    return CallError(failure(endpoint, "network", sentence=sentence), again=again)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for inner in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _causes(inner)
        error = error.__cause__ or error.__context__


def _literal(sentence: str) -> str:
    return sentence.rstrip(".").replace("{", "{{").replace("}", "}}")
