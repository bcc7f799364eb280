"""workspace/configuration, workspace/didChangeConfiguration: the editor's settings, asked for and followed.

    -> patchwright/userSettings {"userSettings": {"review": {"preview": true}}, "trusted": true}

tells those anew that the editor's program knows for the user's own. What is wrong in any is one message and the
default. `editor_settings` says how far they are believed.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lsp_server.editor_settings import EditorSettings, from_options, with_configuration, with_users
from lsp_server.protocol import log_failure
from lsp_server.session import Session

SECTION = "patchwright"
USERS = "patchwright/userSettings"

Take = Callable[[EditorSettings, object], EditorSettings]


def register(session: Session) -> None:
    """Listens to changes of the settings."""

    def follow(take: Take, told: object) -> None:
        session.configuring = asyncio.create_task(_follow(session, session.configuring, take, told))

    @session.server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:  # pyright: ignore[reportUnusedFunction] - registered
        follow(_asked if session.client.configuration else _pushed, params.settings)

    session.protocol.heard[USERS] = partial(follow, with_users)


def take_options(session: Session, params: types.InitializeParams) -> None:
    """Takes down what came with `initialize`."""
    session.editor_settings = from_options(params.initialization_options)


async def ask(session: Session) -> None:
    """Asks for the settings, and to be told when they change; an editor that does not answer has set nothing."""
    if session.client.configuration_changes:
        options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wish = types.Registration(
            id=SECTION,
            method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            register_options=session.protocol.plain(options),
        )
        await _answer(session, types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=[wish]))
    if session.client.configuration:
        await _fetch(session)


async def _follow(session: Session, before: "asyncio.Task[None] | None", take: Take, told: object) -> None:
    """Takes the settings that changed; whoever asks for something meanwhile waits for them.

    The editor is asked in any case: what it said before may be wrong beside what is told now.
    """
    await session.loading.done()
    if before is not None:
        await asyncio.wait({before})
    session.editor_settings = take(session.editor_settings, told)
    if session.client.configuration:
        await _fetch(session)
    await session.renew()


def _asked(editor: EditorSettings, _: object) -> EditorSettings:
    """Nothing of what an editor pushes that is asked for its settings."""
    return editor


def _pushed(editor: EditorSettings, told: object) -> EditorSettings:
    values = cast("dict[str, object]", told) if isinstance(told, dict) else {}
    return with_configuration(editor, values.get(SECTION, values))


async def _fetch(session: Session) -> None:
    params = types.ConfigurationParams(items=[types.ConfigurationItem(section=SECTION)])
    answer = await _answer(session, types.WORKSPACE_CONFIGURATION, params)
    if isinstance(answer, list | tuple) and answer:
        session.editor_settings = with_configuration(session.editor_settings, cast("Sequence[object]", answer)[0])


async def _answer(session: Session, method: str, params: object) -> object:
    try:
        return await asyncio.wait_for(session.protocol.send_request_async(method, params), session.patience.reply)
    except TimeoutError:
        return None
    except JsonRpcException as error:
        log_failure(method, error)
        return None
