"""textDocument/codeAction: the menu of what can be asked at a place.

Each entry carries a command, never an edit: an edit inside a code action is not checked against its version, cannot be
cancelled, and would have to be made before the user has chosen anything.
"""

import asyncio
from collections.abc import Sequence

from lsprotocol import types

from lsp_server.convert import to_place
from lsp_server.session import Session

KIND = types.CodeActionKind.RefactorRewrite


def register(session: Session) -> None:
    """Announces and answers the menu."""
    options = types.CodeActionOptions(code_action_kinds=[KIND], resolve_provider=False)

    @session.server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:  # pyright: ignore[reportUnusedFunction] - registered
        return await menu(session, params)


async def menu(session: Session, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """The entries for a range; none outside the workspace and in a document whose text is in doubt."""
    uri = params.text_document.uri
    document = session.protocol.documents.get(uri)
    found = session.folders.of(uri)
    if document is None or document.doubt or found is None or not wanted(params.context.only):
        return []
    folder, path = found
    services = await session.services(folder)

    from lsp_server.actions.registry import menu as menu_at

    file, place = document.file(path), to_place(path, params.range)
    try:
        outline = await asyncio.wait_for(services.index.outline(path, file.text), session.patience.menu)
    except TimeoutError:
        # The menu opens at once, without the entries that need the file's syntax.
        outline = ()
    arguments = {"uri": uri, "range": session.protocol.plain(params.range)}
    entries: list[types.CodeAction | types.Command] = []
    for offer in menu_at(file, place, outline):
        command = types.Command(title=offer.title, command=offer.action.command, arguments=[arguments])
        if offer.disabled is None and not session.client.code_action_literals:
            entries.append(command)
        elif offer.disabled is None:
            entries.append(types.CodeAction(title=offer.title, kind=KIND, command=command))
        elif session.client.disabled_actions:
            reason = types.CodeActionDisabled(reason=offer.disabled)
            entries.append(types.CodeAction(title=offer.title, kind=KIND, disabled=reason))
    return entries


def wanted(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether an editor that filters by kind wants ours; a kind stands for all that it begins."""
    if not only:
        return True
    names = [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in only]
    return any(name == "" or f"{KIND.value}.".startswith(f"{name}.") for name in names)
