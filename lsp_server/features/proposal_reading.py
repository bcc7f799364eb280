"""patchwright.readProposal, .readProposedFile: what waits, for plugins that draw it themselves.

One that announces `{"experimental": {"patchwright": {"draws": true}}}` gets no page of a proposal: it is told by the
notification `patchwright/proposal` that one waits, and by `patchwright/question`, just before the review asks, what
the question with that message is about.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.features.proposals import NOTHING
from lsp_server.proposals import Held
from lsp_server.session import Session

READ = "patchwright.readProposal"
READ_FILE = "patchwright.readProposedFile"
NO_FILE = "The proposal has no such file."


def register(session: Session) -> None:
    """Announces the commands."""

    async def read(params: types.ExecuteCommandParams) -> dict[str, Any]:
        (name,) = _texts(params.arguments, ("id",))
        return await _read(session, _held(session, name))

    async def read_file(params: types.ExecuteCommandParams) -> dict[str, Any]:
        name, path = _texts(params.arguments, ("id", "path"))
        return await _read_file(session, _held(session, name), path)

    session.server.command(READ)(read)
    session.server.command(READ_FILE)(read_file)


async def _read(session: Session, held: Held) -> dict[str, Any]:
    await session.ready()
    from lsp_server.actions.proposal_values import summary_values

    choice = session.settings.model
    return summary_values(held.id, held.proposal, choice.price if choice else None)


async def _read_file(session: Session, held: Held, path: str) -> dict[str, Any]:
    await session.ready()
    from lsp_server.actions.proposal_values import file_values

    operation = next((each for each in held.proposal.change.operations if each.path == path), None)
    if operation is None:
        raise JsonRpcInvalidParams(NO_FILE)
    # The verdict on what is left of a proposal speaks of the hunks of the whole.
    verdict = None if held.is_part or held.is_old else held.proposal.verdict
    return {"id": held.id, **await asyncio.to_thread(file_values, operation, verdict)}


def _held(session: Session, name: str) -> Held:
    held = session.proposals.get(name)
    if held is None or held.folder not in session.folders.all():
        raise JsonRpcInvalidParams(NOTHING)
    return held


def _texts(arguments: Sequence[Any] | None, names: Sequence[str]) -> list[str]:
    """The texts of the one object that a command takes; empty for one that was left out."""
    given: Any = arguments[0] if arguments and len(arguments) == 1 else {} if not arguments else None
    values = cast("Mapping[str, Any]", given) if isinstance(given, dict) else None
    if values is None or any(name not in names or not isinstance(text, str) for name, text in values.items()):
        raise JsonRpcInvalidParams(f"The command takes one object with {' and '.join(names)}, or nothing.")
    return [values.get(name, "") for name in names]
