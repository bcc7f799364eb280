"""Which values of JSON say all that is shown of a proposal, and what it changes? And are they still what they were?

What is read is material: it may come from anybody who can write the file. What does not fit together is no proposal.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from clients.model import Usage
from context.retrieval.select import Context, Piece
from context.snapshot import Place, text_sha
from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.git_base import Base
from lsp_server.actions.notebooks import written_notebook
from lsp_server.actions.proposal_page import proposal_page
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Operation, Rename, edit_in
from lsp_server.recipes.plan import Site
from lsp_server.review.journal import operation_from, operation_values
from lsp_server.review.verdict import LEVELS, Finding, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal as it is kept: its id, since when it waits (seconds since 1970), and where git was."""

    id: str
    time: float
    proposal: Proposal
    base: Base


def values_of(kept: Kept) -> dict[str, object]:
    """A proposal as values of JSON: all that is shown of it, and the texts that it is for."""
    proposal, ask = kept.proposal, kept.proposal.ask
    return {
        "time": kept.time,
        "base": asdict(kept.base),
        "summary": proposal.summary,
        "made_by": proposal.made_by,
        "ask": {"action": ask.action, "description": ask.description, "scope": ask.scope, "id": ask.id},
        "place": asdict(ask.place) if ask.place else None,
        "operations": [operation_values(each) for each in proposal.change.operations],
        "likely": [each.path for each in proposal.change.operations if not _is_certain(each)],
        "verdict": asdict(proposal.verdict),
        "uncertain": [asdict(site) for site in proposal.uncertain],
        "shown": [
            {"path": each.path, "start_line": each.start_line, "end_line": each.end_line, "why": each.why}
            for each in (proposal.context.pieces if proposal.context else ())
        ],
        "usage": asdict(proposal.usage) if proposal.usage else None,
        "seconds": proposal.seconds,
    }


def kept_from(name: str, values: Mapping[str, Any] | None) -> Kept | None:
    """What such values say; None where they do not fit together."""
    try:
        if values is None:
            return None
        if not all(_is_text(each) for each in values["operations"]):
            return None
        operations = [_doubted(operation_from(each), values["likely"]) for each in values["operations"]]
        if not operations or not all(_is_sound(operation) for operation in operations):
            return None
        place = Place(**values["place"]) if values["place"] else None
        ask = Ask(place=place, **values["ask"])
        shown = tuple(Piece(**each, score=0.0, text="", tokens=0) for each in values["shown"])
        proposal = Proposal(
            ask,
            ChangeSet(tuple(operations)),
            _verdict(values["verdict"]),
            "recipe" if values["made_by"] == "recipe" else "model",
            str(values["summary"]),
            tuple(Site(**each) for each in values["uncertain"]),
            context=Context(shown, 0) if shown else None,
            usage=Usage(**values["usage"]) if values["usage"] else None,
            seconds=float(values["seconds"]),
        )
        if written_notebook(ask, proposal.change):
            return None
        # What cannot be shown cannot be decided.
        proposal_page(name, proposal, float(values["time"]))
        return Kept(name, float(values["time"]), proposal, Base(**values["base"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _verdict(values: Mapping[str, Any]) -> Verdict:
    """How it was judged when it was made: shown, and never gone by."""
    judgements = [
        replace(Judgement(**each), reasons=tuple(each["reasons"]), rules=tuple(each["rules"]))
        for each in values["judgements"]
    ]
    if any(each.level not in LEVELS for each in judgements):
        raise ValueError("no level")
    return Verdict(tuple(judgements), tuple(Finding(**each) for each in values["findings"]), dict(values["checks"]))


def _is_certain(operation: Operation) -> bool:
    edit = edit_in(operation)
    return edit is None or all(hunk.certain for hunk in edit.hunks)


def _doubted(operation: Operation, likely: list[str]) -> Operation:
    """The operation with places that are no more certain than they were."""
    edit = edit_in(operation)
    if edit is None or operation.path not in likely:
        return operation
    doubted = replace(edit, hunks=tuple(replace(hunk, certain=False) for hunk in edit.hunks))
    return replace(operation, edit=doubted) if isinstance(operation, Rename) else doubted


def _is_text(values: Mapping[str, Any]) -> bool:
    """Whether what should be text is."""
    inner = values.get("edit")
    texts = (each for name, each in values.items() if name not in ("edit", "bom"))
    return all(isinstance(each, str) for each in texts) and (inner is None or _is_text(inner))


def _is_sound(operation: Operation) -> bool:
    """Whether an operation is what it says: the text that is shown as the one before is the one that it is for."""
    match operation:
        case Create():
            return True
        case Delete(_, base_sha, before):
            return text_sha(before) == base_sha
        case Edit(_, base_sha, before, eol=eol):
            return text_sha(before) == base_sha and eol in ("\n", "\r\n", "\r")
        case Rename(path, _, base_sha, edit):
            return edit is None or (edit.path == path and edit.base_sha == base_sha and _is_sound(edit))
