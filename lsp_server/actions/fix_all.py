"""Fix all diagnostics of a file: those that the editor told of, and those that our own checks find in it.

An editor tells a server only of diagnostics in the lines that a menu is for. The server hands over all that it was told
of the file as it is, and the file is looked at anew.
"""

import asyncio
from dataclasses import replace

from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Answer, Ask, Diagnosis, NoChange
from lsp_server.actions.context_answer import answer_in_context
from lsp_server.actions.diagnosed import described, ordered, spanned
from lsp_server.actions.fix_diagnostic import NO_FILE, with_evidence
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.services import Services
from lsp_server.edits.change import ChangeSet, Create
from lsp_server.review.checks.checking import check

ALL = "Everything that tools report of this file"


def find(spot: Spot) -> Found | None:
    """Offered wherever the editor shows a diagnostic."""
    if not spot.diagnoses:
        return None
    return Found(ALL, Place(spot.file.path, 1, spot.file.text.count("\n") + 1))


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """The model's answer to all that is reported, by the editor and by the checks that run on every change."""
    file = await asyncio.to_thread(snapshot.file, ask.place.path) if ask.place else None
    if not isinstance(file, FileText):
        return NoChange(ask, "refused", NO_FILE)
    if ask.description != ALL:
        return await answer_in_context(with_evidence(ask, file, ()), action, snapshot, services, report)
    report("Checking the file")
    known = ordered((*ask.diagnoses, *await _found_in(file, snapshot, services)))
    if not known:
        return NoChange(ask, "no-edit", f"Nothing is reported of {file.path}, so nothing was changed.")
    about = replace(ask, description=described(known), place=spanned(file, known))
    return await answer_in_context(with_evidence(about, file, known), action, snapshot, services, report)


async def _found_in(file: FileText, snapshot: Snapshot, services: Services) -> tuple[Diagnosis, ...]:
    """What the checks of a change say of a file as it stands: that of a change which makes it."""
    buffers = {path: each for path, each in snapshot.buffers.items() if path != file.path}
    without = snapshot.with_files(buffers, [file.path])
    made = ChangeSet((Create(file.path, file.text),))
    checked = await check(made, without, (), trusted=services.trusted)
    return tuple(
        Diagnosis(each.line, each.line, each.message, f"{each.tool} {each.rule}".strip())
        for each in checked.findings
        if each.path == file.path
    )


ACTION = Action(
    "fixAll",
    "Fix all diagnostics in this file",
    "file",
    "fix_all.md",
    False,
    find,
    kind="fix",
    answer=answer,
    unasked=ALL,
    every_diagnosis=True,
)
