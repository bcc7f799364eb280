"""Where do tools look at a change that is nowhere yet? In a folder of links to the real files, with its own in between.

Folders on the way to a file of the change are real, all that lies beside them are links. Tools are given files by
name, since most of them do not walk through links; they must only read: what writes through a link writes the original.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from context.snapshot import FileText, Snapshot
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Rename

SKIPPED = frozenset({".git", ".hg", ".svn"})

SETTINGS = frozenset(
    {
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "ruff.toml",
        ".ruff.toml",
        "ty.toml",
        "mypy.ini",
        ".mypy.ini",
        "pyrightconfig.json",
        "tsconfig.json",
        ".eslintrc",
        ".eslintrc.json",
        ".eslintrc.yml",
        ".eslintrc.yaml",
        ".eslintrc.js",
        ".eslintrc.cjs",
        "eslint.config.js",
        "eslint.config.mjs",
        "eslint.config.cjs",
        "eslint.config.ts",
        "conftest.py",
        "pytest.ini",
    }
)
"""A change does not decide by what it is judged: of these files the tools see what they were before."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The texts of a change's files by path, None for one that is not there; `moved` are new paths with their old."""

    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    moved: Mapping[str, str]


def sides_of(change: ChangeSet, snapshot: Snapshot) -> Sides:
    """Both sides of a change, with everything else that is open in the editor. Reads files that only move."""
    opened: dict[str, str | None] = {path: file.text for path, file in snapshot.buffers.items()}
    before, after = dict(opened), dict(opened)
    moved: dict[str, str] = {}
    for operation in change.operations:
        match operation:
            case Create(path, text):
                before[path], after[path] = None, text
            case Edit(path=path):
                before[path], after[path] = operation.before, operation.after
            case Delete(path, _, text):
                before[path], after[path] = text, None
            case Rename(path, new_path, edit=edit):
                file = snapshot.file(path)
                text = edit.before if edit else file.text if isinstance(file, FileText) else None
                before[path], before[new_path] = text, None
                after[path], after[new_path] = None, edit.after if edit else text
                moved[new_path] = path
    return Sides(before, after, moved)


def judged_texts(sides: Sides) -> Mapping[str, str | None]:
    """What tools see of the side after: the settings of the tools themselves stay as they were."""
    return {
        path: sides.before.get(path) if PurePosixPath(path).name in SETTINGS else text
        for path, text in sides.after.items()
    }


def lay(root: Path, folder: Path, texts: Mapping[str, str | None]) -> None:
    """Makes `folder` look like `root` with other texts; paths are relative, with slashes. Raises OSError."""
    own: dict[str, dict[str, str | None]] = {"": {}}
    for path, text in texts.items():
        parts = PurePosixPath(path).parts
        for depth in range(1, len(parts)):
            own.setdefault("/".join(parts[:depth]), {})
        own["/".join(parts[:-1])][parts[-1]] = text
    for inner, files in own.items():
        here = folder / inner
        here.mkdir(parents=True, exist_ok=True)
        _link(root / inner, here, {*files, *_folders_in(own, inner)})
        for name, text in files.items():
            if text is not None:
                (here / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def _folders_in(own: Mapping[str, object], inner: str) -> set[str]:
    """The names of the real folders that lie in one."""
    start = f"{inner}/" if inner else ""
    return {each[len(start) :] for each in own if each and each.startswith(start) and "/" not in each[len(start) :]}


def _link(source: Path, target: Path, taken: set[str]) -> None:
    """Links everything of a folder but some names; a folder that is not there has nothing."""
    try:
        entries = list(os.scandir(source))
    except OSError:
        return
    for entry in entries:
        if entry.name not in taken and entry.name not in SKIPPED:
            (target / entry.name).symlink_to(entry.path)
