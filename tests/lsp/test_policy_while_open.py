"""A policy that is written while a folder is open holds for the very next ask."""

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.model_server import ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /a.py
    # greet a user

    SECRET_PLAN = 1
"""
REPLY = "a.py\n```python\n<<<<<<< SEARCH\nSECRET_PLAN = 1\n=======\nSECRET_PLAN = 2\n>>>>>>> REPLACE\n```\n"


@pytest.mark.parametrize("name", [".patchwright.toml", "pyproject.toml"])
async def test_what_a_policy_now_never_sends_is_not_sent(shared: Start, model: ModelServer, name: str):
    editor: Editor = await shared(FILES, replies=[REPLY, REPLY])
    uri = editor.open("a.py")
    assert (await editor.pick(uri, 0, "Implement this comment"))["outcome"] == "done"
    asked = len(model.requests)
    table = "context" if name == ".patchwright.toml" else "tool.patchwright.context"
    (editor.root / name).write_text(f'[{table}]\nnever_send = ["a.py"]\n')
    result = await editor.pick(uri, 0, "Implement this comment")
    (editor.root / name).unlink()
    assert (len(model.requests) - asked, result["outcome"]) == (0, "refused"), result


UPGRADED = """
    //- /requirements.txt
    httpx>=0.24
    //- /client.py
    import httpx

    SECRET_URL = httpx.URL("http://inside")
"""


async def test_lines_of_what_a_policy_now_never_sends_do_not_go_along_with_an_upgrade(
    shared: Start, model: ModelServer
):
    editor: Editor = await shared(UPGRADED, replies=["Nothing changed.", "Nothing changed."])
    uri = editor.open("requirements.txt")
    await editor.pick(uri, 0, "Upgrade httpx")
    assert "SECRET_URL" in str(model.requests[-1].body)
    asked = len(model.requests)
    (editor.root / ".patchwright.toml").write_text('[context]\nnever_send = ["client.py"]\n')
    await editor.pick(uri, 0, "Upgrade httpx")
    (editor.root / ".patchwright.toml").unlink()
    assert len(model.requests) == asked + 1
    assert "SECRET_URL" not in str(model.requests[-1].body)
