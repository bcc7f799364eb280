"""An editor that stands still while a command runs gets its answer early, and the change all the same."""

import asyncio
from threading import Event
from typing import Any, cast

import pytest
from lsprotocol import types

from lsp_server.features import early_answer
from lsp_server.server import build_session
from lsp_server.session import Patience
from tests.lsp.conftest import Start
from tests.lsp.editor import Editor, RefusedError, apply_one, entries, path_of
from tests.model_server import ModelServer, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILES = "//- /a.py\n# a sum of prices\n"
CODE = "def total(prices):\n    return sum(prices)\n"
REPLY = f"a.py\n```python\n<<<<<<< SEARCH\n# a sum of prices\n=======\n{CODE}>>>>>>> REPLACE\n```\n"
HANGING = Reply(hangs=True)
STARTED = {"outcome": "started", "message": "", "files": {}}


def within(seconds: float) -> tuple[str, ...]:
    """A server that waits so long for what comes of a command."""
    program = "import sys; from lsp_server.server import serve_stdio; from lsp_server.session import Patience;"
    return "-c", f"{program} sys.exit(serve_stdio(Patience(command={seconds})))"


SOON, LATE = within(0.2), within(600)


def still(agreeing: Start, arguments: tuple[str, ...], **options: Any) -> Any:
    return agreeing(FILES, editor="emacs-30.2", stands_still=True, arguments=arguments, **options)


def implement(uri: str) -> dict[str, Any]:
    return {"command": "patchwright.implementComment", "arguments": [{"uri": uri, "line": 0}]}


async def ask(editor: Editor, uri: str, **params: Any) -> dict[str, Any]:
    return await editor.request("workspace/executeCommand", implement(uri) | params)


async def test_a_slow_model_does_not_keep_the_editor_waiting(agreeing: Start):
    may_answer = Event()
    editor: Editor = await still(agreeing, SOON, replies=[Reply(REPLY, after=may_answer)])
    uri = editor.open("a.py")
    assert await ask(editor, uri) == STARTED
    assert editor.edits == []
    may_answer.set()
    await editor.until(editor.messages)
    assert editor.buffers[uri] == CODE
    assert editor.messages()[0].startswith("a sum of prices (model")
    params = {"command": "patchwright.undo", "arguments": [{"uri": uri}]}
    assert (await editor.request("workspace/executeCommand", params))["outcome"] == "done"
    assert editor.buffers[uri] == "# a sum of prices\n"


async def test_an_edit_that_is_told_of_only_once_the_command_is_answered_is_verified_then(agreeing: Start):
    held: dict[str, str] = {}

    def apply(editor: Editor, edit: dict[str, Any]) -> bool:
        for change in entries(edit):
            apply_one(editor, change, notify=False)
            held[change["textDocument"]["uri"]] = CODE
        return True

    editor: Editor = await still(agreeing, LATE, replies=[REPLY], apply=apply)
    uri = editor.open("a.py")
    assert await ask(editor, uri) == STARTED
    assert editor.messages() == []
    for where, text in held.items():
        editor.type(where, text)
    await editor.until(editor.messages)
    assert editor.messages()[0].startswith("a sum of prices (model")


async def test_an_edit_that_is_never_seen_is_still_not_called_done(agreeing: Start):
    editor: Editor = await still(agreeing, LATE, replies=[REPLY], apply=lambda *_: True)
    assert await ask(editor, editor.open("a.py")) == STARTED
    await editor.until(editor.messages)
    assert "has shown no change" in editor.messages()[0]


@pytest.mark.parametrize("given", [{"workDoneToken": "t"}, None], ids=["token", "announced"])
async def test_who_goes_on_meanwhile_gets_the_result(agreeing: Start, given: dict[str, Any] | None):
    options: dict[str, Any] = {"stands_still": True} if given else {}
    replies = [Reply(REPLY, wait=1)]
    editor: Editor = await agreeing(FILES, editor="emacs-30.2", replies=replies, arguments=SOON, **options)
    assert (await ask(editor, editor.open("a.py"), **(given or {})))["outcome"] == "done"


async def test_what_was_answered_early_can_be_cancelled_and_nothing_comes_of_it(agreeing: Start):
    editor: Editor = await still(agreeing, SOON, replies=[HANGING])
    assert await ask(editor, editor.open("a.py")) == STARTED
    cancelled = await editor.request("workspace/executeCommand", {"command": "patchwright.cancel"})
    assert cancelled["cancelled"] == 1
    await editor.until(editor.messages)
    assert editor.messages() == ["Cancelled: nothing was changed."]
    assert editor.edits == []


async def test_what_is_not_answered_yet_is_cancelled_by_its_id(agreeing: Start, model: ModelServer):
    editor: Editor = await still(agreeing, LATE, replies=[HANGING])
    number, answer = editor.ask("workspace/executeCommand", implement(editor.open("a.py")))
    await editor.until(lambda: model.requests)
    editor.notify("$/cancelRequest", {"id": number})
    with pytest.raises(RefusedError) as refused:
        await answer
    assert refused.value.code == -32800
    await asyncio.to_thread(model.wait_for_disconnect)
    assert editor.edits == []


async def test_the_end_of_the_server_ends_what_was_answered_early(start: Start, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "scripted", "PATCHWRIGHT_API_KEY": "k"}
    model.play([HANGING])
    options = {"editor": "emacs-30.2", "stands_still": True, "arguments": SOON}
    editor: Editor = await start(FILES, environment=environment, **options)
    assert await ask(editor, editor.open("a.py")) == STARTED
    assert await editor.stop() == 0
    assert path_of(editor.uri("a.py")).read_text() == "# a sum of prices\n"


async def test_work_that_fails_after_its_answer_is_told(caplog: pytest.LogCaptureFixture):
    session, said, may_fail = build_session(Patience(command=0.01)), list[str](), asyncio.Event()
    cast("Any", session.server).window_show_message = lambda params: said.append(params.message)

    async def fail() -> None:
        with session.job(None):
            await may_fail.wait()
            raise ValueError("the user's text")

    params = types.ExecuteCommandParams(command="patchwright.explain")
    assert await session.protocol.carry_out(params, fail()) == early_answer.STARTED
    may_fail.set()
    async with asyncio.timeout(10):
        while not said:  # noqa: ASYNC110 - a task of its own says it
            await asyncio.sleep(0)
    assert said == [early_answer.FAILED]
    assert "ValueError" in caplog.text
    assert "the user's text" not in caplog.text


async def test_what_is_no_job_is_waited_for():
    session = build_session(Patience(command=0.01))

    async def look() -> str:
        await asyncio.sleep(0.1)
        return "what waits"

    params = types.ExecuteCommandParams(command="patchwright.pending")
    assert await session.protocol.carry_out(params, look()) == "what waits"
