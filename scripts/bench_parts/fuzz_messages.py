"""Is every request answered once, whatever comes? 100,000 messages by a grammar of what clients send, well and badly.

PATCHWRIGHT_FUZZ=2000 PATCHWRIGHT_SEED=3 scripts/bench fuzz_messages
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from watched import SERVER, load, state

from tests.lsp.conftest import own_folders, write_files
from tests.lsp.editor import Editor, capabilities_of
from tests.lsp.messages import FILES, Traffic

MESSAGES = int(os.environ.get("PATCHWRIGHT_FUZZ", "100000"))
SEED = int(os.environ.get("PATCHWRIGHT_SEED", "7"))


async def fuzz(folder: Path) -> None:
    """Prints the numbers; fails where an answer is missing or too many."""
    root = folder / "work space"
    root.mkdir()
    write_files(root, FILES)
    editor = Editor(root, capabilities_of("vscode-1.139"), own_folders(folder), arguments=SERVER)
    await editor.start()
    traffic = Traffic(editor, SEED)
    started = time.perf_counter()
    for _ in range(10):
        await traffic.send(MESSAGES // 10)
        await traffic.settle(120)
        now = await state(editor)
        print(
            f"  {traffic.sent:7,} messages, {traffic.requests:7,} requests: {now.resident:6.1f} MB, "
            f"{now.descriptors} descriptors, {now.threads} threads, {now.tasks} tasks, {now.children} children",
            flush=True,
        )
    seconds = time.perf_counter() - started
    wrong = traffic.wrong()
    code = await editor.stop()
    print(f"{traffic.sent:,} messages in {seconds:.0f} s ({load()}), seed {SEED}")
    print(f"  ids that were answered otherwise than once: {len(wrong)}")
    print(f"  answers by error code, 0 for a result: {dict(sorted(traffic.codes.items()))}")
    print(f"  exit code {code}, log: {len(editor.log.splitlines())} lines")
    for line in sorted(set(editor.log.splitlines()))[:20]:
        print(f"    {line[:160]}")
    assert not wrong, wrong[:10]
    assert code == 0


def main() -> None:
    """Runs it in a folder of its own."""
    if sys.platform != "linux":
        print("fuzz_messages: needs Linux, which tells of memory in /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(fuzz(Path(folder)))


if __name__ == "__main__":
    main()
