"""Code is explained in plain text, tests and documentation are asked for at a definition; nothing else is touched."""

import pytest

from clients.model import Stop, TextDelta
from context.parsing.symbols import outline
from context.snapshot import Place, from_buffer
from lsp_server.actions.ask import Explanation, NoChange, Proposal
from lsp_server.actions.describe import one_line
from lsp_server.actions.offer import Offer
from lsp_server.actions.plain import plain
from lsp_server.actions.registry import menu

from .conftest import Check

SHOP = """
    //- /shop/text.py
    class Title:
        def slug(self, title: str) -> str:$0
            return title.lower()
    //- /shop/use.py
    from shop.text import Title

    Title().slug("A")
"""


async def test_an_explanation_changes_nothing_and_the_model_sees_who_uses_the_code(check_action: Check):
    answer = await check_action("explain", SHOP, replies=["It lowers a title.\n\nUsed in shop/use.py:3."], found=True)
    assert isinstance(answer, Explanation), answer
    assert answer.text == "It lowers a title.\n\nUsed in shop/use.py:3.\n"
    assert "Nothing was changed" in one_line(answer)
    (sent,) = check_action.sent
    assert "You explain code" in sent
    assert "SEARCH" not in sent
    assert 'Title().slug("A")' in sent
    assert "Explain `Title.slug`" in sent


async def test_an_edit_in_an_explanation_is_only_text(check_action: Check):
    fenced = "<<<<<<< SEARCH\n        return title.lower()\n=======\n        return ''\n>>>>>>> REPLACE"
    edit = f"shop/text.py\n```python\n{fenced}\n```\n"
    answer = await check_action("explain", SHOP, replies=[edit], found=True)
    assert isinstance(answer, Explanation)
    assert not [said for said in check_action.said if "wrote edit" in said]


async def test_an_explanation_that_was_cut_says_so_and_an_empty_one_is_none(check_action: Check):
    cut = [TextDelta("It lowers"), Stop("length")]
    answer = await check_action("explain", SHOP, replies=[cut], found=True)
    assert isinstance(answer, Explanation)
    assert "cut at the token limit" in answer.text
    assert isinstance(await check_action("explain", SHOP, replies=[" \n"], found=True), NoChange)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("See https://evil.example/?q=SECRET now", "See https: //evil.example/?q=SECRET now\n"),
        ("![x](HTTP://evil.example/a.png)", "![x](HTTP: //evil.example/a.png)\n"),
        ("[x](command://y) vscode://z", "[x](command: //y) vscode: //z\n"),
        ("\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\", "here\n"),
        ("\x1b[31mred\x1b[0m\x07\x00", "red\n"),
        ("a\u202eb\u200bc\U000e0041", "abc\n"),
        ("a  \r\nb\tc\n\n", "a\nb\tc\n"),
        ("\x1b]8;;never closed", ""),
        ("", ""),
    ],
)
def test_what_a_model_says_can_do_nothing_to_who_shows_it(said: str, shown: str):
    assert plain(said) == shown


def offers_at(marked: str, path: str = "shop/text.py") -> dict[str, Offer]:
    line = marked[: marked.index("|")].count("\n") + 1
    text = marked.replace("|", "")
    file = from_buffer(path, text, 1)
    return {offer.action.id: offer for offer in menu(file, Place(path, line, line), outline(path, text))}


def test_tests_and_documentation_are_offered_for_the_innermost_definition():
    offers = offers_at("class A:\n    def f(self):\n        return 1|\n\n    def g(self):\n        return 2\n")
    assert offers["writeTests"].title == "Write tests for A.f"
    assert offers["document"].title == "Document A.f"
    assert offers["writeTests"].found.place == Place("shop/text.py", 2, 3)
    assert offers_at("class A:|\n    def f(self): ...\n")["explain"].title == "Explain A"
    assert "explain" not in offers_at("import os|\n\ndef f(): ...\n")


def test_documentation_that_is_there_is_brought_up_to_date():
    offers = offers_at('def f():|\n    """Old."""\n    return 1\n')
    assert offers["document"].title == "Bring the documentation of f up to date"


def test_a_comment_above_a_definition_is_about_it():
    offers = offers_at("# patchwright: only the edges|\ndef f(x):\n    return x\n")
    assert offers["writeTests"].found.description == "Write tests for `f`: only the edges"


def test_no_tests_are_offered_for_tests():
    assert "writeTests" not in offers_at("def test_f():|\n    assert f()\n", "tests/test_text.py")


TESTS = """tests/test_text.py
```python
<<<<<<< SEARCH
=======
from shop.text import Title


def test_a_title_is_lowered():
    assert Title().slug("A B") == "a b"
>>>>>>> REPLACE
```
"""


async def test_tests_are_written_into_a_new_file(check_action: Check):
    answer = await check_action("writeTests", SHOP, replies=[TESTS], found=True)
    assert isinstance(answer, Proposal), answer
    assert list(answer.change.texts_after()) == ["tests/test_text.py"]
    assert "Write tests for `Title.slug`" in check_action.sent[0]


def documented(code: str) -> str:
    return f"""shop/text.py
```python
<<<<<<< SEARCH
    def slug(self, title: str) -> str:
        return title.lower()
=======
    def slug(self, title: str) -> str:
        \"\"\"Makes a title one that can stand in an address.\"\"\"
        {code}
>>>>>>> REPLACE
```
"""


async def test_documentation_is_written_and_the_code_stays(check_action: Check):
    answer = await check_action("document", SHOP, replies=[documented("return title.lower()")], found=True)
    assert isinstance(answer, Proposal), answer
    assert len(check_action.sent) == 1


async def test_documentation_that_changes_code_goes_back_once_with_the_line(check_action: Check):
    replies = [documented("return title.lower().strip()"), documented("return title.lower()")]
    answer = await check_action("document", SHOP, replies=replies, found=True)
    assert isinstance(answer, Proposal), answer
    assert "line 4 is other code than before" in check_action.sent[1]
    assert "`return title.lower().strip()`, where `return title.lower()` stood" in check_action.sent[1]
    assert "strip" not in str(answer.change.texts_after())


@pytest.mark.parametrize("second", ["return title.upper()", "return title.lower()  # type: ignore", "pass"])
async def test_documentation_that_still_changes_code_is_refused_with_the_line(check_action: Check, second: str):
    replies = [documented("return title.lower().strip()"), documented(second), documented("return title.lower()")]
    answer = await check_action("document", SHOP, replies=replies, found=True)
    assert isinstance(answer, NoChange), answer
    assert (answer.problems[0].code, len(check_action.sent)) == ("CODE", 2)
    assert "Nothing was changed: shop/text.py, line 4 is other code" in answer.message


async def test_documentation_that_reaches_another_file_is_refused(check_action: Check):
    answer = await check_action("document", SHOP, replies=[TESTS, TESTS], found=True)
    assert isinstance(answer, NoChange), answer
    assert "tests/test_text.py would come" in answer.message
    assert len(check_action.sent) == 2
