"""What does the review say of a reply that is applied in a terminal? The floor and all checkpoints, without an index.

Nothing is kept between two replies, so what mentions a public name that goes is looked for in the files themselves. The
project's tools are not run: a policy that wants them holds the change.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from context.parsing.names import code_words
from context.parsing.parse import syntax_faults
from context.parsing.symbols import symbols_in
from context.snapshot import FileText, Snapshot
from context.workspace.files import FileFilter
from lsp_server.actions.judged import at_least, is_test, required
from lsp_server.actions.leaks import new_secrets
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.review.checkpoints.scene import Known, Reading
from lsp_server.review.checkpoints.survey import concerns_of, names_wanted
from lsp_server.review.judge import judge, refusals
from lsp_server.review.policy_files import Policy
from lsp_server.review.verdict import Concern

MOST_FILES = 5000
"""Of so many files the mentions of a name are looked for; in a larger tree all of them may hold it."""

_WORDS = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Why nobody's approval would help, what a person must decide about, and what they should look at."""

    denied: tuple[Problem, ...] = ()
    held: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()


def reviewed(root: Path, change: ChangeSet, never_send: tuple[str, ...], policy: Policy) -> Reviewed:
    """What is said of a change for the files below `root`."""
    now = Snapshot(root)
    verdict = judge(change, now, never_send, syntax_faults, code_words)
    if verdict.level == "deny":
        return Reviewed(refusals(verdict))
    concerns = [at_least(each, policy) for each in _checkpoints(root, change, now, never_send, policy)]
    concerns += required(policy, change, verdict.checks)
    denied = dict.fromkeys(Problem("DENIED", each.message, each.path) for each in concerns if each.level == "deny")
    held = dict.fromkeys(Problem("APPROVAL", each.message, each.path) for each in concerns if each.level == "approve")
    remarks = dict.fromkeys(each.message for each in concerns if each.level == "confirm")
    return Reviewed(tuple(denied), (*refusals(verdict), *held), tuple(remarks))


def _checkpoints(
    root: Path, change: ChangeSet, now: Snapshot, never_send: tuple[str, ...], policy: Policy
) -> Sequence[Concern]:
    reading = Reading(symbols_in, is_test)
    files = FileFilter(root, never_send)
    paths = tuple(source.path for source in files.walk() if not files.is_private(source.path))
    wanted = names_wanted(change, now, reading, paths)
    found = concerns_of(change, now, reading, Known(_mentions(wanted, paths, now), paths), policy.protects)
    return (*found, *new_secrets(change))


def _mentions(names: Sequence[str], paths: Sequence[str], now: Snapshot) -> dict[str, list[str]]:
    """The files that hold each of some names."""
    found: dict[str, list[str]] = {name: [] for name in names}
    if not found:
        return found
    if len(paths) > MOST_FILES:
        return {name: list(paths) for name in names}
    for path in paths:
        file = now.file(path)
        for name in found.keys() & set(_WORDS.findall(file.text)) if isinstance(file, FileText) else ():
            found[name].append(path)
    return found
