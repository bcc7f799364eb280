"""notebookDocument/didSave, and of which notebooks and cells an editor is to tell: those with code that we read.

What is open and what changes, the protocol keeps. A cell is then asked about like any document. Other notebooks than
Jupyter's may be files whose text is code: those are not told of, and stay files.
"""

from lsprotocol import types

from lsp_server.features import finding_diagnostics
from lsp_server.notebooks import SUFFIXES
from lsp_server.session import Session

SYNC = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithNotebook(
            notebook=types.NotebookDocumentFilterPattern(pattern="**/*.ipynb"),
            cells=[types.NotebookCellLanguage(language=language) for language in SUFFIXES],
        )
    ],
    save=True,
)


def register(session: Session) -> None:
    """Looks at the cells of a notebook that is saved."""

    @session.server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    async def did_save(params: types.DidSaveNotebookDocumentParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        notebook = session.protocol.notebooks.get(params.notebook_document.uri)
        for cell in notebook.code() if notebook else ():
            finding_diagnostics.saved(session, cell.uri)
