"""What does the review say of a proposal that is no longer the change that it judged: a part, or on other texts?

All that it said of the whole: what the ask did not name is no more asked for in a part of a reply or after a merge. A
part of a recipe's change is not exact any more.
"""

from collections.abc import Sequence

from context.snapshot import Snapshot
from lsp_server.actions.ask import Proposal
from lsp_server.actions.judged import judged_and_checked
from lsp_server.actions.services import Services
from lsp_server.actions.unnamed import unnamed
from lsp_server.edits.change import ChangeSet
from lsp_server.review.verdict import Concern, Verdict


async def rejudged(
    proposal: Proposal, change: ChangeSet, snapshot: Snapshot, services: Services, concerns: Sequence[Concern] = ()
) -> Verdict:
    """The verdict over what became of a proposal's change; `concerns` are what else is known of it."""
    beyond = unnamed(change, proposal.ask) if proposal.made_by == "model" else ()
    return await judged_and_checked(change, snapshot, services, (*beyond, *concerns), ask=proposal.ask.id)
