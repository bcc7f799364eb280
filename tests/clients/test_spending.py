"""What a call may cost, what is written down of it, and that no other process or crash can spoil that."""

import json
import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from clients.budget import AccountedModel, Caps
from clients.ledger import Ledger
from clients.model import Event, Failure, Start, Stop, TextDelta, Usage
from clients.playback import Playback
from clients.profiles import Price
from tests.clients.checks import PROMPT, events_of, model_at, request, text_of
from tests.model_server import ModelServer, Reply

NO_CAPS = Caps()
PRICE = Price(10.0, 1.0, 100.0)
TODAY = datetime.now().astimezone().date()


def accounted(
    folder: Path,
    *replies: str | list[Event],
    caps: Caps = NO_CAPS,
    price: Price | None = PRICE,
    workspace: str = "/here",
) -> tuple[AccountedModel, Playback]:
    model = Playback(replies)
    return AccountedModel(model, caps, price, Ledger(folder), workspace), model


def reply(tokens_in: int, tokens_out: int, cached: int = 0) -> list[Event]:
    return [Start("m"), TextDelta("x"), Usage(tokens_in, tokens_out, cached_tokens=cached), Stop("end")]


async def check_refused(model: AccountedModel, played: Playback, says: str) -> None:
    before = len(played.requests)
    (event,) = await events_of(model)
    assert isinstance(event, Failure)
    assert event.kind == "budget"
    assert says in event.message
    assert len(played.requests) == before


async def test_each_call_is_written_down_with_its_cost_and_nothing_that_was_said(tmp_path: Path):
    model, _ = accounted(tmp_path, reply(1000, 200, 500))
    await events_of(model)
    (entry,) = Ledger(tmp_path).entries(TODAY)
    assert (entry.workspace, entry.model, entry.host) == ("/here", "playback", "playback")
    assert (entry.input_tokens, entry.output_tokens, entry.cached_tokens, entry.estimated) == (1000, 200, 500, False)
    assert entry.usd == pytest.approx(0.005 + 0.0005 + 0.02)
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert PROMPT.encode() not in written
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


async def test_without_a_price_the_cost_is_unknown_and_money_cannot_be_capped(tmp_path: Path):
    model, _ = accounted(tmp_path, reply(10, 10), price=None)
    await events_of(model)
    assert Ledger(tmp_path).entries(TODAY)[0].usd is None
    capped, played = accounted(tmp_path, reply(10, 10), price=None, caps=Caps(usd_per_day=5))
    await check_refused(capped, played, "price is not known")


@pytest.mark.parametrize(
    ("caps", "says"),
    [
        (Caps(tokens_per_day=1500), "tokens_per_day"),
        (Caps(usd_per_day=0.05), "usd_per_day"),
        (Caps(tokens_per_workspace=1500), "tokens_per_workspace"),
        (Caps(usd_per_workspace=0.05), "usd_per_workspace"),
    ],
)
async def test_what_was_spent_today_counts_before_anything_is_sent(tmp_path: Path, caps: Caps, says: str):
    model, played = accounted(tmp_path, reply(1000, 490), reply(1, 1), caps=caps)
    assert (await events_of(model))[-1] == Stop("end")
    again, played = accounted(tmp_path, reply(1, 1), caps=caps)
    await check_refused(again, played, says)


async def test_another_workspace_and_another_day_have_budgets_of_their_own(tmp_path: Path):
    caps = Caps(tokens_per_workspace=1500)
    model, _ = accounted(tmp_path, reply(1000, 490), caps=caps)
    await events_of(model)
    other, _ = accounted(tmp_path, reply(1, 1), caps=caps, workspace="/there")
    assert (await events_of(other))[-1] == Stop("end")
    file = next(tmp_path.iterdir())
    entry = json.loads(file.read_text().strip().splitlines()[0])
    entry["time"] -= timedelta(days=1).total_seconds()
    file.write_text(json.dumps(entry) + "\n")
    model, _ = accounted(tmp_path, reply(1, 1), caps=caps)
    assert (await events_of(model))[-1] == Stop("end")


async def test_one_ask_may_not_cost_more_than_its_cap_whatever_it_spent_before(tmp_path: Path):
    model, played = accounted(tmp_path, reply(1, 1), reply(1, 1), caps=Caps(tokens_per_ask=100))
    assert (await events_of(model))[-1] == Stop("end")
    (event,) = await events_of(model, replace(request(), spent=Usage(50, 40)))
    assert isinstance(event, Failure)
    assert event.kind == "budget"
    assert len(played.requests) == 1


async def test_a_reply_that_passes_the_budget_is_stopped_and_its_connection_closed(server: ModelServer, tmp_path: Path):
    server.play([Reply("x" * 700, endless=True, done=False, finish_reason=None, usage=False)])
    hosted = model_at(server.base_url)
    model = AccountedModel(hosted, Caps(tokens_per_ask=500), None, Ledger(tmp_path), "/here")
    events = await events_of(model)
    assert isinstance(events[-1], Failure)
    assert events[-1].kind == "budget"
    assert len(text_of(events)) < 2500
    server.wait_for_disconnect()
    await model.close()
    (entry,) = Ledger(tmp_path).entries(TODAY)
    assert entry.estimated
    assert 300 < entry.output_tokens < 800


async def test_a_call_that_is_left_early_is_written_down_too(tmp_path: Path):
    model, _ = accounted(tmp_path, "word " * 100)
    async with aclosing(model.stream(request())) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                break
    (entry,) = Ledger(tmp_path).entries(TODAY)
    assert entry.estimated
    assert entry.output_tokens > 0


async def test_a_call_that_was_refused_costs_nothing(tmp_path: Path):
    model, _ = accounted(tmp_path, [Failure("auth", "No.")])
    await events_of(model)
    assert Ledger(tmp_path).entries(TODAY) == []


def test_two_processes_write_at_once_and_no_line_is_lost(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path; from clients.ledger import Ledger; from clients.model import Usage\n"
        "for n in range(300): Ledger(Path(sys.argv[1])).add(sys.argv[2], 'h', 'm' * 200, Usage(n, 1), 0.1)"
    )
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], cwd=root) for name in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    entries = Ledger(tmp_path).entries(TODAY - timedelta(days=1))
    assert sorted(sum(entry.workspace == name for entry in entries) for name in "abc") == [300] * 3


def test_what_cannot_be_read_is_passed_over(tmp_path: Path):
    ledger = Ledger(tmp_path)
    ledger.add("/here", "h", "m", Usage(1, 2), None)
    file = next(tmp_path.iterdir())
    good = file.read_bytes()
    odd = [b'{"time": 1', b"[]", b"null", b"\xff\xfe", b'{"time": "x"}', b"[" * 100_000, good[:40]]
    file.write_bytes(b"\n".join(odd))
    ledger.add("/here", "h", "m", Usage(3, 4), None)
    assert [entry.input_tokens for entry in Ledger(tmp_path).entries(TODAY)] == [3]


def test_what_cannot_be_written_still_counts_in_this_process(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    ledger = Ledger(blocked / "below")
    assert not ledger.add("/here", "h", "m", Usage(5, 5), 1.0)
    assert [entry.tokens for entry in ledger.entries(TODAY)] == [10]


def test_a_link_in_the_place_of_the_ledger_is_not_followed(tmp_path: Path):
    target = tmp_path / "precious"
    target.write_text("keep")
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / f"usage-{TODAY:%Y-%m}.jsonl").symlink_to(target)
    assert not Ledger(folder).add("/here", "h", "m", Usage(1, 1), None)
    assert target.read_text() == "keep"
