"""What is left of an ask that is cancelled at any moment? A thousand of them, against a host that is in mid-sentence.

PATCHWRIGHT_CANCELS=50 scripts/bench cancel
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from watched import SERVER, load, percentile, state

from tests.lsp.conftest import connected, own_folders, write_files
from tests.lsp.editor import Editor, RefusedError, capabilities_of
from tests.model_server import ModelServer, Reply, model_server

CANCELS = int(os.environ.get("PATCHWRIGHT_CANCELS", "1000"))
FILES = '//- /a.py\n"""A module."""\n\n# greet a user\n\nx = 1\n'
GOOD = "a.py\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"
SPEAKS = Reply(GOOD, pause=0.03, wait=0.05)
"""Half a second of speaking: most asks are cancelled in mid-sentence, the others before it or in the review."""
LATEST = 0.8
"""Cancelled so many seconds after the ask at the latest: about when the edit would be there."""
PATIENCE = 10.0


async def one(editor: Editor, model: ModelServer, wait: float) -> tuple[float, float | None, str]:
    """An ask that is cancelled after `wait` seconds: ms to the answer, ms to the closed call if any, how it ended."""
    model.play([SPEAKS] * 2)
    said = model.said
    uri = next(iter(editor.buffers))
    arguments = {"uri": uri, "line": 2}
    params = {"command": "patchwright.implementComment", "arguments": [arguments]}
    number, answer = editor.ask("workspace/executeCommand", params)
    await asyncio.sleep(wait)
    if answer.done():
        return 0.0, None, "finished before"
    sent = time.perf_counter()
    editor.notify("$/cancelRequest", {"id": number})
    try:
        result = await asyncio.wait_for(answer, 30)
        ended = str(result["outcome"])
    except RefusedError as error:
        ended = str(error.code)
    answered = 1000 * (time.perf_counter() - sent)
    return answered, await _closed(model, said, sent), ended


async def _closed(model: ModelServer, said: int, sent: float) -> float | None:
    """Ms until the host saw each of its calls closed; None if it had said all of them, or was not asked."""
    closed: list[float] = []
    while len(closed) + model.said - said < len(model.requests):
        if not model.disconnects.empty():
            closed.append(1000 * (model.disconnects.get() - sent))
        assert time.perf_counter() - sent < PATIENCE, "a call was left open"
        await asyncio.sleep(0.001)
    return max(closed, default=None)


async def cancel(folder: Path) -> None:
    """Prints the numbers; fails where anything is left."""
    root = folder / "work space"
    root.mkdir()
    write_files(root, FILES)
    chance = random.Random(7)
    with model_server() as model:
        own = own_folders(folder) | connected(model.base_url)
        editor = Editor(root, capabilities_of("vscode-1.139"), own, arguments=SERVER)
        await editor.start()
        uri = editor.open("a.py")
        text = editor.buffers[uri]
        model.play([GOOD])
        await editor.pick(uri, 2, "Implement this comment")
        editor.type(uri, text)
        for _ in range(5):
            await one(editor, model, chance.uniform(0, LATEST))
            editor.type(uri, text)
        await asyncio.sleep(1)
        before = await state(editor)
        answered: list[float] = []
        closed: list[float] = []
        ends: dict[str, int] = {}
        torn = 0
        for _ in range(CANCELS):
            took, closing, ended = await one(editor, model, chance.uniform(0, LATEST))
            answered.append(took)
            closed += [] if closing is None else [closing]
            ends[ended] = ends.get(ended, 0) + 1
            torn += editor.buffers[uri] not in (text, text.replace("x = 1", "x = 2"))
            editor.type(uri, text)
            for seen in (editor.told, editor.asked, editor.edits):
                seen.clear()
        await asyncio.sleep(3)
        after = await state(editor)
        print(f"{CANCELS:,} cancelled asks ({load()}); ends: {ends}; torn texts: {torn}")
        for name, values in (("answered", answered), ("call closed", closed)):
            print(
                f"  {name} ({len(values):,}): median {percentile(values, 0.5):.1f} ms, "
                f"p99 {percentile(values, 0.99):.1f} ms, longest {max(values, default=0):.1f} ms"
            )
        for when, each in (("before", before), ("after", after)):
            print(
                f"  {when}: {each.tasks} tasks, {each.children} children, {each.descriptors} descriptors, "
                f"{each.threads} threads, {each.resident:.1f} MB"
            )
        code = await editor.stop()
        print(f"  exit code {code}; log: {editor.log.strip()[:300] or 'nothing'}")
        assert not torn
        assert after.tasks <= before.tasks
        assert after.children <= before.children
        assert after.descriptors <= before.descriptors


def main() -> None:
    """Runs it in a folder of its own."""
    if sys.platform != "linux":
        print("cancel: needs Linux, which tells of descriptors in /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(cancel(Path(folder)))


if __name__ == "__main__":
    main()
