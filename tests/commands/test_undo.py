"""patchwright undo, as it is used in a terminal."""

from tests.commands.conftest import Run

FILES = {"core.py": "def load_user():\n    pass\n", "app.py": "from core import load_user\n\nload_user()\n"}


def test_a_change_is_listed_shown_and_taken_back(patchwright: Run):
    patchwright.write(FILES)
    assert patchwright("ask", "--apply", "rename load_user to fetch_user").code == 0
    changed = patchwright.read()
    assert "fetch_user" in changed["app.py"]
    (listed,) = patchwright("undo", "--list", "--json").json["changes"]
    assert (listed["made_by"], listed["outcome"], listed["undone"]) == ("recipe", "done", False)
    assert listed["id"] in patchwright("undo", "--list", COLUMNS="60").out
    shown = patchwright("undo", "--show", "--json").json
    assert "-from core import fetch_user" in shown["diff"]
    assert patchwright.read() == changed
    ended = patchwright("undo", "--json")
    assert (ended.code, ended.json["undone"]) == (0, listed["id"])
    assert patchwright.read() == FILES
    again = patchwright("undo", "--json")
    assert (again.code, again.json["message"]) == (3, "There is nothing to undo here.")


def test_a_reply_that_was_applied_can_be_taken_back(patchwright: Run):
    patchwright.write(FILES)
    reply = patchwright.root.parent / "reply.md"
    reply.write_text("core.py\n<<<<<<< SEARCH\n    pass\n=======\n    return 1\n>>>>>>> REPLACE\n")
    assert patchwright("edits", "apply", "--root", ".", "--reply", reply).code == 0
    assert patchwright.read() != FILES
    assert patchwright("undo").code == 0
    assert patchwright.read() == FILES


def test_an_unknown_change_is_said(patchwright: Run):
    ended = patchwright("undo", "../../x")
    assert ended.code == 3
    assert "There is no change" in ended.err
