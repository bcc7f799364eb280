"""Planted secrets through every adapter and every layer, with everything logged: found nowhere but in the workspace."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from clients.connection import Rules, connected
from clients.endpoint import ApiName, Endpoint, InfillName
from clients.model import Infill, Message, Request, Stop
from clients.outgoing import Cleared, OutgoingGate, Source
from tests.clients.canaries import canaries
from tests.clients.checks import KEY, cleared, events_of
from tests.clients.streams import CHATS, INFILLS, Wire
from tests.model_server import ModelServer, Reply

PLANTED = canaries(seed=31, each=5)
LINES = [line for _, secret, _ in PLANTED for line in secret.split("\n") if line and not line.startswith("-----")]
FILES = [Source(f"app/file_{number}.py", None, f"{text}\n") for number, (_, _, text) in enumerate(PLANTED)]


def echo(wire: Wire):
    """A host that first refuses by repeating all it was sent, and then answers."""

    def refuse(body: object) -> Reply:
        said = {"error": {"message": json.dumps(body, ensure_ascii=False), "type": "overloaded_error"}}
        return Reply(status=503, body=json.dumps(said).encode(), headers={"content-type": "application/json"})

    return [refuse, Reply(body=wire.body, headers={"content-type": wire.media_type})]


async def check_nothing_leaks(
    server: ModelServer, folder: Path, endpoint: Endpoint, asked: Request, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    server.play(echo(wire))
    model = connected(endpoint, Rules("/workspace", folder / "state", folder / "cache"))
    for name in ("httpx", "httpcore", "asyncio", "clients"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    events = await events_of(model, asked)
    await model.close()
    assert events[-1] == Stop("end")
    wired = [received.raw.decode() for received in server.requests]
    kept = [file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file()]
    assert len(wired) == 2
    assert len(kept) >= 2
    for place, texts in {"wire": wired, "kept": kept, "logs": [caplog.text], "events": [repr(events)]}.items():
        for text in texts:
            found = [line for line in LINES if line in text]
            assert found == [], place
            assert KEY not in text, place


def gate_cleared() -> Cleared:
    result = OutgoingGate().clear(["Explain these:\n", *FILES])
    assert isinstance(result, Cleared)
    return result


def test_there_are_enough_secrets_to_find():
    assert len(PLANTED) >= 200


@pytest.mark.parametrize("api", CHATS)
async def test_no_secret_leaves_or_is_kept_or_logged(
    server: ModelServer, tmp_path: Path, api: ApiName, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    asked = Request((Message("user", gate_cleared().text),), temperature=0.0)
    endpoint = Endpoint(server.base_url, "m", KEY, api)
    await check_nothing_leaks(server, tmp_path, endpoint, asked, CHATS[api], caplog)


@pytest.mark.parametrize("shape", INFILLS)
async def test_no_secret_leaves_by_a_gap(
    server: ModelServer, tmp_path: Path, shape: InfillName, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    text = gate_cleared().text
    asked = Request((), temperature=0.0, infill=Infill(text, cleared("\n"), (("other.py", text),)))
    endpoint = replace(Endpoint(server.base_url, "qwen2.5-coder", KEY), infill=shape)
    await check_nothing_leaks(server, tmp_path, endpoint, asked, INFILLS[shape], caplog)
