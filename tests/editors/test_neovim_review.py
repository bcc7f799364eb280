"""A change that waits, looked at in a real Neovim: a summary, a tab with its diff, single hunks, and questions."""

from pathlib import Path

import pytest

from tests.editors.plugin import PREVIEW, SHOP, Play
from tests.model_server import model_server

pytestmark = pytest.mark.editors

TALL = {"cart.py": "def first():\n    return 1\n\n\ndef second():\n    return 2\n\n\ndef third():\n    return 3\n"}
"""Three places that are apart."""


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"


REPLY = "".join(block("cart.py", f"    return {n}", f"    return {n}0") for n in (1, 2, 3)) + block(
    "use.py", "print(total([1, 2]))", "print(total([1, 2, 3]))"
)
LAYOUT = "vim.inspect(vim.fn.winlayout(1))"
TABS = "#vim.api.nvim_list_tabpages()"
WINBAR = "vim.wo[vim.api.nvim_tabpage_list_wins(0)[1]].winbar"
OURS = (
    "#vim.tbl_filter(function(b) return vim.api.nvim_buf_get_name(b):find('patchwright://') end,"
    " vim.api.nvim_list_bufs())"
)
CART = "table.concat(vim.fn.getbufline(1, 1, '$'), '|')"
MARKS = (
    "vim.iter(vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace('patchwright.review'), 0, -1,"
    " {details = true})):map(function(m) return m[2] .. m[4].virt_text[1][1] end):join('|')"
)
DRAWN = f"{TABS} == 2 and {MARKS} ~= ''"


def test_hunks_are_accepted_and_rejected_in_a_tab_of_their_own(play: Play, program: Path):
    with model_server([REPLY]) as model:
        said = play(
            {"run": "vsplit | wincmd p", "until": "nothing", "see": {"layout": LAYOUT}},
            {
                "run": "Patchwright files return ten times as much",
                "holds": "floating()[1]",
                "see": {"summary": "floating()[1]", "focus": "vim.api.nvim_win_get_config(0).relative", "cart": CART},
            },
            {"run": "Patchwright review", "holds": DRAWN, "see": {"bar": WINBAR, "marks": MARKS, "layout": LAYOUT}},
            {"keys": "a", "holds": f"{CART}:find('return 10') and {MARKS}:find('of 2')", "see": {"cart": CART}},
            {"keys": "]cr", "holds": f"{MARKS} == '5  hunk 1 of 1'", "see": {"marks": MARKS, "bar": WINBAR}},
            {"keys": "]f", "holds": f"{WINBAR}:find('2/2 use.py')", "see": {"bar": WINBAR}},
            {"keys": "A", "holds": f"{TABS} == 1", "see": {"layout": LAYOUT, "ours": OURS, "cart": CART}},
            {"run": "Patchwright review", "see": {"tabs": TABS}},
            model=model,
            settings=PREVIEW,
            files=TALL,
            program=program,
        )
    seen = [step["seen"] for step in said["steps"]]
    before, arrived, opened, accepted, _, next_file, closed, nothing = seen
    for line in ("What\n", "- cart.py changes", "- use.py changes", "return ten times", "Checks\n", "tokens in"):
        assert line in arrived["summary"], line
    assert (arrived["focus"], arrived["cart"]) == ("", "|".join(TALL["cart.py"].splitlines()))
    assert opened["bar"] == "1/2 cart.py changes   ]c [c hunk  ]f [f file  s summary%<"
    assert opened["marks"] == "1  hunk 1 of 3|5  hunk 2 of 3|9  hunk 3 of 3"
    assert accepted["cart"].count("0") == 1
    assert next_file["bar"] == "2/2 use.py changes   ]c [c hunk  ]f [f file  s summary%<"
    assert said["buffers"]["cart.py"] == TALL["cart.py"].replace("return 1", "return 10").replace(
        "return 2", "return 20"
    )
    assert said["buffers"]["use.py"].endswith("print(total([1, 2, 3]))\n")
    assert before["layout"] == opened["layout"] == closed["layout"]
    assert (closed["ours"], nothing["tabs"]) == (0, 1)
    assert "No change waits for you" in said["steps"][-1]["messages"][0]


def test_a_question_is_put_beside_the_diff_that_it_is_about_and_no_answer_is_a_no(play: Play, program: Path):
    dangerous = block("cart.py", "    return 1", "    return 10") + "conftest.py\n```python\nimport os\n```\n"
    approves = "execute 'Patchwright approve'"
    with model_server([dangerous, dangerous]) as model:
        said = play(
            {
                "at": 2,
                "run": "Patchwright files return ten times as much",
                "until": "message",
                "holds": "vim.endswith(require('patchwright').statusline(), ' · 1 change waits')",
                "see": {"floats": "#floating()"},
            },
            {"run": approves, "see": {"cart": CART, "disk": "vim.fn.filereadable('conftest.py')"}},
            {"choose": "Approve and apply", "run": approves, "see": {"cart": CART, "floats": "#floating()"}},
            {"run": approves},
            model=model,
            files=TALL,
            program=program,
        )
    withheld, refused, approved, nothing = said["steps"]
    assert all("needs your approval" in question for question in said["asked"])
    assert len(said["asked"]) == 3
    assert all("+import os" in page and "+    return 10" in page for page in said["beside"])
    assert "Waits for approval" in withheld["messages"][0]
    assert withheld["seen"]["floats"] == 0
    assert "return 10" not in refused["seen"]["cart"]
    assert "Approved and applied" in approved["messages"][0]
    assert (approved["seen"]["floats"], "return 10" in approved["seen"]["cart"]) == (0, True)
    assert said["buffers"]["conftest.py"] == "import os\n"
    assert "Nothing waits for approval" in nothing["messages"][0]


IDS = "table.concat(vim.fn.getcompletion('Patchwright review ', 'cmdline'), ' ')"
ELSEWHERE = (
    "lua vim.lsp.get_clients({name = 'patchwright'})[1]:exec_cmd({title = '', command = 'patchwright.accept',"
    " arguments = {{id = vim.fn.getcompletion('Patchwright review ', 'cmdline')[1],"
    " hunks = {{path = 'cart.py', hunk = 0}}}}})"
)
ASK = "Patchwright files return ten times as much"
ONE = f"{IDS}:find('^%w+$')"
NAMED = "execute 'Patchwright review ' .. getcompletion('Patchwright review ', 'cmdline')[0]"
FOCUSED = "vim.api.nvim_win_get_config(0).relative ~= ''"


def test_what_waits_can_be_named_rejected_left_and_found_again_and_stale_hunks_are_not_taken(play: Play):
    with model_server([REPLY, REPLY]) as model:
        said = play(
            {"run": ASK, "holds": "floating()[1]", "see": {"ids": IDS}},
            {"run": "Patchwright reject", "holds": f"{IDS} == ''"},
            {"run": "Patchwright accept p0"},
            {"run": ASK, "holds": ONE},
            {"run": "Patchwright proposal", "holds": FOCUSED, "see": {"insert": "vim.api.nvim_get_mode().mode"}},
            {"keys": "<CR>", "holds": DRAWN},
            {"run": ELSEWHERE, "until": "message", "holds": f"{CART}:find('return 10') and {ONE}"},
            {"keys": "]ca", "until": "message", "holds": f"{MARKS}:find('of 2')", "see": {"cart": CART}},
            {"keys": ":close<CR>", "holds": f"{TABS} == 1", "see": {"ours": OURS, "ids": IDS}},
            {"at": 6, "choose": "Show diff", "run": "lua vim.lsp.codelens.run()", "holds": DRAWN},
            {"keys": "q", "holds": f"{TABS} == 1", "see": {"ids": IDS}},
            {"run": NAMED, "holds": DRAWN},
            {"keys": "R", "holds": f"{TABS} == 1 and {IDS} == ''", "see": {"ours": OURS, "cart": CART}},
            model=model,
            settings=PREVIEW,
            files=TALL,
        )
    steps = said["steps"]
    assert steps[0]["seen"]["ids"] != steps[8]["seen"]["ids"] == steps[10]["seen"]["ids"], "closing decides nothing"
    assert "No proposal waits under this id" in steps[2]["messages"][0]
    assert "another one by now" in steps[7]["messages"][0]
    once = "|".join(TALL["cart.py"].replace("return 1", "return 10").splitlines())
    assert steps[7]["seen"]["cart"] == steps[-1]["seen"]["cart"] == once
    assert steps[8]["seen"]["ours"] == 0
    assert steps[-1]["seen"]["ours"] == 0
    assert said["disk"]["use.py"] == SHOP["use.py"]


PATCH = """\
*** Begin Patch
*** Add File: new.py
+NEW = "é𝒳"
*** Update File: use.py
*** Move to: used.py
@@
-print(total([1, 2]))
+print(total([1, 2, 3]))
*** Delete File: gone.py
*** Update File: cart.py
@@
-one = 1
+one = 100
*** End Patch
"""
SIDES = (
    "vim.iter(vim.api.nvim_tabpage_list_wins(0)):map(function(w)"
    " return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, false), '|') end):join(' > ')"
)


def test_files_that_come_move_and_go_are_shown_too_and_a_long_diff_can_be_read_before_the_answer(play: Play):
    long = "one = 1\r\n" + "".join(f"n{number} = {number}\r\n" for number in range(60))
    with model_server([PATCH]) as model:
        said = play(
            {"run": "Patchwright files make room", "holds": "floating()[1]"},
            {"run": "Patchwright review", "holds": DRAWN, "see": {"bar": WINBAR, "sides": SIDES}},
            *(
                {"keys": "]f", "holds": f"{WINBAR}:find('{n}/4')", "see": {"bar": WINBAR, "sides": SIDES}}
                for n in (2, 3, 4)
            ),
            {"choose": "Read it first", "keys": "A", "holds": FOCUSED},
            {"choose": "Approve and apply", "keys": "q", "holds": f"{TABS} == 1", "until": "message"},
            model=model,
            settings=PREVIEW,
            files={"cart.py": long, "gone.py": "".join(f"GONE{number} = 1\n" for number in range(60))},
        )
    _, *shown, _, applied = said["steps"]
    bars = [step["seen"]["bar"].split("   ")[0] for step in shown]
    assert bars == ["1/4 new.py is new", "2/4 use.py moves to used.py", "3/4 gone.py is deleted", "4/4 cart.py changes"]
    assert shown[0]["seen"]["sides"] == ' > NEW = "é𝒳"'
    assert shown[1]["seen"]["sides"].endswith("|print(total([1, 2])) > from cart import total||print(total([1, 2, 3]))")
    assert shown[2]["seen"]["sides"].startswith("GONE0 = 1|")
    assert "one = 1|n0 = 0|" in shown[3]["seen"]["sides"], "lines end as the server counts them"
    assert "> one = 100|n0 = 0|" in shown[3]["seen"]["sides"]
    assert len(said["asked"]) == 2, said["asked"]
    assert "make room" in applied["messages"][0]
    assert said["disk"]["cart.py"] == long.replace("one = 1\r\n", "one = 100\r\n")


def test_whoever_wants_to_choose_when_asked_gets_the_hunks_and_sees_which_of_them_is_asked_about(play: Play):
    reply = block("cart.py", "    return 1", '    return "https://collector.acme.io/x"') + block(
        "cart.py", "    return 3", "    return 30"
    )
    with model_server([reply]) as model:
        said = play(
            {"run": ASK, "choose": "Choose in the editor", "holds": "floating()[1] and " + ONE},
            {"run": "Patchwright review", "holds": DRAWN, "see": {"marks": MARKS}},
            {"keys": "r", "holds": f"{MARKS}:find('^9  hunk 1 of 1')"},
            {"keys": "A", "holds": f"{TABS} == 1", "see": {"cart": CART}},
            model=model,
            files=TALL,
        )
    first, second = said["steps"][1]["seen"]["marks"].split("|")
    assert "hunk 1 of 2, confirm: " in first
    assert second == "9  hunk 2 of 2"
    assert len(said["asked"]) == 1
    assert '+    return "https' in said["beside"][0]
    assert said["steps"][-1]["seen"]["cart"] == "|".join(TALL["cart.py"].replace("return 3", "return 30").splitlines())
