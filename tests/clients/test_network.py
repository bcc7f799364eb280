"""Certificates, proxies, packed answers: what is trusted, what is asked, and how much memory an answer may take."""

import asyncio
import contextlib
import gzip
import random
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clients.detect import LocalServer, local_servers
from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.model import Failure, Stop
from clients.retry import Retries
from tests.clients.certificate import SELF_SIGNED
from tests.clients.checks import KEY, events_of, text_of
from tests.model_server import ModelServer, Reply, stream_of

ONCE = Retries(most=0)


def whole_request(connection: socket.socket) -> bytes:
    """What came, with all of its body: a connection that is closed with something unread is reset."""
    data = connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        part = connection.recv(65_536)
        if not part:
            break
        data, body = data + part, body + part
    return data


@contextlib.contextmanager
def raw_server(*answers: bytes, certificate: Path | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """Answers each connection with the next bytes, whatever it is sent; yields its port and what came."""
    heard: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate else None
    if context and certificate:
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answer in answers:
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    connection.settimeout(5)
                    if context:
                        connection = context.wrap_socket(connection, server_side=True)
                    with connection:
                        heard.append(whole_request(connection))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def http(body: bytes, media_type: str = "text/event-stream", *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"content-type: {media_type}", f"content-length: {len(body)}", "connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


STREAM = http(b"".join(stream_of(Reply("hello"))))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    file = tmp_path / "self-signed.txt"
    file.write_text(SELF_SIGNED)
    return file


async def test_a_certificate_of_our_own_authority_is_trusted_where_the_user_names_it(certificate: Path):
    with raw_server(STREAM, STREAM, certificate=certificate) as (port, heard):
        endpoint = Endpoint(f"https://localhost:{port}/v1", "m", KEY)
        model = HostedModel(replace(endpoint, certificates=certificate), retries=ONCE)
        events = await events_of(model)
        await model.close()
        assert (text_of(events), events[-1]) == ("hello", Stop("end"))
        assert KEY.encode() in heard[0]
        stranger = HostedModel(endpoint, retries=ONCE)
        (event,) = await events_of(stranger)
        await stranger.close()
        assert isinstance(event, Failure)
        assert "not trusted" in event.message
        assert len(heard) == 1


async def test_a_file_of_certificates_that_cannot_be_read_is_said(tmp_path: Path):
    for content in (None, "no certificate"):
        file = tmp_path / "ca.pem"
        if content:
            file.write_text(content)
        model = HostedModel(Endpoint("https://localhost:9/v1", "m", certificates=file), retries=ONCE)
        (event,) = await events_of(model)
        assert isinstance(event, Failure)
        assert "model.certificates" in event.message


async def test_a_proxy_that_the_user_named_is_asked_and_sees_neither_key_nor_text():
    refused = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    with raw_server(refused) as (port, heard):
        endpoint = Endpoint("https://models.example.com/v1", "m", KEY, proxy=f"http://127.0.0.1:{port}")
        model = HostedModel(endpoint, retries=ONCE)
        (event,) = await events_of(model)
        await model.close()
    assert isinstance(event, Failure)
    assert (event.kind, "model.proxy" in event.message) == ("network", True)
    assert heard[0].startswith(b"CONNECT models.example.com:443 ")
    assert KEY.encode() not in heard[0]


async def test_a_packed_answer_is_not_unpacked():
    bomb = gzip.compress(bytes(50_000_000))
    with raw_server(http(bomb, "text/event-stream", "content-encoding: gzip")) as (port, _):
        model = HostedModel(Endpoint(f"http://127.0.0.1:{port}/v1", "m"), retries=ONCE)
        events = await events_of(model)
        await model.close()
    assert isinstance(events[-1], Failure)
    assert events[-1].kind == "bad_output"


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read as Linux counts it")
def test_an_endless_answer_takes_little_memory(server: ModelServer):
    server.play(
        [Reply(body=b"data: " + b"x" * 60_000 + b"\n\n", endless=True)] * 2 + [Reply(body=b"x" * 60_000, endless=True)]
    )
    program = (
        "import asyncio, resource, sys\n"
        "from tests.clients.checks import events_of, model_at\n"
        "async def main():\n"
        "    model = model_at(sys.argv[1])\n"
        "    await model.warm()\n"
        "    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    print([type(event).__name__ for event in await events_of(model)])\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
        "asyncio.run(main())\n"
    )
    for _ in range(2):
        root = Path(__file__).parents[2]
        ran = subprocess.run(
            [sys.executable, "-c", program, server.base_url], cwd=root, capture_output=True, text=True, check=True
        )
        kinds, grown = ran.stdout.splitlines()
        assert "Failure" in kinds
        assert int(grown) < 50_000


LISTS = {
    "llama.cpp": b'{"data": [{"id": "tiny", "owned_by": "llamacpp"}]}',
    "ollama": b'{"data": [{"id": "qwen:7b", "owned_by": "library"}]}',
    "lm-studio": b'{"data": [{"id": "coder", "owned_by": "organization_owner"}]}',
    "vllm": b'{"data": [{"id": "org/coder", "owned_by": "vllm"}]}',
}


@pytest.mark.parametrize("profile", LISTS)
async def test_servers_are_told_apart_by_what_they_answer(profile: str):
    with raw_server(http(LISTS[profile], "application/json")) as (port, heard):
        (found,) = await local_servers(5.0, (port,))
    assert (found.profile, len(found.models)) == (profile, 1)
    assert heard[0].startswith(b"GET /v1/models ")
    assert b"authorization" not in heard[0].lower()


async def test_text_generation_inference_is_known_by_its_limits():
    listed = http(b'{"data": [{"id": "org/coder", "owned_by": "org/coder"}]}', "application/json")
    info = http(b'{"model_id": "org/coder", "max_total_tokens": 4096}', "application/json")
    with raw_server(listed, info) as (port, heard):
        (found,) = await local_servers(5.0, (port,))
    assert found == LocalServer("Text Generation Inference", f"http://127.0.0.1:{port}/v1", ("org/coder",), "tgi")
    assert heard[1].startswith(b"GET /info ")


@pytest.mark.parametrize(
    "answer", [b"", b"hello\r\n", http(b"<html>", "text/html"), http(b"[" * 100_000, "application/json")]
)
async def test_what_is_no_model_server_is_left_alone(answer: bytes):
    with raw_server(answer) as (port, heard):
        assert await local_servers(5.0, (port,)) == ()
    assert len(heard) == 1


async def test_a_server_that_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert await local_servers(0.1, (silent.getsockname()[1],)) == ()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open descriptors are counted as Linux shows them")
async def test_calls_that_are_cancelled_at_any_moment_leave_no_socket_and_no_task(server: ModelServer):
    server.play([Reply("hello", hangs=True, done=False, wait=0.001)] * 1000)
    model = HostedModel(Endpoint(server.base_url, "m"), retries=ONCE)
    await model.prepare()
    dice = random.Random(7)
    open_before, tasks_before = descriptors(), len(asyncio.all_tasks())
    for _ in range(300):
        task = asyncio.create_task(events_of(model))
        await asyncio.sleep(dice.uniform(0.0, 0.008))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for _ in range(3000):
        if descriptors() <= open_before + 1:
            break
        await asyncio.sleep(0.02)
    assert len(asyncio.all_tasks()) == tasks_before
    # The server runs in this process too: what it still holds is the other end of the same sockets.
    assert descriptors() <= open_before + 1
    await model.close()
