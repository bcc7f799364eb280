"""Whatever a client asks, in whatever shape, each request gets exactly one answer."""

import asyncio
import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lsp_server.features.execute_command import CANCEL, COMMANDS
from lsp_server.framing import Frames
from lsp_server.server import build_session
from tests.lsp.editor import LONGEST

METHODS = (
    "initialize",
    "shutdown",
    "textDocument/codeAction",
    "textDocument/hover",
    "textDocument/didOpen",
    "textDocument/didChange",
    "workspace/executeCommand",
    "workspace/didChangeWorkspaceFolders",
    "$/cancelRequest",
    "$/setTrace",
    "no/such/method",
    "",
)
words = st.sampled_from(["uri", "textDocument", "range", "start", "line", "jsonrpc", "id", "params", "command", "x"])
leaves = st.none() | st.booleans() | st.integers(-2, 2**40) | st.text(max_size=6) | st.sampled_from([*COMMANDS, CANCEL])
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=12)  # fmt: skip  # noqa: E501
shaped = st.fixed_dictionaries(
    {"command": st.sampled_from([*COMMANDS, CANCEL, "x"]), "arguments": st.lists(values, max_size=2)}
) | st.fixed_dictionaries({"textDocument": st.fixed_dictionaries({"uri": values}), "range": values, "context": values})
requests = st.lists(
    st.tuples(st.sampled_from(METHODS), values | shaped, st.sampled_from(["2.0", "2.0", "2.0", "1.0", None])),
    max_size=8,
)


NOTIFIED = [("$/cancelRequest", {"id": 0}), ("$/setTrace", {"value": "off"}), ("exit", None), ("initialized", {})]


@settings(max_examples=80)
@given(asked=requests)
@example(asked=[(method, params, "2.0") for method, params in NOTIFIED])
@example(asked=[("textDocument/didClose", {"textDocument": {"uri": "file:///a.py"}}, "2.0")])
def test_every_request_is_answered_once(asked: list[tuple[str, Any, Any]]):
    answers = asyncio.run(answered(asked))
    assert sorted(answers) == list(range(len(asked) + 1))


async def answered(asked: list[tuple[str, Any, Any]]) -> list[int]:
    """The ids that were answered, after a proper `initialize` and these requests."""
    session = build_session()
    frames, said = Frames(), []

    class Writer:
        def write(self, data: bytes) -> None:
            said.extend(json.loads(body) for body in frames.feed(data))

        def close(self) -> None:
            pass

    session.protocol.set_writer(Writer())
    begin = {"processId": None, "rootUri": None, "capabilities": {}}
    for number, (method, params, version) in enumerate([("initialize", begin, "2.0"), *asked]):
        message = {"jsonrpc": version, "id": number, "method": method, "params": params}
        session.protocol.receive(json.dumps(message).encode())
        await asyncio.sleep(0)
    async with asyncio.timeout(LONGEST):
        while sum("method" not in message for message in said) <= len(asked):  # noqa: ASYNC110 - tasks of their own
            await asyncio.sleep(0)
    return [message["id"] for message in said if "method" not in message]
