"""Where may a name lead? What the name of a host resolves to is looked at before a byte is sent there."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpcore
import pytest

from clients.endpoint import Endpoint, find_peer_problem
from clients.hosted import HostedModel
from clients.model import Failure, Stop
from clients.retry import Retries
from tests.clients.checks import KEY, events_of, text_of
from tests.model_server import Reply, stream_of

ONCE = Retries(most=0)


@contextlib.contextmanager
def listener(family: socket.AddressFamily = socket.AF_INET, answer: bytes = b"") -> Iterator[tuple[int, list[bytes]]]:
    """Takes one connection and keeps all that comes before its end; yields the port and what came."""
    heard: list[bytes] = []
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.create_server((address, 0), family=family) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                connection.settimeout(5)
                with connection:
                    heard.append(connection.recv(65_536))
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.mark.parametrize(
    ("base_url", "peer", "says"),
    [
        ("https://models.example.com/v1", "169.254.169.254", "link-local"),
        ("https://models.example.com/v1", "fe80::1%eth0", "link-local"),
        ("https://models.example.com/v1", "::ffff:169.254.169.254", "link-local"),
        ("https://models.example.com/v1", "64:ff9b::a9fe:a9fe", "link-local"),
        ("https://models.example.com/v1", "224.0.0.1", "reserved"),
        ("https://models.example.com/v1", "0.0.0.0", "reserved"),
        ("https://models.example.com/v1", "no address", "cannot|no address"),
        ("http://localhost:8080/v1", "10.0.0.5", "plain http"),
        ("http://localhost:8080/v1", "2001:db8::1", "plain http"),
    ],
)
def test_a_name_that_leads_to_an_odd_address_is_told_why(base_url: str, peer: str, says: str):
    problem = find_peer_problem(Endpoint(base_url, "m", KEY), peer)
    assert problem is not None
    assert any(word in problem for word in says.split("|"))
    assert KEY not in problem


@pytest.mark.parametrize(
    ("base_url", "peer"),
    [
        ("https://models.example.com/v1", "93.184.216.34"),
        ("https://models.example.com/v1", "10.0.0.5"),
        ("https://models.example.com/v1", "64:ff9b::5db8:d822"),
        ("https://models.example.com/v1", "2606:2800:220:1::1"),
        ("https://localhost/v1", "127.0.0.1"),
        ("http://localhost:8080/v1", "::1"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1"),
    ],
)
def test_a_name_may_lead_to_a_network_of_the_users_and_to_this_machine(base_url: str, peer: str):
    assert find_peer_problem(Endpoint(base_url, "m"), peer) is None


@pytest.mark.parametrize(
    ("scheme", "peer"), [("http", "169.254.169.254"), ("https", "169.254.169.254"), ("http", "192.168.7.7")]
)
async def test_not_a_byte_goes_to_where_a_name_must_not_lead(monkeypatch: pytest.MonkeyPatch, scheme: str, peer: str):
    backend = httpcore.AnyIOBackend
    connect = backend.connect_tcp

    async def lead(*arguments: object, **options: object) -> object:
        stream = await connect(*arguments, **options)
        told = stream.get_extra_info
        monkeypatch.setattr(
            type(stream), "get_extra_info", lambda _, name: (peer, 80) if name == "server_addr" else told(name)
        )
        return stream

    monkeypatch.setattr(backend, "connect_tcp", lead)
    with listener() as (port, heard):
        model = HostedModel(Endpoint(f"{scheme}://localhost:{port}/v1", "m", KEY), retries=ONCE)
        (event,) = await events_of(model)
        await model.close()
    assert isinstance(event, Failure)
    assert (event.kind, peer in event.message) == ("refused_by_policy", True)
    # A connection that is reset before it is read says nothing either.
    assert heard in ([b""], [])


async def test_a_name_in_the_hosts_file_that_leads_elsewhere_gets_no_plain_text(monkeypatch: pytest.MonkeyPatch):
    """The real thing, where this machine has an address besides loopback to lead to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            own = probe.getsockname()[0]
        except OSError:
            own = "127.0.0.1"
    if own.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    with socket.create_server((own, 0)) as server:
        server.settimeout(5)
        port = server.getsockname()[1]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (own, port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        model = HostedModel(Endpoint(f"http://localhost:{port}/v1", "m", KEY), retries=ONCE)
        (event,) = await events_of(model)
        await model.close()
        connection, _ = server.accept()
        with connection:
            connection.settimeout(5)
            with contextlib.suppress(ConnectionError):
                assert connection.recv(1000) == b""
    assert isinstance(event, Failure)
    assert event.kind == "refused_by_policy"


async def test_ipv6_loopback_is_this_machine_too():
    body = b"".join(stream_of(Reply("hello")))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(body)
    if not socket.has_ipv6:
        pytest.skip("this Python knows no IPv6")
    try:
        with listener(socket.AF_INET6, head + body) as (port, heard):
            endpoint = Endpoint(f"http://[::1]:{port}/v1", "m", KEY)
            model = HostedModel(endpoint, retries=ONCE)
            events = await events_of(model)
            await model.close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    assert (text_of(events), events[-1]) == ("hello", Stop("end"))
    assert endpoint.host == f"[::1]:{port}"
    assert f"host: [::1]:{port}".encode() in heard[0].lower()
