"""What does a person need to decide about a proposal? One page: what, why, how it was checked, made and paid for."""

from lsp_server.actions.ask import Proposal
from lsp_server.actions.describe import PIECES_SHOWN, plain, shortened, when
from lsp_server.edits.change import Create, Delete, Edit, Operation, Rename
from lsp_server.edits.diff import unified
from lsp_server.edits.formats.fences import fence_around
from lsp_server.review.unseen import visible

MOST_DIFF_CHARACTERS = 200_000
AGAIN = (
    "It was made at {made}, before the server was started anew. What is said of it here is from then: it is reviewed"
    " again when you accept it, and you are asked."
)


def proposal_page(name: str, proposal: Proposal, since: float | None = None) -> str:
    """The page of the proposal with an id, in Markdown. Nothing in it is a link or an image.

    `since` is when it was made, in seconds since 1970, where another server made it.
    """
    verdict = proposal.verdict
    lines = [f"# {plain(shortened(proposal.summary))}", ""]
    lines += [f"Proposal {name}: nothing is changed until you accept it (`patchwright.accept`).", ""]
    if since is not None:
        lines += [AGAIN.format(made=when(since)), ""]
    lines += ["## What", "", *(f"- {_what(operation)}" for operation in proposal.change.operations), ""]
    lines += ["## Why", "", *(f"> {plain(line)}" for line in proposal.ask.description.strip().splitlines()), ""]
    lines += [f"- {plain(reason)}" for reason in verdict.reasons]
    lines += ["", "## Checks", "", f"Review: {verdict.level}.", ""]
    lines += [f"- {plain(tool)}: {state}" for tool, state in verdict.checks.items()]
    lines += [
        f"- `{finding.path}:{finding.line}` {plain(finding.message)} ({finding.tool} {finding.rule})"
        for finding in verdict.findings
    ]
    lines += ["", "## Made by", "", _maker(proposal), ""]
    if proposal.uncertain:
        lines += ["## To check by hand", ""]
        lines += [f"- `{site.path}:{site.line}` {plain(site.why)}" for site in proposal.uncertain] + [""]
    if proposal.context is not None and proposal.context.pieces:
        lines += ["## What was shown to the model", ""]
        lines += [
            f"- `{piece.path}:{piece.start_line}-{piece.end_line}` {plain(piece.why)}"
            for piece in proposal.context.pieces[:PIECES_SHOWN]
        ] + [""]
    return "\n".join([*lines, "## Diff", "", *_fenced(unified(proposal.change))]) + "\n"


def _what(operation: Operation) -> str:
    match operation:
        case Create(path, text):
            return f"`{path}` is new, {len(text.splitlines())} lines"
        case Delete(path):
            return f"`{path}` is deleted"
        case Rename(path, new_path, edit=edit):
            return f"`{path}` moves to `{new_path}`{' and changes' if edit else ''}"
        case Edit(path=path, hunks=hunks):
            places = len(hunks)
            return f"`{path}` changes{f' in {places} places' if places > 1 else ''}"


def _maker(proposal: Proposal) -> str:
    if proposal.made_by == "recipe":
        return "A recipe: exact, no model, no network, no cost."
    usage = proposal.usage
    cost = ""
    if usage is not None:
        about = "about " if usage.estimated else ""
        cost = f", {about}{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"A model, in {proposal.seconds:.1f} s{cost}."


def _fenced(text: str) -> list[str]:
    """A text within a fence that nothing in it can end, with every character that hides."""
    shown = visible(text[:MOST_DIFF_CHARACTERS])
    fence = fence_around(shown)
    cut = ["", "The diff is cut here: it is too long to show."] if len(text) > len(shown) else []
    return [f"{fence}diff", shown.rstrip("\n"), fence, *cut]
