"""Records Neovim with the plugin: python record.py PATCHWRIGHT NVIM OUT."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import story
from picture import picture
from terminal import Terminal

MOST_BYTES = 500_000


def main() -> int:
    """Writes the picture; the exit code."""
    editor, out = sys.argv[2], Path(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shop = story.write_shop(home)
        environment, address = story.environment(home), str(home / "address")
        # A Neovim that was unpacked below a folder cannot start itself as its own screen, so the two are started here.
        server = subprocess.Popen(
            [editor, "--headless", "--listen", address, "cart.py"],
            env=environment,
            cwd=shop,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not Path(address).exists():
                time.sleep(0.05)
            command = [editor, "--server", address, "--remote-ui"]
            with Terminal(command, environment, shop, story.COLUMNS, story.ROWS) as terminal:
                story.tell(terminal)
                frames = terminal.frames
        finally:
            server.terminate()
            server.wait()
    text = picture(frames, story.still(frames))
    if len(text) > MOST_BYTES:
        sys.exit(f"The picture has {len(text)} bytes, more than {MOST_BYTES}: tell less.")
    out.write_text(text, "utf-8")
    print(f"{out}: {len(text)} bytes, {len(frames)} screens")
    return 0


sys.exit(main())
