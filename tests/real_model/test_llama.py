"""Does a real llama.cpp server understand us, and do we understand it?"""

import asyncio
import hashlib
import json
import os
import re
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener
from urllib.request import Request as UrlRequest

import pytest

from clients.endpoint import ApiName, Endpoint
from clients.hosted import HostedModel
from clients.local import LocalModel
from clients.model import Failure, Infill, Message, Request, Start, Stop, TextDelta, Usage
from lsp_server.actions.edit_tools import EDIT_SCHEMA
from tests.clients.checks import cleared, events_of, text_of
from tests.real_model.tiny_gguf import write_tiny_model

RULES = "You write code. " * 40
FILES = "def return self class import from None True False value path file line\n" * 60


def asked(task: str, most: int = 24, **more: Any) -> Request:
    """A prompt in the order that the pipeline uses: rules, files, task."""
    turns = (Message("system", cleared(RULES)), Message("user", cleared(FILES + task)))
    return Request(turns, most, temperature=0.0, **more)


async def endpoint_of(local: LocalModel, api: ApiName = "openai_chat") -> Endpoint:
    running = await local.started()
    return replace(running._endpoint, api=api)


def slots(endpoint: Endpoint) -> list[dict[str, Any]]:
    url = endpoint.base_url.removesuffix("/v1") + "/slots"
    asking = UrlRequest(url, headers={"authorization": f"Bearer {endpoint.api_key}"})
    with build_opener(ProxyHandler({})).open(asking, timeout=5) as answer:
        return json.load(answer)


def test_the_tiny_model_is_the_same_wherever_it_is_made(tmp_path: Path):
    hashes: set[str] = set()
    for name in ("a", "b"):
        write_tiny_model(tmp_path / name)
        hashes.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert hashes == {"174a91d76cd51bceccb7727b03108834141909522abcfeeed9c6551daf9afeb7"}


@pytest.mark.parametrize("api", ["openai_chat", "openai_responses", "anthropic_messages"])
async def test_the_server_speaks_three_of_our_apis(local: LocalModel, api: ApiName):
    model = HostedModel(await endpoint_of(local, api))
    events = await events_of(model, asked("greet the user"))
    await model.close()
    assert isinstance(events[0], Start)
    assert len([event for event in events if isinstance(event, TextDelta)]) > 1
    usage = next(event for event in events if isinstance(event, Usage))
    assert (usage.estimated, usage.output_tokens) == (False, 24)
    assert usage.input_tokens > 500
    assert events[-1] == Stop("length")


async def test_the_beginning_of_the_second_prompt_comes_from_the_cache(local: LocalModel):
    for api in ("openai_chat", "openai_responses", "anthropic_messages"):
        model = HostedModel(await endpoint_of(local, api))
        usages: list[Usage] = []
        for task in ("greet the user", "return the value", "raise an error"):
            usages += [event for event in await events_of(model, asked(task)) if isinstance(event, Usage)]
        await model.close()
        first, *later = usages
        assert all(usage.cached_tokens >= 0.95 * (first.input_tokens - 40) for usage in later), usages


async def test_a_gap_is_filled_with_help_from_other_files(local: LocalModel):
    gap = Infill(cleared("def greet(name):\n    return "), cleared("\n"), (("a.py", cleared("value = 1\n")),))
    events = await events_of(local, Request((), 16, 0.0, infill=gap))
    assert text_of(events)
    assert events[-1] in (Stop("length"), Stop("end"))
    usage = next(event for event in events if isinstance(event, Usage))
    assert usage.output_tokens <= 16
    assert usage.input_tokens > 10


async def test_noise_that_is_held_to_a_schema_is_json_of_that_schema(local: LocalModel):
    schema = {
        "type": "object",
        "properties": {
            "kind": {"enum": ["rename", "create"]},
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["kind", "count"],
        "additionalProperties": False,
    }
    events = await events_of(local, asked("plan", 400, schema=schema))
    assert events[-1] == Stop("end")
    plan = json.loads(text_of(events))
    assert plan["kind"] in ("rename", "create")
    assert 1 <= plan["count"] <= 9


async def test_the_shape_of_our_edits_is_one_that_the_engine_can_hold_a_reply_to(local: LocalModel):
    events = await events_of(local, asked("plan", 60, schema=EDIT_SCHEMA))
    assert events[-1] in (Stop("length"), Stop("end"))
    assert re.match(r'\s*\{\s*"edits"\s*:\s*\[', text_of(events))


async def test_a_prompt_that_is_too_long_is_refused_with_its_numbers(local: LocalModel):
    (event,) = await events_of(local, Request((Message("user", cleared("value " * 12_000)),), 16))
    assert isinstance(event, Failure)
    assert event.kind == "context_too_long"
    assert event.asked_tokens is not None
    assert event.asked_tokens > 12_000
    assert event.limit_tokens == 8192


async def test_a_call_that_is_cancelled_frees_its_slot(local: LocalModel):
    endpoint = await endpoint_of(local)
    model = HostedModel(endpoint)

    async def read() -> None:
        async with aclosing(model.stream(asked("count", 6000))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    writing.set()

    for _ in range(3):
        writing = asyncio.Event()
        task = asyncio.create_task(read())
        await asyncio.wait_for(writing.wait(), 30)
        assert any(slot["is_processing"] for slot in await asyncio.to_thread(slots, endpoint))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(3000):
            if not any(slot["is_processing"] for slot in await asyncio.to_thread(slots, endpoint)):
                break
            await asyncio.sleep(0.02)
        else:
            pytest.fail("the slot is still busy")
    await model.close()


async def test_the_server_wants_its_own_key_and_ends_with_the_model(local: LocalModel):
    endpoint = await endpoint_of(local)
    stranger = HostedModel(replace(endpoint, api_key=None))
    (event,) = await events_of(stranger, asked("x"))
    await stranger.close()
    assert isinstance(event, Failure)
    assert event.kind == "auth"
    pid = local.pid
    assert pid is not None
    await local.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_server_that_died_is_started_again(local: LocalModel):
    await events_of(local, asked("x", 4))
    first = local.pid
    assert first is not None
    os.kill(first, 9)
    for _ in range(3000):
        if local.pid is None:
            break
        await asyncio.sleep(0.02)
    assert (await events_of(local, asked("x", 4)))[-1] == Stop("length")
    assert local.pid not in (None, first)


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read"), (b"text", "not a GGUF"), (b"GGUF" + bytes(64), "could not load")]
)
async def test_a_file_that_is_no_model_is_said(tmp_path: Path, content: bytes | None, says: str):
    file = tmp_path / "x.gguf"
    if content is not None:
        file.write_bytes(content)
    model = LocalModel(file)
    (event,) = await events_of(model, asked("x"))
    await model.close()
    assert isinstance(event, Failure)
    assert says in event.message
    assert model.pid is None
