"""What does the review say of a change? All checks together, as one verdict.

A module-level function of values that pickle, so that it can run in a worker process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet, Problem, ProblemCode
from lsp_server.review.certainty import TOOL as PLACES
from lsp_server.review.certainty import uncertain_places
from lsp_server.review.policy import judge_paths
from lsp_server.review.syntax import TOOL as SYNTAX
from lsp_server.review.syntax import Faults, new_faults
from lsp_server.review.unseen import TOOL as CHARACTERS
from lsp_server.review.unseen import new_unseen
from lsp_server.review.verdict import CheckState, Finding, Judgement, Level, Verdict, strictest

LEVEL_OF_TOOL: dict[str, Level] = {SYNTAX: "deny", CHARACTERS: "confirm", PLACES: "confirm"}

CODES: dict[str, ProblemCode] = {SYNTAX: "SYNTAX_WORSE", PLACES: "UNCERTAIN"}
"""What the model is told of a finding; any other is the user's affair."""


def judge(change: ChangeSet, snapshot: Snapshot, never_send: tuple[str, ...], faults: Faults) -> Verdict:
    """The verdict over a change for the files below the snapshot's root. Looks at the disk and parses changed files.

    `never_send` are patterns in the form of `.gitignore`; `faults` finds the syntax faults of a path and its text.
    """
    paths = judge_paths(snapshot.root, change, never_send)
    denied = any(judgement.level == "deny" for judgement in paths)
    syntax, unseen = new_faults(change, faults), new_unseen(change)
    findings = (*syntax, *unseen, *uncertain_places(change))
    checks: dict[str, CheckState] = {
        "paths": "new-findings" if denied else "pass",
        SYNTAX: "new-findings" if syntax else "pass",
        CHARACTERS: "new-findings" if unseen else "pass",
    }
    return Verdict(tuple(_with_findings(judgement, findings) for judgement in paths), findings, checks)


def with_checks(verdict: Verdict, findings: Sequence[Finding], states: Mapping[str, CheckState]) -> Verdict:
    """A verdict together with what the project's tools found; a person decides about each finding.

    What was found in a file that the change does not touch is said of its first operation.
    """
    paths = [judgement.path for judgement in verdict.judgements]
    of_path: dict[str, list[str]] = {path: [] for path in paths}
    for finding in findings if paths else ():
        of_path[finding.path if finding.path in of_path else paths[0]].append(_sentence(finding))
    judgements = tuple(
        replace(judgement, level=strictest(judgement.level, "confirm"), reasons=(*judgement.reasons, *told))
        if (told := of_path[judgement.path])
        else judgement
        for judgement in verdict.judgements
    )
    return Verdict(judgements, (*verdict.findings, *findings), {**verdict.checks, **states})


def unwelcome(verdict: Verdict) -> tuple[Problem, ...]:
    """What the project's tools found new in a change that may be applied all the same: for the model to mend."""
    return tuple(
        Problem("CHECK", _sentence(finding), finding.path)
        for finding in verdict.findings
        if finding.tool not in LEVEL_OF_TOOL
    )


def refusals(verdict: Verdict) -> tuple[Problem, ...]:
    """Why a change is not applied without a person: a problem for each finding and each reason above `allow`."""
    broken = tuple(
        Problem(CODES[finding.tool], _sentence(finding), finding.path)
        for finding in verdict.findings
        if finding.tool in CODES
    )
    told = {_sentence(finding) for finding in verdict.findings if finding.tool in CODES}
    return broken + tuple(
        Problem("DENIED", reason, judgement.path)
        for judgement in verdict.judgements
        if judgement.level != "allow"
        for reason in judgement.reasons
        if reason not in told
    )


def _with_findings(judgement: Judgement, findings: Sequence[Finding]) -> Judgement:
    """A judgement made stricter by what was found in its file."""
    own = [finding for finding in findings if finding.path == judgement.path]
    levels: list[Level] = [LEVEL_OF_TOOL[finding.tool] for finding in own]
    level = strictest(judgement.level, *levels)
    return replace(judgement, level=level, reasons=(*judgement.reasons, *map(_sentence, own)))


def _sentence(finding: Finding) -> str:
    rule = f" ({finding.tool} {finding.rule})" if finding.tool not in LEVEL_OF_TOOL else ""
    return f"{finding.path}, line {finding.line}: {finding.message.rstrip('.')}{rule}."
