"""Do the files hold what was meant? An editor's own answer is a hint: some say "applied" of what they skipped.

Open documents are compared by the text that the editor sends after the edit, closed files by what is on disk.
"""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from context.snapshot import FileText, read_file
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename
from lsp_server.features.workspace_edit import Open
from lsp_server.folders import Folder
from lsp_server.session import Session

State = Literal["done", "unchanged", "unsaved", "different", "in-part"]
"""`in-part`: it holds what the user took of what was sent.
`unsaved`: a closed file is as it was, while the editor says that it applied the edit: it may hold it in a buffer."""

SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True, slots=True)
class Seen:
    """One file as it is now: its text (None where there is no such file) and whether the editor has it open."""

    text: str | None
    is_open: bool


def seen(folder: Folder, path: str, opened: Open) -> Seen:
    """What the editor, else the disk, holds at a path."""
    document = opened(path)
    if document is not None:
        return Seen(document.text, is_open=True)
    found = read_file(folder.root, path)
    if isinstance(found, FileText):
        return Seen(found.text, is_open=False)
    return Seen(None if not found.exists else "", is_open=False)


async def verify(session: Session, folder: Folder, change: ChangeSet, *, claimed: bool) -> Mapping[str, State]:
    """The state of each file by path, once the editor had time to tell; `claimed`: whether it said "applied"."""
    started = time.monotonic()
    while True:
        states: dict[str, State] = {}
        opened = session.opened(folder)
        for operation in change.operations:
            states[operation.path] = _state(folder, operation, opened, claimed=claimed)
        waited = time.monotonic() - started
        if claimed and waited > session.patience.open_document / 2 and "unchanged" in states.values():
            # It may tell of changes only once its command is answered.
            started = time.monotonic() if session.let_go() else started
        limits = [
            session.patience.open_document if state == "unchanged" else session.patience.closed_file
            for state in states.values()
            if state != "done"
        ]
        if not limits or waited > max(limits):
            return states
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _state(folder: Folder, operation: Operation, opened: Open, *, claimed: bool) -> State:
    now = seen(folder, operation.path, opened)
    untouched: State = "unsaved" if claimed and not now.is_open else "unchanged"
    match operation:
        case Create(text=text):
            if now.text is None:
                return untouched
            return "done" if same_text(now.text, text) else "different"
        case Edit(before=before, after=after):
            if now.text is not None and same_text(now.text, after) and not same_text(before, after):
                return "done"
            if now.text == after:
                return "done"
            return untouched if now.text is not None and same_text(now.text, before) else "different"
        case Delete():
            return "done" if now.text is None else untouched
        case Rename(new_path=new_path, edit=edit):
            return _moved(now, seen(folder, new_path, opened), edit, untouched)


def _moved(now: Seen, target: Seen, edit: Edit | None, untouched: State) -> State:
    """The state of a file that moves, by what is `now` at its old path and at its target."""
    if now.text is not None:
        as_it_was = edit is None or same_text(now.text, edit.before)
        return untouched if as_it_was and target.text is None else "different"
    if target.text is None:
        return "different"
    if edit is None or same_text(target.text, edit.after):
        return "done"
    may_be_held = untouched == "unsaved" and not target.is_open and same_text(target.text, edit.before)
    return "unsaved" if may_be_held else "different"


def same_text(found: str, meant: str) -> bool:
    """Whether two texts are the same but for what editors do of their own: line ends, and empty lines at the end."""
    return found == meant or _plain(found) == _plain(meant)


def _plain(text: str) -> str:
    return re.sub(r"\r\n|\r", "\n", text).rstrip("\n")
