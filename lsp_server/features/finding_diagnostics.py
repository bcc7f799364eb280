"""textDocument/publishDiagnostics: what the project's tools found in a change that the user applied all the same.

Told at the lines where the change put it, until the file is saved with another text or changed by another ask: from
then on the tools' own servers know better.
"""

from collections.abc import Mapping, Sequence

from lsprotocol import types

from context.snapshot import text_sha
from lsp_server.folders import Folder
from lsp_server.review.verdict import Finding
from lsp_server.session import Session

SOURCE = "Patchwright"


def tell(session: Session, folder: Folder, findings: Sequence[Finding], texts: Mapping[str, str | None]) -> None:
    """Shows the findings in files that a change left with these texts, None for a file that is gone."""
    for path, text in texts.items():
        uri = session.uri(folder, path)
        own = [finding for finding in findings if finding.path == path] if text is not None else []
        if own and text is not None:
            session.found[uri] = text_sha(text)
            _publish(session, uri, [_diagnostic(finding) for finding in own])
        elif session.found.pop(uri, None):
            _publish(session, uri, [])


def saved(session: Session, uri: str) -> None:
    """Takes them away where the file is no longer what they were found in."""
    document = session.protocol.documents.get(uri)
    known = session.found.get(uri)
    if known is not None and (document is None or text_sha(document.text) != known):
        del session.found[uri]
        _publish(session, uri, [])


def _diagnostic(finding: Finding) -> types.Diagnostic:
    line = max(0, finding.line - 1)
    return types.Diagnostic(
        range=types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
        message=finding.message,
        severity=types.DiagnosticSeverity.Warning,
        source=SOURCE,
        code=f"{finding.tool} {finding.rule}".strip(),
    )


def _publish(session: Session, uri: str, diagnostics: list[types.Diagnostic]) -> None:
    session.server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics))
