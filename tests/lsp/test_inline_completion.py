"""Suggestions at the cursor, by a server process with a scripted model that fills gaps."""

import asyncio
import zlib
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import Start, connected
from tests.lsp.editor import LONGEST, Editor
from tests.lsp.notebook import as_json, open_notebook
from tests.model_server import ModelServer, Reply, model_server

SHOP = """
    //- /shop/prices.py
    def with_tax(price, rate):
        return price * (1 + rate)
    //- /shop/cart.py
    from shop.prices import with_tax


    def total(prices):
        # add the tax to each price and sum them up

    //- /.env.py
    KEY = 1
"""
INVOKED, AUTOMATIC = 1, 2


def said(text: str) -> Reply:
    """What a llama.cpp server streams."""
    pieces = [{"content": text[at : at + 5], "stop": False} for at in range(0, len(text), 5)]
    return Reply(events=(*pieces, {"content": "", "stop": True, "stop_type": "eos", "tokens_predicted": 9}))


@pytest.fixture
def filler() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def gaps(filler: ModelServer, environment: dict[str, str], start: Start) -> Start:
    """Starts an editor with a model that fills gaps."""

    async def begin(files: str = SHOP, completion: str = "delay_milliseconds = 0", **options: Any) -> Editor:
        config = Path(environment["PATCHWRIGHT_CONFIG"])
        config.mkdir(exist_ok=True)
        text = f'[model]\nprofile = "llama.cpp"\nendpoint = "{filler.base_url}"\nname = "coder"\n'
        (config / "config.toml").write_text(f"{text}[completion]\n{completion}\n")
        for name in ("PATCHWRIGHT_ENDPOINT", "PATCHWRIGHT_MODEL", "PATCHWRIGHT_API_KEY"):
            environment.pop(name, None)
        return await start(files, environment=environment, **options)

    return begin


async def suggest(editor: Editor, uri: str, line: int, character: int, kind: int = INVOKED) -> list[str]:
    asked = {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": kind},
    }
    answer = await editor.request("textDocument/inlineCompletion", asked)
    return [item["insertText"] for item in (answer or {"items": []})["items"]]


async def test_editors_are_told_that_they_may_ask(start: Start):
    editor: Editor = await start(SHOP)
    assert editor.announced["inlineCompletionProvider"] == {}


async def test_the_lines_after_a_comment_are_suggested(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    code = "    return sum(with_tax(price, 0.2) for price in prices)"
    filler.play(repeat(said(f"{code}\n\n\ndef more():\n    pass\n")))
    assert await suggest(editor, uri, 5, 0) == [code]
    assert filler.requests[0].path == "/infill"
    assert filler.requests[0].body["input_prefix"].endswith("sum them up\n")
    # The index is being built meanwhile: soon other files speak for themselves.
    while "shop/prices.py" not in [extra["filename"] for extra in filler.requests[-1].body["input_extra"]]:
        editor.type(uri, editor.buffers[uri] + "#\n")
        assert await suggest(editor, uri, 5, 0) == [code]
    assert "def with_tax" in filler.requests[-1].body["input_extra"][-1]["text"]


async def test_in_a_cell_the_cells_above_go_along_and_the_file_of_the_notebook_does_not(
    gaps: Start, filler: ModelServer
):
    cells = ("import pandas as pd\n", "frame = pd.DataFrame()\n", "# the mean price\n", "frame.plot()\n")
    editor = await gaps(f"//- /a.ipynb\n{as_json(cells)}")
    filler.play([said('mean = frame["price"].mean()\n')])
    uri = open_notebook(editor, "a.ipynb")[2]
    assert await suggest(editor, uri, 1, 0) == ['mean = frame["price"].mean()']
    asked = filler.requests[-1].body
    assert [each["text"] for each in asked["input_extra"]] == list(cells[:2])
    assert '"cell_type"' not in str(asked)


async def test_typing_along_a_suggestion_asks_nobody(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    filler.play([said("    return 1\n")])
    assert await suggest(editor, uri, 5, 0) == ["    return 1"]
    here = {"start": {"line": 5, "character": 0}, "end": {"line": 5, "character": 0}}
    editor.changed(uri, [{"range": here, "text": "    ret"}])
    assert await suggest(editor, uri, 5, 7) == ["urn 1"]
    assert len(filler.requests) == 1


async def test_what_breaks_the_syntax_is_cut_down_or_left(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    filler.play([said("    a = 1\n    b = (((\n"), said("    ((((\n")])
    assert await suggest(editor, uri, 5, 0) == ["    a = 1"]
    editor.type(uri, editor.buffers[uri].replace("each price", "every price"))
    assert await suggest(editor, uri, 5, 0) == []


async def test_a_next_keystroke_ends_the_call(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    filler.play([Reply(events=({"content": "    ret", "stop": False},), hangs=True), said("    return 2\n")])
    first = asyncio.create_task(suggest(editor, uri, 5, 0))
    await asyncio.to_thread(filler.wait_for_request)
    editor.type(uri, editor.buffers[uri].replace("each", "any"))
    assert await suggest(editor, uri, 5, 0) == ["    return 2"]
    assert await first == []
    await asyncio.to_thread(filler.wait_for_disconnect)


async def test_a_cancelled_request_ends_the_call(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    filler.play([Reply(events=({"content": "    ret", "stop": False},), hangs=True)])
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": 5, "character": 0},
        "context": {"triggerKind": INVOKED},
    }
    number, answer = editor.ask("textDocument/inlineCompletion", params)
    await asyncio.to_thread(filler.wait_for_request)
    editor.notify("$/cancelRequest", {"id": number})
    with pytest.raises(Exception, match="ancel"):
        await asyncio.wait_for(answer, LONGEST)
    await asyncio.to_thread(filler.wait_for_disconnect)


async def test_many_keystrokes_are_one_call(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps(completion="delay_milliseconds = 150")
    uri = editor.open("shop/cart.py")
    filler.play([said("    return 3\n")])
    asked = [asyncio.create_task(suggest(editor, uri, 5, 0, AUTOMATIC)) for _ in range(6)]
    assert [await each for each in asked] == [[], [], [], [], [], ["    return 3"]]
    assert len(filler.requests) == 1


async def test_nothing_is_sent_of_files_that_stay_here(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps(SHOP + "    //- /secrets/a.py\n    KEY = \n")
    uri = editor.open("secrets/a.py")
    filler.play([said("1")])
    assert await suggest(editor, uri, 0, 6) == []
    assert filler.requests == []


@pytest.mark.parametrize("completion", ["inline = false", "inline = false\ndelay_milliseconds = 0"])
async def test_it_can_be_switched_off(gaps: Start, filler: ModelServer, completion: str):
    editor: Editor = await gaps(completion=completion)
    uri = editor.open("shop/cart.py")
    assert await suggest(editor, uri, 5, 0) == []
    assert filler.requests == []


async def test_a_secret_before_the_cursor_does_not_leave_and_comes_back(gaps: Start, filler: ModelServer):
    secret = "ghp_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
    editor: Editor = await gaps(f'//- /a.py\nKEY = "{secret}"\nother = \n')
    uri = editor.open("a.py")

    def echo(body: Any) -> Reply:
        assert secret not in str(body)
        shown = body["input_prefix"].split('"')[1]
        return said(f'"{shown}"\n')

    filler.play([echo])
    assert await suggest(editor, uri, 1, 8) == [f'"{secret}"']


async def test_a_model_that_chats_is_asked_in_words(start: Start, filler: ModelServer):
    editor: Editor = await start(SHOP, environment=connected(filler.base_url))
    uri = editor.open("shop/cart.py")
    filler.play(["Here it is:\n```python\n    return sum(prices)\n```\n"])
    assert await suggest(editor, uri, 5, 0) == ["    return sum(prices)"]
    asked = filler.requests[0].body["messages"][0]["content"]
    assert "sum them up\n<CURSOR>" in asked


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("typed", "reply", "suggested"),
    [
        ("    ", "    return sum(prices)\n", "return sum(prices)"),
        ("    ", "return sum(prices)\n", "return sum(prices)"),
        ("    ", "    a = 1\n    return a\n", "a = 1\n    return a"),
        ("    ", "a = 1\n    return a\n", "a = 1\n    return a"),
        ("    ", "if prices:\n    return 1\nreturn 2\n", "if prices:\n        return 1\n    return 2"),
        ("    ", "if prices:\n    return 1\n", "if prices:\n        return 1"),
        ("    ", "if prices:\n        return 1\n    return 2\n", "if prices:\n        return 1\n    return 2"),
        ("    ret", "    return sum(prices)\n", "urn sum(prices)"),
        ("    ret", "return sum(prices)\n", "urn sum(prices)"),
        ("    ret", "urn sum(prices)\n", "urn sum(prices)"),
    ],
)
async def test_a_model_that_chats_may_repeat_the_beginning_of_the_line(
    shared: Start, typed: str, reply: str, suggested: str, request: pytest.FixtureRequest
):
    # In a file of its own, so that no suggestion for another one is taken for its own.
    path = f"shop/{zlib.crc32(request.node.name.encode())}.py"
    editor: Editor = await shared(SHOP.replace("shop/cart.py", path), replies=[f"```python\n{reply}```\n"])
    uri = editor.open(path)
    lines = editor.buffers[uri].split("\n")
    editor.type(uri, "\n".join([*lines[:5], typed, *lines[6:]]))
    assert await suggest(editor, uri, 5, len(typed)) == [suggested]


async def test_a_broken_stream_suggests_nothing(gaps: Start, filler: ModelServer):
    editor: Editor = await gaps()
    uri = editor.open("shop/cart.py")
    filler.play([Reply(events=({"content": "    return 1", "stop": False},), cut_after=20), Reply(status=500)])
    assert await suggest(editor, uri, 5, 0) == []
    assert editor.messages() == []


async def test_without_a_model_there_is_nothing(start: Start):
    editor: Editor = await start(SHOP)
    uri = editor.open("shop/cart.py")
    assert await suggest(editor, uri, 5, 0) == []
