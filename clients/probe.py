"""Does the connected model answer, and which models has its host? Asks for the list, and sends nothing else."""

import asyncio
from dataclasses import dataclass

from clients.adapters import ADAPTERS
from clients.endpoint import Endpoint
from clients.errors import CallError, ClientError
from clients.failures import refusal
from clients.hosted import key_header
from clients.http import Host, Limits
from clients.keys import with_key
from clients.listing import listed_models

DEADLINE_SECONDS = 5.0
_UNSAID = frozenset({404, 405, 501})
"""Not every host lists its models; one that says so has answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a host said: why it cannot be used, in a sentence that says what to do, or None; and its list of models."""

    problem: str | None
    models: tuple[str, ...] = ()


async def find_answer_problem(endpoint: Endpoint) -> str | None:
    """Why a host cannot be used, as a sentence that says what to do; None if it answers and knows the model."""
    return (await probe(endpoint)).problem


async def probe(endpoint: Endpoint) -> Answered:
    """Asks a host for its models."""
    try:
        endpoint = await with_key(endpoint)
    except CallError as error:
        return Answered(str(error))
    headers = {**ADAPTERS[endpoint.api].headers, **key_header(endpoint)}
    host = Host(endpoint, headers, Limits(connect=DEADLINE_SECONDS))
    deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
    at_root = ADAPTERS[endpoint.api].at_root
    try:
        async with host.ask(
            "GET", "/v1/models" if at_root else "/models", deadline=deadline, at_root=at_root
        ) as answer:
            said = await answer.body()
            if answer.status in _UNSAID:
                return Answered(None)
            if answer.status != 200:
                return Answered(str(refusal(endpoint, answer.status, answer.headers, said)))
            names = tuple(sorted(str(row["id"]) for row in listed_models(said)))
            return Answered(_unknown_model(endpoint, names), names)
    except ClientError as error:
        return Answered(str(error))
    finally:
        await host.close()


def _unknown_model(endpoint: Endpoint, names: tuple[str, ...]) -> str | None:
    if not names or endpoint.model in names or f"{endpoint.model}:latest" in names:
        return None
    return f"{endpoint.host} does not list {endpoint.model}. It has: {', '.join(names[:8])}."
