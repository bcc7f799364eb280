"""A tiny editor for the demo: starts the real server, runs code actions, applies edits to buffers and disk.

It is a client like any other: all it knows of Patchwright is LSP. Columns are code points (UTF-32), so that a Python
index is a column.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lsprotocol import types
from pygls.lsp.client import LanguageClient

Handler = Callable[..., Any]


@dataclass(slots=True)
class DemoEditor:
    """One editor session; `messages` and `pages` are what the server showed the user."""

    root: Path
    client: LanguageClient = field(default_factory=lambda: LanguageClient("patchwright-demo", "1"))
    texts: dict[str, str] = field(default_factory=dict[str, str])
    versions: dict[str, int] = field(default_factory=dict[str, int])
    messages: list[str] = field(default_factory=list[str])
    pages: list[Path] = field(default_factory=list[Path])

    async def start(self) -> types.InitializeResult:
        """Starts the server as an editor would, and shakes hands."""
        self._listen()
        await self.client.start_io(  # pyright: ignore[reportUnknownMemberType] - its keywords are untyped
            sys.executable, "-I", "-m", "lsp_server", "serve"
        )
        edit = types.WorkspaceEditClientCapabilities(
            document_changes=True,
            resource_operations=[types.ResourceOperationKind.Create],
            failure_handling=types.FailureHandlingKind.TextOnlyTransactional,
        )
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(apply_edit=True, workspace_edit=edit),
            window=types.WindowClientCapabilities(
                work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
            ),
            general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf32]),
        )
        folder = types.WorkspaceFolder(uri=self.root.as_uri(), name=self.root.name)
        result = await self.client.initialize_async(
            types.InitializeParams(capabilities=capabilities, workspace_folders=[folder], root_uri=self.root.as_uri())
        )
        self.client.initialized(types.InitializedParams())
        return result

    def open(self, path: str) -> str:
        """Opens a file; its URI."""
        uri = (self.root / path).as_uri()
        text = (self.root / path).read_text(encoding="utf-8")
        self.texts[uri], self.versions[uri] = text, 1
        item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return uri

    async def menu(self, uri: str, line: int) -> list[types.Command]:
        """The code actions at a line, counted from 0; plain commands, since this editor announces no more."""
        here = types.Position(line=line, character=0)
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                text_document=types.TextDocumentIdentifier(uri=uri),
                range=types.Range(start=here, end=here),
                context=types.CodeActionContext(diagnostics=[]),
            )
        )
        return [action for action in found or [] if isinstance(action, types.Command)]

    async def choose(self, action: types.Command) -> None:
        """Runs a code action; returns when the server has answered."""
        await self.client.workspace_execute_command_async(
            types.ExecuteCommandParams(command=action.command, arguments=action.arguments)
        )

    async def stop(self) -> None:
        """Says goodbye properly."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await asyncio.wait_for(self.client.stop(), timeout=10)

    def _listen(self) -> None:
        """What a server may ask of an editor."""
        answers = cast("Callable[[str], Callable[[Handler], Handler]]", self.client.feature)

        @answers(types.WORKSPACE_APPLY_EDIT)
        def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:  # pyright: ignore[reportUnusedFunction]
            for change in params.edit.document_changes or []:
                self._apply(change)
            return types.ApplyWorkspaceEditResult(applied=True)

        @answers(types.WINDOW_SHOW_MESSAGE)
        def message(params: types.ShowMessageParams) -> None:  # pyright: ignore[reportUnusedFunction]
            self.messages.append(params.message)

        @answers(types.WINDOW_SHOW_DOCUMENT)
        def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:  # pyright: ignore[reportUnusedFunction]
            self.pages.append(_path(params.uri))
            return types.ShowDocumentResult(success=True)

        @answers(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def create(_: types.WorkDoneProgressCreateParams) -> None:  # pyright: ignore[reportUnusedFunction]
            return None

        @answers(types.PROGRESS)
        def progress(_: types.ProgressParams) -> None:  # pyright: ignore[reportUnusedFunction]
            return None

    def _apply(self, change: object) -> None:
        """One entry of `documentChanges`, into the buffer and, as a saving editor would, onto the disk."""
        if isinstance(change, types.CreateFile):
            path = _path(change.uri)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        elif isinstance(change, types.TextDocumentEdit):
            uri = change.text_document.uri
            path = _path(uri)
            before = self.texts.get(uri) or path.read_text(encoding="utf-8")
            after = _edited(before, [edit for edit in change.edits if isinstance(edit, types.TextEdit)])
            path.write_text(after, encoding="utf-8")
            if uri in self.texts:
                self._changed(uri, after)

    def _changed(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri]),
                content_changes=[types.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )


def _path(uri: str) -> Path:
    return Path(url2pathname(unquote(urlsplit(uri).path)))


def _edited(text: str, edits: list[types.TextEdit]) -> str:
    """A text after LSP edits; from the last to the first, so that positions stay true."""
    starts = [0]
    for line in text.split("\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: types.Position) -> int:
        return starts[position.line] + position.character if position.line < len(starts) else len(text)

    for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
