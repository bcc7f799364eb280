"""What might a client send? Messages made at random by a grammar: well-formed ones, and each kind of bad one."""

import asyncio
import json
import random
from collections import Counter
from typing import Any

from tests.lsp.editor import Editor

FILES = """
    //- /a.py
    # rename old to new
    def old():
        return 1
    //- /b.py
    from a import old

    # dataclass Point with x: int


    old()
"""

REQUESTS = (
    "textDocument/codeAction",
    "textDocument/codeLens",
    "textDocument/inlineCompletion",
    "workspace/executeCommand",
    "workspace/textDocumentContent",
    "textDocument/hover",
    "no/such/method",
    "$/optional",
    "initialize",
    "textDocument/didOpen",
)
CELLS = tuple(f"vscode-notebook-cell:/n.ipynb#W{number}" for number in range(4))
COMMANDS = (
    "patchwright.cancel",
    "patchwright.changeFiles",
    "patchwright.implementComment",
    "patchwright.undo",
    "patchwright.proposals",
    "patchwright.accept",
    "patchwright.reject",
    "patchwright.showDiff",
    "no.such.command",
)
NOTIFICATIONS = (
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didClose",
    "textDocument/didSave",
    "notebookDocument/didOpen",
    "notebookDocument/didChange",
    "notebookDocument/didClose",
    "notebookDocument/didSave",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "window/workDoneProgress/cancel",
    "$/cancelRequest",
    "$/setTrace",
    "initialized",
    "no/such/notification",
)
ODD: tuple[Any, ...] = (None, True, -1, 2**40, 1.5, "", "x" * 300, "\ud800", "\0", [], {}, [[]], {"a": {"b": [1]}}, "é")


class Traffic:
    """A client that sends them and counts the answers of each id."""

    def __init__(self, editor: Editor, seed: int) -> None:
        self._editor = editor
        self._chance = random.Random(seed)
        self._expected: Counter[str] = Counter()
        self._answered: Counter[str] = Counter()
        self._open: dict[str, int] = {}
        self._recent: list[int | str] = []
        self._next = 1_000_000
        self.sent = 0
        self.requests = 0
        self.codes: Counter[int] = Counter()
        """How often each error code came; 0 stands for a result."""
        editor.answered = self._take

    async def send(self, count: int) -> None:
        """Sends so many."""
        for _ in range(count):
            self._one()
            self.sent += 1
            if self.sent % 50 == 0:
                await self._editor.process.stdin.drain()
                await asyncio.sleep(0)
            if self.sent % 1000 == 0:
                # Not more than a client has under way.
                await self.settle(120)
                for seen in (self._editor.told, self._editor.asked, self._editor.edits):
                    seen.clear()

    async def settle(self, seconds: float) -> None:
        """Waits until all that was asked is answered, or gives up."""
        try:
            await self._editor.until(lambda: self._expected.total() <= self._answered.total(), seconds)
        except TimeoutError:
            return

    def wrong(self) -> list[tuple[str, int, int]]:
        """Ids with how many answers were due and how many came."""
        ids = self._expected.keys() | self._answered.keys()
        counts = [(each, self._expected[each], self._answered[each]) for each in ids]
        return [count for count in counts if count[1] != count[2]]

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self._answered[json.dumps(message.get("id"))] += 1
            self.codes[message.get("error", {}).get("code", 0)] += 1

    def _one(self) -> None:
        kind = self._chance.random()
        if kind < 0.45:
            self._request()
        elif kind < 0.8:
            self._notification()
        elif kind < 0.9:
            self._response()
        else:
            self._broken()

    def _request(self) -> None:
        chance = self._chance
        self._next += 1
        number: int | str = self._next if chance.random() < 0.8 else f"s{self._next}"
        if self._recent and chance.random() < 0.02:
            number = chance.choice(self._recent)
        self._recent = [*self._recent[-20:], number]
        method = chance.choice(REQUESTS)
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": self._params(method)}
        if chance.random() < 0.05:
            message["jsonrpc"] = chance.choice(("1.0", None, 2))
        if chance.random() < 0.05:
            message |= {"result": 1, "error": {"code": 1, "message": "x"}}
        self._due(number, message)
        if chance.random() < 0.15:
            self._editor.notify("$/cancelRequest", {"id": number})

    def _due(self, number: object, message: Any) -> None:
        self.requests += 1
        self._expected[json.dumps(number)] += 1
        self._editor.send(message)

    def _params(self, method: str) -> Any:
        chance = self._chance
        if chance.random() < 0.2:
            return chance.choice(ODD)
        params: dict[str, Any] = {
            "textDocument": {"uri": self._uri()},
            "range": self._range(),
            "position": self._position(),
            "context": {"diagnostics": [], "triggerKind": chance.choice((1, 2))},
            "uri": chance.choice(("patchwright:/answers/x.md", self._uri())),
        }
        if method == "workspace/executeCommand":
            argument = {"uri": self._uri(), "line": chance.choice((0, 0, 2, 99)), "id": "p1"}
            kept = {name: value for name, value in argument.items() if chance.random() < 0.8}
            params = {"command": chance.choice(COMMANDS), "arguments": chance.choice(([kept], [kept, kept], [], None))}
        if chance.random() < 0.3:
            params[chance.choice(list(params))] = chance.choice(ODD)
        if chance.random() < 0.1:
            params.pop(chance.choice(list(params)))
        return params

    def _notification(self) -> None:
        chance = self._chance
        method = chance.choice(NOTIFICATIONS)
        uri = self._uri()
        params: Any
        match method:
            case "textDocument/didOpen":
                self._open[uri] = 1
                text = chance.choice(("x = 1\n", "# rename old to new\ndef old(): pass\n", "é𝒳\r\n", ""))
                params = {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
            case "textDocument/didChange":
                version = self._open.get(uri, 0) + chance.choice((1, 1, 1, 0, -3))
                self._open[uri] = version
                change = chance.choice(({"text": "y = 2\n"}, {"range": self._range(), "text": "z"}))
                params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
            case "$/cancelRequest" | "window/workDoneProgress/cancel":
                params = {"id": chance.choice((*self._recent, 0)), "token": "x"}
            case "workspace/didChangeConfiguration":
                params = {"settings": chance.choice((None, {}, {"patchwright": {"budget": {"usd_per_day": 1}}}))}
            case "notebookDocument/didOpen" | "notebookDocument/didChange" | "notebookDocument/didClose":
                params = self._notebook()
            case _:
                params = {"textDocument": {"uri": uri}, "value": "off", "changes": []}
        if chance.random() < 0.15:
            params = chance.choice(ODD)
        self._editor.notify(method, params)

    def _notebook(self) -> dict[str, Any]:
        """What all of a notebook's notifications hold, each taking what it knows."""
        chance = self._chance
        notebook = {"uri": self._editor.uri("n.ipynb"), "notebookType": "jupyter-notebook", "version": self._next}
        cells = [{"kind": chance.choice((1, 2, 2, 2, 9)), "document": cell} for cell in chance.sample(CELLS, 2)]
        texts = [
            {"uri": cell, "languageId": chance.choice(("python", "apl")), "version": chance.choice((1, self._next)),
             "text": chance.choice(("x = 1\n", "# dataclass Point with x: int\n", "%magic\n"))}
            for cell in CELLS
        ]  # fmt: skip
        array = {"start": chance.choice((0, 1, 7)), "deleteCount": chance.choice((0, 1, 9)), "cells": cells}
        structure = {"array": array, "didOpen": texts[:2], "didClose": [{"uri": chance.choice(CELLS)}]}
        change = chance.choice(({"text": "y = 2\n"}, {"range": self._range(), "text": "z"}))
        document = {"uri": chance.choice(CELLS), "version": chance.choice((self._next, 0))}
        changed = chance.choice(
            ({"structure": structure}, {"textContent": [{"document": document, "changes": [change]}]})
        )
        self._next += 1
        return {
            "notebookDocument": notebook | {"cells": cells},
            "cellTextDocuments": texts,
            "change": chance.choice(({"cells": changed}, {"cells": None}, {})),
        }

    def _response(self) -> None:
        answer = self._chance.choice(
            ({"result": self._chance.choice(ODD)}, {"error": {"code": 1, "message": "no"}}, {})
        )
        self._editor.send({"jsonrpc": "2.0", "id": self._chance.choice((1, 99_999_999, "x")), **answer})

    def _broken(self) -> None:
        """Bodies that are no message; each is answered with the id null."""
        chance = self._chance
        if chance.random() < 0.3:
            number = chance.choice((None, 1.5, True, [], {}))
            body = json.dumps({"jsonrpc": "2.0", "id": number, "method": chance.choice(REQUESTS)}).encode()
        else:
            body = chance.choice((b"{", b"\xff\xfe", b"[]", b"[" * 2000, b'"text"', b"{}", b"null", b"1", b"", b"NaN"))
        self._expected["null"] += 1
        self._editor.send_bytes(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def _uri(self) -> str:
        odd = (
            "untitled:Untitled-1",
            "git:/a.py?x",
            "file:///etc/passwd",
            "file:///%00",
            "not a uri",
            "file://host/x",
            *CELLS,
        )
        return self._chance.choice((self._editor.uri("a.py"), self._editor.uri("b.py"), self._chance.choice(odd)))

    def _position(self) -> dict[str, int]:
        return {"line": self._chance.choice((0, 1, 2, 500)), "character": self._chance.choice((0, 3, 10_000))}

    def _range(self) -> dict[str, dict[str, int]]:
        return {"start": self._position(), "end": self._position()}
