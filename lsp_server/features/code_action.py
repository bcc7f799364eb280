"""textDocument/codeAction: the menu of what can be asked at a place.

Each entry carries a command, never an edit: an edit inside a code action is not checked against its version, cannot be
cancelled, and would have to be made before the user has chosen anything.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from lsp_server.convert import to_place
from lsp_server.session import Session

if TYPE_CHECKING:
    from lsp_server.actions.ask import Diagnosis
    from lsp_server.actions.offer import Kind, Offer

KINDS: "Mapping[Kind, types.CodeActionKind]" = {
    "rewrite": types.CodeActionKind.RefactorRewrite,
    "fix": types.CodeActionKind.QuickFix,
}


def register(session: Session) -> None:
    """Announces and answers the menu."""
    options = types.CodeActionOptions(code_action_kinds=[*KINDS.values()], resolve_provider=False)

    @session.server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:  # pyright: ignore[reportUnusedFunction] - registered
        return await menu(session, params)


async def menu(session: Session, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The entries for a range; none outside the workspace, in a notebook's file, and in a text in doubt."""
    uri = params.text_document.uri
    document = session.protocol.documents.get(uri)
    found = session.located(uri)
    kinds = [kind for kind, name in KINDS.items() if wanted(name, params.context.only)]
    if document is None or document.doubt or found is None or not kinds:
        return []
    session.diagnosed.note(uri, document.text, params)
    folder, path = found
    services = folder.opened_services()
    if services is None:
        # Once, when the server has just started: what the menu is made of is still being imported.
        opening = asyncio.ensure_future(session.services(folder))
        await asyncio.wait({opening}, timeout=session.patience.opening)
        if not opening.done():
            opening.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            return []
        services = opening.result()
    await session.loading.done()

    from lsp_server.actions.notebooks import is_notebook
    from lsp_server.actions.registry import menu as menu_at
    from lsp_server.features.arguments import MAX_DIAGNOSTICS

    if is_notebook(path):
        return []
    file, place = document.file(path), to_place(path, params.range)
    known = (services, uri, path, file.text, session.patience.menu)
    outline, is_begun = await asyncio.gather(session.outlines.soon(*known), session.begun.soon(*known))
    shown = params.context.diagnostics[:MAX_DIAGNOSTICS]
    offers = menu_at(file, place, outline, diagnoses_of(shown), is_begun=is_begun)
    entries = [_entry(session, params, offer, shown) for offer in offers if offer.action.kind in kinds]
    return [entry for entry in entries if entry is not None]


def diagnoses_of(diagnostics: Sequence[types.Diagnostic]) -> "tuple[Diagnosis, ...]":
    """The diagnostics that an editor shows, as the actions know them."""
    from lsp_server.features.arguments import diagnosis_of

    return tuple(diagnosis_of(each.range, each.message, each.source, each.code) for each in diagnostics)


def _entry(
    session: Session, params: types.CodeActionParams, offer: "Offer", shown: Sequence[types.Diagnostic]
) -> types.CodeAction | types.Command | None:
    """An entry as the editor can show it; None for one that is disabled where the editor shows no such thing."""
    fixes = offer.action.kind == "fix"
    kind = KINDS[offer.action.kind]
    arguments: dict[str, Any] = {"uri": params.text_document.uri, "range": session.protocol.plain(params.range)}
    if fixes:
        arguments["diagnostics"] = session.protocol.plain(shown)
    command = types.Command(title=offer.title, command=offer.action.command, arguments=[arguments])
    if offer.found.disabled is not None:
        reason = types.CodeActionDisabled(reason=offer.found.disabled)
        disabled = types.CodeAction(title=offer.title, kind=kind, disabled=reason)
        return disabled if session.client.disabled_actions else None
    if not session.client.code_action_literals:
        return command
    return types.CodeAction(title=offer.title, kind=kind, command=command, diagnostics=shown if fixes else None)


def wanted(kind: types.CodeActionKind, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether an editor that filters by kind wants a kind of ours; one stands for all that it begins."""
    if not only:
        return True
    names = [each.value if isinstance(each, types.CodeActionKind) else each for each in only]
    return any(name == "" or f"{kind.value}.".startswith(f"{name}.") for name in names)
