"""What comes of a stream that a host sends as it should, and of one that it does not."""

import asyncio
import gzip
import json

import pytest

from clients.http import Limits
from clients.model import Failure, Start, Stop, TextDelta, Usage
from clients.retry import Retries
from tests.clients.checks import KEY, PROMPT, check_chat, events_of, model_at, request, text_of
from tests.model_server import ModelServer, Reply, stream_of

GREETING = 'def greet(name: str) -> str:\n    return f"Grüße, {name} 👩‍🚀 — 你好"\n'


async def test_a_reply_comes_in_pieces_with_usage_and_an_end(server: ModelServer):
    events = await check_chat(server, GREETING, text=GREETING, stop="end", tries=1)

    assert events[0] == Start("coder")
    assert sum(isinstance(event, TextDelta) for event in events) > 5
    assert Usage(11, 5) in events


async def test_the_request_holds_what_the_host_needs_and_nothing_unasked(server: ModelServer):
    await check_chat(server, "hello")

    (received,) = server.requests
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == f"Bearer {KEY}"
    assert received.headers["accept-encoding"] == "identity"
    assert received.body == {
        "model": "coder",
        "messages": [{"role": "system", "content": "You write code."}, {"role": "user", "content": PROMPT}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 8192,
    }


async def test_temperature_is_sent_only_when_it_is_set(server: ModelServer):
    server.play(["hello"])
    model = model_at(server.base_url)
    await events_of(model, request(temperature=0.0))
    await model.close()
    assert server.requests[0].body["temperature"] == 0.0


async def test_no_key_means_no_authorization_header(server: ModelServer):
    server.play(["hello"])
    model = model_at(server.base_url, key=None)
    assert (await events_of(model))[-1] == Stop("end")
    await model.close()
    assert "authorization" not in server.requests[0].headers


async def test_the_connection_is_used_again(server: ModelServer):
    server.play(["one", "two", Reply(status=404), "three"])
    model = model_at(server.base_url)
    ends = [(await events_of(model))[-1] for _ in range(4)]
    await model.close()
    assert [end for end in ends if end == Stop("end")] == [Stop("end")] * 3
    assert len({received.client for received in server.requests}) == 1


async def test_a_closed_model_opens_a_new_connection(server: ModelServer):
    server.play(["one", "two"])
    model = model_at(server.base_url)
    for _ in range(2):
        assert (await events_of(model))[-1] == Stop("end")
        await model.close()


@pytest.mark.parametrize("write", [1, 2, 3, 5, 64])
async def test_characters_split_between_packets_stay_whole(server: ModelServer, write: int):
    await check_chat(server, Reply(GREETING, piece=3, write=write), text=GREETING, stop="end")


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
async def test_other_line_ends_of_the_event_format_are_read(server: ModelServer, line_end: str):
    await check_chat(server, Reply(GREETING, line_end=line_end, write=1), text=GREETING, stop="end")


async def test_comments_names_and_several_data_lines_are_read(server: ModelServer):
    stream = b': OPENROUTER PROCESSING\n\nevent: message\nid: 1\nretry: 5\ndata: {"choices":\ndata: [{"delta":'
    stream += b'{"content":"hi"},"finish_reason":"stop"}]}\n\n: keep-alive\n\ndata: [DONE]\n\n'
    await check_chat(server, Reply(body=stream), text="hi", stop="end")


async def test_without_usage_tokens_are_estimated_and_said_to_be(server: ModelServer):
    events = await check_chat(server, Reply("x" * 35, usage=False), stop="end")
    usage = next(event for event in events if isinstance(event, Usage))
    assert usage.estimated
    assert usage.output_tokens == 10
    assert usage.input_tokens > 10


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("hi", finish_reason="length"), "length"),
        (Reply("hi", finish_reason="content_filter"), "filter"),
        (Reply("hi", finish_reason="tool_calls"), "tool"),
        (Reply("hi", finish_reason="insufficient_system_resource"), "incomplete"),
        (Reply("hi", finish_reason=None, done=False), "incomplete"),
        (Reply("hi", finish_reason=None), "end"),
        (Reply("hi", done=False), "end"),
        (Reply("hi", finish_reason="length", done=False), "length"),
        (Reply("", finish_reason="length"), "length"),
        (Reply(events=()), "incomplete"),
    ],
)
async def test_the_reason_for_the_end_is_told_apart(server: ModelServer, reply: Reply, reason):
    await check_chat(server, reply, stop=reason, tries=1)


async def test_a_refusal_in_its_own_field_is_no_edit(server: ModelServer):
    events = ({"choices": [{"delta": {"refusal": "I cannot."}, "finish_reason": "stop"}]}, "[DONE]")
    await check_chat(server, Reply(events=events), text="", stop="filter")


async def test_null_content_and_other_fields_are_no_text(server: ModelServer):
    events = (
        {"choices": [{"delta": {"role": "assistant", "content": None}}], "usage": None},
        {"choices": [{"delta": {"reasoning_content": "hm", "content": "a"}}]},
        {"choices": [{"delta": {"content": [{"type": "text", "text": "b"}, {"type": "image"}]}}]},
        {"choices": [{"delta": None}]},
        {"choices": None},
        {"choices": ["odd"]},
        {"choices": [{"delta": {"content": 7}, "finish_reason": "stop"}], "usage": {"prompt_tokens": "many"}},
        "[DONE]",
    )
    await check_chat(server, Reply(events=events), text="ab", stop="end")


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_an_empty_reply_fails_with_a_sentence(server: ModelServer, text: str):
    await check_chat(server, text, fails="bad_output", says="empty")


async def test_a_host_that_does_not_stream_is_understood(server: ModelServer):
    message = {"choices": [{"message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}]}
    body = json.dumps(message | {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}).encode()
    reply = Reply(body=body, headers={"content-type": "application/json"})
    assert Usage(3, 2) in await check_chat(server, reply, text="hello", stop="end")


async def test_a_stream_whose_connection_breaks_at_any_byte_is_incomplete(server: ModelServer):
    whole = Reply("a = 2é\n", piece=9)
    stream = b"".join(stream_of(whole))
    model = model_at(server.base_url, retries=Retries(most=0))
    for cut in range(len(stream)):
        server.play([Reply(whole.text, piece=9, cut_after=cut)])
        events = await events_of(model)
        if b"[DONE]\n\n" in stream[:cut]:
            assert text_of(events) == whole.text
        else:
            assert events[-1] != Stop("end")
            assert isinstance(events[-1], Failure) or events[-1] == Stop("incomplete")
    await model.close()


async def test_a_stream_that_ends_at_any_byte_is_incomplete_until_its_reason_is_told(server: ModelServer):
    whole = Reply("a = 2é\n", piece=9, line_end="\r\n")
    events = stream_of(whole)
    stream, told = b"".join(events), len(b"".join(events[:-2])) - 1
    model = model_at(server.base_url)
    for cut in range(len(stream)):
        server.play([Reply(whole.text, piece=9, line_end="\r\n", ends_after=cut)])
        got = await events_of(model)
        assert got[-1] == (Stop("end") if cut >= told else Stop("incomplete"))
        assert cut < told or text_of(got) == whole.text
    await model.close()


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(body=b"<html>Sign in</html>", headers={"content-type": "text/html; charset=utf-8"}), "web page"),
        (Reply(body=b"ok", headers={"content-type": "text/plain"}), "no chat reply"),
        (Reply(body=b"{", headers={"content-type": "application/json"}), "no JSON object"),
        (Reply(body=b"[" * 100_000, headers={"content-type": "application/json"}), "no JSON object"),
        (Reply(events=("{not json",)), "no JSON object"),
        (Reply(events=("[1, 2]",)), "no JSON object"),
        (Reply("hi", headers={"content-encoding": "gzip"}, body=gzip.compress(b"data: x\n\n" * 9)), "packs its answer"),
    ],
)
async def test_what_is_no_chat_reply_fails_with_a_sentence(server: ModelServer, reply: Reply, says: str):
    await check_chat(server, reply, text="", fails="bad_output", says=says, tries=1)


async def test_an_endless_reply_is_stopped_by_its_size(server: ModelServer):
    limits = Limits(answer_bytes=100_000)
    await check_chat(
        server, Reply("x" * 1000, endless=True, done=False, finish_reason=None), fails="bad_output", limits=limits
    )
    await asyncio.to_thread(server.wait_for_disconnect)


async def test_an_endless_line_is_stopped_by_its_size(server: ModelServer):
    limits = Limits(answer_bytes=1_000_000)
    await check_chat(server, Reply(body=b"x" * 10_000, endless=True), fails="bad_output", limits=limits)


async def test_a_slow_drip_is_stopped_by_the_deadline(server: ModelServer):
    await check_chat(server, Reply("x" * 1000, piece=1, pause=0.01), fails="timeout", deadline=0.5, tries=1)
    await asyncio.to_thread(server.wait_for_disconnect)


async def test_a_host_that_never_answers_is_stopped_by_the_deadline(server: ModelServer):
    await check_chat(server, Reply(hangs=True), fails="timeout", deadline=0.5, tries=1)


async def test_a_host_that_falls_silent_is_not_waited_for(server: ModelServer):
    limits = Limits(silence=0.5)
    await check_chat(server, Reply("hello", hangs=True, done=False), text="hello", fails="timeout", limits=limits)


async def test_a_host_that_sends_only_a_head_is_not_waited_for(server: ModelServer):
    await check_chat(server, Reply(body=b"", hangs=True), fails="timeout", limits=Limits(first_byte=0.5), tries=1)


async def test_a_host_that_keeps_the_line_open_after_the_end_delays_nobody(server: ModelServer):
    await check_chat(server, Reply("hello", hangs=True), text="hello", stop="end", limits=Limits(silence=10))
