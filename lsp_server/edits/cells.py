"""Which path does a cell of a notebook have? One below the notebook's own, where no file can lie.

    sales.ipynb/cell-3.py       the third cell of sales.ipynb that was told of; its number stays when cells move

So rules for the notebook (ignored, never sent, protected) hold for its cells, and no cell is taken for a file.
"""

import re

_CELL = re.compile(r"(.+\.ipynb)/cell-[0-9]+\.[a-z]+", re.IGNORECASE)


def cell_path(notebook: str, number: int, suffix: str) -> str:
    """The path of a cell in a notebook; `suffix` tells its language, as that of a file would."""
    return f"{notebook}/cell-{number}{suffix}"


def notebook_of(path: str) -> str:
    """The path of the notebook that a cell is in; empty for a path that is none of a cell."""
    found = _CELL.fullmatch(path)
    return found[1] if found else ""


def is_cell(path: str) -> bool:
    """Whether a path is one of a cell."""
    return _CELL.fullmatch(path) is not None
