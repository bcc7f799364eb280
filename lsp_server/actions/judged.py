"""What does the review say of a change? Computed in a worker process, since it parses every changed file."""

from context.parsing.parse import syntax_faults
from context.snapshot import Snapshot
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet
from lsp_server.review.judge import judge
from lsp_server.review.verdict import Verdict


async def judged(change: ChangeSet, snapshot: Snapshot, services: Services) -> Verdict:
    """The verdict over a change made for a snapshot."""
    return await services.index.run(judge, change, snapshot, services.never_send, syntax_faults)
