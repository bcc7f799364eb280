"""What a host does not take is learned once, kept without key or text, and forgotten in time."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.lessons import KEPT_SECONDS, Lesson, Lessons
from clients.model import Failure, Request, Stop
from clients.retry import Retries
from tests.clients.checks import KEY, PROMPT, events_of, request
from tests.clients.streams import CHATS
from tests.clients.test_adapters import EDIT, SCHEMA
from tests.model_server import ModelServer, Reply

OFFERED = Request(request().messages, schema=SCHEMA, tools=(EDIT,), temperature=0.5)
HOST = Endpoint("https://models.example.com/v1", "coder", KEY)
KEPT_AS = "https://models.example.com/v1 coder openai_chat"


def refused(message: str, status: int = 400, code: str = "") -> Reply:
    body = json.dumps({"error": {"message": message, "code": code}}).encode()
    return Reply(status=status, body=body, headers={"content-type": "application/json"})


def model_in(server: ModelServer, folder: Path) -> HostedModel:
    endpoint = Endpoint(server.base_url, "coder", KEY)
    return HostedModel(endpoint, retries=Retries(most=0), lessons=Lessons(folder))


async def last_of(model: HostedModel, asked: Request = OFFERED):
    events = await events_of(model, asked)
    await model.close()
    return events[-1]


@pytest.mark.parametrize(
    ("status", "message", "field"),
    [
        (400, "response_format is not supported", "response_format"),
        (422, "unknown field response_format", "response_format"),
        (400, "registry/tiny does not support tools", "tools"),
        (404, "No endpoints found that support tool use", "tools"),
        (500, "tools param requires --jinja flag", "tools"),
        (400, "temperature: only the default is supported", "temperature"),
    ],
)
async def test_a_host_is_sent_what_it_does_not_take_once_also_by_a_later_process(
    server: ModelServer, tmp_path: Path, status: int, message: str, field: str
):
    server.play([refused(message, status), "first", "second"])
    assert await last_of(model_in(server, tmp_path)) == Stop("end")
    assert await last_of(model_in(server, tmp_path)) == Stop("end")
    assert [field in received.body for received in server.requests] == [True, False, False]
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir()).decode()
    assert KEY not in kept
    assert PROMPT[:20] not in kept


async def test_the_api_that_a_host_takes_is_kept_too(server: ModelServer, tmp_path: Path):
    wire = CHATS["openai_responses"]
    reply = Reply(body=wire.body, headers={"content-type": wire.media_type})
    server.play([refused("not here", code="unsupported_api_for_model"), reply, reply])
    for _ in range(2):
        model = model_in(server, tmp_path)
        assert await last_of(model) == Stop("end")
        assert model.api == "openai_responses"
    paths = [received.path.rpartition("/v1")[2] for received in server.requests]
    assert paths == ["/chat/completions", "/responses", "/responses"]


async def test_a_host_that_refuses_everything_teaches_nothing(server: ModelServer, tmp_path: Path):
    server.play([refused("tools, temperature and response_format are wrong")] * 9)
    assert isinstance(await last_of(model_in(server, tmp_path)), Failure)
    assert list(tmp_path.iterdir()) == []
    tried = len(server.requests)
    server.play(["hello"])
    assert await last_of(model_in(server, tmp_path)) == Stop("end")
    assert {"tools", "temperature", "response_format"} <= server.requests[0].body.keys()
    assert tried <= 5


async def test_a_failure_that_only_mentions_a_word_is_told_as_it_was(server: ModelServer, tmp_path: Path):
    server.play([refused("the tool registry is down", 500), refused("the tool registry is down", 500)])
    event = await last_of(model_in(server, tmp_path))
    assert isinstance(event, Failure)
    assert event.kind == "overloaded"
    assert list(tmp_path.iterdir()) == []


def test_lessons_are_by_host_model_and_api_and_forgotten_in_time(tmp_path: Path):
    now = 1_000_000.0
    lessons = Lessons(tmp_path / "state", lambda: now)
    lesson = Lesson("openai_responses", frozenset({"without tools"}))
    lessons.keep(HOST, lesson)
    assert lessons.of(HOST) == lesson
    for other in (
        replace(HOST, model="other"),
        replace(HOST, base_url="https://else.example.com/v1"),
        replace(HOST, api="openai_responses"),
    ):
        assert lessons.of(other) is None
    now += KEPT_SECONDS + 1
    assert lessons.of(HOST) is None
    now -= 2 * KEPT_SECONDS
    assert lessons.of(HOST) is None


def test_only_so_many_are_kept(tmp_path: Path):
    lessons = Lessons(tmp_path)
    for number in range(210):
        lessons.keep(replace(HOST, model=f"m{number}"), Lesson("openai_chat"))
    assert lessons.of(replace(HOST, model="m0")) is None
    assert lessons.of(replace(HOST, model="m209")) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[" * 100_000,
        b"\xff",
        b"[]",
        b'{"k": 1}',
        json.dumps({KEPT_AS: {"api": "gopher", "quirks": [], "learned": 1e12}}).encode(),
        json.dumps({KEPT_AS: {"api": "openai_chat", "quirks": {"a": 1}, "learned": 0}}).encode(),
        json.dumps({KEPT_AS: [1]}).encode(),
    ],
)
def test_a_damaged_file_is_as_good_as_none_and_is_replaced(tmp_path: Path, content: bytes):
    (tmp_path / "lessons.json").write_bytes(content)
    lessons = Lessons(tmp_path, lambda: 1e12)
    assert lessons.of(HOST) is None
    lessons.keep(HOST, Lesson("openai_responses"))
    assert lessons.of(HOST) == Lesson("openai_responses")


@pytest.mark.skipif(os.name != "posix", reason="links and modes are POSIX")
def test_a_link_is_replaced_rather_than_followed_and_nobody_else_can_read(tmp_path: Path):
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    (tmp_path / "lessons.json").symlink_to(precious)
    Lessons(tmp_path).keep(HOST, Lesson("openai_chat"))
    assert precious.read_text() == "mine"
    assert (tmp_path / "lessons.json").stat().st_mode & 0o077 == 0
