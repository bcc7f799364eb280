"""What if the branch moved while a change was made? Merged onto the present files and reviewed anew, or refused.

A commit, a checkout, a merge that begins: each can change files that the change was made from without touching those
that it edits. So the user is asked even where nothing conflicts, and in the middle of a merge nothing new is applied.
"""

import asyncio
from dataclasses import replace

from lsp_server.actions.ask import Proposal
from lsp_server.actions.git_base import Base, base_of, difference
from lsp_server.actions.rejudged import rejudged
from lsp_server.edits.change import Refused
from lsp_server.edits.rebase import rebase
from lsp_server.folders import Folder
from lsp_server.review.verdict import Concern
from lsp_server.session import Session

RULE = "cp.base"


async def on_present_base(
    session: Session, folder: Folder, proposal: Proposal, base: Base
) -> tuple[Proposal, Base] | str:
    """The proposal for the present base, or why there is none; `base` is the one that it was made on."""
    now = await asyncio.to_thread(base_of, folder.root)
    moved = difference(base, now)
    if not moved:
        return proposal, now
    if now.under_way and now.under_way != base.under_way:
        return f"{moved} while this change was made. Finish it, then ask again. Nothing was changed."
    snapshot = session.snapshot(folder)
    change = await asyncio.to_thread(rebase, proposal.change, snapshot)
    if isinstance(change, Refused):
        problems = " ".join(problem.message for problem in change.problems)
        return f"{moved} while this change was made. {problems} Nothing was changed."
    services = await session.services(folder)
    concern = Concern(RULE, "confirm", change.paths()[0], f"{moved} while this change was made.")
    verdict = await rejudged(proposal, change, snapshot, services, (concern,))
    if verdict.level == "deny":
        return f"{moved} while this change was made: {' '.join(verdict.reasons)} Nothing was changed."
    return replace(proposal, change=change, verdict=verdict), now
