"""What a reply asks about is not told where the file may not be sent: a wrong guess at its lines brings out none."""

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.model_server import ModelServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = """
    //- /a.py
    # greet a user

    X = 1
    //- /.gitignore
    notes/
    //- /notes/plan.md
    the launch is on CANARY-4471
"""
GUESS = "<<<<<<< SEARCH\nthe launch is on monday\n=======\nthe launch is off\n>>>>>>> REPLACE\n"


@pytest.mark.parametrize("path", ["linked.md", "inside/plan.md", "notes/plan.md"])
async def test_a_wrong_guess_at_a_file_that_may_not_leave_is_not_answered_with_its_lines(
    shared: Start, model: ModelServer, path: str
):
    reply = f"{path}\n```\n{GUESS}```\n"
    editor: Editor = await shared(FILES, replies=[reply, reply])
    outside = editor.root.parent / f"{editor.root.name}-outside"
    outside.mkdir(exist_ok=True)
    (outside / "plan.md").write_text("the launch is on CANARY-4471\n")
    for link, target in (("linked.md", outside / "plan.md"), ("inside", outside)):
        (editor.root / link).unlink(missing_ok=True)
        (editor.root / link).symlink_to(target)
    before = len(model.requests)
    result = await editor.pick(editor.open("a.py"), 0, "Implement this comment")
    sent = [str(request.body) for request in model.requests[before:]]
    assert result["outcome"] != "done"
    assert any("monday" in body for body in sent), "the reply is shown to be mended"
    assert not any("CANARY-4471" in body for body in sent)
