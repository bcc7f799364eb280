"""What if an editor did this? A scripted one in front of a real server process, speaking JSON-RPC over its pipes.

It keeps buffers over the disk as editors do, and applies a WorkspaceEdit as it is told to: all of it, some, or none,
with whatever answer. It uses none of the server's code, so that the two can disagree.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

FOLDER = Path(__file__).parent / "capabilities"
EDITORS = tuple(sorted(file.stem for file in FOLDER.glob("*.json")))
NEVER = object()
FIRST = "whatever stands first"
"""What a user chooses who agrees to all that they are asked."""
WAITS = {"patchwright": {"waits": True}}
"""So that a command's result comes when it has ended, however slow the machine is."""
SERVE = ("-I", "-m", "lsp_server", "serve")
LONGEST = 60
"""Seconds after which what must come has failed to, on a machine that does much else too."""
OPENING = 5
"""Seconds after which a server that has just started says that it has no menu yet."""


def capabilities_of(editor: str) -> dict[str, Any]:
    """What a real editor announces, as it was recorded."""
    return json.loads((FOLDER / f"{editor}.json").read_text(encoding="utf-8"))["capabilities"]


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.error = error


@dataclass
class Editor:
    """One editor. `apply` gets the edit and gives the answer: a bool, an error's text in an exception, or NEVER."""

    root: Path
    capabilities: dict[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = SERVE
    initialize: dict[str, Any] = field(default_factory=dict)
    apply: Callable[["Editor", dict[str, Any]], Any] | None = None
    choose: str | None = None
    buffers: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    notebook_of: dict[str, str] = field(default_factory=dict)
    """The notebook that a cell is in; see `notebook`."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    edits: list[dict[str, Any]] = field(default_factory=list)
    encoding: str = "utf-16"
    log: str = ""
    announced: dict[str, Any] = field(default_factory=dict)
    settings: Any = None
    answered: Callable[[dict[str, Any]], None] | None = None
    stands_still: bool = False
    """Whether it does not say that it goes on while a command is under way."""
    answers: dict[str, Callable[["Editor", dict[str, Any]], Any]] = field(default_factory=dict)
    """How requests of the server are answered, by method, where not as below."""

    async def start(self, **parameters: Any) -> dict[str, Any]:
        """Starts the server, shakes hands, and returns the result of `initialize`."""
        await self.spawn()
        result = await self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": self.uri(""),
                "workspaceFolders": [{"uri": self.uri(""), "name": self.root.name}],
                "capabilities": self.capabilities | ({} if self.stands_still else self._ours()),
            }
            | parameters,
        )
        self.announced = result["capabilities"]
        self.encoding = self.announced["positionEncoding"]
        self.notify("initialized", {})
        return result

    def _ours(self) -> dict[str, Any]:
        return {"experimental": self.capabilities.get("experimental") or WAITS}

    async def spawn(self) -> None:
        """Starts the server and says nothing yet."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | dict(self.environment),
            limit=2**24,
        )
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._reading = asyncio.create_task(self._read())
        self._errors = asyncio.create_task(self.process.stderr.read())

    async def stop(self) -> int:
        """Says goodbye as an editor should; the server's exit code."""
        if self.process.returncode is None and not self.process.stdin.is_closing():
            await self.request("shutdown")
            self.notify("exit")
        return await self.ended()

    async def ended(self) -> int:
        """Waits for the end of the server; its exit code. What it logged is in `log` then."""
        try:
            code = await asyncio.wait_for(self.process.wait(), LONGEST)
        except TimeoutError:
            self.process.kill()
            raise
        self.process.stdin.close()
        await self._reading
        self.log = (await self._errors).decode()
        return code

    # Messages.

    async def request(self, method: str, params: Any = None) -> Any:
        """Asks; raises RefusedError for an error."""
        return await asyncio.wait_for(self.ask(method, params)[1], LONGEST)

    def ask(self, method: str, params: Any = None) -> tuple[int, "asyncio.Future[Any]"]:
        """Asks without waiting: the id, and what will be answered."""
        self._next += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._next] = answer
        self.send({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        return self._next, answer

    def notify(self, method: str, params: Any = None) -> None:
        """Tells."""
        self.send({"jsonrpc": "2.0", "method": method} | ({"params": params} if params is not None else {}))

    def send(self, message: Any) -> None:
        """Sends any JSON."""
        body = json.dumps(message).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send_bytes(self, data: bytes) -> None:
        """Sends anything."""
        self.process.stdin.write(data)

    async def _read(self) -> None:
        while True:
            header = await self.process.stdout.readline()
            if not header:
                break
            length = int(header.split(b":")[1])
            while await self.process.stdout.readline() != b"\r\n":
                pass
            self._take(json.loads(await self.process.stdout.readexactly(length)))
        for answer in self._answers.values():
            if not answer.done():
                answer.cancel()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            answer = self._answers.pop(message["id"], None) if message.get("id") is not None else None
            if answer is None:
                self.told.append(message)
                if self.answered is not None:
                    self.answered(message)
            elif answer.done():
                pass
            elif "error" in message:
                answer.set_exception(RefusedError(message["error"]))
                answer.exception()
            else:
                answer.set_result(message.get("result"))
        elif "id" not in message:
            self.told.append(message)
        else:
            self.asked.append(message)
            result = self._serve(message)
            if isinstance(result, Exception):
                self.send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32000, "message": str(result)}})
            elif result is not NEVER:
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _serve(self, message: dict[str, Any]) -> Any:
        match message["method"]:
            case method if method in self.answers:
                return self.answers[method](self, message["params"])
            case "workspace/applyEdit":
                edit = message["params"]["edit"]
                self.edits.append(edit)
                answer = (self.apply or apply_all)(self, edit)
                return {"applied": answer} if isinstance(answer, bool) else answer
            case "window/showMessageRequest":
                chosen = [item for item in message["params"]["actions"] if self.choose in (FIRST, item["title"])]
                return chosen[0] if chosen else None
            case "workspace/configuration":
                return NEVER if self.settings == "never" else [self.settings for _ in message["params"]["items"]]
            case "window/showDocument":
                return {"success": True}
            case _:
                return None

    # Documents.

    def uri(self, path: str) -> str:
        """The URI of a file of the workspace."""
        return f"file://{quote(str(self.root / path))}"

    def open(self, path: str) -> str:
        """Opens a file of the workspace; its URI."""
        uri = self.uri(path)
        self.buffers[uri] = (self.root / path).read_bytes().decode()
        self.versions[uri] = 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": self.buffers[uri]}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return uri

    def type(self, uri: str, text: str) -> None:
        """The whole text of a buffer becomes another."""
        self.buffers[uri] = text
        self.changed(uri, [{"text": text}])

    def changed(self, uri: str, changes: list[dict[str, Any]], version: int | None = None) -> None:
        """Tells of changes."""
        self.versions[uri] = self.versions[uri] + 1 if version is None else version
        document = {"uri": uri, "version": self.versions[uri]}
        if uri in self.notebook_of:
            notebook = self.notebook_of[uri]
            told = {"textContent": [{"document": document, "changes": changes}]}
            # VS Code does not raise the version of the notebook for a text.
            self.notebook_changed(notebook, told, self.versions[notebook])
        else:
            self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def notebook_changed(self, uri: str, cells: dict[str, Any], version: int | None = None) -> None:
        """Tells of changes of a notebook's cells."""
        self.versions[uri] = self.versions[uri] + 1 if version is None else version
        document = {"uri": uri, "version": self.versions[uri]}
        self.notify("notebookDocument/didChange", {"notebookDocument": document, "change": {"cells": cells}})

    def forget(self) -> None:
        """Closes all documents and forgets what was said."""
        for uri in self.buffers.keys() - self.notebook_of.keys():
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        for uri in set(self.notebook_of.values()):
            cells = [{"uri": cell} for cell, notebook in self.notebook_of.items() if notebook == uri]
            closed = {"notebookDocument": {"uri": uri}, "cellTextDocuments": cells}
            self.notify("notebookDocument/didClose", closed)
        for seen in (self.buffers, self.versions, self.notebook_of, self.asked, self.told, self.edits):
            seen.clear()

    def text(self, path: str) -> str | None:
        """What the user sees: the buffer, else the file."""
        uri = self.uri(path)
        if uri in self.buffers:
            return self.buffers[uri]
        file = self.root / path
        return file.read_bytes().decode() if file.exists() else None

    # What a user does.

    async def menu(self, uri: str, line: int, end: int | None = None, **context: Any) -> list[dict[str, Any]]:
        """The code actions at a line, or for lines to the end of `end`; counted from 0."""
        last = line if end is None else end
        span = {"start": {"line": line, "character": 0}, "end": {"line": last, "character": 0 if end is None else 999}}
        params = {"textDocument": {"uri": uri}, "range": span, "context": {"diagnostics": []} | context}
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            found = await self.request("textDocument/codeAction", params)
            if found or loop.time() - began < OPENING:
                return found

    async def pick(self, uri: str, line: int, title: str) -> Any:
        """Runs the code action whose title begins so; the command's result."""
        _, answer = await self.begin(uri, line, title)
        return await asyncio.wait_for(answer, LONGEST)

    async def entries(self, uri: str, line: int, title: str, seconds: float = LONGEST) -> list[dict[str, Any]]:
        """The code actions whose titles begin so, as soon as there are any: a menu does not wait for what it needs."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            found = [entry for entry in await self.menu(uri, line) if entry["title"].startswith(title)]
            if found or loop.time() > end:
                return found
            await asyncio.sleep(0.02)

    async def begin(self, uri: str, line: int, title: str) -> tuple[int, "asyncio.Future[Any]"]:
        """Like `pick`, without waiting for the end."""
        entries = await self.entries(uri, line, title)
        assert entries, f"no action called {title!r}"
        command = entries[0]["command"]
        if isinstance(command, str):
            command = entries[0]
        return self.ask("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})

    async def heard(self) -> None:
        """Waits until the server has taken in all that it was told: the answer to a request that it does not know."""
        with suppress(RefusedError):
            await self.request("$/heard")

    async def at_rest(self) -> None:
        """Stops the jobs that are under way, and waits until there is none."""
        cancel = {"command": "patchwright.cancel"}
        async with asyncio.timeout(LONGEST):
            while (await self.request("workspace/executeCommand", cancel))["cancelled"]:  # noqa: ASYNC110 - of the server
                await asyncio.sleep(0.005)

    def reports(self, words: str) -> int:
        """At how many progress bars something was said that has these words."""
        noted = [note["params"] for note in self.told if note.get("method") == "$/progress"]
        return len({each["token"] for each in noted if words in each["value"].get("message", "")})

    def messages(self) -> list[str]:
        """What the user was told."""
        return [note["params"]["message"] for note in self.told if note.get("method") == "window/showMessage"]

    def progress(self) -> list[str]:
        """The kinds of progress that came, but for indexing."""
        tokens = {
            note["params"]["token"]
            for note in self.told
            if note.get("method") == "$/progress" and note["params"]["value"].get("title", "").startswith("Patchwright")
        }
        return [
            note["params"]["value"]["kind"]
            for note in self.told
            if note.get("method") == "$/progress" and note["params"]["token"] in tokens
        ]

    async def until(self, condition: Callable[[], Any], seconds: float = LONGEST) -> None:
        """Waits until something is true."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - any condition
                await asyncio.sleep(0.005)


def apply_all(editor: Editor, edit: dict[str, Any]) -> bool:
    """Applies a whole edit: open files in their buffers, closed ones on disk."""
    for change in entries(edit):
        apply_one(editor, change)
    return True


def entries(edit: dict[str, Any]) -> list[dict[str, Any]]:
    """The document changes of an edit in either form."""
    if "documentChanges" in edit:
        return edit["documentChanges"]
    return [{"textDocument": {"uri": uri}, "edits": edits} for uri, edits in edit["changes"].items()]


def apply_one(editor: Editor, change: dict[str, Any], *, notify: bool = True) -> None:
    """Applies one document change."""
    if change.get("kind") == "create":
        file = path_of(change["uri"])
        assert change["options"]["ignoreIfExists"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        return
    if change.get("kind") == "rename":
        move(editor, change["oldUri"], change["newUri"])
        return
    if change.get("kind") == "delete":
        close(editor, change["uri"])
        path_of(change["uri"]).unlink()
        return
    uri = change["textDocument"]["uri"]
    file = path_of(uri)
    is_open = uri in editor.buffers
    before = editor.buffers[uri] if is_open else (file.read_bytes().decode() if file.exists() else "")
    if is_open and "version" in change["textDocument"]:
        assert change["textDocument"]["version"] == editor.versions[uri]
    # As editors do: a byte-order mark is no part of the text, and is there again when the file is saved.
    mark = "\ufeff" if not is_open and before.startswith("\ufeff") else ""
    after = mark + edited(before.removeprefix(mark), change["edits"], editor.encoding)
    if not is_open:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(after.encode())
    elif notify:
        editor.type(uri, after)


def move(editor: Editor, uri: str, new_uri: str) -> None:
    """Moves a file; a buffer goes along with its text, saved or not, as a document of its own."""
    file, new_file = path_of(uri), path_of(new_uri)
    assert not new_file.exists()
    new_file.parent.mkdir(parents=True, exist_ok=True)
    file.rename(new_file)
    text = close(editor, uri)
    if text is not None:
        editor.open(new_file.relative_to(editor.root).as_posix())
        if editor.buffers[new_uri] != text:
            editor.type(new_uri, text)


def close(editor: Editor, uri: str) -> str | None:
    """Closes a document; the text that its buffer had, None if it was not open."""
    if uri not in editor.buffers:
        return None
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    editor.versions.pop(uri)
    return editor.buffers.pop(uri)


def path_of(uri: str) -> Path:
    """The file of a URI."""
    return Path(unquote(uri.removeprefix("file://")))


def edited(text: str, edits: list[dict[str, Any]], encoding: str) -> str:
    """A text after LSP edits, by counting the agreed code units from the beginning of each line."""
    size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    lines = text.split("\n")

    def offset(position: dict[str, int]) -> int:
        if position["line"] >= len(lines):
            return len(text)
        start = sum(len(line) + 1 for line in lines[: position["line"]])
        line = text[start:].split("\n")[0].encode(codec)
        return start + len(line[: position["character"] * size].decode(codec))

    for edit in sorted(edits, key=lambda edit: offset(edit["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        assert start <= end
        text = text[:start] + edit["newText"] + text[end:]
    return text
