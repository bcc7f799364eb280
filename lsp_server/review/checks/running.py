"""How is a tool run so that it cannot harm? With little of the user's environment, and an end in time and output."""

import asyncio
import contextlib
import os
import select
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

MOST_OUTPUT = 8_000_000
"""Bytes of a tool's output; what says more has crashed as far as a reader is concerned."""

SECONDS_TO_END = 2.0
SECONDS_BETWEEN_LOOKS = 0.2
_THREADS = ThreadPoolExecutor(16, "patchwright-tools")

PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR")
"""Of the user's environment a tool sees no more: keys and tokens lie in the rest."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended: `code` is the exit code, and of no meaning unless it is done."""

    how: Literal["done", "timeout", "crashed"]
    code: int = 0
    output: str = ""


def scrubbed(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a tool; `folder` is a home that holds nothing of the user's."""
    home = str(folder)
    return {name: environment[name] for name in PASSED_ON if name in environment} | {
        "HOME": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "TMPDIR": home,
        "TEMP": home,
        "TMP": home,
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_COLOR": "1",
        "CI": "1",
    }


async def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Ran:
    """Runs a command to its end, or for so long; cancelling it ends the command and all that it started."""
    tool = _Tool(command, folder, environment)
    ending = asyncio.get_running_loop().run_in_executor(_THREADS, tool.run)
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(ending)
    except TimeoutError:
        return Ran("timeout")
    finally:
        tool.end()
        await asyncio.wait({ending}, timeout=SECONDS_TO_END)


class _Tool:
    """One process, which a thread starts and listens to: to start one holds up who does it for milliseconds."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._command, self._folder, self._environment = command, folder, dict(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def run(self) -> Ran:
        """Blocks until it has ended by itself or was ended."""
        try:
            process = self._started()
        except OSError:
            return Ran("crashed")
        if process is None:
            return Ran("timeout")
        try:
            output = self._output(process)
            code = process.wait() if output is not None else -1
        finally:
            self.end()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if output is None or code < 0:
            return Ran("crashed")
        return Ran("done", code, output.decode("utf-8", "replace"))

    def end(self) -> None:
        """Ends the process and those that it started, which are of its group; from any thread."""
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            self._ended = True
            if self._process is None or self._process.returncode is not None:
                return
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _started(self) -> "subprocess.Popen[bytes] | None":
        """The process; None where it was ended before it began."""
        with self._lock:
            if not self._ended:
                self._process = subprocess.Popen(
                    self._command,
                    cwd=self._folder,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            return self._process

    def _output(self, process: "subprocess.Popen[bytes]") -> bytes | None:
        """All that it says; None where that is too much, or it was ended."""
        stream = process.stdout
        blocks: list[bytes] = []
        size = 0
        while stream is not None:
            # What it started in a group of its own may hold the pipe open for as long as it likes.
            while not _is_readable(stream):
                if self._ended:
                    return None
            block = os.read(stream.fileno(), 65_536)
            if not block:
                break
            size += len(block)
            if size > MOST_OUTPUT:
                return None
            blocks.append(block)
        return b"".join(blocks)


def _is_readable(stream: IO[bytes]) -> bool:
    """Whether there is something to read, or an end, after some waiting. Windows cannot say; there it is read for."""
    return os.name == "nt" or bool(select.select([stream], [], [], SECONDS_BETWEEN_LOOKS)[0])
