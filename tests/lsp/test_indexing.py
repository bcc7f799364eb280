"""What the user is told of the index, and what it reads while documents are opened."""

import asyncio
from pathlib import Path

from tests.lsp.conftest import Start

SOURCE = "//- /a.py\ndef load_user(): ...\n//- /b.py\nfrom a import load_user\nload_user()\n"


async def test_a_warning_that_arises_while_watching_reaches_the_user_once(
    start: Start, environment: dict[str, str], tmp_path: Path
):
    config = Path(environment["PATCHWRIGHT_CONFIG"])
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text("[index]\nmost_files = 100\n")
    editor = await start(SOURCE)
    editor.open("a.py")
    await editor.menu(editor.uri("a.py"), 0)
    # The watch must stand before files come, or the sweep that begins it finds them: both ways lead to one message.
    await asyncio.sleep(1)
    for number in range(150):
        (editor.root / f"m{number}.py").write_text(f"f{number} = load_user\n")
    async with asyncio.timeout(30):
        while not editor.messages():  # noqa: ASYNC110 - what is awaited is in another process
            await asyncio.sleep(0.05)
    (editor.root / "late.py").write_text("load_user()\n")
    await asyncio.sleep(2)
    (message,) = editor.messages()
    assert "more than 100 files" in message


async def test_documents_that_are_opened_while_the_index_begins_do_no_harm(start: Start):
    editor = await start(SOURCE + "".join(f"//- /part{n % 7}/m{n}.py\nf{n} = {n}\n" for n in range(300)))
    for number in range(0, 300, 10):
        editor.open(f"part{number % 7}/m{number}.py")
    uri = editor.open("a.py")
    editor.type(uri, "# rename load_user to fetch_user\ndef load_user(): ...\n")
    while not await editor.menu(uri, 0):  # noqa: ASYNC110 - it is asked of another process
        # A menu that takes longer than a user's patience is empty; the machine may be busy.
        await asyncio.sleep(0.1)
    result = await editor.pick(uri, 0, "Change across files")
    assert result["outcome"] == "done"
    assert editor.text("b.py") == "from a import fetch_user\nfetch_user()\n"
