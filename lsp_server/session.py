"""What do the features share? The connection, what the editor can do, what is open, and the jobs under way."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from context.snapshot import FileText, Snapshot
from lsp_server.begun import Begins
from lsp_server.client import Client
from lsp_server.convert import to_path
from lsp_server.diagnosed import Diagnosed
from lsp_server.documents import Document
from lsp_server.editor_settings import EditorSettings
from lsp_server.edits.cells import cell_path
from lsp_server.folders import Folder, Folders
from lsp_server.keeping import Keeping
from lsp_server.loading import Loading
from lsp_server.notebooks import Notebook
from lsp_server.outlines import Outlines
from lsp_server.proposals import Proposals
from lsp_server.protocol import Protocol

if TYPE_CHECKING:
    from clients.endpoint import Relay
    from lsp_server.actions.services import Services
    from lsp_server.review.approval import Pending
    from lsp_server.review.verdict import Judgement
    from lsp_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an editor may take, in seconds.

    `answer`: to apply an edit. `open_document`: to tell of an open document that changed; some wait until the user is
    idle. `closed_file`: to write or open a file that was closed. `question`: for the user to decide.
    `reply`: to anything that needs no user. `menu` is the user's own patience with us, `opening` that with a server
    that has just started. `approval`: between two looks for one that was given in a terminal. `command`: to wait for
    what comes of a command, if it may stand still meanwhile.
    """

    answer: float = 60.0
    open_document: float = 2.0
    closed_file: float = 0.5
    question: float = 300.0
    reply: float = 1.0
    menu: float = 0.02
    opening: float = 5.0
    approval: float = 0.3
    command: float = 2.0


@dataclass(eq=False, slots=True)
class Waiting:
    """A change that waits for approval, its folder, and what the review says of its places."""

    folder: Folder
    pending: "Pending"
    judgements: "tuple[Judgement, ...]" = ()


@dataclass(eq=False, slots=True)
class Job:
    """One ask under way. `stopped` says that it was cancelled other than by its own request."""

    task: "asyncio.Task[Any]"
    token: str | int | None = None
    stopped: bool = False

    def stop(self) -> None:
        """Cancels it; its request is then answered with an ordinary result."""
        self.stopped = True
        self.task.cancel()


@dataclass(slots=True)
class Session:
    """One client's session, from `initialize` to `exit`.

    `pages` are texts by URI that the editor may ask for, if `shows_pages`: it knows that we have them. `waiting` is
    what waits for approval, by id. `found` are the hashes of the texts in which findings are shown, by URI.
    `relay` asks a model of the editor.
    """

    server: LanguageServer
    protocol: Protocol
    patience: Patience = field(default_factory=Patience)
    client: Client = field(default_factory=Client)
    folders: Folders = field(default_factory=Folders)
    found: dict[str, str] = field(default_factory=dict[str, str])
    jobs: list[Job] = field(default_factory=list[Job])
    loading: Loading = field(default_factory=Loading)
    proposals: Proposals = field(default_factory=Proposals)
    keeping: Keeping = field(default_factory=Keeping)
    outlines: Outlines = field(default_factory=Outlines)
    begun: Begins = field(default_factory=Begins)
    diagnosed: Diagnosed = field(default_factory=Diagnosed)
    pages: dict[str, str] = field(default_factory=dict[str, str])
    shows_pages: bool = False
    editor_settings: EditorSettings = field(default_factory=EditorSettings)
    configuring: "asyncio.Task[None] | None" = None
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    waiting: dict[str, Waiting] = field(default_factory=dict[str, Waiting])
    watching: bool = False
    unanswered: "set[asyncio.Future[None]]" = field(default_factory=set["asyncio.Future[None]"])
    relay: "Relay | None" = None
    _settings: "Settings | None" = None
    _warned: tuple[str, ...] = ()
    _written: "tuple[int, ...] | None" = None
    _background: "set[asyncio.Task[None]]" = field(default_factory=set["asyncio.Task[None]"])

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Work in the background that ends with the session."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def stop_background(self) -> None:
        """Ends that work."""
        for task in list(self._background):
            task.cancel()

    @property
    def settings(self) -> "Settings":
        """The user's settings, read once; what is wrong in them is told to the user, in one message."""
        if self._settings is None:
            from lsp_server.settings import load_settings, settings_file, written_at

            # Before they are read: what is written meanwhile is read once more.
            self._written = written_at(settings_file())
            self._settings, warnings = load_settings(editor=self.editor_settings)
            if warnings and warnings != self._warned:
                self.say("\n".join(warnings), types.MessageType.Warning)
            self._warned = warnings
        return self._settings

    def let_go(self) -> bool:
        """Answers the commands whose editor may wait for them and do nothing else; whether there are any."""
        waiting = [answer for answer in self.unanswered if not answer.done()]
        for answer in waiting:
            answer.set_result(None)
        return bool(waiting)

    async def renew(self) -> None:
        """Reads the settings anew; where they are others, all folders work by them from now on."""
        old, self._settings = self._settings, None
        if self.settings != old:
            await asyncio.gather(*(folder.renew(self.settings) for folder in self.folders.all()))

    async def ready(self) -> None:
        """Returns when what features import is loaded, and the editor was asked for its settings."""
        await self.loading.done()
        if self.configuring is not None:
            await asyncio.wait({self.configuring})

    async def services(self, folder: Folder) -> "Services":
        """A folder's services, by the settings as the user's file has them now."""
        await self.ready()
        from lsp_server.settings import written_at

        read = self._settings
        if read and await asyncio.to_thread(written_at, read.config_file) != self._written:
            await self.renew()
        return await folder.services(self.settings, self.relay)

    def located(self, uri: str) -> tuple[Folder, str] | None:
        """The folder that holds a document, and its path in it; a cell has one below its notebook's."""
        found = self.protocol.notebooks.of_cell(uri)
        if found is None:
            return self.folders.of(uri)
        notebook, cell = found
        holding = self.folders.of(notebook.uri)
        return holding and (holding[0], cell_path(holding[1], cell.number, cell.suffix))

    def uri(self, folder: Folder, path: str) -> str:
        """The URI of a file of a folder, or of a cell."""
        cell = self._cells(folder).get(path)
        return cell.uri if cell else folder.uri(path)

    def code_cells(self, uri: str) -> tuple[Document, ...]:
        """The code cells of the notebook that holds a cell, in order; none where it is no cell."""
        found = self.protocol.notebooks.of_cell(uri)
        cells = found[0].code() if found else ()
        documents = (self.protocol.documents.get(cell.uri) for cell in cells)
        return tuple(document for document in documents if document is not None)

    def opened(self, folder: Folder) -> Callable[[str], Document | None]:
        """Finds the open document that is a folder's file, whatever URI it was opened under, by the file's path.

        It is for one look at many files: where each document leads is found out once, and holds until the next await.
        """
        found = self._documents(folder) | self._cells(folder)
        return lambda path: self.protocol.documents.get(folder.uri(path)) or found.get(path)

    def snapshot(self, folder: Folder, cell: str = "") -> Snapshot:
        """The folder's files now: trusted documents over the disk.

        Cells of notebooks are found by their paths. Only the one at the path `cell` is an open file among the others.
        """
        buffers, cells = _trusted(self._documents(folder)), _trusted(self._cells(folder))
        if cell in cells:
            buffers[cell] = cells[cell]
        return Snapshot(folder.root, buffers).with_cells(cells.values())

    def _cells(self, folder: Folder) -> dict[str, Document]:
        """The cells of the folder's open notebooks by path."""
        return dict(each for notebook in self.protocol.notebooks for each in self._cells_of(notebook, folder))

    def _cells_of(self, notebook: Notebook, folder: Folder) -> Iterator[tuple[str, Document]]:
        holding = self.folders.of(notebook.uri)
        if holding is None or holding[0] is not folder:
            return
        for cell in notebook.code():
            document = self.protocol.documents.get(cell.uri)
            if document is not None:
                yield cell_path(holding[1], cell.number, cell.suffix), document

    def _documents(self, folder: Folder) -> dict[str, Document]:
        """The open documents by path; of several for one file, the one that has the file's own URI, else the last."""
        found: dict[str, Document] = {}
        for document in self.protocol.documents.all():
            # An editor may give its cells the URI of their file with more behind it.
            is_cell = self.protocol.notebooks.of_cell(document.uri) is not None
            path = None if is_cell else _path_in(folder, document)
            if path is not None:
                found[path] = self.protocol.documents.get(folder.uri(path)) or document
        return found

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Shows one message to the user."""
        self.server.window_show_message(types.ShowMessageParams(type=kind, message=message))

    @contextmanager
    def job(self, token: str | int | None) -> Generator[Job]:
        """The current task as a job that can be stopped by its progress token."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a job is a task")
        job = Job(task, token)
        self.jobs.append(job)
        try:
            yield job
        finally:
            self.jobs.remove(job)


def _trusted(documents: Mapping[str, Document]) -> dict[str, FileText]:
    return {path: document.file(path) for path, document in documents.items() if not document.doubt}


def _path_in(folder: Folder, document: Document) -> str | None:
    path = to_path(document.uri)
    return None if path is None else folder.relative(path)
