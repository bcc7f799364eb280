"""What waits for approval, and how is it shown? The values that the editor's question and the terminal share."""

from dataclasses import replace
from pathlib import Path

from lsp_server.actions.ask import Proposal
from lsp_server.actions.describe import plain
from lsp_server.edits.change import ChangeSet
from lsp_server.edits.diff import unified
from lsp_server.edits.formats.fences import fence_around
from lsp_server.review.approval import Pending, bases_sha, policy_sha
from lsp_server.review.audit import Audit
from lsp_server.review.identity import change_sha
from lsp_server.review.policy_files import ORGANISATION, USER, load_policy
from lsp_server.review.unseen import visible
from lsp_server.settings import Settings


def policy_of(root: Path, settings: Settings) -> str:
    """The hash of the policy that decides about a change below a root now. Reads files."""
    folder = settings.config_file.parent
    policy = load_policy(root, folder)
    rules = (*settings.never_send, repr(replace(policy, checkpoints=dict(sorted(policy.checkpoints.items())))))
    return policy_sha(root, rules, (settings.config_file, folder / USER, ORGANISATION))


def pending_of(proposal: Proposal, change: ChangeSet, policy: str, session: str) -> Pending:
    """A proposal's change, or the part of it that is withheld, as it waits."""
    return Pending(change, proposal.summary, proposal.made_by, proposal.verdict.reasons, policy, session)


def withheld_page(pending: Pending) -> str:
    """A Markdown page that shows what waits, with every character that hides."""
    return _page(f"Waits for approval: {pending.summary}", pending.reasons, pending.change)


def proposed_page(proposal: Proposal) -> str:
    """The same for what the user is asked about and need not approve."""
    return _page(proposal.summary, proposal.verdict.reasons, proposal.change)


def _page(title: str, why: tuple[str, ...], change: ChangeSet) -> str:
    diff = visible(unified(change))
    fence = fence_around(diff)
    reasons = "\n".join(f"- {_on_one_line(reason)}" for reason in why)
    return f"# {_on_one_line(title)}\n\n{reasons}\n\n{fence}diff\n{diff}{fence}\n"


def _on_one_line(text: str) -> str:
    """Text that may come from a model: it begins no line, and is not taken for Markdown."""
    return plain(" ".join(text.split()))


def note_withheld(audit: Audit, root: Path, pending: Pending, why: tuple[str, ...]) -> None:
    """Notes that a change waits; `why` are the rules that say so. Blocks."""
    values: dict[str, object] = {
        "patch": pending.id,
        "change": change_sha(pending.change),
        "bases": bases_sha(pending.change),
        "policy": pending.policy,
        "paths": pending.change.paths(),
        "why": why,
    }
    audit.add("withhold", root, values)


def note_approval(audit: Audit, root: Path, pending: Pending, channel: str, user: str, refused: str) -> None:
    """Notes that a change was approved, or why an approval did not hold. Blocks."""
    values: dict[str, object] = {
        "patch": pending.id,
        "change": change_sha(pending.change),
        "policy": pending.policy,
        "channel": channel,
        "user": user,
        "outcome": f"refused: {refused}" if refused else "approved",
    }
    audit.add("approve", root, values)
