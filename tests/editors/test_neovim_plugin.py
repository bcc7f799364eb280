"""The plugin in a real Neovim, the newest and Debian's, as its user has it: commands, suggestions, health.

Starting an editor with a server takes longer than most of what is tried in it, so a test is a user's whole afternoon.
"""

import subprocess
from pathlib import Path

import pytest

from tests.editors.plugin import SHOP, Play
from tests.installs import PROJECT, ran
from tests.model_server import Reply, model_server

pytestmark = pytest.mark.editors

NO_MODEL = "require('patchwright').statusline() == 'Patchwright · no model'"
DOUBT = (
    "lua local c = vim.lsp.get_clients({name = 'patchwright'})[1]; local uri = vim.uri_from_bufnr(0);"
    " vim.api.nvim_buf_set_lines(0, -1, -1, false, {'# typed just now'});"
    " local note = {textDocument = {uri = uri, version = 0}, contentChanges = {{text = 'nonsense'}}};"
    " if vim.fn.has('nvim-0.11') == 1 then c:notify('textDocument/didChange', note)"
    " else c.notify('textDocument/didChange', note) end"
)
"""What no editor should say of a document, right after something was typed."""
IMPLEMENT = {"run": "Patchwright implement"}


def test_without_a_model_recipes_work_all_else_is_answered_honestly_and_nothing_that_was_typed_is_lost(
    play: Play, program: Path
):
    said = play(
        {"at": 5, "until": "message", "holds": NO_MODEL} | IMPLEMENT,
        {"at": 1} | IMPLEMENT,
        {"type": [13, "    return prices  # typed later"]},
        {"run": "Patchwright undo"},
        {"run": DOUBT, "until": "nothing"},
        {"at": 4, "run": "Patchwright files rename total to total_of"},
        {"input": "  ", "run": "Patchwright files", "until": "nothing"},
        {"run": "Patchwright context add the prices up", "until": "quickfix"},
        {"run": "cclose", "until": "nothing"},
        program=program,
    )
    honest, implemented, _, undone, _, renamed, empty, context, _ = said["steps"]
    assert len(honest["messages"]) == len(implemented["messages"]) == len(undone["messages"]) == 1
    assert "needs a model" in honest["messages"][0]
    assert "class Item:\n    name: str\n    price: float\n" in implemented["text"]
    typed = SHOP["cart.py"] + "    return prices  # typed later\n"
    assert undone["text"] == typed
    assert renamed["text"] == (typed + "# typed just now\n").replace("total(", "total_of("), "what was in doubt is told"
    assert said["buffers"]["use.py"] == "from cart import total_of\n\nprint(total_of([1, 2]))\n"
    assert empty["messages"] == []
    assert context["quickfix"] >= 1


def test_what_cannot_be_done_is_said_and_a_server_that_was_killed_is_started_again(play: Play, program: Path):
    said = play(
        {"run": "Patchwright nonsense"},
        {"run": "Patchwright cancel everything"},
        {"run": "3Patchwright implement"},
        {"kill": True, "until": "gone"},
        {"run": "Patchwright context", "input": "", "until": "nothing"},
        {"run": "Patchwright undo"},
        {"run": "Patchwright restart", "until": "started"},
        {"at": 1, "until": "message", "holds": NO_MODEL} | IMPLEMENT,
        {"run": "checkhealth patchwright", "until": "nothing"},
        program=program,
    )
    unknown, described, nothing, _, _, without, _, implemented, checked = said["steps"]
    assert "there is no" in unknown["messages"][0]
    assert "takes no description" in described["messages"][0]
    assert "finds nothing to do" in nothing["messages"][0]
    assert "no server is attached" in without["messages"][-1]
    assert "class Item:" in implemented["text"]
    for says in ("(1 buffer): no model", "`setup` was called", "patchwright doctor"):
        assert says in checked["text"], checked["text"]
    assert "WARNING" not in checked["text"]
    assert "ERROR" not in checked["text"]


BODY = "cart.py\n```python\n<<<<<<< SEARCH\n    pass\n=======\n    return sum(prices)\n>>>>>>> REPLACE\n```\n"
SUGGESTED = "```python\n    prices = list(prices)\n    return sum(prices)\n```\n"
REPORT = "{lnum = 5, col = 4, end_col = 8, message = 'nothing is returned', severity = 1, source = 'own'}"
REPORTED = f"lua vim.diagnostic.set(vim.api.nvim_create_namespace('own'), 0, {{ {REPORT} }})"
RESTS = "vim.startswith(require('patchwright').statusline(), 'Patchwright · scripted at 127.0.0.1')"


def test_a_model_changes_selected_lines_fixes_explains_is_stopped_and_suggests(play: Play, program: Path):
    hanging = Reply(BODY + "And", finish_reason=None, done=False, hangs=True)
    with model_server([BODY, BODY, "It adds the prices up.", hanging, *[SUGGESTED] * 20]) as model:
        said = play(
            {"input": "add the prices", "run": "4,6Patchwright ask"},
            {"run": "Patchwright undo"},
            {"run": REPORTED, "until": "nothing"},
            {"at": 6, "run": "Patchwright fix"},
            {"run": "Patchwright undo"},
            {"at": 4, "run": "Patchwright explain"},
            {"run": "Patchwright files make it all faster", "until": "writing"},
            {"run": "Patchwright cancel", "until": "message", "holds": RESTS},
            {"type": [6, "    "]},
            {"suggest": 6},
            model=model,
            program=program,
        )
        model.wait_for_disconnect()
        asked = [request.body["messages"][-1]["content"] for request in model.requests[:2]]
    changed, undone, _, fixed, again, explained, writing, cancelled, _, suggested = said["steps"]
    assert said["asked"] == ["Change these lines: "]
    assert "add the prices" in asked[0]
    assert "nothing is returned" in asked[1]
    for step in (changed, fixed):
        assert step["text"].endswith("    # é𝒳 add them up\n    return sum(prices)\n")
    for step in (undone, again, explained, writing, cancelled):
        assert step["text"] == SHOP["cart.py"]
    assert any("It adds the prices up." in text for text in said["buffers"].values())
    assert "wrote edit 1, in cart.py" in writing["status"]
    assert any("ancelled" in message for message in cancelled["messages"])
    assert suggested["text"].endswith("up\n    prices = list(prices)\n    return sum(prices)\n")


def test_a_model_that_is_down_is_said_once_with_what_to_do_and_nothing_changes(play: Play):
    with model_server([]) as model:
        pass
    said = play({"run": "Patchwright files make it all faster"}, model=model)
    (message,) = said["steps"][0]["messages"]
    assert "refuses connections: start the model server, or check PATCHWRIGHT_ENDPOINT" in message
    assert said["disk"] == SHOP


def test_wrong_options_are_named(play: Play):
    with pytest.raises(AssertionError, match="there is no option"):
        play(options={"colour": "blue"})


def test_the_lua_is_clean(neovim: Path):
    ran([PROJECT / "scripts" / "lint-lua", "--version"], "no tools for Lua")
    done = subprocess.run([PROJECT / "scripts" / "lint-lua"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
