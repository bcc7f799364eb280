"""What an ask in an editor leaves in the audit log, and what is said where there can be none."""

import json
from pathlib import Path
from typing import Any

import pytest

from lsp_server.review.audit_check import check_folder
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor

RENAME = """
    //- /app/models.py
    def load_user(name):
        return name
    //- /app/views.py
    from app.models import load_user

    # rename load_user to fetch_user
    def show():
        print(load_user("x"))
"""


def events(state: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line) for file in sorted((state / "audit").glob("*.jsonl")) for line in file.read_text().splitlines()
    ]


def half(_editor: Editor, edit: dict[str, Any]) -> bool:
    """Applies the first document change only and says that all is done."""
    from tests.lsp.editor import apply_one, entries

    apply_one(_editor, entries(edit)[0])
    return True


async def test_a_change_and_its_undo_are_noted_and_the_chain_is_whole(start: Start, tmp_path: Path):
    editor: Editor = await start(RENAME)
    uri = editor.open("app/views.py")
    assert (await editor.pick(uri, 2, "Change across files"))["outcome"] == "done"
    params = {"command": "patchwright.undo", "arguments": []}
    assert (await editor.request("workspace/executeCommand", params))["outcome"] == "done"
    check, apply, undo = events(tmp_path / "state")
    assert [check["event"], apply["event"], undo["event"]] == ["check", "apply", "undo"]
    assert (apply["where"], apply["outcome"], apply["change"]) == ("editor", "done", check["change"])
    assert undo["undoes"] == apply["journal"]
    assert check_folder(tmp_path / "state" / "audit").faults == ()


async def test_an_edit_that_was_made_in_part_is_a_mismatch(start: Start, tmp_path: Path):
    editor: Editor = await start(RENAME, apply=half)
    uri = editor.open("app/views.py")
    assert (await editor.pick(uri, 2, "Change across files"))["outcome"] == "partial"
    *_, apply, mismatch = events(tmp_path / "state")
    assert (apply["event"], apply["outcome"], mismatch["event"]) == ("apply", "partial", "mismatch")
    assert sorted(mismatch["files"].values()) == ["done", "unchanged"]


@pytest.mark.parametrize("asks", [2])
async def test_a_log_that_cannot_be_written_is_said_once_and_stops_nothing(start: Start, tmp_path: Path, asks: int):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "audit").write_text("in the way")
    editor: Editor = await start("//- /a.py\n# dataclass A with x: int\n\n# dataclass B with x: int\n")
    uri = editor.open("a.py")
    for _ in range(asks):
        line = next(at for at, text in enumerate(editor.buffers[uri].split("\n")) if text.startswith("#"))
        assert (await editor.pick(uri, line, "Implement this comment"))["outcome"] == "done"
    assert len([message for message in editor.messages() if "audit log" in message]) == 1
