"""workspace/executeCommand: which commands are there, and are their arguments right?

This is read before `initialize` is answered, so what carries a command out is imported when one arrives.
"""

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from lsp_server.session import Session

COMMANDS = (
    "patchwright.resolveConflicts",
    "patchwright.fixDiagnostic",
    "patchwright.fixAll",
    "patchwright.implementComment",
    "patchwright.implementFunction",
    "patchwright.editSelection",
    "patchwright.changeFiles",
    "patchwright.writeTests",
    "patchwright.document",
    "patchwright.explain",
    "patchwright.upgradeDependency",
    "patchwright.finishChange",
)
"""The commands of `actions.registry`, named here because reading that table costs more than an editor should wait."""

CANCEL = "patchwright.cancel"


def register(session: Session) -> None:
    """Announces the commands."""

    async def ask(params: types.ExecuteCommandParams) -> dict[str, Any]:
        return await execute(session, params)

    async def cancel(_: types.ExecuteCommandParams) -> dict[str, Any]:
        return stop_all(session)

    for name in COMMANDS:
        session.server.command(name)(ask)
    session.server.command(CANCEL)(cancel)


async def execute(session: Session, params: types.ExecuteCommandParams) -> dict[str, Any]:
    """Carries out one command; wrong arguments are answered with what is wrong with them."""
    from lsp_server.features.arguments import read_arguments

    arguments = read_arguments(params.arguments)
    if isinstance(arguments, str):
        raise JsonRpcInvalidParams(arguments)
    await session.ready()

    from lsp_server.actions.registry import action_named
    from lsp_server.features.job import run

    action = action_named(params.command)
    if action is None:
        raise JsonRpcInvalidParams(f"There is no command {params.command[:80]!r} here.")
    return await run(session, action, arguments, params.work_done_token)


def stop_all(session: Session) -> dict[str, Any]:
    """Stops every job: for editors that neither cancel requests nor show progress that can be cancelled."""
    jobs = list(session.jobs)
    for job in jobs:
        job.stop()
    return {"outcome": "done", "message": "", "cancelled": len(jobs)}
