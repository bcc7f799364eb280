"""What a person decides by shows all that is in the change."""

from lsp_server.actions.ask import Ask, Proposal
from lsp_server.actions.proposal_page import proposal_page
from lsp_server.edits.change import ChangeSet, Create
from lsp_server.review.verdict import Verdict


def test_no_character_of_the_diff_hides_on_the_page():
    change = ChangeSet((Create("a.py", "if level != 'user\u202e\u2066 # admin\u2069':\n\tx = '\x1b[2K'\n"),))
    page = proposal_page("p1", Proposal(Ask("changeFiles", "x"), change, Verdict(), "model", "New file"))
    assert "\\u202e\\u2066 # admin\\u2069" in page
    assert "\\u001b[2K" in page
    assert not {"\u202e", "\u2066", "\u2069", "\x1b"} & set(page)
    assert "+\tx = " in page
