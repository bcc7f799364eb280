"""textDocument/inlineCompletion: a suggestion at the cursor, given up as soon as the user types on.

Off where the chosen model is on another machine, unless the user asks for it: each pause of the typing sends code.
"""

import asyncio
from dataclasses import dataclass, field

from lsprotocol import types

from lsp_server.convert import line_starts, offset_at
from lsp_server.session import Session

MOST_KEPT = 50


@dataclass(slots=True)
class Suggestions:
    """The one suggestion under way, and those that were made: typing along one of them asks nobody."""

    number: int = 0
    task: "asyncio.Task[str] | None" = None
    made: dict[tuple[str, str, str], str] = field(default_factory=dict[tuple[str, str, str], str])

    def keep(self, uri: str, before: str, after: str, text: str) -> None:
        """Remembers what was suggested between two texts."""
        self.made[uri, before, after] = text
        while len(self.made) > MOST_KEPT:
            del self.made[next(iter(self.made))]

    def known(self, uri: str, before: str, after: str) -> str:
        """What is left of a suggestion that the user has begun to type."""
        for (where, start, end), text in reversed(self.made.items()):
            typed = before[len(start) :]
            if where == uri and end == after and before.startswith(start) and text.startswith(typed):
                return text[len(typed) :]
        return ""


def register(session: Session) -> None:
    """Offers suggestions."""
    suggestions = Suggestions()

    # pygls announces the feature only where options are given.
    @session.server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(  # pyright: ignore[reportUnusedFunction] - registered
        params: types.InlineCompletionParams,
    ) -> types.InlineCompletionList | None:
        text = await _suggested(session, params, suggestions)
        if not text:
            return None
        return types.InlineCompletionList([types.InlineCompletionItem(text, range=_here(params.position))])


async def _suggested(session: Session, params: types.InlineCompletionParams, suggestions: Suggestions) -> str:
    suggestions.number += 1
    number = suggestions.number
    if suggestions.task is not None:
        suggestions.task.cancel()
    uri = params.text_document.uri
    located, document = session.located(uri), session.protocol.documents.get(uri)
    if located is None or document is None or document.doubt:
        return ""
    await session.ready()
    if suggestions.number != number or not session.settings.suggests_inline:
        return ""
    offset = offset_at(document.text, params.position, session.client.encoding, line_starts(document.text))
    if offset is None:
        return ""
    before, after = document.text[:offset], document.text[offset:]
    if known := suggestions.known(uri, before, after):
        return known
    if params.context.trigger_kind == types.InlineCompletionTriggerKind.Automatic:
        await asyncio.sleep(session.settings.inline_delay)
        if suggestions.number != number:
            return ""

    from lsp_server.actions.complete import Spot, complete

    folder, path = located
    services = await session.services(folder)
    cells = session.code_cells(uri)
    here = next((number for number, cell in enumerate(cells) if cell.uri == document.uri), 0)
    spot = Spot(document.file(path), offset, tuple(cell.text for cell in cells[:here]))
    suggestions.task = task = asyncio.create_task(complete(spot, session.snapshot(folder, path), services))
    try:
        text = await task
    except asyncio.CancelledError:
        task.cancel()
        if suggestions.number != number:
            return ""
        raise
    now = session.protocol.documents.get(uri)
    if now is None or now.version != document.version:
        return ""
    if text:
        suggestions.keep(uri, before, after, text)
    return text


def _here(position: types.Position) -> types.Range:
    return types.Range(position, position)
