"""What another tool reports is mended: its words are evidence that passes the gate, never an instruction."""

from context.snapshot import Place, from_buffer
from lsp_server.actions.ask import Diagnosis, NoChange, Proposal
from lsp_server.actions.diagnosed import MOST_DIAGNOSES, ordered
from lsp_server.actions.fix_all import ALL
from lsp_server.actions.registry import menu

from .conftest import Check

UNUSED = Diagnosis(1, 1, "`os` imported but unused", "Ruff F401")
WRONG = Diagnosis(4, 4, 'Expected "str", got "int"', "pyright reportArgumentType")
SHOP = """
    //- /shop.py
    import os

    def greet(name: str) -> str: return name
    greet(1)$0
"""
MENDED = """shop.py
```python
<<<<<<< SEARCH
greet(1)
=======
greet("1")
>>>>>>> REPLACE
```
"""
NO_IMPORT = MENDED.replace("greet(1)", "import os").replace('greet("1")', "import json")


def titles(line: int, *diagnoses: Diagnosis) -> list[str]:
    file = from_buffer("shop.py", "import os\n\ndef greet(name): ...\ngreet(1)\n", 1)
    return [offer.title for offer in menu(file, Place("shop.py", line, line), (), diagnoses)]


def test_the_menu_offers_to_fix_what_is_reported_of_the_line():
    assert titles(1, UNUSED, WRONG) == ["Fix: `os` imported but unused", "Fix all diagnostics in this file"]
    assert titles(4, UNUSED, WRONG)[0] == 'Fix: Expected "str", got "int"'
    assert titles(4, WRONG, Diagnosis(3, 5, "Unreachable"))[0] == "Fix: Unreachable (and 1 more here)"
    assert titles(2, UNUSED) == ["Fix all diagnostics in this file"]
    assert titles(1) == []


async def test_a_diagnostic_is_fixed_and_the_model_sees_its_words_with_the_line(check_action: Check):
    answer = await check_action("fixDiagnostic", SHOP, description="x", replies=[MENDED], diagnoses=(UNUSED, WRONG))
    assert isinstance(answer, Proposal), answer
    assert 'greet("1")' in (answer.change.texts_after()["shop.py"] or "")
    task = check_action.sent[0].partition("# Task")[2]
    assert 'line 4: Expected "str", got "int" (pyright reportArgumentType)\n    greet(1)' in task
    assert "imported but unused" not in task


async def test_words_without_a_diagnostic_are_taken_for_a_tools(check_action: Check):
    said = "shop.py:4: error: Argument 1 has incompatible type"
    answer = await check_action("fixDiagnostic", SHOP, description=said, replies=[MENDED])
    assert isinstance(answer, Proposal), answer
    assert said in check_action.sent[0].partition("# Task")[2]
    assert answer.summary == "Fix what is reported of shop.py"


async def test_all_of_a_file_are_the_editors_and_those_of_our_own_checks(check_action: Check):
    linted = (
        SHOP
        + """    //- /ruff.toml
    lint.select = ["F"]
    """
    )
    answer = await check_action("fixAll", linted, replies=[MENDED + NO_IMPORT], diagnoses=(WRONG,), found=True)
    assert isinstance(answer, Proposal), answer
    task = check_action.sent[0].partition("# Task")[2]
    assert "imported but unused (ruff F401)" in task
    assert task.index("line 1:") < task.index("line 4:")


async def test_a_file_of_which_nothing_is_reported_is_left_alone(check_action: Check):
    answer = await check_action(
        "fixAll", "//- /a.py\nx = 1$0\n", replies=[], diagnoses=(Diagnosis(9, 9, ""),)[:0], description=ALL
    )
    assert isinstance(answer, NoChange)
    assert "Nothing is reported of a.py" in answer.message
    assert check_action.sent == []


async def test_a_secret_in_a_diagnostic_is_kept_back(check_action: Check):
    token = "ghp_" + "a1B2c3D4e5" * 4
    told = Diagnosis(4, 4, f"Unexpected value {token}", "lint")
    await check_action("fixDiagnostic", SHOP, description="x", replies=[MENDED], diagnoses=(told,))
    assert token not in check_action.sent[0]
    assert "PATCHWRIGHT_SECRET_1" in check_action.sent[0]


async def test_a_diagnostic_of_a_file_that_is_never_sent_is_not_sent(check_action: Check):
    marked = "//- /.env\nTOKEN=1$0\n"
    answer = await check_action(
        "fixDiagnostic", marked, description="x", replies=[MENDED], diagnoses=(Diagnosis(1, 1, "bad"),)
    )
    assert isinstance(answer, NoChange)
    assert answer.reason == "refused"
    assert check_action.sent == []


async def test_a_fix_that_reaches_another_file_is_mended_or_a_persons_to_decide(check_action: Check):
    other = MENDED.replace("shop.py", "other.py").replace("greet(1)", "x = 1").replace('greet("1")', "x = 2")
    marked = SHOP + "    //- /other.py\n    x = 1\n"
    answer = await check_action("fixDiagnostic", marked, description="x", replies=[other] * 2, diagnoses=(WRONG,))
    assert isinstance(answer, Proposal), answer
    assert answer.verdict.level in ("confirm", "approve")
    assert len(check_action.sent) == 2


def test_equal_reports_of_two_tools_are_one_and_thousands_are_cut():
    twice = (UNUSED, Diagnosis(1, 1, "`OS`  imported but unused", "flake8"))
    assert ordered(twice) == (UNUSED,)
    assert len(ordered(Diagnosis(line, line, "x") for line in range(5000, 0, -1))) == MOST_DIAGNOSES
    assert ordered(Diagnosis(line, line, "x") for line in range(500, 0, -1))[0].start_line == 1


def test_a_diagnostic_beyond_the_end_of_the_file_is_told_at_its_last_line():
    file = from_buffer("a.py", "x = 1\n", 1)
    offers = menu(file, Place("a.py", 9, 9), (), (Diagnosis(9, 12, "gone"),))
    assert offers[0].found.place == Place("a.py", 1, 1)
