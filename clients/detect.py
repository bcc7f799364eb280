"""Which model servers run on this machine? Asked on loopback alone, and told apart by what they answer, never by port.

Nothing but `GET` is sent, and no key: a development server that happens to listen there learns nothing of the user's
code.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from clients.endpoint import Endpoint
from clients.errors import ClientError
from clients.http import Host, Limits
from clients.listing import listed_models

PORTS: tuple[int, ...] = (11434, 1234, 8080, 8000, 3000)
"""Where Ollama, LM Studio, llama.cpp, vLLM and Text Generation Inference listen unless told otherwise."""

_OWNERS: Mapping[str, str] = {
    "library": "ollama",
    "organization_owner": "lm-studio",
    "llamacpp": "llama.cpp",
    "vllm": "vllm",
}
TITLES: Mapping[str, str] = {
    "ollama": "Ollama",
    "lm-studio": "LM Studio",
    "llama.cpp": "llama.cpp",
    "vllm": "vLLM",
    "tgi": "Text Generation Inference",
    "openai-compatible": "OpenAI-compatible server",
}
"""The kinds of server by the names of their profiles, for people."""


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server of this machine: a name for people, where its OpenAI-like API is, its models, and its profile."""

    name: str
    base_url: str
    models: tuple[str, ...]
    profile: str = "openai-compatible"


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
        software, body = await _get(host, "/v1/models", deadline)
        rows = listed_models(body)
        if not rows:
            return None
        owners = [_OWNERS[owner] for row in rows if (owner := str(row.get("owned_by"))) in _OWNERS]
        profile = "llama.cpp" if software == "llama.cpp" else next(iter(owners), "")
        if not profile:
            _, said = await _get(host, "/info", deadline)
            profile = "tgi" if _is_tgi(said) else "openai-compatible"
        return LocalServer(TITLES[profile], host.base_url, tuple(row["id"] for row in rows), profile)
    except ClientError:
        return None
    finally:
        await host.close()


async def _get(host: Host, path: str, deadline: float) -> tuple[str, bytes]:
    """What the server calls itself, and the JSON that it answers; nothing where it answers with something else."""
    async with host.ask("GET", path, deadline=deadline, at_root=True) as answer:
        is_json = answer.status == 200 and answer.media_type == "application/json"
        return answer.headers.get("server", ""), await answer.body() if is_json else b""


def _is_tgi(body: bytes) -> bool:
    """Whether `GET /info` names a model and the limits that this server alone has."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return False
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return "model_id" in fields and ("max_total_tokens" in fields or "docker_label" in fields)
