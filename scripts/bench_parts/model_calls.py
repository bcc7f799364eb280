"""What do the model clients cost, and how fast do they let go?

CPU seconds and ratios, taken in turn in the same run: to build a client, on top of a bare httpx stream (for the first
text, and for 1,000 of them), from cancelling to the closed socket, and the share of a second prompt that a real
llama.cpp server reads from its cache. That no secret leaves is a test: tests/clients/test_leaks.py.
"""

import asyncio
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from clients.budget import Caps
from clients.connection import Rules, connected
from clients.endpoint import Endpoint
from clients.hosted import HostedModel
from clients.model import CodeModel, Message, Request, TextDelta, Usage
from clients.outgoing import Cleared, ClearedText, OutgoingGate

RUNS, DELTAS, CANCELS = 9, 5_000, 1_000
FIRSTS, SHORT = 150, 20
"""How often the first text is timed, and how many texts such a reply has: more would take the processor from it."""
BUILD = """
import resource
from clients.hosted import HostedModel
from clients.endpoint import Endpoint
import asyncio
asyncio.run(HostedModel(Endpoint("https://models.example.com/v1", "m", "key-123456")).prepare())
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
"""
BARE = """
import asyncio, resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
"""
SERVER = """
import asyncio, json, sys, time
DELTAS = int(sys.argv[1])
delta = {"choices": [{"delta": {"content": "word "}, "finish_reason": None}]}
chunk = b'data: ' + json.dumps(delta).encode() + b'\\n\\n'
end = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\\n\\ndata: [DONE]\\n\\n'
head = b'HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n'

class Slow(asyncio.Protocol):
    def connection_made(self, transport): self.transport, self.task = transport, None
    def data_received(self, data):
        if self.task is None:
            self.task = asyncio.get_running_loop().create_task(self.write())
    def connection_lost(self, error):
        print(time.monotonic(), flush=True)
        if self.task: self.task.cancel()
    async def write(self):
        await asyncio.sleep(0.002)
        self.transport.write(head + b'connection: close\\r\\n\\r\\n')
        while True:
            self.transport.write(chunk)
            await asyncio.sleep(0.002)

async def whole(reader, writer):
    while True:
        try: line = await reader.readuntil(b'\\r\\n\\r\\n')
        except asyncio.IncompleteReadError: return
        length = int(next(l for l in line.lower().split(b'\\r\\n') if l.startswith(b'content-length')).split(b':')[1])
        await reader.readexactly(length)
        writer.write(head + b'content-length: %d\\r\\n\\r\\n' % (len(chunk) * DELTAS + len(end)))
        for _ in range(DELTAS):
            writer.write(chunk)
            await writer.drain()
        writer.write(end)
        await writer.drain()

async def main():
    loop = asyncio.get_running_loop()
    slow = await loop.create_server(Slow, '127.0.0.1', 0)
    fast = await asyncio.start_server(whole, '127.0.0.1', 0)
    print(json.dumps([server.sockets[0].getsockname()[1] for server in (slow, fast)]), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def cleared(text: str) -> ClearedText:
    """Text through the gate."""
    result = OutgoingGate().clear([text])
    assert isinstance(result, Cleared)
    return result.text


ALL_LAYERS = "with budget, ledger, cache, sharing"
REQUEST = Request((Message("user", cleared("Write a word.")),), max_output_tokens=1_000_000)


def say(title: str, values: list[float], unit: str, reach: str) -> None:
    """One line: median, least and most of some runs, beside what is to be reached."""
    middle, p90 = statistics.median(values), sorted(values)[int(len(values) * 0.9)]
    shown = f"median {middle:7.2f}  min {min(values):7.2f}  p90 {p90:7.2f}  max {max(values):7.2f} {unit}"
    print(f"  {title:48} {shown:62} n={len(values)}  (reach {reach})")


def build() -> None:
    """CPU time of a process that imports the clients, httpx too, and builds one; less what Python and asyncio take."""
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(RUNS):
        for program, times in ((BUILD, ours), (BARE, bare)):
            ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            times.append(float(ran.stdout) * 1000)
    base = statistics.median(bare)
    say("import the clients and build one, https, CPU", [time - base for time in ours], "ms", "<= 200")


async def first_texts(port: int) -> None:
    """How much later the first text comes than in bare httpx; each ask is a new one, so that no cache answers."""
    import httpx

    base_url = f"http://127.0.0.1:{port}/v1"
    with tempfile.TemporaryDirectory() as folder:
        rules = Rules("/bench", Path(folder), Path(folder), Caps(tokens_per_day=1e12))
        models = {
            "client": HostedModel(Endpoint(base_url, "m")),
            ALL_LAYERS: connected(Endpoint(base_url, "m"), rules),
        }
        wall: dict[str, list[float]] = {name: [] for name in ("bare", *models)}
        cpu: dict[str, list[float]] = {name: [] for name in wall}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            for number in range(FIRSTS + 5):
                turns = (Message("user", cleared(f"Write word {number}.")),)
                for name, times in wall.items():
                    asked = Request(turns, temperature=0.0)
                    stream = bare(client, base_url) if name == "bare" else texts(models[name], asked)
                    used, started = time.process_time(), time.perf_counter()
                    at_first = used_at_first = 0.0
                    async for _ in stream:
                        if not at_first:
                            at_first, used_at_first = time.perf_counter() - started, time.process_time() - used
                    times.append(at_first * 1000)
                    cpu[name].append(used_at_first * 1000)
        for model in models.values():
            await model.close()
    for name in models:
        for kind, times in (("later by", wall), ("CPU more", cpu)):
            base = statistics.median(times["bare"][5:])
            say(f"{name}: first text, {kind}", [ours - base for ours in times[name][5:]], "ms", "<= 5")


async def overhead(port: int) -> None:
    """CPU time of the same reply: bare httpx, the client, and the client with all that wraps it."""
    import httpx

    base_url = f"http://127.0.0.1:{port}/v1"
    with tempfile.TemporaryDirectory() as folder:
        models = {
            "client": HostedModel(Endpoint(base_url, "m")),
            ALL_LAYERS: connected(Endpoint(base_url, "m"), Rules("/bench", Path(folder), Path(folder))),
        }
        cpu: dict[str, list[float]] = {name: [] for name in ("bare", *models)}
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            for _ in range(RUNS + 1):
                for name, times in cpu.items():
                    stream = bare(client, base_url) if name == "bare" else texts(models[name])
                    used = time.process_time()
                    async for _ in stream:
                        pass
                    times.append((time.process_time() - used) * 1000)
        for model in models.values():
            await model.close()
    for name in models:
        more = [(ours - base) * 1000 / DELTAS for ours, base in zip(cpu[name][1:], cpu["bare"][1:], strict=True)]
        say(f"{name}: CPU over bare httpx, 1,000 deltas", more, "ms", "<= 20")


async def bare(client: "httpx.AsyncClient", base_url: str) -> AsyncIterator[bytes]:  # noqa: F821
    """The bytes of the reply."""
    async with client.stream("POST", f"{base_url}/chat/completions", content=b"{}") as answer:
        async for chunk in answer.aiter_raw():
            yield chunk


async def texts(model: CodeModel, asked: Request = REQUEST) -> AsyncIterator[str]:
    """The texts of the reply."""
    async with aclosing(model.stream(asked)) as events:
        async for event in events:
            if isinstance(event, TextDelta):
                yield event.text


async def cancelling(port: int, closings: "asyncio.StreamReader") -> None:
    """From cancelling at a random moment to the socket that is closed at the other side, as that side sees it."""
    dice = random.Random(5)
    model = HostedModel(Endpoint(f"http://127.0.0.1:{port}/v1", "m"))
    waits: list[float] = []
    tasks, files = 0, 0
    for number in range(CANCELS + 1):
        if number == 1:
            tasks, files = len(asyncio.all_tasks()), descriptors()
        task = asyncio.create_task(anext(_never(model)))
        await asyncio.sleep(dice.uniform(0.0005, 0.02))
        task.cancel()
        cancelled = time.monotonic()
        await asyncio.gather(task, return_exceptions=True)
        try:
            async with asyncio.timeout(1):
                closed = float(await closings.readline())
        except TimeoutError:
            continue  # It was cancelled before there was a connection.
        if number:
            waits.append(max(0.0, closed - cancelled) * 1000)
    await asyncio.sleep(0.1)
    left_files = descriptors() - files
    await model.close()
    waits.sort()
    say("cancel to socket closed", waits, "ms", "p99 <= 200")
    p99 = waits[int(len(waits) * 0.99)]
    print(f"    p99 {p99:.2f} ms; tasks left {len(asyncio.all_tasks()) - tasks}, descriptors left {left_files}")


def descriptors() -> int:
    """How many files and sockets are open; 0 where the system does not show it."""
    shown = Path("/proc/self/fd")
    return len(list(shown.iterdir())) if shown.is_dir() else 0


async def _never(model: CodeModel) -> AsyncIterator[None]:
    async for _ in texts(model):
        pass
    yield None


async def prefix_cache() -> None:
    """The share of the part of a prompt that did not change which llama.cpp reads from its cache, on the second ask."""
    if find_spec("xllamacpp") is None:
        print("  llama.cpp: xllamacpp is not installed")
        return
    from clients.local import LocalModel
    from tests.real_model.tiny_gguf import write_tiny_model

    shares: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tiny.gguf"
        write_tiny_model(file)
        for run in range(5):
            model = LocalModel(file, threads=1)
            rules, files = "You write code. " * 40, f"def return self class import {run}\n" * 120
            counted: list[Usage] = []
            for task in ("", "greet the user", "return a value instead", "raise an error"):
                turns = (Message("system", cleared(rules)), Message("user", cleared(files + task)))
                async with aclosing(model.stream(Request(turns, 8, temperature=0.0))) as events:
                    counted += [event async for event in events if isinstance(event, Usage)]
            await model.close()
            stable, *later = counted
            shares += [usage.cached_tokens * 100 / stable.input_tokens for usage in later]
    say("later asks: stable prompt from llama.cpp's cache", shares, "%", ">= 95")


async def main() -> None:
    """Prints one line for each measure."""
    print("model clients")
    build()
    program = [sys.executable, "-c", SERVER, str(DELTAS)]
    server = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    try:
        slow, fast = json.loads(await server.stdout.readline())
        await overhead(fast)
        await cancelling(slow, server.stdout)
    finally:
        server.kill()
        await server.wait()
    short = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER, str(SHORT)), stdout=asyncio.subprocess.PIPE
    )
    assert short.stdout is not None
    try:
        await first_texts(json.loads(await short.stdout.readline())[1])
    finally:
        short.kill()
        await short.wait()
    await prefix_cache()
    print(f"  peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    asyncio.run(main())
