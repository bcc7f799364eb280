"""How long does the menu of code actions take with ten thousand files indexed, while the user types and asks?

A real server process over its pipes, in front of copies of Django's sources. Prints the percentiles of an answer on a
file that rests, right after each change of one, and on files just opened while the index is being built; before each, a
menu of a kind that we do not have is asked for, which needs no work: what a busy machine takes for itself.
"""

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scale_tree import copied, unpacked

from tests.lsp.editor import Editor, capabilities_of

FILES = 10_000
ASKS = 400
GOAL_MS = 30


Times = list[tuple[float, float]]
"""Milliseconds: of an answer that needs no work, and of the menu right after it."""


async def asked(editor: Editor, uri: str, line: int) -> tuple[float, float]:
    """The milliseconds of both."""
    started = time.perf_counter()
    await editor.menu(uri, line, only=["source.none"])
    idle = (time.perf_counter() - started) * 1000
    diagnostic = {
        "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}},
        "message": "Undefined name `x`",
    }
    started = time.perf_counter()
    await editor.menu(uri, line, diagnostics=[diagnostic])
    return idle, (time.perf_counter() - started) * 1000


async def resting(editor: Editor, uris: list[str], chance: random.Random) -> Times:
    """Menus anywhere in open files that nobody changes."""
    return [await asked(editor, uri, chance.randrange(_lines(editor, uri))) for uri in chance.choices(uris, k=ASKS)]


async def typing(editor: Editor, uris: list[str], chance: random.Random) -> Times:
    """Menus right after a line was added, so that nothing is known of the text yet."""
    times: Times = []
    for uri in chance.choices(uris, k=ASKS):
        lines = editor.buffers[uri].split("\n")
        at = chance.randrange(len(lines))
        editor.type(uri, "\n".join([*lines[:at], f"# do {at} differently", *lines[at:]]))
        times.append(await asked(editor, uri, at))
    return times


async def indexing(editor: Editor, names: list[str], chance: random.Random) -> Times:
    """Menus on files just opened, while the index is being built."""
    times: Times = []
    for name in names[:ASKS]:
        uri = editor.open(name)
        times.append(await asked(editor, uri, chance.randrange(_lines(editor, uri))))
    return times


def _lines(editor: Editor, uri: str) -> int:
    return editor.buffers[uri].count("\n") + 1


def told(name: str, times: Times) -> None:
    """One line of percentiles."""
    idle, ordered = sorted(pair[0] for pair in times), sorted(pair[1] for pair in times)
    at = int(len(ordered) * 0.95)
    p95 = ordered[at]
    said = "reached" if p95 <= GOAL_MS else "MISSED"
    print(
        f"  {name:38} median {statistics.median(ordered):6.1f}  p95 {p95:6.1f}  max {ordered[-1]:6.1f} ms"
        f"  n={len(ordered)}  {said} (p95 <= {GOAL_MS} ms)\n"
        f"  {'  an answer that needs no work':38} median {statistics.median(idle):6.1f}  p95 {idle[at]:6.1f}"
    )


async def main() -> None:
    """Prints a line for each way of asking."""
    chance = random.Random(7)
    original = unpacked("Django", "5.2.8")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        files = copied(original, root, FILES)
        own = {f"PATCHWRIGHT_{name}": f"{folder}/{name.lower()}" for name in ("CACHE", "STATE", "CONFIG")}
        no_model = {f"PATCHWRIGHT_{name}": "" for name in ("ENDPOINT", "MODEL", "API_KEY")}
        editor = Editor(root, capabilities_of("vscode-1.139"), own | no_model)
        await editor.start()
        code = [name for name in files if name.endswith(".py") and (root / name).stat().st_size > 500]
        chance.shuffle(code)
        print(f"{len(files):,} files, load {os.getloadavg()[0]:.1f}")
        told("files just opened, index being built", await indexing(editor, code, chance))
        await editor.until(lambda: _is_indexed(editor), 900)
        uris = chance.sample(list(editor.buffers), 20)
        told("a file that rests", await resting(editor, uris, chance))
        told("right after each change", await typing(editor, uris, chance))
        await editor.stop()


def _is_indexed(editor: Editor) -> bool:
    ends = [note["params"] for note in editor.told if note.get("method") == "$/progress"]
    begun = {each["token"] for each in ends if each["value"].get("title", "").startswith("Indexing")}
    return any(each["token"] in begun and each["value"]["kind"] == "end" for each in ends)


if __name__ == "__main__":
    asyncio.run(main())
