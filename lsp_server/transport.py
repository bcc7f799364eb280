"""How do bytes reach the protocol? Standard input and output, or one connection to a loopback port.

The same loop serves both: slices of bytes become messages, one at a time. It ends with an exit code when the client
says `exit`, goes away, or sends what cannot be framed.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from contextlib import suppress

from lsp_server.framing import Frames, FramingError
from lsp_server.protocol import Protocol

log = logging.getLogger(__name__)

CHUNK_BYTES = 65_536
CHUNKS_AHEAD = 16
EXIT_FRAMING = 3

CANNOT_BE_READ = (
    "the client's messages cannot be told apart (%s): ending with exit code %d. Restart the server in your editor. If"
    " this happens again, see that nothing between the two writes to the server's standard input, and that the editor"
    " starts `patchwright serve` itself."
)

Read = Callable[[], Awaitable[bytes]]


async def serve(protocol: Protocol, read: Read) -> int:
    """Serves one client until it ends; the exit code."""
    ended = asyncio.get_running_loop().create_future()

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    protocol.ended = end
    reading = asyncio.create_task(_read_messages(protocol, read))
    reading.add_done_callback(lambda task: end(0 if task.cancelled() or task.exception() else task.result()))
    try:
        return await ended
    finally:
        reading.cancel()


async def _read_messages(protocol: Protocol, read: Read) -> int:
    frames = Frames()
    try:
        while chunk := await read():
            for body in frames.feed(chunk):
                protocol.receive(body)
                # Give work that a message began its first step before the next message, which may cancel it.
                await asyncio.sleep(0)
    except FramingError as error:
        log.error(CANNOT_BE_READ, error, EXIT_FRAMING)  # noqa: TRY400 - no traceback needed
        return EXIT_FRAMING
    except OSError:
        return 0
    if frames.ends_within_a_message:
        log.warning("the client's last message was cut")
    return 0


class Output:
    """Writes to a file descriptor, whole messages only; a reader that went away ends the server, not with an error."""

    def __init__(self, descriptor: int, lost: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._lost = lost

    def write(self, data: bytes) -> None:
        """Writes all of it."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            self._lost()

    def close(self) -> None:
        """Leaves the descriptor to the end of the process."""


async def serve_standard_streams(protocol: Protocol) -> int:
    """Serves the process that started us."""
    source, sink = take_standard_streams()
    protocol.set_writer(Output(sink, lambda: protocol.ended(0)))
    return await serve(protocol, _reader_thread(source))


async def serve_port(protocol: Protocol, host: str, port: int) -> int:
    """Serves the first client that connects to a port; there is no authentication, so the host must be loopback."""
    connected: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue(1)

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            connected.put_nowait((reader, writer))
        except asyncio.QueueFull:
            writer.close()

    listener = await asyncio.start_server(accept, host, port)
    log.warning("listening on %s:%d for one client", host, listener.sockets[0].getsockname()[1])
    reader, writer = await connected.get()
    listener.close()
    protocol.set_writer(writer)  # pyright: ignore[reportArgumentType] - pygls awaits what `write` returns, if anything
    try:
        return await serve(protocol, lambda: reader.read(CHUNK_BYTES))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def take_standard_streams() -> tuple[int, int]:
    """Descriptors of our own for standard input and output.

    What else prints goes to standard error, and child processes inherit neither stream: a stray byte would break the
    protocol, and an inherited pipe would outlive us.
    """
    source, sink = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (source, sink):
            msvcrt.setmode(descriptor, os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _reader_thread(descriptor: int) -> Read:
    """Reads in a thread that may stay blocked for ever: it is a daemon, and holds no lock that the exit needs."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue(CHUNKS_AHEAD)

    def run() -> None:
        chunk = b"begin"
        # The loop has ended, or ends: nobody reads any more.
        with suppress(RuntimeError, CancelledError):
            while chunk:
                try:
                    chunk = os.read(descriptor, CHUNK_BYTES)
                except OSError:
                    chunk = b""
                asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()

    threading.Thread(target=run, name="standard input", daemon=True).start()
    return chunks.get
