"""textDocument/codeLens: Accept, Reject and Show diff above every hunk that waits.

Accept all (2 files) | Reject | Show diff          above the first hunk of a file
Accept this | Reject this                          above each hunk that can be taken alone
"""

import asyncio
from typing import Any

from lsprotocol import types

from lsp_server.features.proposals import ACCEPT, REJECT, SHOW_DIFF
from lsp_server.proposals import Held
from lsp_server.session import Session


def register(session: Session) -> None:
    """Announces and answers the lenses."""

    @session.server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:  # pyright: ignore[reportUnusedFunction] - registered
        return await lenses(session, params.text_document.uri)


async def lenses(session: Session, uri: str) -> list[types.CodeLens]:
    """The lenses of one document; none where nothing waits in it."""
    found, document = session.located(uri), session.protocol.documents.get(uri)
    if found is None or document is None or document.doubt:
        return []
    folder, path = found
    waiting = [held for held in session.proposals if held.folder is folder]
    if not waiting:
        return []
    return await asyncio.to_thread(_all, waiting, path, document.text)


def _all(waiting: list[Held], path: str, text: str) -> list[types.CodeLens]:
    return [lens for held in waiting for lens in _of(held, path, text)]


def _of(held: Held, path: str, text: str) -> list[types.CodeLens]:
    """The lenses of one proposal in a file with that text."""
    from lsp_server.edits.change import edit_in
    from lsp_server.edits.choose import parts_of
    from lsp_server.edits.hunks import hunks_between
    from lsp_server.edits.lines import contents

    operation = next((each for each in held.proposal.change.operations if each.path == path), None)
    if operation is None:
        return []
    edit = edit_in(operation)
    hunks = hunks_between(edit.before, edit.after) if edit else ()
    lines = [_line_now(contents(edit.before), contents(text), hunk.start) for hunk in hunks] if edit else []
    first = min(lines, default=0)
    files = len(held.proposal.change.operations)
    whole = {"id": held.id}
    said = [
        _lens(first, f"Accept all ({files} files)" if files > 1 else "Accept", ACCEPT, whole),
        _lens(first, "Reject", REJECT, whole),
        _lens(first, "Show diff", SHOW_DIFF, whole),
    ]
    parts = parts_of(edit) if edit is operation and edit else ()
    for number, _ in enumerate(parts):
        only = {"id": held.id, "hunks": [{"path": path, "hunk": number}]}
        said += [
            _lens(lines[number], "Accept this", ACCEPT, only),
            _lens(lines[number], "Reject this", REJECT, only),
        ]
    return said


def _line_now(before: list[str], now: list[str], line: int) -> int:
    """Where a line of the text before stands in the present text; 0-based."""
    if before == now:
        return line
    from lsp_server.edits.compare import changed_spans

    moved = 0
    for span in changed_spans(before, now):
        if span.end > line:
            break
        moved += (span.new_end - span.new_start) - (span.end - span.start)
    return max(0, min(line + moved, len(now)))


def _lens(line: int, title: str, command: str, argument: dict[str, Any]) -> types.CodeLens:
    here = types.Position(line=line, character=0)
    return types.CodeLens(
        range=types.Range(start=here, end=here),
        command=types.Command(title=title, command=command, arguments=[argument]),
    )
