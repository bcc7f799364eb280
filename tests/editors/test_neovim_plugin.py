"""The plugin in a real Neovim, as its user has it: `setup`, `:Patchwright`, suggestions, health."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.installs import PROJECT, ran
from tests.model_server import ModelServer, Reply, model_server

pytestmark = pytest.mark.editors

PLUGIN = PROJECT / "editors" / "neovim"
DRIVE = Path(__file__).parent / "drive_plugin.lua"
SERVER = [sys.executable, "-I", "-m", "lsp_server", "serve"]
SHOP = {
    "cart.py": (
        "# dataclass Item with name: str, price: float\n\n\ndef total(prices):\n    # é𝒳 add them up\n    pass\n"
    ),
    "use.py": "from cart import total\n\nprint(total([1, 2]))\n",
}

Play = Callable[..., dict[str, Any]]


@pytest.fixture
def play(neovim: Path, tmp_path: Path) -> Play:
    """Opens cart.py of a small shop and plays the steps; what came of each."""
    root = tmp_path / "shop"
    (root / ".git").mkdir(parents=True)
    for name, text in SHOP.items():
        (root / name).write_text(text, encoding="utf-8")

    def run(
        *steps: dict[str, Any],
        model: ModelServer | None = None,
        options: dict[str, Any] | None = None,
        program: Path = neovim,
        settings: str = "",
    ) -> dict[str, Any]:
        script, report = tmp_path / "steps.json", tmp_path / "report.json"
        given = {"cmd": SERVER} | (options or {})
        folders = {name: tmp_path / name for name in ("config", "cache", "state")}
        folders["config"].mkdir(exist_ok=True)
        (folders["config"] / "config.toml").write_text(settings, encoding="utf-8")
        place = {"plugin": str(PLUGIN), "root": str(root), "file": "cart.py"}
        script.write_text(json.dumps(place | {"options": given, "steps": steps}), encoding="utf-8")
        environment = {f"PATCHWRIGHT_{name.upper()}": str(folder) for name, folder in folders.items()}
        environment |= dict.fromkeys(("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"), "")
        if model is not None:
            named = {"ENDPOINT": model.base_url, "MODEL": "scripted", "API_KEY": "sk-test-key"}
            environment |= {f"PATCHWRIGHT_{name}": value for name, value in named.items()}
        own = {"DRIVE": str(script), "DRIVE_REPORT": str(report), "XDG_STATE_HOME": str(tmp_path / "xdg")}
        done = subprocess.run(
            [program, "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", DRIVE],
            env=os.environ | environment | own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert report.exists(), done.stderr
        said = json.loads(report.read_text(encoding="utf-8"))
        assert said.get("problem") is None, (said, done.stderr)
        return said

    return run


def test_a_comment_becomes_code_and_undo_takes_it_back_after_further_typing(play: Play):
    said = play(
        {"at": 1, "run": "Patchwright implement"},
        {"type": [15, "    return prices  # typed later"]},
        {"run": "Patchwright undo"},
    )
    implemented, _, undone = said["steps"]
    assert "class Item:\n    name: str\n    price: float\n" in implemented["text"]
    assert "typed later" in undone["text"]
    assert "class Item:" not in undone["text"]
    assert len(implemented["messages"]) == len(undone["messages"]) == 1


def test_a_description_from_the_command_line_changes_all_files(play: Play):
    said = play({"at": 4, "run": "Patchwright files rename total to total_of"})
    assert "def total_of(prices):" in said["buffers"]["cart.py"]
    assert said["buffers"]["use.py"] == "from cart import total_of\n\nprint(total_of([1, 2]))\n"


def test_the_selected_lines_change_as_the_input_box_says(play: Play):
    reply = (
        "cart.py\n```python\n<<<<<<< SEARCH\n    # é𝒳 add them up\n    pass\n=======\n    return sum(prices)\n"
        ">>>>>>> REPLACE\n```\n"
    )
    with model_server([reply]) as model:
        said = play({"input": "add the prices", "run": "4,6Patchwright ask"}, model=model)
        assert "add the prices" in model.requests[0].body["messages"][-1]["content"]
    assert said["asked"] == ["Change these lines: "]
    assert said["buffers"]["cart.py"].endswith("def total(prices):\n    return sum(prices)\n")


def test_what_is_reported_at_the_cursor_is_fixed(play: Play):
    report = "{lnum = 5, col = 4, end_col = 8, message = 'nothing is returned', severity = 1, source = 'own'}"
    reported = f"lua vim.diagnostic.set(vim.api.nvim_create_namespace('own'), 0, {{ {report} }})"
    reply = "cart.py\n```python\n<<<<<<< SEARCH\n    pass\n=======\n    return sum(prices)\n>>>>>>> REPLACE\n```\n"
    with model_server([reply]) as model:
        said = play({"run": reported, "until": "nothing"}, {"at": 6, "run": "Patchwright fix"}, model=model)
        assert model.requests, said
        assert "nothing is returned" in model.requests[0].body["messages"][-1]["content"]
    assert said["buffers"]["cart.py"].endswith("    # é𝒳 add them up\n    return sum(prices)\n")


def test_an_explanation_is_shown_in_a_buffer_of_its_own(play: Play):
    with model_server(["It adds the prices up."]) as model:
        said = play({"at": 4, "run": "Patchwright explain"}, model=model)
    assert any("It adds the prices up." in text for text in said["buffers"].values())
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]


def test_an_empty_input_box_asks_for_nothing(play: Play):
    said = play({"input": "  ", "run": "Patchwright files", "until": "nothing"})
    assert said["steps"][0]["messages"] == []
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]


def test_without_a_model_the_answer_is_honest(play: Play):
    said = play({"at": 5, "run": "Patchwright implement"})
    assert "needs a model" in said["steps"][0]["messages"][0]


def test_cancel_stops_the_model_and_changes_nothing(play: Play):
    begun = "cart.py\n```python\n<<<<<<< SEARCH\n    pass\n=======\n    return sum(prices)\n>>>>>>> REPLACE\n```\nAnd"
    with model_server([Reply(begun, finish_reason=None, done=False, hangs=True)]) as model:
        said = play(
            {"run": "Patchwright files make it all faster", "until": "writing"},
            {"run": "Patchwright cancel"},
            model=model,
        )
        model.wait_for_disconnect()
    writing, cancelled = said["steps"]
    assert "wrote edit 1, in cart.py" in writing["status"]
    assert any("ancelled" in message for message in cancelled["messages"])
    assert cancelled["status"] == "Patchwright"
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]


def test_a_model_that_is_down_is_said(play: Play):
    with model_server([]) as model:
        pass
    said = play({"run": "Patchwright files make it all faster"}, model=model)
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]
    assert len(said["steps"][0]["messages"]) == 1


def test_what_a_model_would_see_is_in_the_quickfix_list(play: Play):
    said = play({"run": "Patchwright context add the prices up", "until": "quickfix"})
    assert said["steps"][0]["quickfix"] >= 1


def test_a_server_that_was_killed_can_be_started_again(play: Play):
    said = play(
        {"kill": True, "until": "gone"},
        {"run": "Patchwright restart", "until": "started"},
        {"at": 1, "run": "Patchwright implement"},
    )
    assert "class Item:" in said["buffers"]["cart.py"]


def test_a_suggestion_is_taken_at_the_cursor(play: Play):
    with model_server(["```python\n    return sum(prices)\n```\n"] * 20) as model:
        said = play({"type": [6, "    "]}, {"suggest": 6}, model=model)
    assert said["buffers"]["cart.py"].endswith("    # é𝒳 add them up\n    return sum(prices)\n")


def test_a_change_waits_until_it_is_accepted(play: Play):
    said = play(
        {"run": "Patchwright files rename total to total_of"},
        {"run": "Patchwright accept"},
        settings="[review]\npreview = true\n",
    )
    waits, accepted = said["steps"]
    assert waits["text"] != accepted["text"]
    assert said["buffers"]["use.py"] == "from cart import total_of\n\nprint(total_of([1, 2]))\n"


def test_a_change_that_is_rejected_changes_nothing(play: Play):
    said = play(
        {"run": "Patchwright files rename total to total_of"},
        {"run": "Patchwright reject", "until": "nothing"},
        {"run": "Patchwright accept"},
        settings="[review]\npreview = true\n",
    )
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]
    assert "use.py" not in said["buffers"]
    assert "No proposal waits" in said["steps"][2]["messages"][0]


def test_an_older_neovim_shows_suggestions_too(play: Play, older_neovim: Path):
    with model_server(["```python\n    prices = list(prices)\n    return sum(prices)\n```\n"] * 20) as model:
        said = play({"type": [6, "    "]}, {"suggest": 6}, model=model, program=older_neovim)
    assert said["buffers"]["cart.py"].endswith("up\n    prices = list(prices)\n    return sum(prices)\n")


def test_an_older_neovim_has_the_commands_too(play: Play, older_neovim: Path):
    said = play(
        {"at": 1, "run": "Patchwright implement"},
        {"run": "Patchwright undo"},
        {"run": "Patchwright files rename total to total_of"},
        {"run": "Patchwright restart", "until": "started"},
        {"run": "checkhealth patchwright", "until": "nothing"},
        program=older_neovim,
    )
    assert "def total_of(prices):" in said["buffers"]["cart.py"]
    assert "class Item:" in said["steps"][0]["text"]
    assert "a server runs for" in said["steps"][-1]["text"]


def test_the_lua_is_clean(neovim: Path):
    ran([PROJECT / "scripts" / "lint-lua", "--version"], "no tools for Lua")
    done = subprocess.run([PROJECT / "scripts" / "lint-lua"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("Patchwright nonsense", "there is no"),
        ("Patchwright cancel everything", "takes no description"),
        ("3Patchwright implement", "finds nothing to do"),
    ],
)
def test_what_cannot_be_done_is_said(play: Play, command: str, says: str):
    said = play({"run": command})
    assert says in said["steps"][0]["messages"][0]
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]


def test_wrong_options_are_named(play: Play):
    with pytest.raises(AssertionError, match="there is no option"):
        play(options={"colour": "blue"})


def test_health_says_what_there_is(play: Play):
    said = play({"run": "checkhealth patchwright", "until": "nothing"})
    health = said["steps"][0]["text"]
    assert "a server runs for" in health
    assert "patchwright doctor" in health
