"""How is a tool run so that it cannot harm? With little of the user's environment, and an end in time and output."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MOST_OUTPUT = 8_000_000
"""Bytes of a tool's output; what says more has crashed as far as a reader is concerned."""

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
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return Ran("crashed")
    try:
        async with asyncio.timeout(seconds):
            output = await _bounded(process.stdout)
            if output is None:
                return Ran("crashed")
            code = await process.wait()
    except TimeoutError:
        return Ran("timeout")
    finally:
        await _end(process)
    return Ran("done", code, output.decode("utf-8", "replace")) if code >= 0 else Ran("crashed")


async def _bounded(stream: asyncio.StreamReader | None) -> bytes | None:
    """All that a stream gives; None where that is too much."""
    blocks: list[bytes] = []
    size = 0
    while stream is not None and (block := await stream.read(65_536)):
        size += len(block)
        if size > MOST_OUTPUT:
            return None
        blocks.append(block)
    return b"".join(blocks)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ends a process and those that it started, which are of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(ProcessLookupError):
        await asyncio.shield(process.wait())
