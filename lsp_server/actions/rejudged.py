"""What does the review say of a proposal that is another one now: a part, on other texts, under another policy?

All that it said of the whole: what the ask did not name is no more asked for in a part of a reply or after a merge.
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
    proposal: Proposal,
    change: ChangeSet,
    snapshot: Snapshot,
    services: Services,
    concerns: Sequence[Concern] = (),
    *,
    exact: bool = False,
) -> Verdict:
    """The verdict over what became of a proposal's change; `concerns` are what else is known of it.

    `exact` says that it is still all that a recipe made.
    """
    beyond = unnamed(change, proposal.ask) if proposal.made_by == "model" else ()
    known = (*beyond, *concerns)
    return await judged_and_checked(change, snapshot, services, known, ask=proposal.ask.id, exact=exact)
