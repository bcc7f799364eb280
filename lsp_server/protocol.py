"""How does the server survive its clients? JSON-RPC of pygls, hardened where pygls alone would fail.

- Every request is answered exactly once: before `initialize`, after `shutdown`, with parameters that do not fit.
- A cancelled command really stops: it runs as the request's own task, and pygls cancels that.
- What goes wrong in here is logged without contents; the client gets a sentence, no traceback and no path.
- Documents are kept by `documents`, which notices changes that cannot be true; pygls applies them silently.

The bytes come from `transport`, one whole body at a time.
"""

import asyncio
import json
import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from lsp_server.documents import Documents
from lsp_server.notebooks import Notebooks

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
NOT_INITIALIZED = -32002
REQUEST_FIELDS = ("jsonrpc", "id", "method", "params")
EXIT_BEFORE_SHUTDOWN = 1

CarryOut = Callable[[types.ExecuteCommandParams, Coroutine[Any, Any, Any]], Awaitable[Any]]
"""Takes a command that was begun to its answer."""

FAILED = "Patchwright failed at this request and goes on serving. The editor's log of its language servers says where."


class Protocol(LanguageServerProtocol):
    """One connection to one client.

    `ended` is called once with the exit code when the client says `exit`, `opened` with the URI of each document that
    the user opens, `doubted` with that of one whose text was changed as it cannot have been. `heard` takes
    notifications of our own, by method, with parameters as JSON holds them.
    """

    def __init__(self, server: "LanguageServer", converter: "Converter") -> None:
        super().__init__(server, converter)
        self.documents = Documents()
        self.notebooks = Notebooks()
        self.ended: Callable[[int], None] = lambda _: None
        self.opened: Callable[[str], None] = lambda _: None
        self.heard: dict[str, Callable[[object], None]] = {}
        self._plain: set[int | str] = set()
        self.doubted: Callable[[str], None] = lambda _: None
        self.carry_out: CarryOut = lambda _, work: work
        self._initialized = False
        # The tables of handlers, which pygls leaves untyped.
        self._registered: Any = self.fm

    # Messages come in.

    def receive(self, body: bytes) -> None:
        """Takes one message; whatever is in it, this returns."""
        try:
            message: Any = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError):
            self._refuse(None, PARSE_ERROR, "This is not JSON in UTF-8.")
            return
        try:
            self._take(message)
        except Exception as error:  # noqa: BLE001 - the edge: one bad message must not end the server
            log_failure("a message", error)

    def _take(self, message: object) -> None:
        if not isinstance(message, dict):
            self._refuse(None, INVALID_REQUEST, "A message is one JSON object.")
            return
        message = cast("dict[str, Any]", message)
        method, message_id = message.get("method"), message.get("id")
        if isinstance(method, str) and "id" in message:
            if isinstance(message_id, bool) or not isinstance(message_id, int | str):
                self._refuse(None, INVALID_REQUEST, "An id is a number or a string.")
            elif refusal := self._refusal(method, message):
                self._refuse(message_id, *refusal)
            else:
                self._take_request(message_id, method, message)
        elif isinstance(method, str):
            self._take_notification(method, message)
        elif isinstance(message_id, int | str):
            self._take_response(message_id, message)
        else:
            self._refuse(None, INVALID_REQUEST, "A message has a method or an id.")

    def _refusal(self, method: str, message: dict[str, Any]) -> tuple[int, str] | None:
        """Why a request cannot be served now, whatever its parameters."""
        if message.get("jsonrpc") != self.VERSION:
            return INVALID_REQUEST, "This is not JSON-RPC 2.0."
        if not self._initialized and method != types.INITIALIZE:
            return NOT_INITIALIZED, "The first request is initialize."
        if self._initialized and method == types.INITIALIZE:
            return INVALID_REQUEST, "The server is initialized already."
        if self._shutdown:
            return INVALID_REQUEST, "The server is shutting down."
        if not self._handles(method):
            return METHOD_NOT_FOUND, f"{method[:80]} is not served here."
        if _is_notification(method):
            return INVALID_REQUEST, f"{method} is a notification: it has no id and gets no answer."
        return None

    def _take_request(self, message_id: int | str, method: str, message: dict[str, Any]) -> None:
        try:
            # Without fields that belong to an answer: pygls would take the request for one.
            structured: Any = self.structure_message({key: message[key] for key in REQUEST_FIELDS if key in message})
        except JsonRpcException:
            self._refuse(message_id, INVALID_PARAMS, f"The parameters of {method} do not have its shape.")
            return
        if method == types.INITIALIZE:
            self._initialized = True
        self.handle_message(structured)

    def _take_notification(self, method: str, message: dict[str, Any]) -> None:
        if self._initialized and method in self.heard:
            self.heard[method](message.get("params"))
            return
        # `exit` must end the server at any time; before `initialize` nothing else has a meaning.
        if not (self._handles(method) and (self._initialized or method == types.EXIT)):
            return
        try:
            structured: Any = self.structure_message({"jsonrpc": self.VERSION} | message)
        except JsonRpcException:
            log.warning("ignored a %s whose parameters do not have its shape", method)
            return
        self.handle_message(structured)

    def _take_response(self, message_id: int | str, message: dict[str, Any]) -> None:
        waiting = self._request_futures.get(message_id)
        if waiting is None or waiting.done():
            self._request_futures.pop(message_id, None)
            return
        if message_id in self._plain and "error" not in message:
            # pygls would make an object of a class of its own from what no specification describes.
            self._handle_response(message_id, message.get("result"))
            return
        try:
            structured: Any = self.structure_message({"jsonrpc": self.VERSION} | message)
        except JsonRpcException:
            error = types.ResponseError(code=INVALID_PARAMS, message="the answer does not have the shape it should")
            self._handle_response(message_id, error=error)
            return
        self.handle_message(structured)

    def _handles(self, method: str) -> bool:
        return (
            method in self._registered.builtin_features
            or method in self._registered.features
            or method == types.CANCEL_REQUEST
        )

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Any,
        callback: Any,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Runs a handler; what pygls keeps of it goes when it has ended, which pygls does for requests alone."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        running: Any = self._request_futures.get(msg_id)
        if running is not None:
            running.add_done_callback(partial(self._forget, msg_id))

    def _forget(self, msg_id: int | str, ended: object) -> None:
        if self._request_futures.get(msg_id) is ended:
            del self._request_futures[msg_id]

    # Messages go out.

    def _refuse(self, message_id: int | str | None, code: int, message: str) -> None:
        # As a plain object: an id of null must be in it, and the protocol's own type would leave it out.
        self._send_data({"jsonrpc": self.VERSION, "id": message_id, "error": {"code": code, "message": message}})

    def _send_response(
        self, msg_id: int | str, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        """Every answer passes here: an error keeps its sentence if it was written for the client, and nothing else."""
        if error is not None:
            internal = error.code == JsonRpcInternalError.CODE
            error = types.ResponseError(code=error.code, message=FAILED if internal else error.message)
            self._result_types.pop(msg_id, None)
        super()._send_response(msg_id, result, error)

    def ask_plainly(self, method: str, params: Any, message_id: str) -> "asyncio.Future[Any]":
        """Asks the client something of our own; the answer comes as JSON holds it."""
        self._plain.add(message_id)
        answer = asyncio.wrap_future(self.send_request(method, params, msg_id=message_id))
        answer.add_done_callback(lambda _: self._plain.discard(message_id))
        return answer

    def withdraw(self, message_id: str) -> None:
        """Tells the client that a request is no longer meant, unless it has answered; nothing waits for it then."""
        waiting = self._request_futures.pop(message_id, None)
        self._result_types.pop(message_id, None)
        if waiting is not None:
            self.notify(types.CANCEL_REQUEST, types.CancelParams(id=message_id))
            waiting.cancel()

    def plain(self, value: Any) -> Any:
        """A protocol value as JSON would hold it."""
        return self._converter.unstructure(value)

    # Requests that pygls answers in a way of its own.

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - pygls has a generator here, whose command a cancelled request does not reach
        """Runs the command in the request's own task and hands it the arguments as they are."""
        handler = self._registered.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command[:80]!r} here.")
        return await self.carry_out(params, handler(params))

    @lsp_method(types.SHUTDOWN)
    async def lsp_shutdown(self, *_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - an ordinary coroutine in place of pygls' generator
        """Stops all work; the answer says that it has stopped."""
        self._shutdown = True
        current: Any = asyncio.current_task()
        for future in list(self._request_futures.values()):
            if future is not current:
                future.cancel()
        handler = self._registered.features.get(types.SHUTDOWN)
        if handler is not None:
            await handler(None)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - pygls raises SystemExit in the loop
        """Ends the connection; the exit code says whether the client asked for a shutdown first."""
        self.ended(0 if self._shutdown else EXIT_BEFORE_SHUTDOWN)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """A document is the editor's from now on."""
        document = params.text_document
        self.documents.opened(document.uri, document.text, document.version)
        self.opened(document.uri)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """A document changed."""
        self._changed(params.text_document, params.content_changes)

    def _changed(
        self, told: types.VersionedTextDocumentIdentifier, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> None:
        self.documents.changed(told.uri, told.version, changes)
        document = self.documents.get(told.uri)
        if document is not None and document.doubt:
            self.doubted(document.uri)

    @lsp_method(types.TEXT_DOCUMENT_DID_SAVE)
    def lsp_text_document__did_save(self, params: types.DidSaveTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was saved, with this text if the editor says so."""
        if params.text is not None:
            self.documents.saved(params.text_document.uri, params.text)
        yield self._registered.features[types.TEXT_DOCUMENT_DID_SAVE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """A document is the disk's again."""
        self.documents.closed(params.text_document.uri)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """A notebook is the editor's, and each of its cells a document."""
        for cell in params.cell_text_documents:
            self.documents.opened(cell.uri, cell.text, cell.version)
        self.notebooks.opened(params.notebook_document, params.cell_text_documents)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """Cells came, went, moved or changed."""
        notebook, change = params.notebook_document, params.change.cells
        structure = change.structure if change else None
        for cell in (structure.did_open or ()) if structure else ():
            self.documents.opened(cell.uri, cell.text, cell.version)
        for cell in (structure.did_close or ()) if structure else ():
            self.documents.closed(cell.uri)
        for each in (change.text_content or ()) if change else ():
            self._changed(each.document, each.changes)
        for cell in self.notebooks.changed(notebook.uri, notebook.version, structure):
            self.documents.closed(cell.uri)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - see the module
        """A notebook and its cells are the disk's again."""
        for cell in params.cell_text_documents:
            self.documents.closed(cell.uri)
        self.notebooks.closed(params.notebook_document.uri)


def _is_notification(method: str) -> bool:
    # Its annotation leaves out that a notification has no response.
    known: Any = types.METHOD_TO_TYPES
    return method in known and known[method][1] is None


def log_failure(where: str, error: BaseException) -> None:
    """Logs what failed and in which lines of code; never the error's text, which may hold a user's."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    log.error("failed at %s: %s%s", where, type(error).__name__, lines)
