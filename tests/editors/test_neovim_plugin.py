"""The plugin in a real Neovim, as its user has it: `setup`, `:Patchwright`, suggestions, health."""

import subprocess
from pathlib import Path

import pytest

from tests.editors.plugin import SHOP, Play
from tests.installs import PROJECT, ran
from tests.model_server import Reply, model_server

pytestmark = pytest.mark.editors


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


def test_without_a_model_the_answer_is_honest_and_recipes_work(play: Play):
    rests = "require('patchwright').statusline() == 'Patchwright · no model'"
    said = play(
        {"at": 5, "run": "Patchwright implement", "until": "message", "holds": rests},
        {"at": 1, "run": "Patchwright implement"},
    )
    honest, implemented = said["steps"]
    assert len(honest["messages"]) == 1
    assert "needs a model" in honest["messages"][0]
    assert "class Item:" in implemented["text"]


DOUBT = (
    "lua local c = vim.lsp.get_clients({name = 'patchwright'})[1]; local uri = vim.uri_from_bufnr(0);"
    " vim.api.nvim_buf_set_lines(0, -1, -1, false, {'# typed just now'});"
    " local note = {textDocument = {uri = uri, version = 0}, contentChanges = {{text = 'nonsense'}}};"
    " if vim.fn.has('nvim-0.11') == 1 then c:notify('textDocument/didChange', note)"
    " else c.notify('textDocument/didChange', note) end"
)


def test_a_server_that_is_no_longer_sure_of_a_text_gets_it_anew(play: Play):
    said = play({"run": DOUBT, "until": "nothing"}, {"at": 1, "run": "Patchwright implement"})
    text = SHOP["cart.py"].replace(SHOP["cart.py"].splitlines()[0], "CLASS") + "# typed just now\n"
    assert said["steps"][-1]["text"].split("def total")[1] == text.split("def total")[1]
    assert "class Item:" in said["steps"][-1]["text"]


RESTS = "vim.startswith(require('patchwright').statusline(), 'Patchwright · scripted at 127.0.0.1')"


def test_cancel_stops_the_model_and_changes_nothing(play: Play):
    begun = "cart.py\n```python\n<<<<<<< SEARCH\n    pass\n=======\n    return sum(prices)\n>>>>>>> REPLACE\n```\nAnd"
    with model_server([Reply(begun, finish_reason=None, done=False, hangs=True)]) as model:
        said = play(
            {"run": "Patchwright files make it all faster", "until": "writing"},
            {"run": "Patchwright cancel", "until": "message", "holds": RESTS},
            model=model,
        )
        model.wait_for_disconnect()
    writing, cancelled = said["steps"]
    assert "wrote edit 1, in cart.py" in writing["status"]
    assert any("ancelled" in message for message in cancelled["messages"])
    assert said["buffers"]["cart.py"] == SHOP["cart.py"]


def test_a_model_that_is_down_is_said_once_with_what_to_do_and_nothing_changes(play: Play):
    with model_server([]) as model:
        pass
    said = play({"run": "Patchwright files make it all faster"}, model=model)
    (message,) = said["steps"][0]["messages"]
    assert "refuses connections: start the model server, or check PATCHWRIGHT_ENDPOINT" in message
    assert said["disk"] == SHOP


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
    assert "(1 buffer): no model" in health
    assert "`setup` was called" in health
    assert "patchwright doctor" in health
    assert "WARNING" not in health
    assert "ERROR" not in health
