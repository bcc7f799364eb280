"""A delivery to many files finds out once for each look where the open documents lead: the loop waits for it."""

from pathlib import Path

import pytest

from context.snapshot import text_sha
from lsp_server.edits.change import ChangeSet, Delete
from lsp_server.features.present import has_moved, obstacle
from lsp_server.folders import Folder
from lsp_server.server import build_session


def test_every_open_document_is_resolved_once_for_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    session = build_session()
    folder = session.folders.add(tmp_path.as_uri())
    assert folder is not None
    for number in range(20):
        session.protocol.documents.opened((tmp_path / f"open{number}.py").as_uri(), "", 1)
        (tmp_path / f"{number}.py").write_text("x = 1\n")
    change = ChangeSet(tuple(Delete(f"{number}.py", text_sha("x = 1\n"), "x = 1\n") for number in range(20)))
    resolved: list[Path] = []
    relative = Folder.relative
    monkeypatch.setattr(Folder, "relative", lambda self, path: resolved.append(path) or relative(self, path))
    assert not has_moved(session, folder, change)
    assert not obstacle(session, folder, change)
    assert len(resolved) <= 20 + 20 + 20
