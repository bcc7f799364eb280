"""patchwright/languageModel/ask and .../part: a model that only the editor can reach is asked through it.

We ask, with what the outgoing gate let pass and nothing else; the editor asks the model and tells each part of the
reply as it comes; its answer to the request says how the reply ended. Cancelling is `$/cancelRequest`, as for any
request. `clients.relayed` has the shape of each message.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping
from functools import partial
from typing import Any, cast

from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound

from clients.endpoint import GONE, NOT_OFFERED
from lsp_server.session import Session

ASK = "patchwright/languageModel/ask"
PART = "patchwright/languageModel/part"
SAID = ("text", "reasoning", "tool")

Part = Mapping[str, Any]


def register(session: Session) -> None:
    """Listens to parts of replies, and lets models be asked."""
    open_calls: dict[str, asyncio.Queue[Part]] = {}

    def part(params: object) -> None:
        values = cast("Part", params if isinstance(params, dict) else {})
        token = values.get("token")
        parts = open_calls.get(token) if isinstance(token, str) else None
        if parts is not None:
            # How a reply ended only the answer says: it comes last.
            parts.put_nowait({name: values[name] for name in SAID if name in values})

    session.protocol.heard[PART] = part
    session.relay = partial(_relay, session, open_calls)


async def _relay(
    session: Session, open_calls: "dict[str, asyncio.Queue[Part]]", asked: Mapping[str, Any]
) -> AsyncGenerator[Part]:
    """The parts of one reply: see `clients.endpoint.Relay`."""
    if not session.client.language_models:
        yield {"failed": {"code": NOT_OFFERED}}
        return
    token = secrets.token_hex(8)
    parts = open_calls[token] = asyncio.Queue()
    try:
        answer = session.protocol.ask_plainly(ASK, {"token": token, **asked}, token)
        answer.add_done_callback(lambda ended: parts.put_nowait(_ending(ended)))
        while True:
            part = await parts.get()
            yield part
            if "stopped" in part or "failed" in part:
                return
    finally:
        del open_calls[token]
        session.protocol.withdraw(token)


def _ending(ended: "asyncio.Future[Any]") -> Part:
    if ended.cancelled():
        return {"failed": {"code": GONE}}
    error = ended.exception()
    if error is None:
        result = ended.result()
        known = isinstance(result, dict) and ("stopped" in result or "failed" in result)
        return cast("Part", result) if known else {"stopped": None}
    if isinstance(error, JsonRpcException) and error.code == JsonRpcMethodNotFound.CODE:
        return {"failed": {"code": NOT_OFFERED}}
    return {"failed": {"code": "", "message": error.message if isinstance(error, JsonRpcException) else ""}}
