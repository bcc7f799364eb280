"""What of a notebook may be changed? The one cell that is asked about, where the editor tells of its cells.

The notebook's file is JSON around the code: a text edit of it breaks the notebook, or is lost when the editor saves its
cells. So nothing writes that file, and what would reach beyond the cell is refused with what works instead.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from context.retrieval.select import Context, cost
from lsp_server.actions.ask import Ask, Evidence, OtherCell
from lsp_server.edits.cells import is_cell, notebook_of
from lsp_server.edits.change import ChangeSet, Create, Edit, edit_in

REFUSED = (
    "The file of a notebook is not edited as text. Open it as a notebook in an editor that tells of its cells, and ask"
    " in a cell; or move the code into a file of its own and ask there."
)
CELL_ALONE = (
    "In a notebook an ask changes its own cell and nothing else: implement, edit, document, explain or fix that cell,"
    " or ask in a file for a change across files."
)


def is_notebook(path: str) -> bool:
    """Whether a path is one of a notebook."""
    return PurePosixPath(path).suffix.lower() == ".ipynb"


def is_of_notebook(uri: str) -> bool:
    """Whether a URI is one of a notebook, or of a cell in one."""
    try:
        return is_notebook(unquote(urlsplit(uri).path))
    except ValueError:
        return False


def refusal(ask: Ask) -> str:
    """Why an ask is not even tried; empty for nothing."""
    path = ask.place.path if ask.place else ""
    if is_notebook(path):
        return REFUSED
    return CELL_ALONE if is_cell(path) and ask.scope == "workspace" else ""


def beyond_cell(ask: Ask, change: ChangeSet) -> str:
    """What a change for an ask in a cell would touch besides; empty for nothing."""
    own = ask.place.path if ask.place else ""
    if not is_cell(own):
        return ""
    other = next((each.path for each in change.operations if each.path != own or not isinstance(each, Edit)), "")
    return f"This would change {other} too. {CELL_ALONE}" if other else ""


def written_notebook(ask: Ask, change: ChangeSet) -> str:
    """What of notebooks a change would write as text; empty for nothing. One that moves or goes as a whole is not."""
    own = ask.place.path if ask.place else ""
    for operation in change.operations:
        writes = isinstance(operation, Create) or edit_in(operation) is not None
        if writes and (is_notebook(operation.path) or (is_cell(operation.path) and operation.path != own)):
            return f"This would write {operation.path} as text. {REFUSED}"
    return ""


def used_in_other_cells(ask: Ask, names: Sequence[str]) -> str:
    """Why a change of what these names mean cannot stay within a cell; empty where no other cell has one of them."""
    for name in names:
        word = re.compile(rf"\b{re.escape(name)}\b")
        using = [cell.number for cell in ask.cells if word.search(cell.text)]
        if using:
            return f"{name} is used in code cell {', '.join(map(str, using))} of this notebook as well. {CELL_ALONE}"
    return ""


def without_notebook(context: Context, ask: Ask) -> Context:
    """What a model is shown for an ask in a cell: not the file of the notebook, whose cells it sees as they are."""
    path = ask.place.path if ask.place else ""
    if not is_cell(path):
        return context
    notebook = notebook_of(path)
    return context.only(lambda shown: shown != notebook)


def cells_shown(ask: Ask) -> tuple[Evidence, ...]:
    """The other cells for a model, in order: the nearest ones within half of the budget, those above first."""
    path = ask.place.path if ask.place else ""
    above = [cell for cell in reversed(ask.cells) if cell.is_above]
    below = [cell for cell in ask.cells if not cell.is_above]
    left, shown = ask.budget.context_tokens // 2, list[OtherCell]()
    for cell in (*above, *below):
        left -= cost(cell.text)
        if left >= 0 and cell.text.strip():
            shown.append(cell)
    return tuple(Evidence(_title(cell), cell.text, path) for cell in sorted(shown, key=lambda cell: cell.number))


def _title(cell: OtherCell) -> str:
    where = "above" if cell.is_above else "below"
    return f"Code cell {cell.number} of the same notebook, {where} the cell of the task; it is not to be changed:\n"
