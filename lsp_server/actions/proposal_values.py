"""What does an editor need to draw a proposal itself? The same as on its page, as plain values.

    {"id": "p1", "summary": …, "files": [{"kind": "edit", "path": "a.py", "new_path": "a.py"}], …}
    {"before": …, "after": …, "hunks": [{"hunk": 0, "start": 2, "end": 3, "new_start": 2, "new_end": 4, …}]}

Lines count from 0, and the end of a range is no part of it.
"""

from collections.abc import Iterator
from typing import Any

from clients.profiles import Price
from lsp_server.actions.ask import Proposal
from lsp_server.edits.change import ChangeSet, Create, Delete, Edit, Hunk, Operation, Rename, edit_in
from lsp_server.edits.choose import parts_of
from lsp_server.edits.hunks import hunks_between
from lsp_server.edits.lines import contents
from lsp_server.review.verdict import Level, Verdict, strictest

KINDS: dict[type[Operation], str] = {Create: "create", Rename: "rename", Delete: "delete", Edit: "edit"}


def summary_values(name: str, proposal: Proposal, price: Price | None) -> dict[str, Any]:
    """What, why, how it was checked, made and paid for; `usd` is None where nobody knows the price."""
    verdict, usage = proposal.verdict, proposal.usage
    used = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens} if usage else None
    return {
        "id": name,
        "summary": proposal.summary,
        "description": proposal.ask.description.strip(),
        "made_by": proposal.made_by,
        "level": verdict.level,
        "reasons": list(verdict.reasons),
        "checks": dict(verdict.checks),
        "findings": [
            {"path": each.path, "line": each.line - 1, "message": each.message, "tool": each.tool, "rule": each.rule}
            for each in verdict.findings
        ],
        "uncertain": [{"path": site.path, "line": site.line - 1, "why": site.why} for site in proposal.uncertain],
        "usage": used,
        "usd": price.of(usage) if usage and price else None,
        "seconds": round(proposal.seconds, 1),
        "files": [_file(operation) for operation in proposal.change.operations],
    }


def _file(operation: Operation) -> dict[str, Any]:
    new_path = operation.new_path if isinstance(operation, Rename) else operation.path
    return {"kind": KINDS[type(operation)], "path": operation.path, "new_path": new_path}


def file_values(operation: Operation, verdict: Verdict | None) -> dict[str, Any]:
    """The two texts of a file and what can be taken of its change; without a verdict no hunk has a level of its own."""
    _, before, after = next(ChangeSet((operation,)).sides(), ("", "", ""))
    hunks = list(_hunks(operation, before, after, verdict))
    return {**_file(operation), "before": before, "after": after, "hunks": hunks}


def _hunks(operation: Operation, before: str, after: str, verdict: Verdict | None) -> Iterator[dict[str, Any]]:
    """Each part that can be taken alone; one with the number None where the file is only right as a whole."""
    if parts := parts_of(operation) if isinstance(operation, Edit) else ():
        grown = 0
        for number, part in enumerate(parts):
            new_start = part.start + grown
            grown += len(part.lines) - (part.end - part.start)
            yield _hunk(number, part, new_start, new_start + len(part.lines)) | _judged(operation, part, verdict)
        return
    hunks = hunks_between(before, after) or (Hunk(0, 0, ()),)
    first, last = hunks[0], hunks[-1]
    whole = Hunk(first.start, last.end, ())
    new_end = len(contents(after)) - (len(contents(before)) - last.end)
    yield _hunk(None, whole, first.start, new_end) | _judged(operation, None, verdict)


def _hunk(number: int | None, hunk: Hunk, new_start: int, new_end: int) -> dict[str, Any]:
    return {"hunk": number, "start": hunk.start, "end": hunk.end, "new_start": new_start, "new_end": new_end}


def _judged(operation: Operation, part: Hunk | None, verdict: Verdict | None) -> dict[str, Any]:
    """The strictest level of the hunks that a part is made of, all where there is none, and their reasons."""
    edit = edit_in(operation)
    made_of = edit.hunks if edit else ()
    meant = [
        judgement
        for judgement in (verdict.judgements if verdict else ())
        if judgement.path == operation.path
        and (part is None or judgement.hunk is None or _meet(part, made_of[judgement.hunk]))
    ]
    reasons = dict.fromkeys(reason for judgement in meant for reason in judgement.reasons)
    levels: list[Level] = [judgement.level for judgement in meant]
    return {"level": strictest(*levels) if levels else None, "reasons": list(reasons)}


def _meet(one: Hunk, other: Hunk) -> bool:
    """Whether two hunks of the same text share a line or touch."""
    return one.start <= other.end and other.start <= one.end
