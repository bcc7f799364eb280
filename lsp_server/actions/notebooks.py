"""What of a notebook may be changed? Nothing: its file is JSON around the code, and the editor shows cells.

A text edit of that JSON breaks the notebook or is lost when the editor saves its cells, and a cell is a document that
lies in no file. Whoever asks is told so, once, with what to do.
"""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from lsp_server.edits.change import ChangeSet, Create, edit_in

REFUSED = "The cells of a notebook cannot be edited here. Move the code into a file of its own and ask there."


def is_notebook(path: str) -> bool:
    """Whether a path is one of a notebook."""
    return PurePosixPath(path).suffix.lower() == ".ipynb"


def is_of_notebook(uri: str) -> bool:
    """Whether a URI is one of a notebook, or of a cell in one."""
    try:
        return is_notebook(unquote(urlsplit(uri).path))
    except ValueError:
        return False


def written_notebook(change: ChangeSet) -> str:
    """A notebook whose text a change would write; empty for none. One that moves or goes as a whole is no such."""
    for operation in change.operations:
        if is_notebook(operation.path) and (isinstance(operation, Create) or edit_in(operation) is not None):
            return operation.path
    return ""
