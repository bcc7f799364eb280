"""What if a host means harm, or is broken in an odd way? Each API and each shape of a gap, at a real socket."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from clients.endpoint import ApiName, Endpoint, InfillName
from clients.hosted import HostedModel
from clients.model import Failure, Infill, Request, Stop, ToolDelta
from clients.retry import Retries
from clients.shared import SharedModel
from tests.clients.certificate import SELF_SIGNED
from tests.clients.checks import KEY, cleared, events_of, request, text_of
from tests.clients.streams import CHATS, INFILLS, TEXT, Wire, data, lines, named, responses_end
from tests.clients.test_adapters import EDIT
from tests.clients.test_network import STREAM, raw_server
from tests.model_server import ModelServer, Reply

ONCE = Retries(most=0)
GAP = Request((), infill=Infill(cleared("def greet(name):\n"), cleared("\nprint(1)\n")))


def at(server: ModelServer, api: ApiName = "openai_chat", infill: InfillName = "none") -> HostedModel:
    base_url = server.base_url.removesuffix("/v1") if api == "ollama" else server.base_url
    return HostedModel(Endpoint(base_url, "qwen2.5-coder", KEY, api, infill=infill), retries=ONCE)


def sent_as(body: bytes, media_type: str, **faults: int) -> Reply:
    return Reply(body=body, headers={"content-type": media_type}, **faults)


@pytest.mark.parametrize("how", ["cut_after", "ends_after"])
@pytest.mark.parametrize("shape", INFILLS)
async def test_a_gap_whose_stream_is_cut_at_any_byte_never_looks_filled(
    server: ModelServer, shape: InfillName, how: str
):
    wire = INFILLS[shape]
    model = at(server, infill=shape)
    for cut in range(len(wire.body)):
        server.play([sent_as(wire.body, wire.media_type, **{how: cut})])
        events = await events_of(model, GAP)
        if events[-1] == Stop("end"):
            assert wire.is_told_at(cut) or wire.body[cut:].strip() == b"", cut
            assert text_of(events) == TEXT
        else:
            assert isinstance(events[-1], Failure) or events[-1] == Stop("incomplete"), cut
            assert TEXT.startswith(text_of(events))
    await model.close()


CALL = json.dumps({"path": "a.py", "new_str": "é"}, ensure_ascii=False)
CALLS: dict[ApiName, tuple[tuple[bytes, ...], str]] = {
    "openai_chat": (
        data(
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "edit", "arguments": ""}}]}}]},
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": CALL}}]}}]},
            {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
        ),
        "text/event-stream",
    ),
    "openai_responses": (
        named(
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {"type": "function_call", "name": "edit", "arguments": ""},
            },
            {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": CALL},
            responses_end(),
        ),
        "text/event-stream",
    ),
    "anthropic_messages": (
        named(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": "edit"}},
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": CALL},
            },
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ),
        "text/event-stream",
    ),
    "ollama": (
        lines(
            {"message": {"tool_calls": [{"function": {"name": "edit", "arguments": json.loads(CALL)}}]}, "done": False},
            {"message": {"content": ""}, "done": True, "done_reason": "stop"},
        ),
        "application/x-ndjson",
    ),
}


@pytest.mark.parametrize("api", CALLS)
async def test_a_call_of_a_tool_that_is_cut_at_any_byte_is_never_taken_for_whole(server: ModelServer, api: ApiName):
    events, media_type = CALLS[api]
    body = b"".join(events)
    model = at(server, api)
    asked = replace(request(), tools=(EDIT,))
    for cut in range(len(body) + 1):
        server.play([sent_as(body, media_type, ends_after=cut)])
        got = await events_of(model, asked)
        parts = "".join(event.json_part for event in got if isinstance(event, ToolDelta))
        if isinstance(got[-1], Stop) and got[-1].reason in ("tool", "end"):
            assert json.loads(parts) == json.loads(CALL), cut
        else:
            assert isinstance(got[-1], Failure) or got[-1] == Stop("incomplete"), cut
    assert got[-1] == Stop("tool")
    await model.close()


@pytest.mark.parametrize("api", CHATS)
@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<!doctype html><title>Sign in</title>", "text/html; charset=utf-8"),
        (b"<html>", "text/event-stream"),
        (b"", "text/event-stream"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"data: \xff\n\n", "text/event-stream"),
        (b'data: {"choices": [{"delta": {"content": null}, "finish_reason": "stop"}]}\n\n', "text/event-stream"),
        (b'data: ["a", "b"]\n\ndata: [DONE]\n\n', "text/event-stream"),
        (b"[" * 200_000, "application/json"),
        (b"hello", "text/plain"),
    ],
)
async def test_what_is_no_reply_of_that_api_gives_nothing_to_edit_with(
    server: ModelServer, api: ApiName, body: bytes, media_type: str
):
    server.play([sent_as(body, media_type)])
    model = at(server, api)
    events = await events_of(model)
    await model.close()
    last = events[-1]
    assert isinstance(last, Failure) or last == Stop("incomplete")
    assert text_of(events) == ""


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nx-filler: " + b"x" * 2_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x-filler: x\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-a: b\r\n c\x00d\r\n\r\n",
        b"HTTP/1.1 999999 What\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffffff\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
async def test_heads_that_are_huge_or_no_http_are_told_and_cost_little(head: bytes):
    with raw_server(head) as (port, _):
        model = HostedModel(Endpoint(f"http://127.0.0.1:{port}/v1", "m", KEY), retries=ONCE)
        events = await events_of(model)
        await model.close()
    assert isinstance(events[-1], Failure)
    assert events[-1].kind in ("network", "bad_output")
    assert len(events[-1].message) < 400


async def test_a_key_with_a_line_end_never_reaches_the_wire():
    for key in (f"{KEY}\nx-evil: 1", f"{KEY}\r\n", "", f"{KEY}\x00"):
        with raw_server(STREAM) as (port, heard):
            model = HostedModel(Endpoint(f"http://127.0.0.1:{port}/v1", "m", key), retries=ONCE)
            (event,) = await events_of(model)
            await model.close()
            assert isinstance(event, Failure)
            assert (event.kind, KEY in event.message, heard) == ("refused_by_policy", False, [])


async def test_a_redirect_to_itself_is_followed_no_more_than_any_other(server: ModelServer):
    for location in (f"{server.base_url}/chat/completions", f"http://127.0.0.1:{server.port}/", "//evil.example/x"):
        server.play([Reply(status=308, headers={"location": location}, body=b""), "stolen"])
        model = at(server)
        (event,) = await events_of(model)
        await model.close()
        assert isinstance(event, Failure)
        assert event.kind == "refused_by_policy"
        assert len(server.requests) == 1


async def test_certificates_that_the_environment_names_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "self-signed.txt"
    file.write_text(SELF_SIGNED)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(file))
    with raw_server(STREAM, certificate=file) as (port, heard):
        model = HostedModel(Endpoint(f"https://localhost:{port}/v1", "m", KEY), retries=ONCE)
        (event,) = await events_of(model)
        await model.close()
    assert isinstance(event, Failure)
    assert "not trusted" in event.message
    assert heard == []


async def test_equal_asks_with_tools_and_schemas_are_one_call_and_others_are_not(server: ModelServer):
    wire: Wire = CHATS["openai_chat"]
    server.play([sent_as(wire.body, wire.media_type)] * 4)
    model = SharedModel(at(server))
    offered = replace(request(), tools=(EDIT,))
    shaped = replace(request(), schema={"type": "object"})
    asked = [offered, replace(offered, tools=(EDIT,)), shaped, replace(shaped, schema={"type": "array"}), request()]
    replies = await asyncio.gather(*(events_of(model, each) for each in asked))
    await model.close()
    assert replies[0] == replies[1]
    assert len(server.requests) == 4
