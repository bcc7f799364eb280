"""A user is told of each file as its edit is finished in the stream, whether the model writes text or calls tools."""

import json

from clients.model import Event, Stop, TextDelta, ToolDelta

from .conftest import Check

SHOP = "//- /a.py\nx = 1\n//- /b.py\ny = 1\n"


def block(path: str, old: str, new: str) -> str:
    return f"{path}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n```\n"


async def test_each_edit_of_a_text_names_its_file_before_the_reply_has_ended(check_action: Check):
    text = block("a.py", "x = 1", "x = 2") + block("b.py", "y = 1", "y = 2")
    pieces: list[Event] = [TextDelta(letter) for letter in text]
    await check_action("changeFiles", SHOP, description="two", replies=[[*pieces, Stop("end")]])
    told = [said for said in check_action.said if "wrote edit" in said]
    assert [said.partition(" wrote ")[2] for said in told] == ["edit 1, in a.py", "edit 2, in b.py"]


async def test_each_call_of_a_tool_names_its_file(check_action: Check):
    calls: list[Event] = []
    for index, (path, old) in enumerate((("a.py", "x = 1"), ("b.py", "y = 1"))):
        arguments = json.dumps({"path": path, "old_str": old, "new_str": old.replace("1", "2")})
        calls += [ToolDelta(index, "edit_file", arguments[:9]), ToolDelta(index, "", arguments[9:])]
    await check_action("changeFiles", SHOP, description="two", replies=[[*calls, Stop("tool")]])
    told = [said for said in check_action.said if "wrote edit" in said]
    assert [said.partition(" wrote ")[2] for said in told] == ["edit 1, in a.py", "edit 2, in b.py"]


async def test_a_stream_that_breaks_off_after_its_first_edit_applies_nothing(check_action: Check):
    answer = await check_action(
        "changeFiles",
        SHOP,
        description="two",
        replies=[[TextDelta(block("a.py", "x = 1", "x = 2")), Stop("incomplete")]],
    )
    assert any("wrote edit 1, in a.py" in said for said in check_action.said)
    assert "Nothing was changed" in answer.message
