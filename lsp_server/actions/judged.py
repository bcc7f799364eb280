"""What does the review say of a change? Our own rules in a worker, then the project's tools on a scratch copy."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from context.parsing.names import code_words
from context.parsing.parse import syntax_faults
from context.parsing.symbols import symbols_in
from context.snapshot import Snapshot
from context.workspace.rank import TEST, rank_of
from lsp_server.actions.audited import note_verdict
from lsp_server.actions.leaks import new_secrets
from lsp_server.actions.services import Services
from lsp_server.edits.cells import is_cell
from lsp_server.edits.change import ChangeSet, Delete
from lsp_server.review.checkpoints.scene import MOST_FILES_READ, Known, Reading
from lsp_server.review.checkpoints.survey import concerns_of, names_wanted
from lsp_server.review.checks.checking import TOOL_NAMES, Checked, check, tools_for
from lsp_server.review.hunks import with_concerns
from lsp_server.review.judge import judge, with_checks
from lsp_server.review.policy_files import Policy, load_policy
from lsp_server.review.verdict import CheckState, Concern, Verdict, strictest

PROVEN = frozenset({"cp.arch", "cp.iface", "file"})
"""What a recipe does on purpose, and exactly: where it would only be confirmed, it is a remark."""

KEPT = frozenset({"prot.crypto", "prot.access", "prot.money", "prot.data-loss"})
"""What runs as it did after a recipe, whatever it is about. A guard that goes is another matter."""


async def judged(change: ChangeSet, snapshot: Snapshot, services: Services) -> Verdict:
    """The verdict of the floor over a change made for a snapshot: what is denied, whatever anybody says."""
    policy = await policy_of(services)
    never_send = (*services.never_send, *policy.never_send)
    return await services.index.run(judge, change, snapshot, never_send, syntax_faults, code_words)


async def policy_of(services: Services) -> Policy:
    """The policy that holds in the workspace now."""
    return await asyncio.to_thread(load_policy, services.root, services.settings.config_file.parent)


async def judged_and_checked(
    change: ChangeSet,
    snapshot: Snapshot,
    services: Services,
    concerns: Sequence[Concern] = (),
    *,
    ask: str = "",
    exact: bool = False,
    seen: tuple[ChangeSet, Snapshot] | None = None,
) -> Verdict:
    """The same with the checkpoints, and with what the project's tools say of it, noted for the ask of that id.

    `concerns` are what is known of the change already; `exact` says that a recipe made it; `seen` is what the tools are
    shown in the place of the change, with the same texts after it.
    """
    verdict = await judged(change, snapshot, services)
    verdict = replace(verdict, judgements=with_concerns(verdict.judgements, change, concerns))
    # What is denied anyway is not looked at further, and not shown to the tools.
    if verdict.level != "deny":
        policy = await policy_of(services)
        found, checked = await asyncio.gather(
            checkpoints(change, snapshot, services, policy), _checked(*(seen or (change, snapshot)), services)
        )
        # What cannot be read, as a file with conflict markers, tells nothing certain of what is new after it.
        told = [
            at_least(_remark(each) if exact else each, policy) for each in found if not seen or each.level != "allow"
        ]
        told += required(policy, change, {**verdict.checks, **checked.states})
        verdict = replace(verdict, judgements=with_concerns(verdict.judgements, change, told))
        verdict = with_checks(verdict, change, checked.findings, checked.states)
    await note_verdict(services.audit, services.root, ask, change, verdict)
    return verdict


async def checkpoints(change: ChangeSet, snapshot: Snapshot, services: Services, policy: Policy) -> tuple[Concern, ...]:
    """What the checkpoints say, with what the index knows of the names that the change touches."""
    index, reading = services.index, Reading(symbols_in, is_test)
    paths = index.paths()
    wanted = await index.run(names_wanted, change, snapshot, reading, paths)
    mentions = {name: index.mentions(name)[: MOST_FILES_READ + 1] for name in wanted}
    known = Known(mentions, paths)
    found = await index.run(concerns_of, change, snapshot, reading, known, policy.protects)
    return (*found, *await asyncio.to_thread(new_secrets, change))


def is_test(path: str) -> bool:
    """Whether a path is one of a test."""
    return rank_of(path) == TEST


def required(policy: Policy, change: ChangeSet, states: Mapping[str, CheckState]) -> list[Concern]:
    """What is said of a change because a policy cannot be used, or wants tools that have not looked."""
    said = [
        Concern("policy", "confirm", "", f"{problem.file.name}, line {problem.line}: {problem.message}.")
        for problem in policy.problems
        if problem.fatal
    ]
    # A tool that is for none of these files has nothing to look at; one that nobody knows looks at nothing, ever.
    unsaid = dict.fromkeys(TOOL_NAMES, "pass") | dict.fromkeys(tools_for(change), "not-run")
    for tool in policy.required:
        state = states.get(tool) or unsaid.get(tool, "unknown")
        if state not in ("pass", "new-findings"):
            said.append(Concern("policy", policy.on_missing, "", f"Your policy wants {tool}, which was {state}."))
    return said


def at_least(concern: Concern, policy: Policy) -> Concern:
    """A concern with at least the level that a policy gives its rule."""
    return replace(concern, level=strictest(concern.level, policy.least(concern.rule)))


def _remark(concern: Concern) -> Concern:
    is_meant = (concern.level == "confirm" and concern.rule in PROVEN) or concern.rule in KEPT
    return replace(concern, level="allow") if is_meant else concern


async def _checked(change: ChangeSet, snapshot: Snapshot, services: Services) -> Checked:
    # No tool reads a cell without those before it.
    if not services.settings.checks or any(map(is_cell, change.paths())):
        return Checked()
    return await check(change, snapshot, await _tests_of(change, services), trusted=services.trusted)


async def _tests_of(change: ChangeSet, services: Services) -> tuple[str, ...]:
    """The tests that a change touches: those in it, those named after its files, and those that import them."""
    found: dict[str, None] = {}
    for operation in change.operations:
        if not isinstance(operation, Delete):
            found |= dict.fromkeys(await services.index.tests_of(operation.path))
    return tuple(found)
