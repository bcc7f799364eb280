"""What the user is told when a host refuses, and when it is asked again."""

import asyncio
import contextlib
import json
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from clients.endpoint import Endpoint
from clients.failures import SENTENCES, presentable, retry_after
from clients.hosted import HostedModel
from clients.model import Failure, FailureKind, Start, Stop, TextDelta
from tests.clients.certificate import SELF_SIGNED
from tests.clients.checks import AT_ONCE, KEY, PROMPT, check_chat, events_of, model_at, request
from tests.model_server import ModelServer, Reply, model_server


def refuses(status: int, message: str = "", code: str | None = None, headers: dict[str, str] | None = None) -> Reply:
    body = json.dumps({"error": {"message": message, "code": code}}).encode()
    return Reply(status=status, body=body, headers={"content-type": "application/json"} | (headers or {}))


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (refuses(401, "Incorrect API key provided"), "auth", "PATCHWRIGHT_API_KEY"),
        (refuses(403, "Country not supported"), "auth", "Country not supported"),
        (refuses(402), "quota", "credit"),
        (refuses(429, "You exceeded your current quota", "insufficient_quota"), "quota", "credit"),
        (refuses(404, "nope"), "not_found", "no such path, or no model coder"),
        (refuses(404, "The model `coder` does not exist", "model_not_found"), "not_found", "PATCHWRIGHT_MODEL"),
        (refuses(400, "This model's maximum context length is 8192 tokens"), "context_too_long", "smaller scope"),
        (refuses(400, "x", "context_length_exceeded"), "context_too_long", "smaller scope"),
        (refuses(413, "Payload Too Large"), "context_too_long", "smaller scope"),
        (refuses(400, "messages: field required"), "unsupported_api", "messages: field required"),
        (refuses(400, "flagged", "content_filter"), "content_filter", "other words"),
        (refuses(408), "timeout", "too long"),
        (refuses(504), "timeout", "too long"),
        (refuses(501), "overloaded", "HTTP 501"),
        (refuses(407), "unsupported_api", "HTTP 407"),
        (Reply(status=418, body=b"plain words"), "unsupported_api", "plain words"),
        (Reply(status=404, body=b"<html>not here</html>"), "not_found", "HTTP 404)."),
        (Reply(status=400, body=b'{"detail": [{"msg": "prompt is too long"}]}'), "context_too_long", "too long"),
        (Reply(status=400, body=b'{"object": "error", "message": "bad"}'), "unsupported_api", "bad"),
        (Reply(status=400, body=b'{"error": "model not found, try pulling it"}'), "not_found", "pulling"),
        (Reply(status=400, body=b"\xff\x00\xfe"), "unsupported_api", "HTTP 400"),
        (Reply(status=204, body=b""), "bad_output", "not a chat reply"),
    ],
)
async def test_a_refusal_is_told_in_a_sentence_and_not_tried_again(server: ModelServer, reply: Reply, kind, says: str):
    await check_chat(server, reply, fails=kind, says=says, tries=1, text="")


def test_every_kind_of_failure_has_a_sentence_that_says_what_to_do():
    assert set(SENTENCES) == set(FailureKind.__args__)
    assert all(len(sentence.format(host="h", model="m")) > 40 for sentence in SENTENCES.values())


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
async def test_a_passing_trouble_is_tried_twice_more(server: ModelServer, status: int):
    await check_chat(server, refuses(status), refuses(status), "hello", text="hello", stop="end", tries=3)


@pytest.mark.parametrize(("status", "kind"), [(429, "rate"), (503, "overloaded"), (529, "overloaded")])
async def test_a_lasting_trouble_is_told_after_three_tries(server: ModelServer, status: int, kind):
    await check_chat(server, *[refuses(status)] * 5, fails=kind, tries=3)


async def test_a_host_that_breaks_off_before_the_first_word_is_asked_again(server: ModelServer):
    await check_chat(server, Reply("hello", cut_after=0), "hello", text="hello", stop="end", tries=2)


async def test_nothing_is_tried_again_after_the_first_word(server: ModelServer):
    overloaded = {"error": {"type": "overloaded_error", "message": "Overloaded"}}
    events = ({"choices": [{"delta": {"content": "def "}}]}, overloaded)
    await check_chat(server, Reply(events=events), "hello", text="def ", fails="overloaded", tries=1)


async def test_an_error_event_before_the_first_word_is_tried_again(server: ModelServer):
    events = ({"error": {"code": 429, "message": "slow down"}},)
    got = await check_chat(server, Reply(events=events), "hello", text="hello", stop="end", tries=2)
    assert got.count(Start("coder")) == 1


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"error": {"code": "context_length_exceeded", "message": "x"}}, "context_too_long"),
        ({"error": {"type": "exceed_context_size_error", "code": 400}}, "context_too_long"),
        ({"object": "error", "message": "odd"}, "bad_output"),
        ({"error": "out of memory"}, "bad_output"),
        ({"error": {"code": 401}}, "auth"),
    ],
)
async def test_an_error_object_with_status_200_is_a_failure(server: ModelServer, error, kind):
    await check_chat(server, Reply(events=(error,)), fails=kind, tries=1)
    whole = Reply(body=json.dumps(error).encode(), headers={"content-type": "application/json"})
    await check_chat(server, whole, fails=kind, tries=1)


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "1000000000"},
        {"retry-after": "21"},
        {"retry-after-ms": "30000"},
        {"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)},
    ],
)
async def test_a_host_that_asks_for_a_long_wait_is_not_asked_again(server: ModelServer, headers: dict[str, str]):
    events = await check_chat(server, refuses(429, headers=headers), "hello", fails="rate", says=" s", tries=1)
    assert isinstance(events[-1], Failure)
    assert (events[-1].retry_after or 0) > 20


@pytest.mark.parametrize("headers", [{"retry-after-ms": "20"}, {"retry-after": "0"}, {"retry-after": "soon"}])
async def test_a_host_that_asks_for_a_short_wait_is_asked_again(server: ModelServer, headers: dict[str, str]):
    await check_chat(server, refuses(429, headers=headers), "hello", text="hello", tries=2)


def test_the_time_to_wait_is_read_in_each_form():
    now = datetime(2030, 1, 1, 12, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    forms = [{"retry-after": later}, {"retry-after": "90"}, {"retry-after-ms": "90000", "retry-after": "1"}]
    assert [retry_after(form, now) for form in forms] == [90.0] * 3
    for odd in ("-5", "1e9", "nan", "", "Mon, 99 Foo", "9" * 400):
        assert retry_after({"retry-after": odd}, now) is None
    assert retry_after({"retry-after": format_datetime(now - timedelta(days=1), usegmt=True)}, now) == 0.0


async def test_a_wait_between_two_tries_can_be_cancelled(server: ModelServer):
    server.play([refuses(429, headers={"retry-after": "15"}), "hello"])
    model = model_at(server.base_url)
    task = asyncio.create_task(events_of(model))
    await asyncio.to_thread(server.wait_for_request)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await model.close()
    assert len(server.requests) == 1


@pytest.mark.parametrize("wait", ["headers", "first event", "middle", "error body"])
async def test_cancelling_closes_the_socket_wherever_the_call_waits(server: ModelServer, wait: str):
    replies = {
        "headers": Reply(hangs=True),
        "first event": Reply(body=b": hold on\n\n", hangs=True),
        "middle": Reply("hello", done=False, hangs=True),
        "error body": Reply(status=400, body=b"{", hangs=True),
    }
    server.play([replies[wait]])
    model = model_at(server.base_url)
    task = asyncio.create_task(events_of(model))
    await asyncio.to_thread(server.wait_for_request)
    await asyncio.sleep(0.03)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(server.wait_for_disconnect)
    await model.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_leaving_the_loop_early_closes_the_socket(server: ModelServer):
    server.play([Reply("hello " * 50, hangs=True, done=False)])
    model = model_at(server.base_url)
    async with aclosing(model.stream(request())) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    await asyncio.to_thread(server.wait_for_disconnect)
    await model.close()


async def test_what_a_host_does_not_take_is_left_out_and_remembered(server: ModelServer):
    tells = [
        refuses(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
        refuses(422, "Extra inputs are not permitted: stream_options"),
        refuses(400, "Unsupported value: 'temperature' does not support 0.2 with this model."),
    ]
    server.play([*tells, "hello", "again"])
    model = model_at(server.base_url)
    for _ in range(2):
        assert (await events_of(model, request(temperature=0.2)))[-1] == Stop("end")
    await model.close()
    assert len(server.requests) == 5
    for received in server.requests[-2:]:
        assert set(received.body) == {"model", "messages", "stream", "max_completion_tokens"}


async def test_a_refused_connection_names_the_host_and_the_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    model = model_at(f"http://127.0.0.1:{port}/v1")
    (event,) = await events_of(model)
    await model.close()
    assert isinstance(event, Failure)
    assert event.kind == "network"
    assert f"127.0.0.1:{port} refuses connections" in event.message
    assert "PATCHWRIGHT_ENDPOINT" in event.message


async def test_an_unknown_host_name_is_told_as_such():
    model = model_at("https://models.invalid/v1")
    (event,) = await events_of(model)
    await model.close()
    assert isinstance(event, Failure)
    assert (event.kind, "models.invalid" in event.message) == ("network", True)


async def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path):
    with _tls_listener(tmp_path) as port:
        model = model_at(f"https://localhost:{port}/v1")
        (event,) = await events_of(model)
        await model.close()
    assert isinstance(event, Failure)
    assert event.kind == "network"
    assert "self-signed certificate" in event.message or "self signed certificate" in event.message


async def test_https_to_a_server_of_plain_http_is_told_as_such(server: ModelServer):
    model = model_at(f"https://127.0.0.1:{server.port}/v1")
    (event,) = await events_of(model)
    await model.close()
    assert isinstance(event, Failure)
    assert "does not speak TLS" in event.message
    assert server.requests == []


@contextlib.contextmanager
def _tls_listener(folder) -> Iterator[int]:
    certificate = folder / "self-signed.txt"
    certificate.write_text(SELF_SIGNED)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    connection.settimeout(1)
                    context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_names_its_target(server: ModelServer, status: int):
    with model_server(["stolen"]) as other:
        location = f"http://localhost:{other.port}/v1/chat/completions?key={KEY}"
        reply = Reply(status=status, headers={"location": location}, body=b"")
        await check_chat(server, reply, fails="refused_by_policy", says="localhost, which was not followed", tries=1)
        assert other.requests == []


@pytest.mark.parametrize("location", ["/v2/chat/completions", "https://[", "https://evil.example/{x}", ""])
async def test_an_odd_redirect_is_told_as_well(server: ModelServer, location: str):
    reply = Reply(status=307, headers={"location": location}, body=b"")
    await check_chat(server, reply, fails="refused_by_policy", says="not followed", tries=1)


async def test_an_answer_that_is_no_http_is_told_as_such(server: ModelServer):
    reply = Reply(status=307, headers={"location": "https://evil\x80.example/{x}"}, body=b"")
    await check_chat(server, reply, reply, reply, fails="network", says="no proper HTTP")


async def test_proxies_of_the_environment_get_nothing(server: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password canary\n")
    with model_server(["stolen"]) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NETRC", str(netrc))
        await check_chat(server, "hello", text="hello", stop="end")
        assert proxy.requests == []
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_the_key_is_in_no_message_log_or_repr(server: ModelServer, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    for reply in [
        "hello",
        refuses(401, f"Incorrect API key provided: {KEY}. Header was 'Bearer {KEY}'"),
        refuses(400, f"bad header {KEY[:20]}"),
        Reply(status=500, body=f"trace: {KEY}".encode()),
        Reply(events=({"error": {"message": f"key {KEY}"}},)),
        Reply(status=307, headers={"location": f"https://elsewhere.example/?k={KEY}"}, body=b""),
    ]:
        await check_chat(server, reply, reply, reply)
    endpoint = Endpoint(server.base_url, "coder", KEY)
    assert KEY not in caplog.text + repr(endpoint) + str(endpoint) + repr(HostedModel(endpoint, retries=AT_ONCE))
    assert "sk-test-canary" not in caplog.text


def test_what_a_host_says_is_shown_short_and_without_secrets():
    assert presentable("  two\nlines\x1b[31m\u202e ", None) == "two lines [31m"
    assert presentable("<html><body>x", None) == ""
    assert presentable(f"key {KEY} is wrong", KEY) == "key *** is wrong"
    assert presentable("Incorrect key sk-abc***********wxyz given", None) == "Incorrect key *** given"
    assert presentable("see https://host.example/a?key=123#x now", None) == "see https://host.example/a now"
    assert presentable(f"bad message: {PROMPT}", None, (PROMPT,)) == ""
    assert len(presentable("long " * 1_000_000, None)) == 200
