"""The folder goes, the editor no longer listens, a handler runs out: the server lives on or ends, and cleanly."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from context.snapshot import MAX_FILE_BYTES
from lsp_server.framing import frame
from tests.lsp.conftest import Start, write_files
from tests.lsp.editor import LONGEST, SERVE, Editor, RefusedError
from tests.lsp.test_protocol import alive, children

FILES = "//- /a.py\n# rename slow to quick\nfrom b import slow\n//- /b.py\ndef slow():\n    return 1\n"


async def test_a_workspace_that_is_removed_ends_nothing_and_may_come_back(start: Start):
    editor: Editor = await start(FILES)
    uri = editor.open("a.py")
    assert await editor.entries(uri, 0, "Change across files")
    shutil.rmtree(editor.root)
    result = await editor.pick(uri, 0, "Change across files")
    assert result["outcome"] != "done"
    assert editor.edits == []
    editor.root.mkdir()
    write_files(editor.root, FILES)
    result = await editor.pick(uri, 0, "Change across files")
    assert result["files"] == {"a.py": "done", "b.py": "done"}
    assert editor.text("b.py") == "def quick():\n    return 1\n"
    assert await editor.stop() == 0
    assert "Traceback" not in editor.log


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that a process stands in cannot be removed there")
async def test_a_working_folder_that_is_removed_ends_nothing(start: Start, tmp_path: Path):
    (tmp_path / "cwd").mkdir()
    moves = f"import os; os.chdir({str(tmp_path / 'cwd')!r}); import sys; from lsp_server.server import serve_stdio;"
    editor: Editor = await start(FILES, arguments=("-I", "-c", f"{moves} sys.exit(serve_stdio())"))
    (tmp_path / "cwd").rmdir()
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert result["outcome"] == "done", result
    assert await editor.stop() == 0


def test_an_editor_that_no_longer_listens_ends_the_server_and_its_children(tmp_path: Path, environment: dict[str, str]):
    write_files(tmp_path, FILES)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, *SERVE], **pipes, env=os.environ | environment) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        folders = [{"uri": tmp_path.as_uri(), "name": "w"}]
        parameters = {"processId": None, "rootUri": None, "workspaceFolders": folders, "capabilities": {}}
        for message in (
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": parameters},
            {"jsonrpc": "2.0", "method": "initialized", "params": {}},
        ):
            server.stdin.write(frame(json.dumps(message).encode()))
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"Content-Length")
        server.stdout.close()
        below = children(server.pid)
        server.stdin.write(frame(b'{"jsonrpc": "2.0", "id": 2, "method": "no/such/method"}'))
        server.stdin.flush()
        # The input stays open: only the writing can have told it.
        assert server.wait(LONGEST) == 0
        assert b"Traceback" not in server.stderr.read()
    deadline = time.monotonic() + LONGEST
    while any(map(alive, below)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, below))


RUN_OUT = {
    "of the stack": "def fail(*given): return fail(*given)",
    "of memory": "def fail(*_): return bytes(2**62)",
    "of files": "def fail(*_): raise OSError(24, 'Too many open files', '/home/someone/secret')",
}


@pytest.mark.parametrize("what", RUN_OUT)
async def test_a_handler_that_runs_out_of_something_fails_alone(start: Start, what: str):
    lines = ["import sys, lsp_server.server as server", "import lsp_server.features.code_action as code_action"]
    lines += [RUN_OUT[what], "code_action.wanted = fail", "sys.exit(server.serve_stdio())"]
    editor: Editor = await start(FILES, arguments=("-c", "\n".join(lines)))
    uri = editor.open("a.py")
    with pytest.raises(RefusedError) as refused:
        await editor.menu(uri, 0)
    assert refused.value.code == -32603
    assert "secret" not in str(refused.value)
    given = {"uri": uri, "line": 0, "description": "rename slow to quick"}
    params = {"command": "patchwright.changeFiles", "arguments": [given]}
    assert (await editor.request("workspace/executeCommand", params))["outcome"] == "done"
    assert await editor.stop() == 0


async def test_only_the_bytes_of_the_change_change(start: Start):
    """Line ends of both kinds, a byte-order mark and what follows the last line, in an open and in a closed file."""
    editor: Editor = await start(FILES)
    lines = ["def slow():", "    return 'é𝒳'", "x = 1", "y = slow()", "z = 2"]
    odd = "\ufeff" + lines[0] + "\r\n" + lines[1] + "\n" + lines[2] + "\r\n" + lines[3] + "\n" + lines[4]
    (editor.root / "b.py").write_bytes(odd.encode())
    (editor.root / "c.py").write_bytes(b"from b import slow\r\nslow()\r\n\r\n\x0c\r\n  ")
    result = await editor.pick(editor.open("a.py"), 0, "Change across files")
    assert result["outcome"] == "done", result
    assert (editor.root / "b.py").read_bytes() == odd.replace("slow", "quick").encode()
    assert (editor.root / "c.py").read_bytes() == b"from b import quick\r\nquick()\r\n\r\n\x0c\r\n  "


@pytest.mark.parametrize(
    "data",
    ["# rename slow to quick\n".encode("utf-16"), b"# rename slow to quick\n# \xff\n"],
    ids=["UTF-16", "Latin-1"],
)
async def test_a_closed_file_in_another_encoding_is_left_as_it_is(start: Start, data: bytes):
    editor: Editor = await start(FILES)
    (editor.root / "c.py").write_bytes(data)
    given = {"uri": editor.uri("c.py"), "line": 0}
    params = {"command": "patchwright.changeFiles", "arguments": [given]}
    result = await editor.request("workspace/executeCommand", params)
    assert result["outcome"] == "refused"
    assert "c.py" in result["message"]
    assert (editor.root / "c.py").read_bytes() == data
    assert editor.edits == []


async def test_a_file_that_is_too_large_is_named_and_not_edited(start: Start):
    editor: Editor = await start(FILES)
    text = "from b import slow\nslow()\n" + "# filler\n" * (MAX_FILE_BYTES // 9 + 1)
    (editor.root / "c.py").write_text(text)
    params = {"command": "patchwright.changeFiles", "arguments": [{"uri": editor.uri("c.py"), "line": 0}]}
    result = await editor.request("workspace/executeCommand", params)
    assert result["outcome"] == "refused"
    assert "too large" in result["message"]
    assert editor.edits == []
