"""What does the review say of a change? Our own rules in a worker, then the project's tools on a scratch copy."""

from collections.abc import Sequence
from dataclasses import replace

from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot
from lsp_server.actions.audited import note_verdict
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Delete
from lsp_server.review.checks.checking import check
from lsp_server.review.hunks import with_concerns
from lsp_server.review.judge import judge, with_checks
from lsp_server.review.verdict import Concern, Verdict


async def judged(change: ChangeSet, snapshot: Snapshot, services: Services) -> Verdict:
    """The verdict of our own rules over a change made for a snapshot."""
    return await services.index.run(judge, change, snapshot, services.never_send, syntax_faults)


async def judged_and_checked(
    change: ChangeSet, snapshot: Snapshot, services: Services, concerns: Sequence[Concern] = (), *, ask: str = ""
) -> Verdict:
    """The same, with what the project's tools say of it, noted in the audit log for the ask of that id.

    `concerns` are what is known of the change already.
    """
    verdict = await judged(change, snapshot, services)
    verdict = replace(verdict, judgements=with_concerns(verdict.judgements, change, concerns))
    # What is denied anyway is not shown to the tools.
    if verdict.level != "deny" and services.settings.checks:
        verdict = await _with_tools(verdict, change, snapshot, services)
    await note_verdict(services.audit, services.root, ask, change, verdict)
    return verdict


async def _with_tools(verdict: Verdict, change: ChangeSet, snapshot: Snapshot, services: Services) -> Verdict:
    tests = await _tests_of(change, services)
    checked = await check(change, snapshot, tests, trusted=services.trusted)
    return with_checks(verdict, change, checked.findings, checked.states)


async def _tests_of(change: ChangeSet, services: Services) -> tuple[str, ...]:
    """The tests that a change touches: those in it, those named after its files, and those that import them."""
    found: dict[str, None] = {}
    for operation in change.operations:
        if not isinstance(operation, Delete):
            found |= dict.fromkeys(await services.index.tests_of(operation.path))
    return tuple(found)
