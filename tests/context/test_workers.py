"""Worker processes: they start clean, die alone, and never speak to the editor."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from context.errors import ClosedError, JobError, WorkerDiedError, WorkerTimeoutError
from context.processes.workers import Workers


def double(number: int) -> int:
    print("this must go nowhere")
    return 2 * number


def process_id() -> int:
    return os.getpid()


def die(marker: str, times: int) -> str:
    path = Path(marker)
    died = len(path.read_text()) if path.exists() else 0
    if died < times:
        path.write_text("x" * (died + 1))
        os._exit(3)
    return "alive"


def hang() -> None:
    time.sleep(600)


def fail() -> None:
    raise LookupError("no such thing")


def answer_with_a_lock() -> object:
    import threading

    return threading.Lock()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; only its parent has not looked yet.
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_results_and_exceptions_come_back():
    workers = Workers(2)
    try:
        assert await workers.run(double, 21) == 42
        with pytest.raises(LookupError, match="no such thing"):
            await workers.run(fail)
        with pytest.raises(JobError):
            await workers.run(double, answer_with_a_lock())  # pyright: ignore[reportArgumentType]
        with pytest.raises((JobError, TypeError)):
            await workers.run(answer_with_a_lock)
        assert sorted([(item, result) async for item, result in workers.each(double, range(20))]) == [
            (number, 2 * number) for number in range(20)
        ]
    finally:
        await workers.close()


async def test_a_worker_that_dies_is_replaced_and_the_job_tried_once_more(tmp_path: Path):
    workers = Workers(1)
    try:
        assert await workers.run(die, str(tmp_path / "once"), 1) == "alive"
        with pytest.raises(WorkerDiedError):
            await workers.run(die, str(tmp_path / "often"), 5)
        assert await workers.run(double, 1) == 2
        os.kill(await workers.run(process_id), signal.SIGKILL)
        assert await workers.run(double, 2) == 4
    finally:
        await workers.close()


async def test_cancelling_and_time_limits_end_the_process_and_leave_the_pool_well():
    workers = Workers(1)
    try:
        job = asyncio.create_task(workers.run(hang))
        waiting = asyncio.create_task(workers.run(double, 3))
        given_up = asyncio.create_task(workers.run(double, 4))
        await asyncio.sleep(0.2)
        given_up.cancel()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert await waiting == 6
        with pytest.raises(WorkerTimeoutError):
            await workers.run(hang, seconds=0.2)
        assert await workers.run(double, 5) == 10
    finally:
        await workers.close()


def slow(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


async def test_a_pool_that_closes_in_the_middle_of_its_work_leaves_no_complaint():
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    for _ in range(5):
        workers = Workers(2)

        async def work(pool: Workers = workers) -> None:
            async for _ in pool.each(slow, [0.3] * 20):
                pass

        working = asyncio.create_task(work())
        await asyncio.sleep(0.5)
        await workers.close()
        with pytest.raises((ClosedError, WorkerDiedError)):
            await working
        del working
        gc.collect()
        await asyncio.sleep(0)
    assert complaints == []


async def test_idle_workers_go_and_come_back():
    workers = Workers(1, idle_seconds=0.05)
    try:
        first = await workers.run(process_id)
        while is_running(first):  # noqa: ASYNC110 - what is awaited happens in another process
            await asyncio.sleep(0.02)
        assert await workers.run(process_id) != first
    finally:
        await workers.close()


HOSTILE = """
import asyncio, sys
from pathlib import Path
from context.processes.workers import Workers
from context.parsing.symbols import outline

async def main():
    workers = Workers(1)
    print(len(await workers.run(outline, "a.py", "def f(): pass")))
    sys.stdout.flush()
    {end}

asyncio.run(main())
"""


def start(end: str, folder: Path) -> "subprocess.Popen[bytes]":
    """A program that starts workers as the server does: isolated, from a folder that has packages of our names."""
    for name in ("context", "tree_sitter", "json"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(f"open({str(folder / 'canary')!r}, 'w').close()\n")
    source = HOSTILE.format(end=end)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-I", "-c", source], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_a_hostile_folder_is_not_imported_and_stdout_stays_clean(tmp_path: Path):
    with start("await workers.close()", tmp_path / "hostile") as program:
        output, _ = program.communicate(timeout=30)
    assert (program.returncode, output) == (0, b"1\n")
    assert not (tmp_path / "hostile" / "canary").exists()


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path):
    end = "import os, time; print(next(iter(workers._alive))._process.pid, flush=True); time.sleep(600)"
    with start(end, tmp_path / "hostile") as program:
        assert program.stdout is not None
        program.stdout.readline()
        worker = int(program.stdout.readline())
        assert is_running(worker)
        program.kill()
    for _ in range(3000):
        if not is_running(worker):
            return
        time.sleep(0.01)
    pytest.fail("the worker outlived its parent")
