"""The child process that runs a llama.cpp server on loopback, for a model file of the user's.

    python -I -m clients.llama_server model.gguf --context 16384

It prints one JSON line, `{"base_url": ...}`, once the server answers, and ends when its standard input does: a parent
that dies takes it along. The key that clients must send comes in the environment as PATCHWRIGHT_LOCAL_KEY.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

START_SECONDS = 300.0
"""Loading a large model from a slow disk takes minutes."""


def main() -> None:
    """Serves until standard input ends."""
    parser = argparse.ArgumentParser(description="Runs a llama.cpp server on loopback.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--context", type=int, default=16_384, help="tokens that one request may have")
    parser.add_argument("--slots", type=int, default=1, help="requests at once; each has the whole context")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves the choice to llama.cpp")
    arguments = parser.parse_args()
    server = _start(arguments)
    base_url: str = server.listening_address
    _wait(base_url)
    sys.stdout.write(json.dumps({"base_url": base_url}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()
    # The server's threads may be in the middle of a reply that nobody reads any more.
    os._exit(0)


def _start(arguments: argparse.Namespace) -> Any:
    llama: Any = import_module("xllamacpp")  # without types, and optional
    params: Any = llama.CommonParams()
    params.model.path = str(arguments.model)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = arguments.context * arguments.slots
    params.n_parallel = arguments.slots
    if arguments.threads:
        params.cpuparams.n_threads = arguments.threads
    params.endpoint_slots = True
    params.ui = False
    if key := os.environ.get("PATCHWRIGHT_LOCAL_KEY"):
        params.api_keys = [key]
    return llama.Server(params)


def _wait(base_url: str) -> None:
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(URLError, OSError), opener.open(f"{base_url}/health", timeout=1) as answer:
            if answer.status == 200:
                return
        time.sleep(0.02)
    sys.exit("the model was not loaded in time")


if __name__ == "__main__":
    main()
