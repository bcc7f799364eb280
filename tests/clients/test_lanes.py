"""How many calls a host gets at once, and that one which says it takes no more is not asked until it does."""

import asyncio
from datetime import UTC, datetime

import pytest

from clients.lanes import AT_ONCE, Lane, lane_to, refusing_for
from clients.model import Failure, Stop
from tests.clients.checks import events_of, model_at, request
from tests.model_server import ModelServer, Reply

NOW = datetime(2026, 10, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"x-ratelimit-remaining-requests": "12", "x-ratelimit-reset-requests": "5s"}, 0.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "250ms"}, 0.25),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1.5"}, 1.5),
        (
            {
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-10-01T12:00:30Z",
            },
            30.0,
        ),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 7)}, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp() + 7) * 1000)}, 7.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) - 7)}, 0.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "3"}, 3.0),
        ({"x-ratelimit-remaining": "0"}, 0.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon, {x}" + "9" * 5000}, 0.0),
        ({"x-ratelimit-remaining": "none", "x-ratelimit-reset": "5"}, 0.0),
    ],
)
def test_when_a_host_takes_more_is_read_in_each_form(headers: dict[str, str], seconds: float):
    assert refusing_for(headers, NOW) == pytest.approx(seconds)


async def test_no_more_than_a_few_calls_are_at_a_host_at_once(server: ModelServer):
    most = 0
    here: set[int] = set()

    def held(number: int) -> Reply:
        nonlocal most
        here.add(number)
        most = max(most, len(here))
        return Reply(f"reply {number}", hangs=True, done=False, finish_reason=None)

    server.play([lambda _, number=number: held(number) for number in range(AT_ONCE + 2)])
    models = [model_at(server.base_url) for _ in range(AT_ONCE + 2)]
    tasks = [asyncio.create_task(events_of(each, request(f"ask {n}"))) for n, each in enumerate(models)]
    for _ in range(AT_ONCE):
        await asyncio.to_thread(server.wait_for_request)
    await asyncio.sleep(0.05)
    assert most == AT_ONCE
    tasks[0].cancel()
    await asyncio.gather(tasks[0], return_exceptions=True)
    tasks[-1].cancel()
    await asyncio.gather(tasks[-1], return_exceptions=True)
    await asyncio.to_thread(server.wait_for_request)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(each.close() for each in models))
    assert not lane_to(models[0].host).places.locked()


async def test_a_host_that_takes_no_more_is_not_asked_until_it_does(server: ModelServer):
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "300ms"}
    server.play([Reply("one", headers=headers), "two"])
    model = model_at(server.base_url)
    clock = asyncio.get_running_loop().time
    asked = clock()
    assert (await events_of(model))[-1] == Stop("end")
    opens = lane_to(model.host).opens_at
    assert opens > asked + 0.2
    assert (await events_of(model))[-1] == Stop("end")
    assert clock() >= opens
    await model.close()


async def test_a_host_that_takes_no_more_for_long_is_asked_all_the_same(server: ModelServer):
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2h"}
    server.play([Reply("one", headers=headers), "two"])
    model = model_at(server.base_url)
    assert [(await events_of(model))[-1] for _ in range(2)] == [Stop("end")] * 2
    await model.close()


async def test_the_wait_for_a_place_ends_with_the_deadline(server: ModelServer):
    server.play([Reply("x", hangs=True, done=False)] * AT_ONCE)
    model = model_at(server.base_url)
    tasks = [asyncio.create_task(events_of(model, request(f"ask {number}"))) for number in range(AT_ONCE)]
    for _ in range(AT_ONCE):
        await asyncio.to_thread(server.wait_for_request)
    (event,) = await events_of(model, request("one more", deadline=0.2))
    assert isinstance(event, Failure)
    assert event.kind == "timeout"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await model.close()
    assert len(server.requests) == AT_ONCE


async def test_a_place_is_given_back_by_who_does_not_get_in():
    lane = Lane()
    clock = asyncio.get_running_loop().time
    lane.opens_at = clock() + 60
    with pytest.raises(TimeoutError):
        await lane.enter(clock() + 0.01)
    waiting = asyncio.create_task(lane.enter(clock() + 60))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    lane.opens_at = 0.0
    for _ in range(AT_ONCE):
        await lane.enter(clock() + 5)
    assert lane.places.locked()
    lane.leave()
    assert not lane.places.locked()
