"""How long from process start to the answer of `initialize`, against a bare pygls server in the same run?

Prints medians and the spread of N runs of each, taken in turn.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 9
BARE = """
from pygls.lsp.server import LanguageServer
LanguageServer("bare", "1").start_io()
"""
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}


def seconds_to_answer(command: list[str], folder: str) -> float:
    """Starts a server, asks `initialize`, and stops it."""
    body = json.dumps(INITIALIZE).encode()
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        process.stdin.flush()
        assert b"Content-Length" in process.stdout.readline()
        seconds = time.perf_counter() - started
        process.kill()
    return seconds


def main() -> None:
    """Prints one line for each server and the ratio of their medians."""
    patchwright = [os.path.join(os.path.dirname(sys.executable), "patchwright"), "serve"]
    module = [sys.executable, "-I", "-m", "lsp_server", "serve"]
    bare = [sys.executable, "-I", "-c", BARE]
    times: dict[str, list[float]] = {"bare pygls": [], "python -I -m lsp_server": [], "patchwright serve": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS + 1):
            for name, command in zip(times, (bare, module, patchwright), strict=True):
                times[name].append(seconds_to_answer(command, folder))
    base = statistics.median(times["bare pygls"][1:])
    print(f"process start to initialize answered, ms, n={RUNS} after one warm-up")
    for name, seconds in times.items():
        counted = seconds[1:]
        median = statistics.median(counted)
        print(
            f"  {name:26} median {median * 1000:5.0f}  min {min(counted) * 1000:5.0f}  max {max(counted) * 1000:5.0f}"
            f"  ratio to bare {median / base:.2f}"
        )


if __name__ == "__main__":
    main()
