"""Where keys come from, and that none is shown."""

import sys
from dataclasses import replace

import keyring
import keyring.backend
import pytest
from keyring.errors import KeyringError

from clients.endpoint import Endpoint
from clients.errors import CallError
from clients.hosted import HostedModel
from clients.keys import KEYRING_SERVICE, with_key
from clients.model import Failure, Stop
from tests.clients.checks import AT_ONCE, KEY, events_of
from tests.model_server import ModelServer

BARE = Endpoint("https://models.example.com/v1", "m")


class Kept(keyring.backend.KeyringBackend):
    """A keyring in memory. None of its methods asks anybody."""

    priority = 1.0  # pyright: ignore
    locked = False

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def kept():
    before, ours = keyring.get_keyring(), Kept()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def command(program: str) -> Endpoint:
    return replace(BARE, key_command=(sys.executable, "-c", program))


async def test_a_key_comes_from_the_users_command_and_is_sent(server: ModelServer):
    server.play(["hello"])
    endpoint = replace(command(f"print('{KEY}')"), base_url=server.base_url)
    model = HostedModel(endpoint, retries=AT_ONCE)
    assert (await events_of(model))[-1] == Stop("end")
    await model.close()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(model) + repr(endpoint)


async def test_a_key_comes_from_the_keyring(kept: Kept):
    kept.set_password(KEYRING_SERVICE, "models.example.com", KEY)
    assert (await with_key(replace(BARE, in_keyring=True))).api_key == KEY


async def test_a_given_key_wins_and_nothing_is_run():
    assert (await with_key(replace(command("raise SystemExit(9)"), api_key=KEY))).api_key == KEY
    assert await with_key(BARE) == BARE


@pytest.mark.parametrize(
    ("endpoint", "says"),
    [
        (command(f"import sys; print('{KEY}', file=sys.stderr); sys.exit(3)"), "ended with 3"),
        (command("pass"), "no key"),
        (command(f"print('{KEY} and more')"), "space"),
        (replace(BARE, key_command=("/no/such/program",)), "could not be run"),
        (replace(BARE, in_keyring=True), f"keyring set {KEYRING_SERVICE} models.example.com"),
    ],
)
async def test_a_key_that_does_not_come_is_said_without_what_was_printed(kept: Kept, endpoint: Endpoint, says: str):
    with pytest.raises(CallError) as caught:
        await with_key(endpoint)
    assert caught.value.failure.kind == "auth"
    assert says in caught.value.failure.message
    assert KEY not in caught.value.failure.message


async def test_a_locked_keyring_and_a_missing_package_are_said(kept: Kept, monkeypatch: pytest.MonkeyPatch):
    kept.locked = True
    (event,) = await events_of(HostedModel(replace(BARE, in_keyring=True)))
    assert isinstance(event, Failure)
    assert "cannot be opened" in event.message
    monkeypatch.setitem(sys.modules, "keyring", None)
    (event,) = await events_of(HostedModel(replace(BARE, in_keyring=True)))
    assert isinstance(event, Failure)
    assert "patchwright[keyring]" in event.message
