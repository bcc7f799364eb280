"""Which files are in a package's folder? All of them move with it, so none may be one that cannot be read."""

import os
from pathlib import Path, PurePosixPath

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import Problem

MADE_ANEW = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
"""Folders that are not moved: what is in them is made from the source."""

MOST_FILES = 2000


def files_below(snapshot: Snapshot, folder: str) -> list[str] | Problem:
    """The paths of all files below a folder, in buffers and on the disk."""
    found = {path for path in snapshot.buffers if path.startswith(f"{folder}/")}
    root = snapshot.root / PurePosixPath(folder)
    for here, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - MADE_ANEW)
        place = Path(here).relative_to(snapshot.root).as_posix()
        found |= {path for name in names if snapshot.exists(path := f"{place}/{name}")}
        if len(found) > MOST_FILES:
            return Problem("FORMAT", f"{folder} holds more than {MOST_FILES} files: move it by hand.", folder)
    for path in sorted(found):
        file = snapshot.file(path)
        if not isinstance(file, FileText):
            return Problem("BINARY", f"{path} {file.reason}: {folder} cannot be moved as a whole.", path)
    return sorted(found)
