"""A clock that jumps and a machine that slept change nothing: what is waited for is counted by time that passes."""

import asyncio
import os
import signal
from typing import Any

import pytest

from tests.lsp.conftest import Start, connected
from tests.lsp.editor import FIRST, LONGEST, Editor
from tests.model_server import ModelServer, Reply, model_server

JUMPING = (
    "-I",
    "-c",
    """
import itertools, sys, time
real, real_ns, jumps = time.time, time.time_ns, itertools.cycle((0, 86_400, -86_400, 3_600, -3_600, 40, -700))
time.time = lambda: real() + next(jumps)
time.time_ns = lambda: real_ns() + next(jumps) * 10**9
from lsp_server.server import serve_stdio
sys.exit(serve_stdio())
""",
)
FILES = "//- /a.py\n# dataclass Point with x: int\n//- /b.py\n# a sum\n"
REPLY = "b.py\n```python\n<<<<<<< SEARCH\n# a sum\n=======\ntotal = 3\n>>>>>>> REPLACE\n```\n"


async def command(editor: Editor, name: str, **arguments: Any) -> dict[str, Any]:
    """What comes of a command."""
    params = {"command": f"patchwright.{name}", "arguments": [arguments] if arguments else []}
    return await editor.request("workspace/executeCommand", params)


@pytest.fixture
def model() -> Any:
    with model_server() as server:
        yield server


async def test_a_clock_that_jumps_by_days_hinders_nothing(start: Start, model: ModelServer):
    environment = connected(model.base_url)
    editor: Editor = await start(FILES, environment=environment, arguments=JUMPING, choose=FIRST)
    first, second = editor.open("a.py"), editor.open("b.py")
    for _ in range(4):
        model.play([Reply(REPLY, wait=0.5, pause=0.02)])
        assert (await editor.pick(first, 0, "Implement this comment"))["outcome"] == "done"
        assert editor.buffers[first].endswith("class Point:\n    x: int\n")
        result = await command(editor, "implementComment", uri=second, line=0)
        assert (result["outcome"], editor.buffers[second]) == ("done", "total = 3\n"), result
        for uri, text in ((second, "# a sum\n"), (first, "# dataclass Point with x: int\n")):
            undone = await command(editor, "undo", uri=uri)
            assert (undone["outcome"], editor.buffers[uri]) == ("done", text)
    assert await editor.stop() == 0
    assert "Traceback" not in editor.log


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP")
async def test_a_machine_that_slept_while_a_model_wrote_wakes_to_the_change(start: Start, model: ModelServer):
    editor: Editor = await start(FILES, environment=connected(model.base_url), choose=FIRST)
    uri = editor.open("b.py")
    assert await editor.entries(uri, 0, "Implement this comment")
    model.play([Reply(REPLY, wait=1, pause=0.05)])
    _, answer = await editor.begin(uri, 0, "Implement this comment")
    await editor.until(lambda: model.requests)
    os.kill(editor.process.pid, signal.SIGSTOP)
    await asyncio.sleep(6)
    os.kill(editor.process.pid, signal.SIGCONT)
    result = await asyncio.wait_for(answer, LONGEST)
    assert (result["outcome"], editor.buffers[uri]) == ("done", "total = 3\n")
