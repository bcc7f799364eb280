"""What is done before the first ask: connecting, with the key and nothing else, and only where that takes time."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from clients.connection import Rules, connected
from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.model import Stop
from clients.playback import Playback
from clients.retry import Retries
from lsp_server.actions.warming import warmed
from tests.clients.certificate import SELF_SIGNED
from tests.clients.checks import KEY, events_of, request
from tests.model_server import ModelServer, model_server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    file = tmp_path / "self-signed.txt"
    file.write_text(SELF_SIGNED)
    return file


async def test_a_call_uses_the_connection_that_was_warmed_through_all_layers(certificate: Path, tmp_path: Path):
    with model_server(["one", "two"], certificate) as server:
        endpoint = Endpoint(server.base_url, "coder", KEY, certificates=certificate)
        model = connected(endpoint, Rules("/w", tmp_path / "state", tmp_path / "cache"))
        await model.warm()
        await model.warm()
        assert [method for method, _ in server.listings] == ["HEAD"]
        assert not (tmp_path / "state").exists()
        for number in range(2):
            assert (await events_of(model, request(f"ask {number}")))[-1] == Stop("end")
        await model.warm()
        await model.close()
        assert len(server.listings) == 1
        assert {received.client for received in server.requests} == {server.listings[0][1]}


async def test_nothing_is_sent_to_a_server_of_this_machine_beforehand(server: ModelServer):
    model = HostedModel(Endpoint(server.base_url, "coder", KEY))
    await model.warm()
    await model.close()
    assert (server.listings, server.requests) == ([], [])


@pytest.mark.parametrize("base_url", ["https://127.0.0.1:9/v1", "https://169.254.169.254/v1", "https://no.invalid/v1"])
async def test_a_host_that_is_not_there_is_for_the_ask_to_tell(base_url: str):
    model = HostedModel(Endpoint(base_url, "coder", KEY), retries=Retries(most=0))
    await model.warm()
    await model.close()


async def test_a_key_is_asked_for_once_though_the_ask_comes_meanwhile(server: ModelServer, tmp_path: Path):
    server.play(["hello"])
    count = tmp_path / "count"
    command = ("sh", "-c", f"echo x >> {count}; sleep 0.1; echo {KEY}")
    model = HostedModel(replace(Endpoint(server.base_url, "coder"), key_command=command))
    _, events = await asyncio.gather(model.warm(), events_of(model))
    await model.close()
    assert events[-1] == Stop("end")
    assert count.read_text() == "x\n"


async def test_warming_is_not_waited_for_and_ends_with_the_ask():
    class Slow(Playback):
        ended = False

        async def warm(self) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                self.ended = True

    slow = Slow(())
    async with warmed(slow):
        await asyncio.sleep(0)
        assert not slow.ended
    assert slow.ended
    async with warmed(None):
        pass
