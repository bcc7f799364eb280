"""What does the review say of a change? All checks together, as one verdict.

A module-level function of values that pickle, so that it can run in a worker process.
"""

from collections.abc import Mapping, Sequence

from context.snapshot import Snapshot
from lsp_server.edits.change import ChangeSet, Problem, ProblemCode
from lsp_server.review.addresses import LEVEL_OF_RULE, new_addresses
from lsp_server.review.addresses import TOOL as ADDRESSES
from lsp_server.review.certainty import TOOL as PLACES
from lsp_server.review.certainty import uncertain_places
from lsp_server.review.held_elsewhere import held_elsewhere
from lsp_server.review.hunks import judgements_of, with_concerns
from lsp_server.review.lookalikes import Words, new_lookalikes
from lsp_server.review.policy import RULE as PATHS
from lsp_server.review.policy import denied_paths
from lsp_server.review.syntax import TOOL as SYNTAX
from lsp_server.review.syntax import Faults, new_faults
from lsp_server.review.unseen import LEVEL_OF_RULE as LEVEL_OF_CHARACTERS
from lsp_server.review.unseen import TOOL as CHARACTERS
from lsp_server.review.unseen import new_unseen
from lsp_server.review.verdict import CheckState, Concern, Finding, Level, Side, Verdict

LEVEL_OF_TOOL: dict[str, Level] = {SYNTAX: "deny", CHARACTERS: "approve", PLACES: "confirm", ADDRESSES: "confirm"}

LEVELS_OF_RULES: dict[str, Level] = {**LEVEL_OF_RULE, **LEVEL_OF_CHARACTERS}

CODES: dict[str, ProblemCode] = {SYNTAX: "SYNTAX_WORSE", PLACES: "UNCERTAIN"}
"""What the model is told of a finding; any other is the user's affair."""


def judge(change: ChangeSet, snapshot: Snapshot, never_send: tuple[str, ...], faults: Faults, code: Words) -> Verdict:
    """The verdict over a change for the files below the snapshot's root. Looks at the disk and parses changed files.

    `never_send` are patterns in the form of `.gitignore`; `faults` finds the syntax faults of a path and its text,
    `code` the words in it that are neither text nor comment.
    """
    denied = denied_paths(snapshot.root, change, never_send)
    syntax, places, addresses = new_faults(change, faults), uncertain_places(change), new_addresses(change)
    unseen = (*new_unseen(change), *new_lookalikes(change, code))
    findings = (*syntax, *unseen, *places, *addresses)
    checks: dict[str, CheckState] = {
        PATHS: "new-findings" if denied else "pass",
        SYNTAX: "new-findings" if syntax else "pass",
        CHARACTERS: "new-findings" if unseen else "pass",
        ADDRESSES: "new-findings" if addresses else "pass",
    }
    concerns = (
        *denied,
        *held_elsewhere(snapshot.root, change),
        *(_concern(finding, LEVELS_OF_RULES.get(finding.rule, LEVEL_OF_TOOL[finding.tool])) for finding in findings),
    )
    return Verdict(with_concerns(judgements_of(change), change, concerns), findings, checks)


def with_checks(
    verdict: Verdict, change: ChangeSet, findings: Sequence[Finding], states: Mapping[str, CheckState]
) -> Verdict:
    """A verdict together with what the project's tools found; a person decides about each finding.

    What was found in a file that the change does not touch is said of the whole change.
    """
    concerns = [_concern(finding, "confirm") for finding in findings]
    judgements = with_concerns(verdict.judgements, change, concerns)
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
    denied = tuple(
        Problem("DENIED", reason, judgement.path)
        for judgement in verdict.judgements
        if judgement.level != "allow"
        for reason in judgement.reasons
        if reason not in told
    )
    return broken + tuple(dict.fromkeys(denied))


def _concern(finding: Finding, level: Level) -> Concern:
    # Of a place that is only likely the line is that of the text before.
    side: Side = "before" if finding.tool == PLACES else "after"
    return Concern(finding.tool, level, finding.path, _sentence(finding), finding.line, side)


def _sentence(finding: Finding) -> str:
    rule = f" ({finding.tool} {finding.rule})" if finding.tool not in LEVEL_OF_TOOL else ""
    return f"{finding.path}, line {finding.line}: {finding.message.rstrip('.')}{rule}."
