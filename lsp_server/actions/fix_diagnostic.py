"""Fix this diagnostic: what another tool reports of these lines is mended at its cause.

import os|   # unused import     ->     (the line is gone)

The editor hands its diagnostics to the menu; on the command line the tool's words are the description.
"""

import asyncio
from dataclasses import replace

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Answer, Ask, Diagnosis, Evidence, NoChange
from lsp_server.actions.context_answer import answer_in_context
from lsp_server.actions.describe import shortened
from lsp_server.actions.diagnosed import described, evidence_of, ordered, overlapping, spanned
from lsp_server.actions.offer import Action, Found, Report, Spot
from lsp_server.actions.services import Services

TITLE_CHARACTERS = 60
NO_FILE = "Name the file whose diagnostics are to be fixed."


def find(spot: Spot) -> Found | None:
    """Offered on lines that a diagnostic is about."""
    here = ordered(overlapping(spot.diagnoses, spot.place))
    if not here:
        return None
    first, *others = here
    more = f" (and {len(others)} more here)" if others else ""
    title = f"Fix: {shortened(first.message, TITLE_CHARACTERS)}{more}"
    return Found(described(here), spanned(spot.file, here), title=title)


async def answer(ask: Ask, action: Action, snapshot: Snapshot, services: Services, report: Report) -> Answer:
    """The model's answer to what is reported of the place."""
    file = await asyncio.to_thread(snapshot.file, ask.place.path) if ask.place else None
    if ask.place is None or not isinstance(file, FileText):
        return NoChange(ask, "refused", NO_FILE)
    here = ordered(overlapping(ask.diagnoses, ask.place))
    return await answer_in_context(with_evidence(ask, file, here), action, snapshot, services, report)


def with_evidence(ask: Ask, file: FileText, diagnoses: tuple[Diagnosis, ...]) -> Ask:
    """The ask with what is reported; words that come without a diagnostic are taken for a tool's."""
    if diagnoses:
        return replace(ask, evidence=(evidence_of(file, diagnoses),))
    said = Evidence("", ask.description, file.path)
    return replace(ask, description=f"Fix what is reported of {file.path}", evidence=(said,), sought=ask.description)


ACTION = Action(
    "fixDiagnostic", "Fix this diagnostic", "file", "fix_diagnostic.md", False, find, kind="fix", answer=answer
)
