"""How does a model file on this machine become a model that can be asked? A llama.cpp server under our supervision.

model = LocalModel(Path("coder.gguf"))      # nothing runs yet
model.stream(request)                       # the first ask starts the server, on loopback, with a key of its own
await model.close()                         # and this ends it; so does the end of this process, however it ends
"""

import asyncio
import contextlib
import json
import os
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from clients.endpoint import Endpoint
from clients.errors import CallError
from clients.failures import failure
from clients.hosted import HostedModel
from clients.llama_server import START_SECONDS
from clients.model import Event, Request

STOP_SECONDS = 5.0


class LocalModel:
    """A model file, and the server for it from the first ask until `close`."""

    def __init__(self, file: Path, *, context_tokens: int = 16_384, slots: int = 1, threads: int = 0) -> None:
        self._file = file
        self._arguments = [f"--context={context_tokens}", f"--slots={slots}", f"--threads={threads}"]
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._model: HostedModel | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._file.stem

    @property
    def host(self) -> str:
        """Nothing leaves this machine."""
        return "this machine"

    @property
    def pid(self) -> int | None:
        """The server's process, while there is one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def stream(self, request: Request) -> AsyncGenerator[Event]:
        """Events of one call: see `CodeModel.stream`."""
        try:
            async with asyncio.timeout(START_SECONDS):
                model = await self.started()
        except CallError as error:
            yield error.failure
            return
        except TimeoutError:
            yield failure(self._unstarted, "timeout", sentence="The model file was not loaded in time")
            return
        async with aclosing(model.stream(request)) as events:
            async for event in events:
                yield event

    async def warm(self) -> None:
        """Starts the server, which reads the file meanwhile."""
        with contextlib.suppress(CallError, TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await (await self.started()).prepare()

    async def started(self) -> HostedModel:
        """The running server's model; a server that has died is started again. Raises CallError."""
        async with self._lock:
            if self._model is None or self.pid is None:
                await self._stop()
                self._model = HostedModel(await self._start())
            return self._model

    async def close(self) -> None:
        """Ends the server."""
        async with self._lock:
            await self._stop()

    @property
    def _unstarted(self) -> Endpoint:
        return Endpoint("http://127.0.0.1/v1", self.name)

    async def _start(self) -> Endpoint:
        if problem := find_file_problem(self._file):
            raise CallError(failure(self._unstarted, "not_found", sentence=problem.rstrip(".")))
        key = secrets.token_urlsafe(24)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "clients.llama_server", str(self._file), *self._arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PATCHWRIGHT_LOCAL_KEY": key},
        )
        self._process = process
        base_url = await _address(process)
        if base_url is None:
            await self._stop()
            sentence = f"llama.cpp could not load {self._file.name}: check that it is a GGUF model, and the free memory"
            raise CallError(failure(self._unstarted, "network", sentence=_plain(sentence)))
        return Endpoint(f"{base_url}/v1", self.name, key, infill="llama_cpp")

    async def _stop(self) -> None:
        model, self._model = self._model, None
        process, self._process = self._process, None
        if model:
            await model.close()
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def find_file_problem(file: Path) -> str | None:
    """Why a model file cannot be run here, as a sentence that says what to do; None if it can be tried."""
    if find_spec("xllamacpp") is None:
        return "Running a model file needs llama.cpp: install patchwright[local]."
    try:
        with file.open("rb") as stream:
            is_model = stream.read(4) == b"GGUF"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})."
    return None if is_model else f"{file} is not a GGUF model file."


async def _address(process: asyncio.subprocess.Process) -> str | None:
    """Where the server listens, once it says so; None if it ends before. llama.cpp may print lines of its own."""
    if process.stdout is None:
        return None
    async for line in process.stdout:
        try:
            said: Any = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and isinstance(url := cast("dict[str, Any]", said).get("base_url"), str):
            return url
    return None


def _plain(sentence: str) -> str:
    return sentence.replace("{", "{{").replace("}", "}}")
