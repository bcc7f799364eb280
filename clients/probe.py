"""Does the connected model answer? Asks the host for its list of models; nothing of the user's work is sent."""

import asyncio

from clients.endpoint import Endpoint
from clients.errors import ClientError
from clients.failures import refusal
from clients.http import Host, Limits
from clients.listing import listed_models

DEADLINE_SECONDS = 5.0
_UNSAID = frozenset({404, 405, 501})
"""Not every host lists its models; one that says so has answered."""


async def find_answer_problem(endpoint: Endpoint) -> str | None:
    """Why a host cannot be used, as a sentence that says what to do; None if it answers and knows the model."""
    headers = {"authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
    host = Host(endpoint, headers, Limits(connect=DEADLINE_SECONDS))
    deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
    try:
        async with host.ask("GET", "/models", deadline=deadline) as answer:
            said = await answer.body()
            if answer.status in _UNSAID:
                return None
            if answer.status != 200:
                return str(refusal(endpoint, answer.status, answer.headers, said))
            return _unknown_model(endpoint, said)
    except ClientError as error:
        return str(error)
    finally:
        await host.close()


def _unknown_model(endpoint: Endpoint, said: bytes) -> str | None:
    names = sorted(str(row["id"]) for row in listed_models(said))
    if not names or endpoint.model in names:
        return None
    return f"{endpoint.host} does not list {endpoint.model}. It has: {', '.join(names[:8])}."
