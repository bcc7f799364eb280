"""Equal asks at once, and again later: one call, and no way to slip code or a false reply in."""

import asyncio
import os
import pickle
import sqlite3
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from clients.cache import RememberingModel, ReplyCache, cache_key
from clients.model import Event, Failure, Start, Stop, TextDelta, ToolDelta, Usage
from clients.playback import Playback
from clients.shared import SharedModel
from tests.clients.checks import PROMPT, events_of, model_at, request, text_of
from tests.model_server import ModelServer, Reply

COLD = replace(request(), temperature=0.0)
WHO = {"url": "https://a.example/v1", "model": "m", "api": "openai_chat"}


def remembering(folder: Path, *replies: str | list[Event]) -> tuple[RememberingModel, Playback]:
    model = Playback(replies)
    return RememberingModel(model, ReplyCache(folder), WHO), model


def store(folder: Path) -> Path:
    return folder / "replies-1" / "cache.db"


async def test_two_equal_asks_at_once_are_one_call(server: ModelServer):
    server.play([Reply("hello there", pause=0.01), "other"])
    model = SharedModel(model_at(server.base_url))
    first, second = await asyncio.gather(events_of(model), events_of(model))
    third = await events_of(model)
    await model.close()
    assert first == second
    assert (text_of(first), text_of(third)) == ("hello there", "other")
    assert len(server.requests) == 2


async def test_different_asks_are_different_calls(server: ModelServer):
    server.play(["one", "two"])
    model = SharedModel(model_at(server.base_url))
    await asyncio.gather(events_of(model), events_of(model, request("something else")))
    await model.close()
    assert len(server.requests) == 2


async def test_the_call_ends_when_the_last_who_asked_has_gone(server: ModelServer):
    server.play([Reply("hello", hangs=True, done=False)])
    model = SharedModel(model_at(server.base_url))

    async def listen(heard: asyncio.Event) -> None:
        async with aclosing(model.stream(request())) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    heard.set()

    heard = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(listen(each)) for each in heard]
    await asyncio.gather(*(each.wait() for each in heard))
    tasks[0].cancel()
    await asyncio.gather(tasks[0], return_exceptions=True)
    await asyncio.sleep(0.05)
    assert server.disconnects.empty()
    tasks[1].cancel()
    await asyncio.gather(tasks[1], return_exceptions=True)
    await asyncio.to_thread(server.wait_for_disconnect)
    await model.close()


async def test_a_failure_reaches_all_who_asked():
    model = SharedModel(Playback([[Failure("auth", "No.")]]))
    assert await asyncio.gather(events_of(model), events_of(model)) == [[Failure("auth", "No.")]] * 2


async def test_a_reply_at_temperature_0_is_given_again_also_later(tmp_path: Path):
    model, played = remembering(tmp_path, "hello", "other")
    first = await events_of(model, COLD)
    again = await events_of(model, COLD)
    await model.close()
    later, unasked = remembering(tmp_path)
    third = await events_of(later, COLD)
    await later.close()
    assert text_of(first) == text_of(again) == text_of(third) == "hello"
    assert first[0] == Start("playback")
    assert again[0] == third[0] == Start("playback", from_cache=True)
    assert Usage(0, 0) in third
    assert (len(played.requests), len(unasked.requests)) == (1, 0)


async def test_nothing_else_is_kept(tmp_path: Path):
    model, played = remembering(tmp_path, *["hello"] * 20)
    for other in (request(), replace(COLD, temperature=0.1)):
        assert (await events_of(model, other))[0] == (await events_of(model, other))[0] == Start("playback")
    cut: list[Event] = [Start("m"), TextDelta("x"), Usage(1, 1), Stop("length")]
    model, played = remembering(tmp_path, cut, cut, [Failure("auth", "No.")], "whole")
    for _ in range(4):
        assert (await events_of(model, COLD))[0] != Start("playback", from_cache=True)
    assert len(played.requests) == 4


async def test_calls_of_tools_are_kept_too(tmp_path: Path):
    reply: list[Event] = [Start("m"), ToolDelta(0, "edit", "{}"), Usage(1, 1), Stop("tool")]
    model, _ = remembering(tmp_path, reply)
    await events_of(model, COLD)
    assert (await events_of(model, COLD))[1:] == [ToolDelta(0, "edit", "{}"), Usage(0, 0), Stop("tool")]
    await model.close()


async def test_the_store_holds_no_prompt(tmp_path: Path):
    model, _ = remembering(tmp_path, "hello")
    await events_of(model, COLD)
    await model.close()
    assert PROMPT.encode() not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_everything_that_a_reply_depends_on_is_in_its_key():
    keys = {
        cache_key(WHO, COLD),
        cache_key(WHO | {"model": "n"}, COLD),
        cache_key(WHO, replace(COLD, max_output_tokens=1)),
        cache_key(WHO, replace(COLD, schema={"type": "object"})),
        cache_key(WHO, replace(COLD, messages=COLD.messages[1:])),
        cache_key(WHO, replace(request("else"), temperature=0.0)),
    }
    assert len(keys) == 6
    assert cache_key(WHO, replace(COLD, deadline=1.0)) == cache_key(WHO, COLD)


class Payload:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return os.mkdir, (str(self.canary),)


@pytest.mark.parametrize("row", ["pickle", "file", "blob", "wrong stop", "no JSON"])
async def test_a_planted_row_runs_nothing_reads_nothing_and_deletes_nothing(tmp_path: Path, row: str):
    model, _ = remembering(tmp_path, "hello")
    await events_of(model, COLD)
    await model.close()
    canary, precious = tmp_path / "ran", tmp_path / "precious.txt"
    precious.write_text('{"text": "from a file", "stop": "end", "tools": []}')
    evil = pickle.dumps(Payload(canary))
    change = {
        "pickle": ("UPDATE Cache SET mode = 4, value = ?", evil),
        "file": ("UPDATE Cache SET mode = 3, value = NULL, filename = ?", f"../{precious.name}"),
        "blob": ("UPDATE Cache SET value = ?", evil),
        "wrong stop": ("UPDATE Cache SET value = ?", '{"text": "x", "stop": "cancelled", "tools": []}'),
        "no JSON": ("UPDATE Cache SET value = ?", "[" * 100_000),
    }[row]
    with sqlite3.connect(store(tmp_path)) as connection:
        connection.execute(change[0], (change[1],))
        connection.execute("UPDATE Cache SET expire_time = NULL")
    connection.close()
    model, played = remembering(tmp_path, "fresh")
    assert text_of(await events_of(model, COLD)) == "fresh"
    await model.close()
    assert len(played.requests) == 1
    assert not canary.exists()
    assert precious.exists()


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, b"SQLite format 3\x00" + bytes(5000)])
async def test_a_broken_store_is_as_good_as_none(tmp_path: Path, content: bytes):
    store(tmp_path).parent.mkdir(mode=0o700)
    store(tmp_path).write_bytes(content)
    model, _ = remembering(tmp_path, "hello", "again", "third")
    for _ in range(2):
        assert (await events_of(model, COLD))[-1] == Stop("end")
    await model.close()


async def test_a_store_that_another_program_holds_costs_the_keeping_and_no_reply(tmp_path: Path):
    model, asked = remembering(tmp_path, "first", "second", "third")
    await events_of(model, COLD)
    other = sqlite3.connect(store(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    unlike = replace(COLD, max_output_tokens=7)
    assert text_of(await events_of(model, unlike)) == "second"
    other.execute("ROLLBACK")
    other.close()
    assert text_of(await events_of(model, COLD)) == "first"
    await model.close()
    assert len(asked.requests) == 2


async def test_hostile_settings_in_the_store_are_as_good_as_none(tmp_path: Path):
    model, _ = remembering(tmp_path, "hello")
    await events_of(model, COLD)
    await model.close()
    with sqlite3.connect(store(tmp_path)) as connection:
        connection.execute("INSERT OR REPLACE INTO Settings VALUES ('disk_fetch', 'x'), ('eviction_policy', 'odd')")
    connection.close()
    model, _ = remembering(tmp_path, "fresh")
    assert text_of(await events_of(model, COLD)) == "fresh"
    await model.close()


@pytest.mark.skipif(os.name != "posix", reason="modes of folders are POSIX")
async def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path):
    (tmp_path / "replies-1").mkdir()
    (tmp_path / "replies-1").chmod(0o777)
    model, played = remembering(tmp_path, "one", "two")
    await events_of(model, COLD)
    await events_of(model, COLD)
    await model.close()
    assert len(played.requests) == 2
    assert list((tmp_path / "replies-1").iterdir()) == []
