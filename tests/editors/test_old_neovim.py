"""The main job in Debian 12's Neovim 0.7, which is too old for the plugin, with the documented snippet."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.editors.documented import BEYOND, BEYOND_APPLIED, ITEM, RENAMED, SHOP, environment, on_disk, shop, snippet
from tests.editors.scripted import driven
from tests.installs import PROJECT
from tests.model_server import ModelServer, Reply, model_server

pytestmark = pytest.mark.editors

DRIVE = Path(__file__).parent / "drive_old.lua"
HEADING = "Neovim 0.7 to 0.9"
LINES = SHOP["cart.py"].count("\n")

Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play(oldest_neovim: Path, tmp_path: Path) -> Play:
    """Opens cart.py of a small shop, plays the steps and saves; what came of each, the last with the files on disk."""
    root = shop(tmp_path)
    configuration = tmp_path / "init.lua"
    configuration.write_text(snippet(HEADING, "lua"), encoding="utf-8")

    def run(*steps: dict[str, Any], model: ModelServer | None = None) -> list[dict[str, Any]]:
        given = {"snippet": str(configuration), "root": str(root), "file": "cart.py", "steps": steps}
        command = [oldest_neovim, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", DRIVE]
        said, _ = driven(command, given, tmp_path, environment(tmp_path, model))
        assert said["servers"] == 1, "all files of a repository share a server"
        said["steps"][-1]["disk"] = on_disk(root)
        return said["steps"]

    return run


def test_a_comment_becomes_a_dataclass_and_undo_keeps_what_was_typed_later(play: Play):
    implemented, _, undone = play(
        {"at": 1, "action": "Implement this comment"}, {"type": "# typed later"}, {"run": "PatchwrightUndo"}
    )
    assert implemented["buffers"] == {"cart.py": ITEM}
    assert undone["disk"] == SHOP | {"cart.py": SHOP["cart.py"] + "# typed later\n"}


def test_a_rename_changes_both_files_and_undo_takes_both_back(play: Play):
    comment = "# rename total to total_of"
    _, renamed, undone = play(
        {"type": comment}, {"at": LINES + 1, "action": "Change across files"}, {"run": "PatchwrightUndo"}
    )
    assert renamed["buffers"] == RENAMED
    assert undone["disk"] == SHOP | {"cart.py": f"{SHOP['cart.py']}{comment}\n"}


def test_without_a_model_the_answer_is_honest(play: Play):
    (answer,) = play({"at": 5, "action": "Implement this comment", "messages": 2})
    assert "More about this" in answer["messages"][0], "this editor can show no page, so the user is told where it is"
    assert "needs a model" in answer["messages"][1]
    assert answer["disk"] == SHOP


def test_a_cancel_no_answer_an_approval_its_undo_and_a_server_that_was_killed(play: Play):
    begun = Reply(BEYOND + "And", finish_reason=None, done=False, hangs=True)
    ask = {"at": 5, "action": "Implement this comment"}
    with model_server([begun, *[BEYOND] * 4]) as model:
        _, cancelled, refused, approved, undone, implemented = play(
            ask | {"writing": True},
            {"run": "lua vim.lsp.buf.execute_command({ command = 'patchwright.cancel' })"},
            ask | {"messages": 2},
            ask | {"choose": 1, "messages": 2},
            {"run": "PatchwrightUndo"},
            {"kill": True, "at": 1, "action": "Implement this comment"},
            model=model,
        )
        model.wait_for_disconnect()
    assert any("ancelled" in message for message in cancelled["messages"])
    assert any("Waits for approval" in message for message in refused["messages"])
    for nothing in (cancelled, refused):
        assert nothing["buffers"] == {"cart.py": SHOP["cart.py"]}
    assert approved["buffers"] == BEYOND_APPLIED
    assert undone["buffers"] == SHOP
    assert "class Item:" in implemented["buffers"]["cart.py"]


def test_a_model_that_is_down_is_said_with_what_to_do(play: Play):
    with model_server([]) as model:
        pass
    (down,) = play({"at": 5, "action": "Implement this comment"}, model=model)
    assert "refuses connections: start the model server" in down["messages"][0]
    assert down["disk"] == SHOP


def test_the_help_file_has_the_same_snippet():
    help_file = (PROJECT / "editors" / "neovim" / "doc" / "patchwright.txt").read_text(encoding="utf-8")
    section = help_file.split("*patchwright-old*", 1)[1]
    shown = section.split(">lua\n", 1)[1].split("\n<", 1)[0]
    assert textwrap.dedent(shown).strip() == snippet(HEADING, "lua").strip()
