"""Who parses? A few worker processes, so that the event loop never waits for a parser that holds the GIL.

They are plain child processes on pipes rather than `multiprocessing`'s: a job can be cancelled by ending its process
without breaking the pool, they start isolated (`-I`) with the parent's own import path and not the current folder's,
the parent's main module is never run again, and they end when the parent's side of the pipe closes, however it died.
"""

import asyncio
import contextlib
import json
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar, TypeVarTuple

from context.errors import ClosedError, JobError, WorkerDiedError, WorkerTimeoutError
from context.processes.worker_loop import LENGTH, REPLY

Result = TypeVar("Result")
Item = TypeVar("Item")
Args = TypeVarTuple("Args")

START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from context.processes.worker_loop import serve; serve()"
)
MOST_WORKERS = 8
IDLE_SECONDS = 60.0

_CLOSED = "the worker processes are closed"


class Worker:
    """One child process and its pipes. Its methods block: they run in a thread."""

    def __init__(self) -> None:
        paths = [entry for entry in sys.path if entry and Path(entry).is_absolute()]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, json.dumps(paths)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.path.abspath(os.sep),  # noqa: PTH100 - a worker holds on to no folder of the user's
        )
        self.cpu_seconds = 0.0
        self.peak_bytes = 0.0

    def exchange(self, job: bytes) -> tuple[bool, bytes]:
        """Whether the job succeeded, and its pickled result or exception. Raises WorkerDiedError."""
        try:
            pipe = _open(self._process.stdin)
            pipe.write(LENGTH.pack(len(job)) + job)
            pipe.flush()
            head = self._read(LENGTH.size + REPLY.size)
            succeeded, self.cpu_seconds, self.peak_bytes = REPLY.unpack(head[LENGTH.size :])
            return succeeded, self._read(LENGTH.unpack(head[: LENGTH.size])[0])
        except (OSError, ValueError) as error:
            raise WorkerDiedError("a worker process ended") from error

    def _read(self, length: int) -> bytes:
        data = _open(self._process.stdout).read(length)
        if len(data) < length:
            raise WorkerDiedError("a worker process ended")
        return data

    def alive(self) -> bool:
        """Whether the process has not ended, by itself or by someone else's hand."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the process at once; a thread that waits for it then gets WorkerDiedError."""
        self._process.kill()

    def close(self) -> None:
        """Ends the process and gives its pipes back."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # Closing writes out what the dead process never read.
            with contextlib.suppress(OSError):
                _open(pipe).close()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise WorkerDiedError("a worker process has no pipe")
    return pipe


class Workers:
    """A pool that starts with the first job and ends its processes when there was nothing to do for a while.

    It belongs to one event loop. `run` goes before what `each` has waiting.
    """

    def __init__(self, count: int | None = None, idle_seconds: float = IDLE_SECONDS) -> None:
        self.count = count or min(os.cpu_count() or 1, MOST_WORKERS)
        self._idle_seconds = idle_seconds
        self._threads = ThreadPoolExecutor(self.count * 2, "patchwright-worker")
        self._idle: list[Worker] = []
        self._alive: set[Worker] = set()
        self._starting = 0
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._retirement: asyncio.TimerHandle | None = None
        self._past_cpu_seconds = 0.0
        self._closed = False

    async def run(
        self, function: Callable[[*Args], Result], *args: *Args, seconds: float | None = None, bulk: bool = False
    ) -> Result:
        """The result of a picklable function in a worker process.

        Raises what the function raises, WorkerTimeoutError after `seconds`, WorkerDiedError when two processes died of
        it, ClosedError when the pool is closed, and JobError for an exception or a result that cannot be pickled.
        Cancelling it ends the process.
        """
        job = await self._in_thread(partial(_pickled, function, args))
        try:
            succeeded, reply = await self._attempt(job, seconds, bulk=bulk)
        except WorkerDiedError:
            succeeded, reply = await self._attempt(job, seconds, bulk=bulk)
        result: Any = await self._in_thread(partial(_unpickled, reply))
        if succeeded:
            return result
        raise result if isinstance(result, BaseException) else JobError(str(result))

    async def each(
        self, function: Callable[[Item], Result], items: Iterable[Item], seconds: float | None = None
    ) -> AsyncGenerator[tuple[Item, Result | WorkerDiedError | WorkerTimeoutError]]:
        """Each item with its result as they are done, a few at a time; an item whose worker died, with that.

        Raises ClosedError when the pool is closed.
        """

        async def one(item: Item) -> tuple[Item, Result | WorkerDiedError | WorkerTimeoutError]:
            try:
                return item, await self.run(function, item, seconds=seconds, bulk=True)
            except ClosedError:
                raise
            except (WorkerDiedError, WorkerTimeoutError) as error:
                return item, error

        source = iter(items)
        running: set[asyncio.Task[tuple[Item, Result | WorkerDiedError | WorkerTimeoutError]]] = set()
        done = running.copy()
        try:
            while True:
                while len(running) < self.count + 2 and (item := next(source, None)) is not None:
                    running.add(asyncio.create_task(one(item)))
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            # Those that ended together with one that failed failed as well, and are asked so that none complains.
            await asyncio.gather(*running, *done, return_exceptions=True)

    @property
    def cpu_seconds(self) -> float:
        """What all workers have used so far."""
        return self._past_cpu_seconds + sum(worker.cpu_seconds for worker in self._alive)

    @property
    def peak_bytes(self) -> float:
        """The sum of the most memory that each living worker has held."""
        return sum(worker.peak_bytes for worker in self._alive)

    @property
    def idle(self) -> bool:
        """Whether a process is there that waits for a job."""
        return bool(self._idle)

    async def close(self) -> None:
        """Ends all processes; jobs under way fail with ClosedError."""
        self._closed = True
        for future in (*self._urgent, *self._waiting):
            future.cancel()
        await self._retire(tuple(self._alive))
        self._threads.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if self._closed:
            raise ClosedError(_CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _attempt(self, job: bytes, seconds: float | None, *, bulk: bool) -> tuple[bool, bytes]:
        loop = asyncio.get_running_loop()
        worker = await self._acquire(bulk=bulk)
        exchange = loop.run_in_executor(self._threads, worker.exchange, job)
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.shield(exchange)
        except BaseException as error:
            # The process is of no more use: it is ended, and the thread that waits for it gets an answer.
            worker.kill()
            exchange.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            self._forget(worker)
            self._wake()
            if isinstance(error, TimeoutError):
                raise WorkerTimeoutError(f"a job took longer than {seconds:g} s") from error
            raise
        self._idle.append(worker)
        self._wake()
        self._retire_later()
        return answer

    async def _acquire(self, *, bulk: bool) -> Worker:
        while True:
            if self._closed:
                raise ClosedError(_CLOSED)
            while self._idle:
                worker = self._idle.pop()
                if worker.alive():
                    return worker
                self._forget(worker)
            if len(self._alive) + self._starting < self.count:
                return await self._start()
            turn = asyncio.get_running_loop().create_future()
            queue = self._waiting if bulk else self._urgent
            queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn in queue:
                    queue.remove(turn)
                else:
                    # It was this one's turn already: hand it on.
                    self._wake()
                if self._closed:
                    raise ClosedError(_CLOSED) from None
                raise

    async def _start(self) -> Worker:
        self._starting += 1
        starting = asyncio.get_running_loop().run_in_executor(self._threads, Worker)
        try:
            worker = await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(
                lambda started: started.cancelled() or started.exception() or started.result().close()
            )
            raise
        except OSError as error:
            raise WorkerDiedError(f"a worker process cannot be started ({error.strerror})") from error
        finally:
            self._starting -= 1
        if self._closed:
            worker.close()
            raise ClosedError(_CLOSED)
        self._alive.add(worker)
        return worker

    def _wake(self) -> None:
        for queue in (self._urgent, self._waiting):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return

    def _forget(self, worker: Worker) -> None:
        self._alive.discard(worker)
        self._past_cpu_seconds += worker.cpu_seconds
        with contextlib.suppress(RuntimeError):
            self._threads.submit(worker.close)

    def _retire_later(self) -> None:
        if self._retirement is not None:
            self._retirement.cancel()
        loop = asyncio.get_running_loop()
        self._retirement = loop.call_later(self._idle_seconds, self._retire_idle)

    def _retire_idle(self) -> None:
        idle, self._idle = self._idle, []
        for worker in idle:
            self._forget(worker)

    async def _retire(self, workers: tuple[Worker, ...]) -> None:
        if self._retirement is not None:
            self._retirement.cancel()
        self._idle.clear()
        loop = asyncio.get_running_loop()
        for worker in workers:
            self._alive.discard(worker)
            self._past_cpu_seconds += worker.cpu_seconds
        await asyncio.gather(*(loop.run_in_executor(self._threads, worker.close) for worker in workers))


def _pickled(function: Callable[..., object], args: tuple[object, ...]) -> bytes:
    try:
        return pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise JobError(f"a job cannot be carried to a worker process ({error})") from error


def _unpickled(reply: bytes) -> Any:
    return pickle.loads(reply)  # noqa: S301 - from our own child, over a private pipe
