"""Where does a key come from when the environment has none? The user's own command, or the system's keyring.

Both are asked in a thread when the model is first used, since either may ask the user to unlock something. A key is
never written anywhere by us, and what a command says besides it is not kept.
"""

import asyncio
import subprocess
from dataclasses import replace

from clients.endpoint import Endpoint, find_problem
from clients.errors import CallError
from clients.failures import failure
from clients.model import Failure

KEYRING_SERVICE = "patchwright"
"""The name under which a key is kept in the keyring; the user name is the host."""

COMMAND_SECONDS = 60.0


async def with_key(endpoint: Endpoint) -> Endpoint:
    """The endpoint with its key, where a place for one was named. Raises CallError if it is not there."""
    if endpoint.api_key is not None or not (endpoint.key_command or endpoint.in_keyring):
        return endpoint
    read = _from_command if endpoint.key_command else _from_keyring
    key = await asyncio.to_thread(read, endpoint)
    found = replace(endpoint, api_key=key)
    if problem := find_problem(found):
        raise CallError(failure(endpoint, "auth", sentence=problem.rstrip(".")))
    return found


def _from_command(endpoint: Endpoint) -> str:
    program = endpoint.key_command[0]
    try:
        ran = subprocess.run(endpoint.key_command, capture_output=True, timeout=COMMAND_SECONDS, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired, UnicodeError) as error:
        why = "took too long" if isinstance(error, subprocess.TimeoutExpired) else "could not be run"
        raise CallError(_missing(endpoint, f"the command {program} {why}")) from None
    key = ran.stdout.strip()
    if ran.returncode or not key:
        raise CallError(_missing(endpoint, f"the command {program} ended with {ran.returncode} and no key"))
    return key


def _from_keyring(endpoint: Endpoint) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise CallError(_missing(endpoint, "the package keyring is not installed: add patchwright[keyring]")) from None
    try:
        key = keyring.get_password(KEYRING_SERVICE, endpoint.host)
    except KeyringError:
        raise CallError(_missing(endpoint, "the keyring cannot be opened")) from None
    if not key:
        advice = f"the keyring has none: keyring set {KEYRING_SERVICE} {endpoint.host}"
        raise CallError(_missing(endpoint, advice))
    return key


def _missing(endpoint: Endpoint, detail: str) -> Failure:
    return failure(endpoint, "auth", sentence=f"There is no API key for {{host}}, {_plain(detail)}")


def _plain(detail: str) -> str:
    return detail.replace("{", "{{").replace("}", "}}")
