"""A model that only the editor can reach: what it is asked, how its reply comes, and what is said when none does."""

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start
from tests.lsp.editor import LONGEST, NEVER, Editor, capabilities_of

FILES = """
    //- /shop.py
    KEY = "AKIAQ3EGRIZSAMPLE7KX"

    # greet a customer by name
"""
GREET = "# greet a customer by name\ndef greet(name):\n    return f'Hello {name}'\n"
CODE = f"shop.py\n```python\n<<<<<<< SEARCH\n# greet a customer by name\n=======\n{GREET}>>>>>>> REPLACE\n```\n"
CHOSEN = {"PATCHWRIGHT_ENDPOINT": "editor:", "PATCHWRIGHT_MODEL": "copilot/small-coder"}
ASK = "patchwright/languageModel/ask"
PART = "patchwright/languageModel/part"
pytestmark = pytest.mark.asyncio(loop_scope="session")
of_its_own = pytest.mark.asyncio(loop_scope="function")


def capabilities(announced: object = True) -> dict[str, Any]:
    return capabilities_of("vscode-1.139") | {"experimental": {"patchwright": {"languageModel": announced}}}


async def opened(begin: Start, ask_model: Any, announced: object = True, **options: Any) -> Editor:
    environment = CHOSEN | options.pop("environment", {})
    editor: Editor = await begin(FILES, editor=capabilities(announced), environment=environment, **options)
    editor.answers[ASK] = ask_model
    return editor


def says(*pieces: str, **ending: Any) -> Any:
    """An editor whose model says these pieces."""

    def answer(editor: Editor, asked: dict[str, Any]) -> Any:
        for piece in ("", *pieces):
            editor.notify(PART, {"token": asked["token"], "text": piece})
        return {"stopped": "end", "usage": {"inputTokens": 812, "outputTokens": 40}} | ending

    return answer


def fails(code: str, message: str = "") -> Any:
    return lambda *_: {"failed": {"code": code, "message": message}}


async def asked_for(editor: Editor) -> dict[str, Any]:
    uri = editor.uri("shop.py")
    if uri not in editor.buffers:
        editor.open("shop.py")
    return await asyncio.wait_for(begun(editor)[1], LONGEST)


def begun(editor: Editor) -> tuple[int, "asyncio.Future[Any]"]:
    arguments = [{"uri": editor.uri("shop.py"), "line": 2}]
    return editor.ask("workspace/executeCommand", {"command": "patchwright.implementComment", "arguments": arguments})


def entries(environment: dict[str, str]) -> list[dict[str, Any]]:
    lines = next(Path(environment["PATCHWRIGHT_STATE"]).glob("usage-*.jsonl")).read_text().split("\n")
    return [json.loads(line) for line in lines if line]


@of_its_own
async def test_the_reply_becomes_an_edit_and_is_counted(start: Start, environment: dict[str, str]):
    editor = await opened(start, says(CODE[:20], CODE[20:]))
    assert (await asked_for(editor))["outcome"] == "done"
    assert "def greet(name):\n    return f'Hello {name}'" in str(editor.text("shop.py"))
    (entry,) = entries(environment)
    assert (entry["host"], entry["model"]) == ("copilot, through the editor", "small-coder")
    assert (entry["input_tokens"], entry["output_tokens"], entry["usd"]) == (812, 40, None)


async def test_only_what_the_gate_let_pass_is_asked(shared: Start):
    asked: list[dict[str, Any]] = []
    answer = says(CODE)
    editor = await opened(shared, lambda editor, params: asked.append(params) or answer(editor, params))
    await asked_for(editor)
    (request,) = asked
    assert request["model"] == "copilot/small-coder"
    assert request["messages"][0]["role"] == "system"
    text = json.dumps(request)
    assert "greet a customer by name" in text
    assert "AKIAQ3EGRIZSAMPLE7KX" not in text


async def test_cancelling_takes_the_request_back_in_the_middle_of_the_reply(shared: Start):
    def begins(editor: Editor, asked: dict[str, Any]) -> Any:
        editor.notify(PART, {"token": asked["token"], "text": "```python\ndef gr"})
        return NEVER

    editor = await opened(shared, begins)
    editor.open("shop.py")
    message_id, answer = begun(editor)
    await editor.until(lambda: any(each["method"] == ASK for each in editor.asked))
    await editor.heard()
    editor.notify("$/cancelRequest", {"id": message_id})
    await editor.until(lambda: cancelled(editor))
    await asyncio.wait({answer})
    (request,) = [each for each in editor.asked if each["method"] == ASK]
    assert cancelled(editor) == [request["id"]]
    assert editor.edits == []
    # An answer that comes all the same means nothing, and the next ask works.
    editor.send({"jsonrpc": "2.0", "id": request["id"], "result": {"stopped": "end"}})
    editor.answers[ASK] = says(CODE)
    assert (await asked_for(editor))["outcome"] == "done"


def cancelled(editor: Editor) -> list[Any]:
    return [note["params"]["id"] for note in editor.told if note.get("method") == "$/cancelRequest"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (fails("NoPermissions", "not allowed"), "You have not allowed Patchwright to use small-coder"),
        (fails("Blocked", "no quota"), "copilot does not let small-coder be used now"),
        (fails("NotFound"), "The editor has no model small-coder of copilot now"),
        (fails("OffTopic"), "takes this for off topic"),
        (fails("", "the request exceeds the context window"), "exceeds the context window"),
        (fails("", "Too many requests"), "small-coder of copilot gave no reply: Too many requests"),
        (lambda *_: RuntimeError("it broke"), "small-coder of copilot gave no reply: it broke"),
        (lambda *_: {"done": True}, "answered with something that is no reply"),
        (lambda *_: "well", "answered with something that is no reply"),
        (says(), "answered with nothing"),
        (says(CODE, stopped="length"), "cut at the token limit"),
        (says(CODE, usage={"inputTokens": 1, "outputTokens": 9000}), "cut at the token limit"),
        (says("x" * 200_000), "sends far more than was asked for"),
    ],
)
async def test_a_failure_says_what_to_do_and_changes_nothing(shared: Start, answer: Any, told: str):
    editor = await opened(shared, answer)
    result = await asked_for(editor)
    assert told in result["message"]
    assert editor.edits == []


async def test_what_was_sent_is_not_shown_where_the_editor_repeats_it(shared: Start):
    def echoes(_: Editor, asked: dict[str, Any]) -> Any:
        return {"failed": {"code": "", "message": asked["messages"][-1]["text"][-150:]}}

    editor = await opened(shared, echoes)
    assert "no reason is given" in (await asked_for(editor))["message"]


@of_its_own
async def test_a_reply_that_never_comes_ends_at_the_deadline(start: Start):
    options = {"initializationOptions": {"userSettings": {"model": {"deadline_seconds": 1}}}}
    editor = await opened(start, lambda *_: NEVER, parameters=options)
    assert "took too long" in (await asked_for(editor))["message"]
    assert len(cancelled(editor)) == 1


async def test_parts_that_nobody_asked_for_mean_nothing(shared: Start):
    def answer(editor: Editor, asked: dict[str, Any]) -> Any:
        for params in ({"token": "other", "text": "no"}, {"token": asked["token"], "stopped": "end"}, [], None, {}):
            editor.notify(PART, params)
        return says(CODE)(editor, asked)

    editor = await opened(shared, answer)
    result = await asked_for(editor)
    # A part that says nothing is no reply: only the answer itself ends one.
    assert "no reply" in result["message"]
    editor.answers[ASK] = says(CODE)
    assert (await asked_for(editor))["outcome"] == "done"


async def test_the_same_ask_at_once_is_one_request(shared: Start):
    held: list[str] = []
    editor = await opened(shared, lambda _, asked: held.append(asked["token"]) or NEVER)
    editor.open("shop.py")
    _, first = begun(editor)
    await editor.until(lambda: held)
    _, second = begun(editor)
    editor.notify(PART, {"token": held[0], "text": CODE})
    await editor.until(lambda: editor.reports("wrote edit") == 2)
    (request,) = [each for each in editor.asked if each["method"] == ASK]
    editor.send({"jsonrpc": "2.0", "id": request["id"], "result": {"stopped": "end"}})
    assert "done" in {(await first)["outcome"], (await second)["outcome"]}
    assert len(held) == 1


async def test_an_editor_that_announces_none_is_never_asked(shared: Start):
    for announced in (False, "yes"):
        editor = await opened(shared, says(CODE), announced)
        result = await asked_for(editor)
        assert "can only be asked in an editor that hands on its models" in result["message"]
        assert not [each for each in editor.asked if each["method"] == ASK]


async def test_an_editor_that_knows_no_such_request_is_told_of_it(shared: Start):
    def refuses(editor: Editor, _: dict[str, Any]) -> Any:
        error = {"code": -32601, "message": "unknown"}
        editor.send({"jsonrpc": "2.0", "id": editor.asked[-1]["id"], "error": error})
        return NEVER

    editor = await opened(shared, refuses)
    assert "can only be asked in an editor" in (await asked_for(editor))["message"]


@of_its_own
async def test_a_model_of_the_editor_edits_with_tools_where_the_user_wants_that(start: Start):
    offered: list[str] = []

    def calls(editor: Editor, asked: dict[str, Any]) -> Any:
        offered.extend(tool["name"] for tool in asked["tools"])
        new = {"path": "shop.py", "old_str": "# greet a customer by name\n", "new_str": GREET}
        tool = {"index": 0, "name": "edit_file", "arguments": json.dumps(new)}
        editor.notify(PART, {"token": asked["token"], "tool": tool})
        return {"stopped": "end"}

    options = {"initializationOptions": {"userSettings": {"model": {"edit_tools": True}}}}
    editor = await opened(start, calls, parameters=options)
    assert (await asked_for(editor))["outcome"] == "done"
    assert "edit_file" in offered
    assert "def greet(name):" in str(editor.text("shop.py"))


@of_its_own
async def test_a_workspace_cannot_choose_a_model_of_the_editor(start: Start):
    settings = {"model": {"endpoint": "editor:", "name": "copilot/small-coder"}}
    options = {"initializationOptions": settings}
    environment = {"PATCHWRIGHT_ENDPOINT": "", "PATCHWRIGHT_MODEL": ""}
    editor = await opened(start, says(CODE), environment=environment, parameters=options, settings=settings)
    assert (await asked_for(editor))["outcome"] == "needs-model"
    assert not [each for each in editor.asked if each["method"] == ASK]


@of_its_own
async def test_a_cap_in_money_asks_nothing_whose_price_is_not_known(start: Start, environment: dict[str, str]):
    options = {"initializationOptions": {"userSettings": {"budget": {"usd_per_day": 1}}}}
    editor = await opened(start, says(CODE), parameters=options)
    assert "its price is not known" in (await asked_for(editor))["message"]
    assert not [each for each in editor.asked if each["method"] == ASK]
    await editor.stop()
    config = Path(environment["PATCHWRIGHT_CONFIG"])
    config.mkdir()
    plan = '[[profile]]\nname = "plan"\nbase_url = "editor:"\n[[profile.model]]\nmatch = "copilot/*"\n'
    (config / "profiles.toml").write_text(plan + "price = { input = 0, output = 0 }\n")
    editor = await opened(start, says(CODE), parameters=options)
    assert (await asked_for(editor))["outcome"] == "done"
    assert entries(environment)[-1]["usd"] == 0


async def test_nothing_is_suggested_while_typing_unless_the_user_says_so(shared: Start):
    editor = await opened(shared, says(CODE))
    uri = editor.open("shop.py")
    params = {"textDocument": {"uri": uri}, "position": {"line": 2, "character": 26}, "context": {"triggerKind": 2}}
    assert await editor.request("textDocument/inlineCompletion", params) is None
    assert not [each for each in editor.asked if each["method"] == ASK]


@of_its_own
async def test_an_editor_that_dies_takes_its_server_along(start: Start):
    editor = await opened(start, lambda *_: NEVER)
    editor.open("shop.py")
    begun(editor)
    await editor.until(lambda: any(each["method"] == ASK for each in editor.asked))
    editor.process.stdin.close()
    assert await asyncio.wait_for(editor.process.wait(), LONGEST) is not None
    with pytest.raises(ProcessLookupError):
        os.kill(editor.process.pid, signal.SIGTERM)
