"""What does a worker process do? Reads jobs from its parent, runs them one by one, and ends with the parent.

Its own standard output is turned away first: the server's belongs to the editor, and nothing that a job prints may
reach it. A thread of its own waits for the end of the parent's pipe, so that a job that hangs does not outlive it.
"""

import gc
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
from typing import BinaryIO

REPLY = struct.Struct("!?dd")
"""Before each reply: whether the job succeeded, the process's CPU seconds and its peak memory in bytes so far."""

LENGTH = struct.Struct("!Q")


def serve() -> None:
    """Runs jobs until the parent closes the pipe."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    # Ctrl-C reaches the whole process group; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Jobs make many values and no cycles: looking for cycles would cost a tenth of the time.
    gc.set_threshold(1_000_000, 20, 100)
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, jobs), daemon=True).start()
    while True:
        reply = _run(jobs.get())
        try:
            replies.write(reply)
            replies.flush()
        except OSError:
            os._exit(0)


def _receive(requests: BinaryIO, jobs: "queue.SimpleQueue[bytes]") -> None:
    while True:
        head = requests.read(LENGTH.size)
        job = requests.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        if not job:
            os._exit(0)
        jobs.put(job)


def _run(job: bytes) -> bytes:
    try:
        function, args = pickle.loads(job)  # noqa: S301 - from our own parent, over a private pipe
        succeeded, result = True, pickle.dumps(function(*args), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001 - whatever a job raises is the caller's to see
        succeeded, result = False, _carried(error)
    return LENGTH.pack(len(result)) + REPLY.pack(succeeded, time.process_time(), peak_memory()) + result


def _carried(error: BaseException) -> bytes:
    """The exception, pickled; its description where it does not survive that."""
    try:
        result = pickle.dumps(error, pickle.HIGHEST_PROTOCOL)
        pickle.loads(result)  # noqa: S301 - made in the line above
    except Exception:  # noqa: BLE001 - exceptions may fail in any way to be pickled
        return pickle.dumps(f"{type(error).__name__}: {error}")
    return result


def peak_memory() -> float:
    """The most memory that this process has held, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
