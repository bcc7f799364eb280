"""Which model servers run on this machine? Asked on loopback alone, and told apart by what they answer, never by port.

Nothing but `GET /v1/models` is sent: a development server that happens to listen there learns nothing of the user's
code.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.endpoint import Endpoint
from clients.errors import ClientError
from clients.http import Host, Limits
from clients.listing import listed_models

PORTS: tuple[int, ...] = (11434, 1234, 8080, 8000)
"""Where Ollama, LM Studio, llama.cpp and vLLM listen unless told otherwise."""

_OWNERS: Mapping[str, str] = {
    "library": "Ollama",
    "organization_owner": "LM Studio",
    "llamacpp": "llama.cpp",
    "vllm": "vLLM",
}


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that speaks OpenAI's shape: a name for people, the `base_url` for an `Endpoint`, and its models."""

    name: str
    base_url: str
    models: tuple[str, ...]


async def local_servers(timeout: float = 0.3, ports: Sequence[int] = PORTS) -> tuple[LocalServer, ...]:  # noqa: ASYNC109
    """The servers that answer within `timeout` seconds, in the order of `ports`."""
    hosts = [
        Host(Endpoint(f"http://127.0.0.1:{port}/v1", "any"), limits=Limits(answer_bytes=1 << 20)) for port in ports
    ]
    for host in hosts:
        host.prepare()
    deadline = asyncio.get_running_loop().time() + timeout
    found = await asyncio.gather(*(_probe(host, deadline) for host in hosts))
    return tuple(server for server in found if server)


async def _probe(host: Host, deadline: float) -> LocalServer | None:
    try:
        async with host.ask("GET", "/models", deadline=deadline) as answer:
            body = await answer.body() if answer.status == 200 and answer.media_type == "application/json" else b""
            return _server(host.base_url, answer.headers.get("server", ""), body)
    except ClientError:
        return None
    finally:
        await host.close()


def _server(base_url: str, software: str, body: bytes) -> LocalServer | None:
    rows = listed_models(body)
    owners = [_OWNERS[owner] for row in rows if (owner := str(row.get("owned_by"))) in _OWNERS]
    name = "llama.cpp" if software == "llama.cpp" else next(iter(owners), "OpenAI-compatible server")
    return LocalServer(name, base_url, tuple(row["id"] for row in rows)) if rows else None
