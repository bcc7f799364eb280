"""Does a changed file belong to something else too? A second name of it elsewhere, or another repository around it.

Looks at the disk below the root without following links.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from lsp_server.edits.change import ChangeSet, Create
from lsp_server.review.verdict import Concern

RULE = "paths"


def held_elsewhere(root: Path, change: ChangeSet) -> tuple[Concern, ...]:
    """A concern for each path of a change that needs approval for where it lies."""
    existing = {operation.path for operation in change.operations if not isinstance(operation, Create)}
    return tuple(concern for path in change.paths() for concern in _concerns(root, path, exists=path in existing))


def _concerns(root: Path, path: str, *, exists: bool) -> Iterator[Concern]:
    if exists and _names(root / path) > 1:
        yield Concern(RULE, "approve", path, f"{path} has a second name elsewhere on the disk, which changes with it.")
    for folder in PurePosixPath(path).parents:
        if folder != PurePosixPath() and os.path.lexists(root / folder / ".git"):
            yield Concern(RULE, "approve", path, f"{path} belongs to another repository, in {folder}.")
            return


def _names(file: Path) -> int:
    try:
        found = file.lstat()
    except (OSError, ValueError):
        return 0
    return found.st_nlink if stat.S_ISREG(found.st_mode) else 0
