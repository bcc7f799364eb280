"""Whatever a client sends, each request is answered once, and nothing of it stays behind."""

import asyncio
import json

import pytest

from lsp_server.server import build_session
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.lsp.messages import FILES, Traffic


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_request_is_answered_once_whatever_comes(start: Start, seed: int):
    editor: Editor = await start(FILES)
    traffic = Traffic(editor, seed)
    await traffic.send(400)
    await traffic.settle(60)
    assert traffic.requests > 100
    assert traffic.wrong() == []
    assert traffic.codes[0] > 10
    assert await editor.stop() == 0
    assert "Traceback" not in editor.log


async def test_a_notification_leaves_nothing_behind():
    protocol = build_session().protocol
    protocol.set_writer(Nowhere())

    def tell(method: str, params: object, **more: object) -> None:
        protocol.receive(json.dumps({"jsonrpc": "2.0", "method": method, "params": params} | more).encode())

    tell("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
    await asyncio.sleep(0)
    for _ in range(20):
        tell("window/workDoneProgress/cancel", {"token": "x"})
        tell("$/setTrace", {"value": "off"})
    for _ in range(20):
        await asyncio.sleep(0)
    assert protocol._request_futures == {}  # pyright: ignore[reportPrivateUsage]


class Nowhere:
    """Takes what is written."""

    def write(self, data: bytes) -> None:
        """Drops it."""

    def close(self) -> None:
        """Does nothing."""


async def test_saying_initialized_once_more_begins_nothing_anew(start: Start):
    editor: Editor = await start(FILES)
    assert await editor.menu(editor.open("a.py"), 0)
    asked = [each["method"] for each in editor.asked]
    for _ in range(3):
        editor.notify("initialized", {})
    assert await editor.menu(editor.uri("a.py"), 0)
    assert [each["method"] for each in editor.asked] == asked


async def test_an_id_that_is_under_way_may_be_used_again(start: Start):
    editor: Editor = await start(FILES)
    seen: list[object] = []
    editor.answered = lambda message: seen.append(message.get("id"))
    params = {"textDocument": {"uri": editor.open("a.py")}, "range": SPAN, "context": {"diagnostics": []}}
    for _ in range(2):
        editor.send({"jsonrpc": "2.0", "id": 77_777, "method": "textDocument/codeAction", "params": params})
    await editor.until(lambda: seen.count(77_777) == 2)


SPAN = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
