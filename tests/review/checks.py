"""How the tests of `review` ask: a change, and the level and reasons that it gets."""

from collections.abc import Sequence
from pathlib import Path

from context.parsing.names import code_words
from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot, text_sha
from lsp_server.edits.change import ChangeSet, Create, Edit, Operation
from lsp_server.edits.hunks import hunks_between
from lsp_server.review.judge import judge
from lsp_server.review.verdict import Level, Verdict


def edit(path: str, before: str, after: str) -> Edit:
    return Edit(path, text_sha(before), before, after, hunks_between(before, after))


def verdict_of(root: Path, *operations: Operation, never_send: Sequence[str] = ()) -> Verdict:
    return judge(ChangeSet(operations), Snapshot(root), tuple(never_send), syntax_faults, code_words)


def check_verdict(
    root: Path, level: Level, saying: str, *operations: Operation, never_send: Sequence[str] = ()
) -> None:
    """The change gets the level, and a reason says so."""
    verdict = verdict_of(root, *operations, never_send=never_send)
    assert verdict.level == level, verdict
    assert any(saying in reason for reason in verdict.reasons) or not saying, verdict.reasons


def check_denied(root: Path, path: str, saying: str, never_send: Sequence[str] = ()) -> None:
    """Neither a new file nor an edit may have this path, however the rest of the change looks."""
    harmless = edit("fine.txt", "a\n", "b\n")
    check_verdict(root, "deny", saying, harmless, Create(path, "x\n"), never_send=never_send)
    check_verdict(root, "deny", saying, edit(path, "a\n", "b\n"), harmless, never_send=never_send)
