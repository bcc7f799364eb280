"""textDocument/publishDiagnostics: what is wrong in the policy files, on its line; looked at when one is saved."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp_server.convert import to_path
from lsp_server.folders import Folder
from lsp_server.session import Session

if TYPE_CHECKING:
    from lsp_server.review.policy_files import PolicyProblem

SOURCE = "Patchwright policy"
NAMES = frozenset({".patchwright.toml", "pyproject.toml", "policy.toml"})


async def saved(session: Session, uri: str) -> None:
    """Looks at the policy files of all folders when one of them was saved."""
    path = to_path(uri)
    if path is not None and path.name in NAMES:
        for folder in session.folders.all():
            await publish(session, folder, saved=True)


async def publish(session: Session, folder: Folder, *, saved: bool = False) -> None:
    """Tells the editor all problems of a folder's policy files; after one was `saved` also which have none any more."""
    from lsp_server.review.policy_files import REPOSITORY, USER, load_policy

    user = session.settings.config_file.parent
    policy = await asyncio.to_thread(load_policy, folder.root, user)
    files = dict.fromkeys((*(folder.root / name for name in REPOSITORY), user / USER))
    files |= dict.fromkeys(problem.file for problem in policy.problems)
    for file in files:
        problems = [problem for problem in policy.problems if problem.file == file]
        if problems or saved:
            _tell(session, folder, file, problems)


def _tell(session: Session, folder: Folder, file: Path, problems: Sequence["PolicyProblem"]) -> None:
    uri = folder.uri(file.name) if file.parent == folder.root else file.absolute().as_uri()
    diagnostics = [
        types.Diagnostic(
            range=types.Range(types.Position(problem.line - 1, 0), types.Position(problem.line, 0)),
            message=problem.message,
            severity=types.DiagnosticSeverity.Error if problem.fatal else types.DiagnosticSeverity.Warning,
            source=SOURCE,
        )
        for problem in problems
    ]
    session.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics))
