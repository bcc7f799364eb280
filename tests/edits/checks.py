"""How the tests of `edits` ask: files, a reply, and the files afterwards or the codes of the problems."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from context.snapshot import FileText, Snapshot, from_bytes
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Refused, Rename
from lsp_server.edits.rebase import rebase
from lsp_server.edits.reply import to_change

Files = str | dict[str, str]
NOWHERE = Path("/a workspace that is not on the disk")


def files_of(files: Files) -> dict[str, str]:
    """The files of a string like "//- /a.py\\n...//- /b.py\\n..."; a dictionary is taken as it is."""
    if isinstance(files, dict):
        return files
    texts: dict[str, str] = {}
    for section in textwrap.dedent(files).split("//- /")[1:]:
        name, _, text = section.partition("\n")
        texts[name.strip()] = text
    return texts


def snapshot_of(files: Files) -> Snapshot:
    """The files as they would be read from the disk."""
    return Snapshot(NOWHERE, {path: read(path, text) for path, text in files_of(files).items()})


def read(path: str, text: str) -> FileText:
    found = from_bytes(path, text.encode())
    assert isinstance(found, FileText)
    return found


def change_of(files: Files, reply: str, default_path: str | None = None) -> ChangeSet | Refused:
    return to_change(textwrap.dedent(reply), snapshot_of(files), default_path)


def check_edit(
    files: Files,
    reply: str,
    after: Files | None = None,
    *,
    refused: str | None = None,
    saying: str = "",
    now: Files | None = None,
    default_path: str | None = None,
    gone: Sequence[str] = (),
) -> None:
    """The reply makes the files `after` and no others, or is refused with the codes `refused`, in order.

    `gone` are the paths that it takes away. With `now`, the change made for `files` is brought onto those. `saying`
    must be in a problem's message.
    """
    change = change_of(files, reply, default_path)
    if now is not None and isinstance(change, ChangeSet):
        change = rebase(change, snapshot_of(now))
    if refused is not None:
        assert isinstance(change, Refused), change
        assert " ".join(problem.code for problem in change.problems) == refused, change.problems
        assert any(saying in problem.message for problem in change.problems), change.problems
        return
    assert isinstance(change, ChangeSet), change
    assert after is not None
    before = files_of(files if now is None else now)
    texts: dict[str, str] = {}
    taken: list[str] = []
    for operation in change.operations:
        match operation:
            case Create(path, text):
                texts[path] = text
            case Edit():
                texts[operation.path] = "\ufeff" * operation.bom + operation.after
            case Rename(path, new_path, edit=edit):
                texts[new_path] = "\ufeff" * edit.bom + edit.after if edit else before[path]
                taken.append(path)
            case Delete(path):
                taken.append(path)
    assert texts == files_of(after)
    assert sorted(taken) == sorted(gone)
