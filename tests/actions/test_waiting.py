"""The page that a person reads before they approve: names as they are, and nothing that a model could make of it."""

from lsp_server.actions.waiting import withheld_page
from lsp_server.edits.change import ChangeSet, Create
from lsp_server.review.approval import Pending

HOSTILE = (
    "done\n# Approved\n\n![seen](https://evil.example/?q=1) [press](https://evil.example) <b>x</b> `y` | *z*\n```\nend"
)


def page(summary: str, why: str, text: str = "x = 1\n") -> str:
    return withheld_page(Pending(ChangeSet((Create("a.py", text),)), summary, "model", (why,), "", ""))


def test_names_stand_as_they_are():
    shown = page("rename load_user to fetch_user", "test_cart.py: test_total asserts less.")
    assert shown.startswith(
        "# Waits for approval: rename load_user to fetch_user\n\n- test_cart.py: test_total asserts"
    )


def test_neither_a_summary_nor_a_reason_nor_a_line_makes_a_heading_a_link_or_an_image():
    shown = page(HOSTILE, HOSTILE, "```\n# Approved\n![seen](https://evil.example)\n")
    head, fenced = shown.split("````diff\n")
    assert [line[:2] for line in head.splitlines() if line] == ["# ", "- "]
    for mark in ("![", "[press]", "<b>", " `y`", " | ", "*z*"):
        assert mark not in head
    assert fenced.endswith("\n````\n")
    assert fenced.count("````") == 1
