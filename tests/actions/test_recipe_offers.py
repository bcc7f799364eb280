"""A selection that begins with a comment is what a recipe works on: the menu says what it will do, and it does."""

from context.parsing.symbols import outline
from context.snapshot import FileText, Place, Snapshot
from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.pipeline import propose
from lsp_server.actions.registry import menu

from .conftest import Check, services_for

CODE = "def f(a):\n    # extract this into show_it\n    b = a\n    print(b)\n    return a\n"


async def test_the_selected_lines_become_a_function(check_action: Check):
    (check_action.root / "a.py").write_text(CODE)
    snapshot = Snapshot(check_action.root)
    file = snapshot.file("a.py")
    assert isinstance(file, FileText)
    offers = menu(file, Place("a.py", 2, 4), outline("a.py", CODE), ())
    offer = next(each for each in offers if each.action.id == "editSelection")
    assert offer.title == "Edit with a description: Extract the selected lines into function show_it (recipe)"
    found = offer.found
    ask = Ask(offer.action.id, found.description, found.place, found.comment, offer.action.scope)
    async with services_for(check_action.root, check_action.state, None) as services:
        answer = await propose(ask, snapshot, services, lambda _: None)
    assert isinstance(answer, Proposal), answer
    assert answer.change.texts_after()["a.py"] == (
        "def f(a):\n    show_it(a)\n    return a\n\n\ndef show_it(a):\n    b = a\n    print(b)\n"
    )
    assert (answer.made_by, answer.verdict.level) == ("recipe", "allow")


async def test_a_description_from_the_input_box_is_about_the_selection(check_action: Check):
    (check_action.root / "a.py").write_text(CODE)
    ask = Ask("editSelection", "extract this into a function show_it", Place("a.py", 3, 4), None, "selection")
    async with services_for(check_action.root, check_action.state, None) as services:
        answer = await propose(ask, Snapshot(check_action.root), services, lambda _: None)
    assert isinstance(answer, Proposal), answer
    assert "    # extract this into show_it\n    show_it(a)\n    return a\n" in answer.change.texts_after()["a.py"]
