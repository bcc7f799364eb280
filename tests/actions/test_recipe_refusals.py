"""What a recipe cannot do is answered with one clear reason, and the names that are near."""

import pytest

from lsp_server.actions.ask import NoChange, Proposal

from .conftest import Check

WORKSPACE = """
    //- /pkg/core.py
    import os
    def load_user(): ...
    def fetch(): return os.sep
    //- /use.py
    x = 1$0
"""


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("rename load_usr to get_user", "is called load_usr in the Python files here. Did you mean load_user?"),
        ("make fetchh async", "Did you mean fetch?"),
        ("add parameter x: int = 1 to load_uset", "Did you mean load_user?"),
        ("inline the function feth", "Did you mean fetch?"),
        ("rename load_account_of_nobody to get", "Files that are ignored are not looked at."),
        ("rename os to system", "only what the workspace defines itself can be renamed"),
        ("rename fetch to get and rename get to fetch", "take back one another"),
        (
            "rename fetch to get and rename fetch to take",
            "Step 2 (Rename fetch to take in every Python file): No function",
        ),
    ],
)
async def test_one_clear_answer(check_action: Check, description: str, reason: str):
    answer = await check_action("changeFiles", WORKSPACE, description=description)
    assert isinstance(answer, NoChange), answer
    assert answer.reason == "refused"
    assert reason in answer.message


async def test_a_read_only_file_is_refused_and_one_that_may_be_written_is_not(check_action: Check):
    answer = await check_action("changeFiles", WORKSPACE, description="rename fetch to get")
    assert isinstance(answer, Proposal)
    (check_action.root / "pkg/core.py").chmod(0o444)
    answer = await check_action("changeFiles", "//- /use.py\nx = 1$0\n", description="rename fetch to get")
    assert isinstance(answer, NoChange)
    assert answer.message == "pkg/core.py is read-only: nothing was changed."
