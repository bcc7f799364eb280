"""How is a reply applied to a tree? Parsed, located, merged with what changed meanwhile, reviewed, then written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clients.outgoing import NEVER_SEND
from context.snapshot import Snapshot
from context.workspace.files import FileFilter
from lsp_server.commands.edits_review import reviewed
from lsp_server.commands.keeping import write_kept
from lsp_server.edits.change import ChangeSet, Problem, Refused
from lsp_server.edits.rebase import rebase
from lsp_server.edits.reply import to_change
from lsp_server.review.journal import Record
from lsp_server.review.policy_files import Policy


@dataclass(frozen=True, slots=True)
class Applied:
    """The change is on the disk; `paths` are the files that it touched, `remarks` what a person should look at."""

    paths: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for a reply: patterns of files that no model sees and no change touches, and the policy.

    `agrees` is asked with a change and why a person must decide about it; without anybody to ask, the answer is no.
    """

    never_send: tuple[str, ...] = NEVER_SEND
    policy: Policy = field(default_factory=Policy)
    agrees: Callable[[ChangeSet, tuple[Problem, ...]], bool] = lambda _change, _why: False


STRICT = Rules()


def edits_apply(
    root: Path, reply: str, base: Path | None, default_path: str | None, state: Path, rules: Rules = STRICT
) -> Applied | Refused:
    """Writes what a reply means to the files below `root`, all of it or nothing.

    `base` holds the files as the model saw them, if they changed since; `state` is where what undo needs is kept.
    """
    now = Snapshot(root)
    seen = root if base is None else base
    change = to_change(
        reply, now if base is None else Snapshot(base), default_path, lambda: _sendable(seen, rules.never_send)
    )
    if base is not None and not isinstance(change, Refused):
        change = rebase(change, now)
    if isinstance(change, Refused):
        return change
    found = reviewed(root, change, rules.never_send, rules.policy)
    if found.denied or (found.held and not rules.agrees(change, found.held)):
        return Refused(found.denied or found.held)
    problems = write_kept(root, change, Record("Apply a reply", "reply"), state)
    return Refused(problems) if problems else Applied(change.paths(), found.remarks)


def _sendable(root: Path, never_send: tuple[str, ...]) -> list[str]:
    """The files that a model may have been shown."""
    files = FileFilter(root, never_send)
    return [source.path for source in files.walk() if not files.is_private(source.path)]
