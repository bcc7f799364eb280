"""What each API is sent, and what is made of what it says: whole, cut, refused, with tools."""

import json
from typing import Any

import pytest

from clients.endpoint import ApiName, Endpoint, InfillName
from clients.hosted import HostedModel
from clients.model import (
    Event,
    Failure,
    FailureKind,
    Infill,
    Message,
    ReasoningDelta,
    Request,
    Start,
    Stop,
    StopReason,
    Tool,
    ToolDelta,
    Usage,
)
from clients.retry import Retries
from tests.clients.checks import AT_ONCE, KEY, PROMPT, cleared, events_of, request, text_of
from tests.clients.streams import CHATS, INFILLS, TEXT, Wire, data, lines, named, responses_end
from tests.model_server import ModelServer, Reply

EDIT = Tool("edit", "Changes a file.", {"type": "object", "properties": {"path": {"type": "string"}}})
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
GAP = Request(
    (),
    64,
    infill=Infill(
        cleared("def greet(name):\n    return "), cleared("\n\nprint(greet('x'))\n"), (("a.py", cleared("A = 1")),)
    ),
)


def model_of(server: ModelServer, api: ApiName = "openai_chat", retries: Retries = AT_ONCE, **more: Any) -> HostedModel:
    auth = "x-api-key" if api == "anthropic_messages" else "bearer"
    return HostedModel(Endpoint(server.base_url, "qwen2.5-coder", KEY, api, auth, **more), retries=retries)


def reply_of(wire: Wire, **more: Any) -> Reply:
    return Reply(body=wire.body, headers={"content-type": wire.media_type}, **more)


async def check_stream(
    server: ModelServer,
    api: ApiName,
    *events: bytes,
    text: str | None = None,
    stop: StopReason | None = None,
    fails: FailureKind | None = None,
    asked: Request | None = None,
) -> list[Event]:
    media_type = "application/x-ndjson" if api == "ollama" else "text/event-stream"
    server.play([Reply(body=b"".join(events), headers={"content-type": media_type})])
    model = model_of(server, api, Retries(most=0))
    got = await events_of(model, asked)
    await model.close()
    assert [event for event in got if isinstance(event, (Stop, Failure))] == got[-1:]
    if text is not None:
        assert text_of(got) == text
    if stop is not None:
        assert got[-1] == Stop(stop)
    if fails is not None:
        assert isinstance(got[-1], Failure)
        assert got[-1].kind == fails
    return got


@pytest.mark.parametrize("api", CHATS)
async def test_each_api_is_asked_at_its_path_with_its_key_and_says_the_same(server: ModelServer, api: ApiName):
    wire = CHATS[api]
    server.play([reply_of(wire)])
    model = model_of(server, api)
    events = await events_of(model)
    await model.close()
    (received,) = server.requests
    assert received.path == wire.path
    assert (received.headers.get("x-api-key"), received.headers.get("authorization")) == (
        (KEY, None) if api == "anthropic_messages" else (None, f"Bearer {KEY}")
    )
    assert events[0] == Start("qwen2.5-coder")
    assert text_of(events) == TEXT
    usage = next(event for event in events if isinstance(event, Usage))
    assert (usage.input_tokens, usage.output_tokens, usage.estimated) == (11, 5, False)
    assert usage.cached_tokens == (0 if api == "ollama" else 3)
    assert events[-1] == Stop("end")
    assert PROMPT in json.dumps(received.body, ensure_ascii=False)
    assert received.body["stream"] is True


@pytest.mark.parametrize("how", ["cut_after", "ends_after"])
@pytest.mark.parametrize("api", CHATS)
async def test_a_stream_cut_at_any_byte_never_looks_like_its_end(server: ModelServer, api: ApiName, how: str):
    wire = CHATS[api]
    model = model_of(server, api, Retries(most=0))
    for cut in range(len(wire.body)):
        server.play([reply_of(wire, **{how: cut})])
        events = await events_of(model)
        if events[-1] == Stop("end"):
            assert wire.is_told_at(cut) or wire.body[cut:].strip() == b"", cut
            assert text_of(events) == TEXT
        else:
            assert isinstance(events[-1], Failure) or events[-1] == Stop("incomplete")
            assert TEXT.startswith(text_of(events))
    await model.close()


@pytest.mark.parametrize("shape", INFILLS)
async def test_a_gap_is_filled_in_each_shape(server: ModelServer, shape: InfillName):
    wire = INFILLS[shape]
    server.play([reply_of(wire)])
    model = model_of(server, infill=shape)
    events = await events_of(model, GAP)
    await model.close()
    assert server.requests[0].path == wire.path
    sent = server.requests[0].body
    said = json.dumps(sent, ensure_ascii=False)
    assert "return " in said
    assert "print(greet" in said
    assert (text_of(events), events[-1]) == (TEXT, Stop("end"))
    if shape == "llama_cpp":
        assert sent["input_extra"] == [{"filename": "a.py", "text": "A = 1"}]
    if shape == "template":
        assert sent["prompt"].startswith("<|fim_prefix|>def greet")
        assert sent["prompt"].endswith("<|fim_middle|>")
        assert "<|endoftext|>" in sent["stop"]


async def test_text_that_would_close_a_template_is_not_sent(server: ModelServer):
    gap = Infill(cleared("x = '<|fim_middle|>'"), cleared(""))
    for shape, model_name in (("template", "qwen2.5-coder"), ("template", "unheard-of"), ("none", "qwen2.5-coder")):
        model = HostedModel(Endpoint(server.base_url, model_name, infill=shape))
        (event,) = await events_of(model, Request((), infill=gap))
        await model.close()
        assert isinstance(event, Failure)
        assert event.kind in {"refused_by_policy", "unsupported_api"}
    assert server.requests == []


@pytest.mark.parametrize(
    ("first", "second"), [("openai_chat", "openai_responses"), ("openai_responses", "openai_chat")]
)
async def test_a_host_that_serves_the_model_in_the_other_api_is_asked_in_it_from_then_on(
    server: ModelServer, first: ApiName, second: ApiName
):
    refused = Reply(
        status=400,
        body=b'{"error": {"code": "unsupported_api_for_model", "message": "not here"}}',
        headers={"content-type": "application/json"},
    )
    server.play([refused, reply_of(CHATS[second]), reply_of(CHATS[second])])
    model = model_of(server, first)
    for _ in range(2):
        events = await events_of(model)
        assert (text_of(events), events[-1]) == (TEXT, Stop("end"))
    await model.close()
    assert model.api == second
    assert [received.path for received in server.requests] == [CHATS[api].path for api in (first, second, second)]


@pytest.mark.parametrize("status", [404, 400])
async def test_a_host_that_has_neither_api_is_asked_twice_and_tells_its_first_refusal(server: ModelServer, status: int):
    body = b'{"error": {"code": "unsupported_api_for_model", "message": "not here"}}'
    refused = Reply(status=400, body=body, headers={"content-type": "application/json"})
    server.play([refused, Reply(status=status, body=body if status == 400 else b"no")])
    model = model_of(server)
    (event,) = await events_of(model)
    await model.close()
    assert isinstance(event, Failure)
    assert event.kind == "unsupported_api"
    assert len(server.requests) == 2


@pytest.mark.parametrize("api", CHATS)
async def test_a_schema_and_tools_are_sent_where_the_api_has_a_field_for_them(server: ModelServer, api: ApiName):
    server.play([reply_of(CHATS[api])])
    model = model_of(server, api)
    await events_of(model, Request(request().messages, schema=SCHEMA, tools=(EDIT,), temperature=0.0))
    await model.close()
    body = server.requests[0].body
    schemas = {
        "openai_chat": lambda: body["response_format"]["json_schema"]["schema"],
        "openai_responses": lambda: body["text"]["format"]["schema"],
        "anthropic_messages": lambda: body["output_config"]["format"]["schema"],
        "ollama": lambda: body["format"],
    }
    assert schemas[api]() == SCHEMA
    assert '"edit"' in json.dumps(body["tools"])
    assert body.get("temperature", body.get("options", {}).get("temperature")) == 0.0


@pytest.mark.parametrize(
    ("api", "word"),
    [
        ("openai_chat", "response_format"),
        ("openai_responses", "text.format"),
        ("anthropic_messages", "output_config"),
        ("openai_chat", "tools are not supported"),
        ("anthropic_messages", "temperature"),
    ],
)
async def test_what_a_host_does_not_take_is_left_out_from_then_on(server: ModelServer, api: ApiName, word: str):
    refused = Reply(
        status=400,
        body=json.dumps({"error": {"message": f"{word}: unknown"}}).encode(),
        headers={"content-type": "application/json"},
    )
    asked = Request(request().messages, schema=SCHEMA, tools=(EDIT,), temperature=0.5)
    server.play([refused, reply_of(CHATS[api]), reply_of(CHATS[api])])
    model = model_of(server, api)
    assert [(await events_of(model, asked))[-1] for _ in range(2)] == [Stop("end")] * 2
    await model.close()
    first, second, third = (received.body.keys() for received in server.requests)
    assert len(first - second) == 1
    assert second == third


async def test_calls_of_tools_come_in_pieces_with_their_name(server: ModelServer):
    streams: dict[ApiName, tuple[bytes, ...]] = {
        "openai_chat": data(
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "edit", "arguments": ""}}]}}]},
            {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": '{"a": 1}'}}]}}]},
            {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
            "[DONE]",
        ),
        "openai_responses": named(
            {
                "type": "response.output_item.added",
                "output_index": 1,
                "item": {"type": "function_call", "name": "edit", "arguments": ""},
            },
            {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": '{"a": '},
            {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": "1}"},
            responses_end(),
        ),
        "anthropic_messages": named(
            {
                "type": "content_block_start",
                "index": 1,
                "content_block": {"type": "tool_use", "name": "edit", "input": {}},
            },
            {
                "type": "content_block_delta",
                "index": 1,
                "delta": {"type": "input_json_delta", "partial_json": '{"a": 1}'},
            },
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ),
        "ollama": lines(
            {"message": {"tool_calls": [{"function": {"name": "edit", "arguments": {"a": 1}}}]}, "done": False},
            {"message": {"content": ""}, "done": True, "done_reason": "stop"},
        ),
    }
    for api, stream in streams.items():
        events = await check_stream(server, api, *stream, stop="tool", text="")
        calls = [event for event in events if isinstance(event, ToolDelta)]
        assert "edit" in [call.name for call in calls]
        assert json.loads("".join(call.json_part for call in calls)) == {"a": 1}
        assert {call.index for call in calls} == {0}


async def test_what_the_model_thinks_is_no_part_of_the_reply(server: ModelServer):
    streams: dict[ApiName, tuple[bytes, ...]] = {
        "openai_chat": data({"choices": [{"delta": {"reasoning_content": "hm"}}]}),
        "openai_responses": named({"type": "response.reasoning_summary_text.delta", "delta": "hm"}),
        "anthropic_messages": named(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}
        ),
        "ollama": lines({"message": {"content": "", "thinking": "hm"}, "done": False}),
    }
    for api, thought in streams.items():
        events = await check_stream(server, api, *thought, *CHATS[api].events, text=TEXT, stop="end")
        assert ReasoningDelta("hm") in events


@pytest.mark.parametrize(
    ("api", "events", "fails"),
    [
        ("openai_responses", named({"type": "error", "code": "server_error", "message": "x"}), "overloaded"),
        (
            "openai_responses",
            named(responses_end("failed", error={"code": "rate_limit_exceeded", "message": "slow"})),
            "rate",
        ),
        ("openai_responses", named(responses_end("failed")), "bad_output"),
        (
            "anthropic_messages",
            named({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            "overloaded",
        ),
        ("ollama", lines({"error": "model 'm' not found"}), "not_found"),
        ("ollama", (b"{]\n",), "bad_output"),
        ("anthropic_messages", CHATS["anthropic_messages"].events[5:], "bad_output"),
    ],
)
async def test_an_error_in_the_middle_of_a_stream_is_told(server: ModelServer, api: ApiName, events, fails):
    await check_stream(server, api, *events, fails=fails)


@pytest.mark.parametrize(
    ("api", "events", "stop"),
    [
        (
            "openai_responses",
            named(responses_end("incomplete", incomplete_details={"reason": "max_output_tokens"})),
            "length",
        ),
        (
            "openai_responses",
            named(responses_end("incomplete", incomplete_details={"reason": "content_filter"})),
            "filter",
        ),
        ("openai_responses", named(responses_end("incomplete")), "incomplete"),
        ("openai_responses", named({"type": "response.refusal.delta", "delta": "no"}, responses_end()), "filter"),
        (
            "anthropic_messages",
            named({"type": "message_delta", "delta": {"stop_reason": "max_tokens"}}, {"type": "message_stop"}),
            "length",
        ),
        (
            "anthropic_messages",
            named({"type": "message_delta", "delta": {"stop_reason": "refusal"}}, {"type": "message_stop"}),
            "filter",
        ),
        (
            "anthropic_messages",
            named({"type": "message_delta", "delta": {"stop_reason": "pause_turn"}}, {"type": "message_stop"}),
            "incomplete",
        ),
        ("ollama", lines({"message": {"content": "x"}, "done": True, "done_reason": "length"}), "length"),
        ("ollama", lines({"message": {"content": "x"}, "done": True, "done_reason": "load"}), "incomplete"),
    ],
)
async def test_reasons_of_each_api_are_told_apart(server: ModelServer, api: ApiName, events, stop):
    await check_stream(server, api, *events, stop=stop)


@pytest.mark.parametrize(
    ("api", "body"),
    [
        (
            "openai_responses",
            {
                "object": "response",
                "status": "completed",
                "error": None,
                "output": [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}],
            },
        ),
        (
            "anthropic_messages",
            {"type": "message", "content": [{"type": "text", "text": TEXT}], "stop_reason": "end_turn"},
        ),
        ("ollama", {"message": {"content": TEXT}, "done": True, "done_reason": "stop"}),
        ("openai_chat", {"choices": [{"message": {"content": TEXT}, "finish_reason": "stop"}]}),
    ],
)
async def test_a_host_that_does_not_stream_is_read_too(server: ModelServer, api: ApiName, body):
    server.play([Reply(body=json.dumps(body).encode(), headers={"content-type": "application/json"})])
    model = model_of(server, api)
    events = await events_of(model)
    await model.close()
    assert (text_of(events), events[-1]) == (TEXT, Stop("end"))


async def test_odd_json_where_another_shape_belongs_never_raises(server: ModelServer):
    odd: list[Any] = [None, 3, "x", [], [3], {}, {"choices": 3}, {"x": [None]}]
    keys = ("choices", "delta", "message", "usage", "response", "item", "content_block", "error", "tool_calls")
    for api in CHATS:
        for key in keys:
            for value in odd:
                stream = data({"type": "content_block_delta", key: value, "done": value})
                await check_stream(server, api, *(lines(json.loads(stream[0][6:])) if api == "ollama" else stream))


async def test_a_host_that_ignores_the_limit_of_tokens_is_stopped(server: ModelServer):
    chunk = {"choices": [{"delta": {"content": "x" * 1000}, "finish_reason": None}]}
    asked = Request(request().messages, max_output_tokens=100)
    events = await check_stream(server, "openai_chat", *data(*[chunk] * 5), fails="bad_output", asked=asked)
    assert len(text_of(events)) <= 2000


def test_system_turns_are_the_rules_where_an_api_has_a_place_for_them():
    from clients.adapters import ADAPTERS

    asked = Request((Message("system", cleared("rules")), Message("user", cleared("ask"))))
    responses = ADAPTERS["openai_responses"].write("m", asked, frozenset())
    assert (responses["instructions"], [turn["role"] for turn in responses["input"]]) == ("rules", ["user"])
    assert responses["store"] is False
    anthropic = ADAPTERS["anthropic_messages"].write("m", asked, frozenset())
    assert anthropic["system"][0]["text"] == "rules"
    assert anthropic["system"][0]["cache_control"] == {"type": "ephemeral"}


def test_the_context_of_ollama_is_never_smaller_than_the_request():
    from clients.ollama import options

    asked = Request((Message("user", cleared("word " * 20_000)),), max_output_tokens=4000)
    assert options(asked)["num_ctx"] >= 100_000 // 3 + 4000
    assert options(asked)["num_ctx"] % 8192 == 0


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ('{"error": {"type": "exceed_context_size_error", "n_prompt_tokens": 40014, "n_ctx": 8192}}', (40014, 8192)),
        ("prompt is too long: 208310 tokens > 200000 maximum", (208310, 200000)),
        ("maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens", (9001, 8192)),
        ("too long", (None, None)),
    ],
)
async def test_how_far_a_request_is_too_long_is_read_where_the_host_says_it(server: ModelServer, said: str, counts):
    body = said if said.startswith("{") else json.dumps({"error": {"message": said, "type": "context_length_exceeded"}})
    server.play([Reply(status=400, body=body.encode(), headers={"content-type": "application/json"})])
    model = model_of(server)
    (event,) = await events_of(model)
    await model.close()
    assert isinstance(event, Failure)
    assert (event.kind, event.asked_tokens, event.limit_tokens) == ("context_too_long", *counts)
