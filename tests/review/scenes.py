"""How the tests of the checkpoints ask: a workspace before, what changes in it, and what is said of that."""

import re
from collections.abc import Mapping
from pathlib import Path

from context.parsing.symbols import symbols_in
from context.snapshot import Snapshot
from lsp_server.actions.judged import is_test
from lsp_server.edits.change import ChangeSet, Create, Delete, Operation
from lsp_server.review.checkpoints.scene import Known, Reading
from lsp_server.review.checkpoints.survey import concerns_of, names_wanted
from lsp_server.review.verdict import Concern
from tests.review.checks import edit

Files = Mapping[str, str]
READING = Reading(symbols_in, is_test)


def change_of(before: Files, after: Mapping[str, str | None]) -> ChangeSet:
    """What leads from one text of some files to another; None for a file that goes."""
    operations: list[Operation] = []
    for path, text in after.items():
        was = before.get(path)
        if text is None:
            operations.append(Delete(path, "", was or ""))
        else:
            operations.append(Create(path, text) if was is None else edit(path, was, text))
    return ChangeSet(tuple(operations))


def concerns(root: Path, before: Files, after: Mapping[str, str | None]) -> tuple[Concern, ...]:
    """What the checkpoints say of a change; who mentions a name is looked up in the files."""
    for path, text in before.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return concerns_at(root, before, change_of(before, after))


def concerns_at(root: Path, before: Files, change: ChangeSet) -> tuple[Concern, ...]:
    paths = tuple(before)
    snapshot = Snapshot(root)
    wanted = names_wanted(change, snapshot, READING, paths)
    mentions = {
        name: [path for path, text in before.items() if re.search(rf"\b{re.escape(name)}\b", text)] for name in wanted
    }
    return concerns_of(change, snapshot, READING, Known(mentions, paths))


def check_said(root: Path, before: Files, after: Mapping[str, str | None], *expected: tuple[str, str, str]) -> None:
    """Exactly these are said, as (rule, level, a part of the message), in any order, but for remarks.

    Of protected code the samples speak now and then; it has tests of its own.
    """
    said_of = concerns(root, before, after)
    found = [each for each in said_of if each.level != "allow" and not each.rule.startswith("prot.")]
    said = [(each.rule, each.level, each.message) for each in found]
    assert len(found) == len(expected), said
    for rule, level, part in expected:
        assert any((rule, level) == (one, other) and part in message for one, other, message in said), (part, said)


def check_remark(root: Path, before: Files, after: Mapping[str, str | None], rule: str, part: str) -> None:
    """The checkpoint tells it and asks for nothing."""
    said = [(each.rule, each.level, each.message) for each in concerns(root, before, after)]
    assert any((one, level) == (rule, "allow") and part in message for one, level, message in said), said
