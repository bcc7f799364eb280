"""Every request is answered once, nothing is given away, and the server ends when it should and not before."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_server.framing import MAX_BODY_BYTES
from tests.lsp.conftest import Start
from tests.lsp.editor import LONGEST, SERVE, Editor, RefusedError


async def test_a_server_that_serves_well_logs_nothing(start: Start):
    editor: Editor = await start("//- /a.py\n# rename old to new\ndef old(): pass\n")
    assert (await editor.pick(editor.open("a.py"), 0, "Change across files"))["outcome"] == "done"
    assert await editor.stop() == 0
    assert editor.log == ""


async def test_what_is_announced(start: Start):
    editor: Editor = await start()
    result = await editor.request("workspace/executeCommand", {"command": "patchwright.cancel"})
    assert result == {"outcome": "done", "message": "", "cancelled": 0}


async def refused(editor: Editor, method: str, params: object) -> tuple[int, str]:
    """The code and the message of an error; its data must be empty."""
    with pytest.raises(RefusedError) as refusal:
        await editor.request(method, params)
    assert refusal.value.error.get("data") is None
    return refusal.value.code, str(refusal.value)


WRONG_ARGUMENTS: tuple[object, ...] = (
    None,
    [],
    ["file:///a.py"],
    [{"uri": 1, "line": 0}],
    [{"uri": "x"}],
    [{"uri": "x", "line": -1}],
    [{"uri": "x", "line": True}],
    [{"uri": "x", "line": 0, "approved": True}],
    [{"uri": "x", "line": 0, "description": ""}],
    [{"uri": "x", "range": {"start": 1, "end": 2}}],
    [{"uri": "x", "line": 0, "comment": {}}],
    [{"uri": "x", "line": 0}, {}],
)
WRONG: tuple[tuple[str, object], ...] = (
    ("textDocument/codeAction", {"textDocument": {"uri": 5}}),
    ("textDocument/codeAction", None),
    ("textDocument/codeAction", [1, 2]),
    ("workspace/executeCommand", {"command": 7}),
    ("workspace/executeCommand", {"command": "no.such.command"}),
    *(
        ("workspace/executeCommand", {"command": "patchwright.changeFiles", "arguments": arguments})
        for arguments in WRONG_ARGUMENTS
    ),
)


async def test_wrong_parameters_are_answered_with_what_is_wrong(start: Start):
    editor: Editor = await start()
    for method, params in WRONG:
        code, message = await refused(editor, method, params)
        assert code == -32602, params
        assert message.endswith("."), params


async def test_an_object_that_looks_like_a_message_is_only_an_argument(start: Start):
    editor: Editor = await start()
    argument = {"jsonrpc": "2.0", "id": 1, "method": "shutdown"}
    params = {"command": "patchwright.changeFiles", "arguments": [argument]}
    assert (await refused(editor, "workspace/executeCommand", params))[0] == -32602
    assert await editor.request("workspace/executeCommand", {"command": "patchwright.cancel"})


async def test_what_is_no_message_is_survived(start: Start):
    editor: Editor = await start()
    for body in (b"{", b"\xff\xfe", b"[]", b"[" * 100_000, b'"text"', b"{}", b'{"id": 1.5, "method": "shutdown"}'):
        editor.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    await editor.until(lambda: len(editor.told) >= 7)
    assert {note["error"]["code"] for note in editor.told if "error" in note} == {-32700, -32600}
    editor.send({"jsonrpc": "2.0", "id": 9_999, "result": {"applied": True}})
    editor.notify("textDocument/didChange", {"nonsense": True})
    editor.notify("$/cancelRequest", {"id": 12345})
    editor.notify("$/cancelRequest", {"nonsense": 1})
    editor.notify("no/such/notification", {})
    posing = {"id": 9_998, "error": {"code": 1, "message": "a request that looks like an answer"}}
    editor.send({"jsonrpc": "2.0", "method": "workspace/executeCommand", "params": {}} | posing)
    await editor.until(lambda: any(note.get("id") == 9_998 for note in editor.told))
    assert (await refused(editor, "no/such/request", {}))[0] == -32601
    assert await editor.stop() == 0


async def test_requests_before_initialize_and_after_shutdown_are_refused(tmp_path: Path, environment: dict[str, str]):
    editor = Editor(tmp_path, {}, environment)
    await editor.spawn()
    assert (await refused(editor, "textDocument/codeAction", {}))[0] == -32002
    await editor.request("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert (await refused(editor, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}))[0] == -32600
    await editor.request("shutdown")
    assert (await refused(editor, "shutdown", None))[0] == -32600
    editor.notify("exit")
    assert await editor.ended() == 0


async def test_exit_without_shutdown_is_an_error_and_the_end_of_input_is_not(start: Start):
    editor: Editor = await start()
    editor.notify("exit")
    assert await editor.ended() == 1
    other: Editor = await start()
    other.process.stdin.close()
    assert await other.ended() == 0


async def test_an_end_while_more_comes_in_is_no_fault(start: Start):
    editor: Editor = await start()
    await editor.request("shutdown")
    editor.notify("exit")
    editor.process.stdin.close()
    assert await editor.ended() == 0
    assert "Traceback" not in editor.log


UNFRAMED = {
    "missing": b"\r\n\r\n",
    "another header": b"Content-Type: x\r\n\r\n",
    "no number": b"Content-Length: x\r\n\r\n",
    "negative": b"Content-Length: -1\r\n\r\n{}",
    "huge": b"Content-Length: 99999999999\r\n\r\n",
    "digits without end": b"Content-Length: " + b"9" * 5000,
    "twice": b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "no header": b'{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}',
    "line ends without CR": b"Content-Length: 2\n\n{}",
    "no UTF-8": b"\xff\xfe\x00\x00",
    "a body that is longer than it says": b"Content-Length: 2\r\n\r\n{}}}}",
}
MEASURED = (
    "-c",
    "import sys; from lsp_server.server import serve_stdio; code = serve_stdio();"
    "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')), file=sys.stderr); sys.exit(code)",
)


@pytest.mark.parametrize("name", UNFRAMED)
async def test_what_cannot_be_framed_ends_the_server_with_a_code_and_a_reason(start: Start, name: str):
    editor: Editor = await start()
    editor.send_bytes(UNFRAMED[name])
    assert await editor.ended() == 3
    assert "cannot be told apart" in editor.log
    assert "ending with exit code 3. Restart the server in your editor." in editor.log
    assert "Traceback" not in editor.log


async def test_a_body_that_was_cut_is_never_a_request_and_what_follows_it_ends_the_server(start: Start):
    editor: Editor = await start()
    body = b'{"jsonrpc": "2.0", "id": 7, "method": "shutdown"'
    editor.send_bytes(b"Content-Length: 60\r\n\r\n" + body)
    editor.notify("exit")
    assert await editor.ended() == 3
    assert [note["error"]["code"] for note in editor.told if "error" in note] == [-32700]


async def test_the_end_of_input_within_a_message_ends_the_server(start: Start):
    editor: Editor = await start()
    editor.send_bytes(b"Content-Length: 60\r\n\r\n{")
    editor.process.stdin.close()
    assert await editor.ended() == 0
    assert "the client's last message was cut" in editor.log


@pytest.mark.skipif(sys.platform != "linux", reason="reads the greatest size of the process from /proc")
@pytest.mark.parametrize(("sent", "code"), [(1.0, 3), (0.9, 0)])
async def test_a_message_of_the_greatest_size_takes_a_bounded_memory(start: Start, sent: float, code: int):
    editor: Editor = await start(arguments=MEASURED)
    editor.send_bytes(b"Content-Length: %d\r\n\r\n" % MAX_BODY_BYTES)
    editor.send_bytes(b"\xff" * int(MAX_BODY_BYTES * sent))
    if code:
        editor.send_bytes(b"not a header")
    editor.process.stdin.close()
    assert await editor.ended() == code
    assert any("error" in note for note in editor.told) == bool(code)
    kilobytes = int(editor.log.partition("VmHWM:")[2].split()[0])
    print(f"{kilobytes:,} kB at most")
    assert kilobytes < (256 if code else 200) * 1024


async def test_a_failure_inside_gives_nothing_away(start: Start):
    broken = (
        "import sys, lsp_server.session as session, lsp_server.server as server\n"
        "def fail(*_): raise RuntimeError('secret text of a file')\n"
        "import lsp_server.features.code_action as code_action; code_action.wanted = fail\n"
        "sys.exit(server.serve_stdio())\n"
    )
    editor: Editor = await start("//- /a.py\nx = 1\n", arguments=("-c", broken))
    uri = editor.open("a.py")
    params = {"textDocument": {"uri": uri}, "range": LINE, "context": {"diagnostics": []}}
    code, message = await refused(editor, "textDocument/codeAction", params)
    assert code == -32603
    assert "secret" not in message
    assert "Traceback" not in message
    assert editor.messages() == []
    assert await editor.stop() == 0
    assert "RuntimeError" in editor.log
    assert "secret" not in editor.log


LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


def test_the_server_ends_with_its_parent_though_its_input_is_held_open(tmp_path: Path):
    """A process that starts the server, shakes hands and is killed; its pipe to the server stays open in us."""
    starter = (
        "import os, subprocess, sys\n"
        "server = subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=0, stdout=2, stderr=subprocess.DEVNULL)\n"
        "print(server.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    read, write = os.pipe()
    parent = subprocess.Popen(
        [sys.executable, "-c", starter, *SERVE], stdin=read, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.close(read)
    assert parent.stdout is not None
    assert parent.stderr is not None
    server = int(parent.stdout.readline())
    params = {"processId": parent.pid, "rootUri": None, "capabilities": {}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
    os.write(write, b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    assert parent.stderr.readline().startswith(b"Content-Length")
    assert alive(server)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + LONGEST
    while alive(server) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(server)
    parent.stderr.close()
    os.close(write)


def children(process_id: int) -> set[int]:
    """All processes below one."""
    parents = dict(_parents())
    found = {process_id}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process_id}


def _parents() -> Iterator[tuple[int, int]]:
    """Every process and its parent: from /proc where there is one, else from `ps`."""
    if Path("/proc/self/stat").exists():
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
        return
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    for line in table.splitlines():
        child, parent = line.split()
        yield int(child), int(parent)


@pytest.mark.parametrize("end", ["shutdown", "end of input", "killed"])
async def test_no_child_outlives_the_server(start: Start, end: str):
    editor: Editor = await start("//- /a.py\n# rename old to new\ndef old(): pass\n")
    assert (await editor.pick(editor.open("a.py"), 0, "Change across files"))["outcome"] == "done"
    below = await asyncio.to_thread(children, editor.process.pid)
    assert below, "the index works in processes of its own"
    if end == "shutdown":
        assert await editor.stop() == 0
    elif end == "killed":
        editor.process.kill()
        await editor.ended()
    else:
        editor.process.stdin.close()
        assert await editor.ended() == 0
    await editor.until(lambda: not any(map(alive, below)), 20)


def alive(process_id: int) -> bool:
    """Whether a process runs; one that is dead but not reaped does not."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process_id}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_a_workspace_cannot_put_its_own_code_into_the_server(start: Start):
    files = "".join(
        f"//- /{name}\nraise SystemExit('imported from the workspace')\n"
        for name in ("context/__init__.py", "clients/__init__.py", "lsp_server/__init__.py", "pygls.py", "json.py")
    )
    editor: Editor = await start(files + "//- /a.py\n# rename a to b\na = 1\n", environment={"PYTHONPATH": "."})
    here = {"PYTHONPATH": str(editor.root)}
    other: Editor = await start(environment=here)
    uri = other.open("a.py")
    assert await other.menu(uri, 0)
    assert await other.stop() == 0
    assert await editor.stop() == 0


async def test_the_port_serves_one_client(tmp_path: Path, environment: dict[str, str]):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *SERVE,
        "--tcp",
        "--port",
        "0",
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environment,
    )
    assert process.stderr is not None
    line = (await process.stderr.readline()).decode()
    host, _, port = line.split()[3].partition(":")
    assert host == "127.0.0.1"
    reader, writer = await asyncio.open_connection(host, int(port))
    params = {"processId": None, "rootUri": None, "capabilities": {}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
    writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    assert await reader.readuntil(b"\r\n\r\n")
    with pytest.raises(OSError):
        await asyncio.open_connection(host, int(port))
    writer.close()
    await writer.wait_closed()
    assert await asyncio.wait_for(process.wait(), LONGEST) == 0
    await process.stderr.read()


@pytest.mark.parametrize("which", ["home", "disk"])
async def test_a_whole_disk_and_a_home_folder_are_no_workspace(start: Start, tmp_path: Path, which: str):
    home = tmp_path / "work space"
    folder = {"uri": home.as_uri() if which == "home" else "file:///", "name": "all"}
    parameters = {"workspaceFolders": [folder]}
    editor: Editor = await start("//- /a.py\n# do it\n", parameters=parameters, environment={"HOME": str(home)})
    assert await editor.menu(editor.open("a.py"), 0) == []
    assert ["Open the folder of a project" in message for message in editor.messages()] == [True]
