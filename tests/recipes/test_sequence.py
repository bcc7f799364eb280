"""Several recipes in one description: all of them in order, as one change, or none."""

import pytest

from lsp_server.recipes.plan import NotUnderstood
from lsp_server.recipes.registry import understand
from tests.recipes.workspace import after, carry_out, files_in, problems_of

SHOP = """
//- /core.py
class User:
    def load(self): ...


def make() -> User: ...
//- /use.py
from core import make
make().load()
"""


@pytest.mark.parametrize("parting", [" and ", " and then ", ", then ", "; ", ". ", " and also "])
def test_two_steps_are_one_change(parting):
    files, _ = files_in(SHOP)
    result = after(files, carry_out(files, f"rename User to Account{parting}rename Account.load to fetch"))
    assert result == {path: text.replace("User", "Account").replace("load", "fetch") for path, text in files.items()}


def test_it_is_what_the_step_before_is_about():
    files, _ = files_in(SHOP)
    result = after(files, carry_out(files, "rename User to Account and rename it to Person"))
    assert result["core.py"] == files["core.py"].replace("User", "Person")


def test_three_steps_of_three_recipes_may_hold_and_themselves():
    files, _ = files_in(SHOP)
    asked = (
        "add parameter key to User.load and pass 1 at the calls and move make to factory.py, then rename make to build"
    )
    result = after(files, carry_out(files, asked))
    assert result["use.py"] == "from factory import build\nbuild().load(key=1)\n"
    assert result["factory.py"].endswith("def build() -> User: ...\n")


def test_a_step_that_is_refused_refuses_all():
    files, _ = files_in(SHOP)
    assert "No function" in problems_of(carry_out(files, "rename User to Account and rename nothing_here to fetch_it"))


@pytest.mark.parametrize(
    "sentence",
    [
        "rename User to Account and add logging",
        "rename User to Account and make to build",
        "rename User to Account and then",
    ],
)
def test_a_part_that_is_not_understood_leaves_all_undone(sentence):
    assert isinstance(understand(sentence), NotUnderstood)
