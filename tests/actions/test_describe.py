"""What a person reads: every place to check is named, and a workspace's text cannot pose as ours."""

from dataclasses import replace

from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.describe import one_line, sites_page
from lsp_server.edits.change import ChangeSet, Create
from lsp_server.recipes.plan import Site
from lsp_server.review.verdict import Verdict


def proposal(*sites: Site) -> Proposal:
    return Proposal(Ask("changeFiles", "x"), ChangeSet(()), Verdict(), "recipe", "Rename a → b", sites)


def site(line: int, text: str = "a()") -> Site:
    return Site("m.py", line, text, "in a string")


def test_a_few_places_to_check_stand_in_the_message():
    answer = proposal(site(1), site(2))
    assert "m.py:1 (in a string), m.py:2 (in a string)." in one_line(answer)
    assert sites_page(answer) == ""


def test_a_models_change_of_several_files_says_which_before_all_else():
    change = ChangeSet(tuple(Create(f"pkg/{name}.py", "") for name in "abcde"))
    by_model = Proposal(Ask("changeFiles", "x"), change, Verdict(), "model", "Add a type")
    assert one_line(by_model).startswith("5 files (a.py, b.py, c.py, d.py, …): Add a type (model")
    assert one_line(replace(by_model, change=ChangeSet(change.operations[:1]))).startswith("Add a type (model")
    assert one_line(replace(by_model, made_by="recipe")).startswith("Add a type (recipe")


def test_many_places_to_check_stand_on_a_page_each():
    answer = proposal(*map(site, range(1, 11)))
    assert one_line(answer).endswith("….")
    assert all(f"`m.py:{line}`" in sites_page(answer) for line in range(1, 11))


def test_a_line_of_the_workspace_stays_one_cell():
    page = sites_page(proposal(*(site(line, "a | [x](http://example.com) `b`") for line in range(5))))
    assert page.count("| a \\| \\[x\\](http://example.com) \\`b\\` |") == 5
