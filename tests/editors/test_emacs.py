"""The main job in a real Emacs with Eglot, configured as docs/editors.md says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.editors.documented import BEYOND, BEYOND_APPLIED, ITEM, RENAMED, SHOP, environment, on_disk, shop, snippet
from tests.editors.scripted import driven
from tests.model_server import ModelServer, Reply, model_server

pytestmark = pytest.mark.editors

DRIVE = Path(__file__).parent / "drive_emacs.el"

Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play(helix_emacs: Path, tmp_path: Path) -> Play:
    """Opens cart.py of a small shop, plays the steps and saves; what came of each, the last with the files on disk."""
    root = shop(tmp_path)
    configuration = tmp_path / "init.el"

    def run(
        *steps: dict[str, Any], init: str = snippet("Emacs", "elisp"), model: ModelServer | None = None
    ) -> list[dict[str, Any]]:
        configuration.write_text(init, encoding="utf-8")
        given = {"snippet": str(configuration), "root": str(root), "file": "cart.py", "steps": steps}
        command = [helix_emacs / "emacs", "--batch", "-Q", "-l", DRIVE]
        said, _ = driven(command, given, tmp_path, environment(tmp_path, model))
        said["steps"][-1]["disk"] = on_disk(root)
        return said["steps"]

    return run


def test_a_comment_becomes_a_dataclass_and_undo_keeps_what_was_typed_later(play: Play):
    implemented, _, undone = play(
        {"at": 1, "action": "Implement this comment"},
        {"type": "\n# typed later\n"},
        {"command": "patchwright-undo"},
    )
    assert implemented["buffers"] == {"cart.py": ITEM}
    assert len(implemented["messages"]) == len(undone["messages"]) == 1
    assert undone["disk"] == SHOP | {"cart.py": SHOP["cart.py"] + "\n# typed later\n"}, undone["messages"]


RENAME = {"type": "\n# rename total to total_of\n"}
PLACE = {"at": SHOP["cart.py"].count("\n") + 2, "action": "Change across files"}


def test_a_rename_changes_both_files_once_the_user_said_yes_and_undo_takes_both_back(play: Play):
    _, renamed, undone = play(RENAME, PLACE, {"command": "patchwright-undo"})
    print("Emacs asked:", renamed["asked"], renamed["messages"])
    assert {name: text.rstrip() + "\n" for name, text in renamed["buffers"].items()} == RENAMED
    assert [question for question in renamed["asked"] if "use.py (" in question], (
        "a file without a buffer is asked about"
    )
    assert undone["disk"] == SHOP | {"cart.py": SHOP["cart.py"] + RENAME["type"]}


def test_what_the_user_declines_is_not_called_done(play: Play):
    _, declined = play(RENAME, PLACE | {"answer": "n"})
    print("Emacs, declined:", declined["asked"], declined["messages"])
    assert declined["disk"]["use.py"] == SHOP["use.py"]
    assert len(declined["messages"]) == 1
    assert "Renamed" not in declined["messages"][0]


def test_without_a_model_the_answer_is_honest(play: Play):
    (answer,) = play({"at": 5, "action": "Implement this comment"})
    assert "needs a model" in answer["messages"][0]
    assert answer["disk"] == SHOP


PLAIN = """
(with-eval-after-load 'eglot (add-to-list 'eglot-server-programs '((python-mode) . ("patchwright" "serve"))))
(add-hook 'python-mode-hook #'eglot-ensure)
"""
"""Nothing but where the server is found: Eglot then stands still while a command runs, ten seconds at most."""


def test_an_emacs_that_stands_still_while_a_command_runs_gets_the_change_and_is_told_so(play: Play):
    implemented, _, undone = play(
        {"at": 1, "action": "Implement this comment"},
        {"type": "\n# typed later\n"},
        {"command": "eglot-undo-of-the-test"},
        init=PLAIN + UNDO,
    )
    assert implemented["buffers"] == {"cart.py": ITEM}
    assert len(implemented["messages"]) == 1
    assert "recipe" in implemented["messages"][0]
    assert undone["disk"] == SHOP | {"cart.py": SHOP["cart.py"] + "\n# typed later\n"}, undone["messages"]


UNDO = """
(defun eglot-undo-of-the-test () (interactive)
  (eglot-execute (eglot-current-server) (list :title "undo" :command "patchwright.undo")))
"""
"""A command that Eglot waits for, as any that a user writes would."""


def test_a_model_that_takes_longer_than_emacs_waits_is_no_error(play: Play):
    old, new = "    # é𝒳 add them up\n    pass\n", "    return sum(prices)\n"
    reply = f"cart.py\n```python\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"
    with model_server([Reply(reply, wait=11)]) as model:
        (implemented,) = play({"at": 5, "action": "Implement this comment"}, init=PLAIN, model=model)
    assert implemented["seconds"] < 10
    assert implemented["buffers"]["cart.py"].endswith("def total(prices):\n    return sum(prices)\n")
    assert len(implemented["messages"]) == 1
    assert "model" in implemented["messages"][0]
    assert implemented["disk"]["cart.py"].endswith("    return sum(prices)\n")


ADD_UP = {"at": 5, "action": "Implement this comment"}


def test_a_cancel_no_answer_an_approval_its_undo_and_a_server_that_was_killed(play: Play):
    begun = Reply(BEYOND + "And", finish_reason=None, done=False, hangs=True)
    with model_server([begun, *[BEYOND] * 4]) as model:
        _, cancelled, refused, approved, undone, implemented = play(
            ADD_UP | {"writing": True},
            {"command": "patchwright-cancel"},
            ADD_UP,
            ADD_UP | {"choose": "Approve and apply"},
            {"command": "patchwright-undo"},
            {"kill": True, "at": 1, "action": "Implement this comment"},
            model=model,
        )
        model.wait_for_disconnect()
    assert any("ancelled" in message for message in cancelled["messages"])
    for nothing in (cancelled, refused):
        assert nothing["buffers"]["cart.py"] == SHOP["cart.py"]
    assert any("needs your approval" in question for question in refused["asked"] + approved["asked"])
    assert "Waits for approval" in refused["messages"][0]
    assert {name: approved["buffers"][name] for name in SHOP} == BEYOND_APPLIED
    assert {name: undone["buffers"][name] for name in SHOP} == SHOP
    assert "class Item:" in implemented["buffers"]["cart.py"]


def test_a_model_that_is_down_is_said_with_what_to_do_and_recipes_work(play: Play):
    with model_server([]) as model:
        pass
    down, implemented = play(ADD_UP, {"at": 1, "action": "Implement this comment"}, model=model)
    assert "refuses connections: start the model server" in down["messages"][0]
    assert down["buffers"] == {"cart.py": SHOP["cart.py"]}
    assert implemented["buffers"] == {"cart.py": ITEM}
