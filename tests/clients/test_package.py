"""What keeps the package small and tight: who imports what, who makes and reads cleared text."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from clients.detect import LocalServer, local_servers
from clients.endpoint import Endpoint, find_problem, is_loopback
from clients.model import Failure, Start, Stop, TextDelta, Usage
from clients.playback import Playback
from tests.clients.checks import KEY, PROMPT, request, text_of
from tests.model_server import MODELS, ModelServer, model_server

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for package in ("clients", "context", "lsp_server")
    for path in sorted((ROOT / package).rglob("*.py"))
}


def found_in(pattern: str) -> set[str]:
    return {name for name, text in SOURCES.items() if re.search(pattern, text, re.MULTILINE)}


def test_only_one_module_imports_httpx():
    assert found_in(r"^\s*(?:import|from) httpx") == {"clients/http.py"}


def test_only_the_gate_makes_cleared_text():
    assert found_in(r"\bClearedText\(|_MAKER|object\.__new__|__setattr__\(") <= {"clients/outgoing.py"}


def test_tls_is_never_off_and_redirects_are_never_followed():
    assert found_in(r"verify=False|CERT_NONE|check_hostname\s*=|follow_redirects=True|trust_env=True") == set()


def test_starting_up_loads_no_http_and_no_detectors():
    modules = "clients.http, clients.hosted, clients.outgoing, clients.detect, clients.playback"
    heavy = ("httpx", "httpx_sse", "httpcore", "anyio", "detect_secrets", "requests", "pathspec")
    program = f"import sys, {modules}; print([name for name in {heavy!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.example.com/v1",
        "https://api.example.com:8443",
        "http://127.0.0.1:8080/v1/",
        "http://127.8.9.1/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8080/v1",
        "https://10.1.2.3/v1",
        "HTTPS://API.EXAMPLE.COM/v1",
    ],
)
def test_an_address_that_can_be_used_has_no_problem(base_url: str):
    assert find_problem(Endpoint(base_url, "m", KEY)) is None


@pytest.mark.parametrize(
    ("base_url", "says"),
    [
        ("", "not an http(s) URL"),
        ("api.example.com/v1", "not an http(s) URL"),
        ("ftp://api.example.com", "not an http(s) URL"),
        ("https://", "not an http(s) URL"),
        ("https://[::1", "not a URL"),
        ("https://host:99999/v1", "not a URL"),
        ("https://host:0/v1", "not an http(s) URL"),
        ("http://api.example.com/v1", "Plain http"),
        ("http://10.0.0.1/v1", "Plain http"),
        ("http://localhost.example.com/v1", "Plain http"),
        ("http://127.0.0.1.example.com/v1", "Plain http"),
        ("http://0.0.0.0:8080/v1", "never contacted"),
        ("https://169.254.169.254/v1", "never contacted"),
        ("http://[fe80::1]/v1", "never contacted"),
        ("https://[::ffff:169.254.169.254]/v1", "never contacted"),
        ("https://2852039166/v1", "four numbers"),
        ("https://0xa9fea9fe/v1", "four numbers"),
        ("https://169.254.43518/v1", "four numbers"),
        ("http://127.1/v1", "four numbers"),
        (f"https://user:{KEY}@host.example/v1", "user name or password"),
        ("https://user@host.example/v1", "user name or password"),
        (f"https://host.example/v1?key={KEY}", "leave it out"),
        ("https://host.example/v1#x", "leave it out"),
        ("https://host.example/v1/chat/completions", "leave out /chat/completions"),
        ("https://host.example/v1\r\nx: y", "unusual character"),
        ("https://host.example\\@evil.example/v1", "unusual character"),
        ("https://hоst.example/v1", "unusual character"),
    ],
)
def test_an_address_that_must_not_be_used_is_told_why(base_url: str, says: str):
    problem = find_problem(Endpoint(base_url, "m"))
    assert problem is not None
    assert says in problem
    assert KEY not in problem


@pytest.mark.parametrize("key", ["", "two words", f"{KEY}\n", f"{KEY}\r\nx-evil: 1", "schlüssel", "\x00"])
def test_a_key_that_cannot_be_right_is_told_without_showing_it(key: str):
    problem = find_problem(Endpoint("https://host.example/v1", "m", key))
    assert problem is not None
    assert "PATCHWRIGHT_API_KEY" in problem or "API key" in problem
    assert not key or key.strip() not in problem


@pytest.mark.parametrize("model", ["", "  ", "a\nb"])
def test_a_model_must_be_named(model: str):
    assert "PATCHWRIGHT_MODEL" in (find_problem(Endpoint("https://host.example/v1", model)) or "")


def test_an_endpoint_shows_its_host_and_never_its_key():
    endpoint = Endpoint("https://host.example:8443/v1", "m", KEY)
    assert endpoint.host == "host.example:8443"
    assert KEY not in f"{endpoint!r} {endpoint}"
    assert Endpoint("https://[", "m").host == "?"
    assert is_loopback("localhost")
    assert not is_loopback("localhost.example")


async def test_nothing_is_sent_to_an_address_that_is_not_allowed(server: ModelServer):
    from tests.clients.checks import events_of, model_at

    for base_url in (f"http://user@127.0.0.1:{server.port}/v1", f"http://0.0.0.0:{server.port}/v1"):
        (event,) = await events_of(model_at(base_url))
        assert isinstance(event, Failure)
        assert event.kind == "refused_by_policy"
    (event,) = await events_of(model_at(server.base_url, key=f"{KEY}\nx: y"))
    assert isinstance(event, Failure)
    assert KEY not in event.message
    assert server.requests == []


async def test_playback_answers_in_order_and_keeps_what_it_was_asked():
    model = Playback(["a reply that is longer than one piece", [Start("m"), TextDelta("cut"), Stop("incomplete")]])
    first, second, third = [[event async for event in model.stream(request())] for _ in range(3)]
    await model.close()
    assert (first[0], text_of(first), first[-1]) == (
        Start("playback"),
        "a reply that is longer than one piece",
        Stop("end"),
    )
    assert sum(isinstance(event, TextDelta) for event in first) > 1
    assert any(isinstance(event, Usage) for event in first)
    assert second == [Start("m"), TextDelta("cut"), Stop("incomplete")]
    assert isinstance(third[0], Failure)
    assert [asked.messages[1].text.text for asked in model.requests] == [PROMPT] * 3
    assert (model.name, model.host) == ("playback", "playback")


async def test_local_servers_are_found_by_what_they_answer(server: ModelServer):
    with model_server() as other:
        found = await local_servers(timeout=3.0, ports=(server.port, 1, other.port))
    assert found == tuple(
        LocalServer("OpenAI-compatible server", f"http://127.0.0.1:{port}/v1", MODELS)
        for port in (server.port, other.port)
    )
    assert server.requests == []
