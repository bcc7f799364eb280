"""Does a model see where the project lists its changes when it is asked to add to that list?"""

import pytest

from lsp_server.actions.changelog import asks_for_entry

from .conftest import Check

SHOP = "//- /CHANGES.md\n# Changes\n\n## Unreleased\n//- /shop.py\ndef total(): ...\n\n# here$0\n"
REPLY = "shop.py\n```python\n<<<<<<< SEARCH\n# here\n=======\n# there\n>>>>>>> REPLACE\n```\n"


async def test_the_head_of_the_list_is_shown(check_action: Check):
    asked = "Say there instead of here, and add a changelog entry."
    await check_action("changeFiles", SHOP, description=asked, replies=[REPLY])
    assert "CHANGES.md begins so:\n```\n# Changes\n\n## Unreleased\n" in check_action.sent[0]


@pytest.mark.parametrize("files", [SHOP, SHOP.replace("CHANGES.md", "docs/CHANGES.md")])
async def test_it_is_not_shown_unasked_and_not_where_there_is_none(check_action: Check, files: str):
    asked = "Say there instead of here." if files is SHOP else "Say there and add a changelog entry."
    await check_action("changeFiles", files, description=asked, replies=[REPLY])
    assert "begins so" not in check_action.sent[0]


@pytest.mark.parametrize(
    "description",
    [
        "add an entry to the Changelog",
        "say so in the change log",
        "write it into CHANGES.rst",
        "mention it in the release notes",
    ],
)
def test_what_speaks_of_the_list(description: str):
    assert asks_for_entry(description)


@pytest.mark.parametrize(
    "description", ["change logging to debug", "the user changes the news", "rename HISTORY_LIMIT"]
)
def test_what_does_not_speak_of_it(description: str):
    assert not asks_for_entry(description)
