"""A part of a proposal, or one on another base, is judged by all the rules of the whole, and by those of now."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.model_server import Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /app/views.py
    # greet a user politely
    END = 1


    def middle(): return 1


    LAST = 1
    //- /app/models.py
    LIMIT = 1
    //- /.git/HEAD
    ref: refs/heads/main
    //- /.git/refs/heads/main
    1111111111111111111111111111111111111111
"""


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n\n"


FIRST = block("app/views.py", "END = 1", "END = 2")
SILENCED = block("app/views.py", "def middle(): return 1", "def middle(): return 1  # noqa")
THIRD = block("app/views.py", "LAST = 1", "LAST = 2")
BEYOND = block("app/models.py", "LIMIT = 1", "LIMIT = 2")


async def command(editor: Editor, name: str, **argument: Any) -> dict[str, Any]:
    arguments = [argument] if argument else []
    return await editor.request("workspace/executeCommand", {"command": f"patchwright.{name}", "arguments": arguments})


async def held(shared: Start, reply: str) -> tuple[Editor, str]:
    """An editor with a model's change of app/views.py that waits; the id of the proposal."""
    editor: Editor = await shared(FILES, replies=[reply, reply])
    arguments = {
        "uri": editor.open("app/views.py"),
        "line": 0,
        "description": "greet a user politely",
        "preview": True,
    }
    result = await editor.request(
        "workspace/executeCommand", {"command": "patchwright.implementComment", "arguments": [arguments]}
    )
    assert (result["outcome"], editor.edits) == ("pending", []), result
    return editor, result["proposal"]


async def test_a_part_that_reaches_beyond_the_ask_needs_the_approval_that_the_whole_needs(shared: Start):
    editor, name = await held(shared, FIRST + BEYOND)
    editor.choose = "Apply"
    result = await command(editor, "accept", id=name, hunks=[{"path": "app/models.py", "hunk": None}])
    assert (result["outcome"], editor.edits) == ("withheld", []), result


async def test_what_is_left_after_a_rejection_is_withheld_where_it_was(shared: Start):
    editor, name = await held(shared, FIRST + SILENCED + THIRD)
    await command(editor, "reject", id=name, hunks=[{"path": "app/views.py", "hunk": 0}])
    editor.choose = "Apply the rest"
    await command(editor, "accept", id=name)
    assert "noqa" not in (editor.text("app/views.py") or "")
    assert "LAST = 2" in (editor.text("app/views.py") or "")


async def test_what_is_left_after_an_accepted_part_is_withheld_where_it_was(shared: Start):
    editor, name = await held(shared, FIRST + SILENCED + THIRD)
    editor.choose = "Apply"
    accepted = await command(editor, "accept", id=name, hunks=[{"path": "app/views.py", "hunk": 0}])
    assert accepted["outcome"] == "done", accepted
    editor.choose = "Apply the rest"
    await command(editor, "accept", id=name)
    assert "noqa" not in (editor.text("app/views.py") or "")
    assert "LAST = 2" in (editor.text("app/views.py") or "")


async def test_what_reaches_beyond_the_ask_needs_approval_on_another_base_too(shared: Start):
    roots: list[Path] = []

    def reply(_: object) -> Reply:
        (roots[0] / ".git/refs/heads/main").write_text("2" * 40 + "\n")
        return Reply(FIRST + BEYOND)

    editor: Editor = await shared(FILES, replies=[reply, reply])
    roots.append(editor.root)
    editor.choose = "Apply"
    result = await editor.pick(editor.open("app/views.py"), 0, "Implement this comment")
    assert (result["outcome"], editor.edits) == ("withheld", []), result


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        ('[context]\nnever_send = ["app/views.py"]', "denied"),
        ('[protect.views]\npaths = ["app/views.py"]\nlevel = "deny"', "denied"),
        ('[protect.views]\npaths = ["app/views.py"]', "withheld"),
    ],
)
async def test_a_policy_that_came_while_a_proposal_waited_holds_for_it(shared: Start, policy: str, outcome: str):
    editor, name = await held(shared, FIRST)
    editor.choose = "Apply"
    file = editor.root / ".patchwright.toml"
    file.write_text(f"version = 1\n{policy}\n")
    result = await command(editor, "accept", id=name)
    file.unlink()
    assert (result["outcome"], editor.edits) == (outcome, []), result
