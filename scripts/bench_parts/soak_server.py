"""Does a server stay as small and as quick as it was? 50,000 edits and 500 asks, spread over ten minutes.

PATCHWRIGHT_SOAK_EDITS=2000 PATCHWRIGHT_SOAK_MINUTES=0.5 scripts/bench soak_server
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from watched import SERVER, State, load, percentile, state

from tests.lsp.conftest import connected, own_folders, write_files
from tests.lsp.editor import Editor, capabilities_of
from tests.model_server import model_server

EDITS = int(os.environ.get("PATCHWRIGHT_SOAK_EDITS", "50000"))
MINUTES = float(os.environ.get("PATCHWRIGHT_SOAK_MINUTES", "10"))
ASKS = EDITS // 100
PARTS = 10
FILES = "".join(f"//- /m{n}.py\n# greet a user\n\nx = 1\n\n\ndef f{n}(a):\n    return a\n" for n in range(20))
GOOD = "{path}\n```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```\n"


async def ask(editor: Editor, model: object, number: int, path: str) -> None:
    """One of the things that users do."""
    uri = editor.uri(path)
    if number % 2:
        await editor.menu(uri, 0)
        position = {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 0}}
        await editor.request("textDocument/codeLens", position)
        return
    model.play([GOOD.format(path=path)] * 2)  # type: ignore[attr-defined]
    arguments = {"uri": uri, "line": 0, "description": "greet a user", "preview": number % 4 == 0}
    asked = {"command": "patchwright.implementComment", "arguments": [arguments]}
    await asyncio.wait_for(editor.ask("workspace/executeCommand", asked)[1], 60)


def edit(editor: Editor, chance: random.Random, path: str) -> None:
    """A keystroke, and now and then all of the file as it was."""
    uri = editor.uri(path)
    if chance.random() < 0.02:
        editor.type(uri, (editor.root / path).read_text())
        return
    text = editor.buffers[uri]
    line = text.count("\n")
    here = {"line": line, "character": 0}
    new = chance.choice(("# é𝒳\n", "y = 2\n", "def g(): ...\n"))
    editor.buffers[uri] = text[: text.rfind("\n") + 1] + new + text[text.rfind("\n") + 1 :]
    editor.changed(uri, [{"range": {"start": here, "end": here}, "text": new}])


async def soak(folder: Path) -> None:
    """Prints the numbers."""
    root = folder / "work space"
    root.mkdir()
    write_files(root, FILES)
    chance = random.Random(7)
    with model_server() as model:
        own = own_folders(folder) | connected(model.base_url)
        editor = Editor(root, capabilities_of("vscode-1.139"), own, arguments=SERVER)
        await editor.start()
        paths = [f"m{number}.py" for number in range(20)]
        for path in paths:
            editor.open(path)
        await editor.menu(editor.uri("m0.py"), 0)
        await state(editor)
        began = time.perf_counter()
        states: list[State] = []
        asked = 0
        for number in range(EDITS):
            edit(editor, chance, chance.choice(paths))
            if number * ASKS // EDITS > asked:
                asked += 1
                await ask(editor, model, asked, chance.choice(paths))
                for seen in (editor.told, editor.asked, editor.edits, model.requests):
                    seen.clear()
            due = began + 60 * MINUTES * number / EDITS
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            elif number % 20 == 0:
                await asyncio.sleep(0)
            if (number + 1) % (EDITS // PARTS) == 0:
                states.append(await state(editor))
                each = states[-1]
                print(
                    f"  {number + 1:6,} edits, {asked:3} asks: {each.resident:.1f} MB, {each.descriptors} descriptors, "
                    f"{each.threads} threads, {each.tasks} tasks; loop late p99 {percentile(each.late, 0.99):.1f} ms "
                    f"({load()})",
                    flush=True,
                )
        seconds = time.perf_counter() - began
        late = [each for part in states for each in part.late]
        growth = states[-1].resident / states[0].resident - 1
        print(f"{EDITS:,} edits and {asked} asks in {seconds:.0f} s ({load()})")
        print(
            f"  memory {states[0].resident:.1f} -> {states[-1].resident:.1f} MB ({growth:+.1%} since the first tenth)"
        )
        print(
            f"  loop late: median {percentile(late, 0.5):.1f} ms, p99 {percentile(late, 0.99):.1f} ms, "
            f"most {max(late):.1f} ms of {len(late):,} ticks"
        )
        for path in paths:
            assert editor.buffers[editor.uri(path)]
        code = await editor.stop()
        print(f"  exit code {code}; log: {editor.log.strip()[:300] or 'nothing'}")


def main() -> None:
    """Runs it in a folder of its own."""
    if sys.platform != "linux":
        print("soak_server: needs Linux, which tells of memory in /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(soak(Path(folder)))


if __name__ == "__main__":
    main()
