"""How is a reply applied to a tree? Parsed, located, merged with what changed meanwhile, reviewed, then written."""

from dataclasses import dataclass
from pathlib import Path

from clients.outgoing import NEVER_SEND
from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot
from context.workspace.files import FileFilter
from lsp_server.commands.keeping import write_kept
from lsp_server.edits.change import Refused
from lsp_server.edits.rebase import rebase
from lsp_server.edits.reply import to_change
from lsp_server.review.journal import Record
from lsp_server.review.judge import judge, refusals


@dataclass(frozen=True, slots=True)
class Applied:
    """The change is on the disk; `paths` are the files that it touched."""

    paths: tuple[str, ...]


def edits_apply(
    root: Path,
    reply: str,
    base: Path | None,
    default_path: str | None,
    state: Path,
    never_send: tuple[str, ...] = NEVER_SEND,
) -> Applied | Refused:
    """Writes what a reply means to the files below `root`, all of it or nothing.

    `base` holds the files as the model saw them, if they changed since; `state` is where what undo needs is kept;
    `never_send` are patterns of files that no model sees and no change touches.
    There is no one to ask here, so whatever needs a person's review is refused.
    """
    now = Snapshot(root)
    seen = root if base is None else base
    change = to_change(
        reply, now if base is None else Snapshot(base), default_path, lambda: _sendable(seen, never_send)
    )
    if base is not None and not isinstance(change, Refused):
        change = rebase(change, now)
    if isinstance(change, Refused):
        return change
    verdict = judge(change, now, never_send, syntax_faults)
    if verdict.level != "allow":
        return Refused(refusals(verdict))
    problems = write_kept(root, change, Record("Apply a reply", "reply"), state)
    return Refused(problems) if problems else Applied(change.paths())


def _sendable(root: Path, never_send: tuple[str, ...]) -> list[str]:
    """The files that a model may have been shown."""
    files = FileFilter(root, never_send)
    return [source.path for source in files.walk() if not files.is_private(source.path)]
