"""Two servers on one workspace, with one cache: both are right about every file, and neither waits for the other."""

import asyncio
import random
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.lsp.conftest import own_folders
from tests.lsp.editor import FIRST, Editor, capabilities_of
from tests.sizes import size

pytestmark = pytest.mark.asyncio(loop_scope="session")

OPERATIONS = size(24, 1000)
SYMBOLS = 30
LONGEST = 1.0
"""Seconds that either may hold the lock of the store, while nothing else needs the machine."""


async def started(root: Path, folder: Path) -> Editor:
    editor = Editor(root, capabilities_of("vscode-1.139"), own_folders(folder), choose=FIRST)
    await editor.start()
    return editor


class Both:
    """Two editors that rename functions, each defined in a file of its own and called in another."""

    def __init__(self, root: Path, editors: tuple[Editor, Editor]) -> None:
        self.root, self.editors = root, editors
        self.names = [f"f{number}_0" for number in range(SYMBOLS)]
        self.turns = [0] * SYMBOLS
        self.took: list[float] = []
        for number in range(SYMBOLS):
            self.write(number)

    def write(self, number: int) -> None:
        """The files of a function as they should be."""
        (self.root / f"m{number}.py").write_text(f"def {self.names[number]}():\n    return {number}\n")
        uses = f"from m{number} import {self.names[number]}\n\nprint({self.names[number]}())\n"
        (self.root / f"use{number}.py").write_text(uses)

    def texts(self, number: int) -> tuple[str, str]:
        """The same as they are."""
        return (self.root / f"m{number}.py").read_text(), (self.root / f"use{number}.py").read_text()

    async def rename(self, editor: Editor, number: int) -> None:
        """A rename by one editor, with what it must come to."""
        self.turns[number] += 1
        new = f"f{number}_{self.turns[number]}"
        sentence = f"rename {self.names[number]} to {new}"
        arguments = {"uri": editor.uri(f"m{number}.py"), "line": 0, "description": sentence}
        began = time.monotonic()
        result = await editor.request(
            "workspace/executeCommand", {"command": "patchwright.changeFiles", "arguments": [arguments]}
        )
        self.took.append(time.monotonic() - began)
        assert (result["outcome"], sorted(result["files"])) == ("done", [f"m{number}.py", f"use{number}.py"]), result
        self.names[number] = new
        definition, uses = self.texts(number)
        assert definition == f"def {new}():\n    return {number}\n"
        assert uses == f"from m{number} import {new}\n\nprint({new}())\n"

    async def typed_elsewhere(self, editor: Editor, number: int) -> None:
        """Another program gives the function another name; the next rename by either must know that one."""
        self.turns[number] += 1
        self.names[number] = f"f{number}_{self.turns[number]}"
        self.write(number)
        await self.menu(editor, number)

    async def menu(self, editor: Editor, number: int) -> None:
        """A menu in an open file."""
        uri = editor.open(f"m{number}.py")
        began = time.monotonic()
        assert await editor.entries(uri, 0, "Document")
        self.took.append(time.monotonic() - began)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        editor.buffers.pop(uri)


class Locked(threading.Thread):
    """Takes the store's lock again and again; `longest` is the longest wait for it, in seconds."""

    def __init__(self, cache: Path) -> None:
        super().__init__(daemon=True)
        self.cache, self.longest, self.times, self.ended = cache, 0.0, 0, threading.Event()

    def run(self) -> None:
        while not (stores := list(self.cache.rglob("index.db"))):
            time.sleep(0.05)
        store = sqlite3.connect(stores[0], timeout=30, isolation_level=None)
        while not self.ended.wait(0.01):
            began = time.monotonic()
            store.execute("BEGIN IMMEDIATE")
            self.longest = max(self.longest, time.monotonic() - began)
            store.execute("ROLLBACK")
            self.times += 1
        store.close()


async def test_two_servers_on_one_workspace_are_both_right(tmp_path: Path):
    root, chance = tmp_path / "work space", random.Random(7)
    root.mkdir()
    first, second = await started(root, tmp_path), await started(root, tmp_path)
    both = Both(root, (first, second))
    locked = Locked(tmp_path / "cache")
    locked.start()
    steps = (both.rename, both.rename, both.rename, both.typed_elsewhere, both.menu)
    try:
        for _ in range(OPERATIONS // 2):
            one, other = chance.sample(range(SYMBOLS), 2)
            await asyncio.gather(chance.choice(steps)(first, one), chance.choice(steps)(second, other))
    finally:
        locked.ended.set()
        await asyncio.to_thread(locked.join)
        for editor in (first, second):
            assert await editor.stop() == 0
    both.took.sort()
    print(
        f"{OPERATIONS} operations: median {both.took[len(both.took) // 2]:.2f} s, "
        f"p99 {both.took[int(len(both.took) * 0.99)]:.2f} s, longest {both.took[-1]:.2f} s"
    )
    said = [message for editor in (first, second) for message in editor.messages()]
    assert not [message for message in said if "memory" in message or "index" in message]
    print(f"the longest of {locked.times} waits for the lock: {locked.longest:.2f} s")
    # The machine may have much else to do.
    assert locked.times > OPERATIONS
    assert locked.longest < LONGEST * 3
