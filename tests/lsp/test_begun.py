"""*Finish this change* is offered where something was begun that concerns the file, and nowhere else."""

import asyncio
from pathlib import Path

from tests.lsp.conftest import Start
from tests.lsp.editor import LONGEST, Editor
from tests.repositories import git, repository

FILES = """
    //- /shop/cart.py
    def total(items):
        return sum(items)
    //- /shop/page.py
    from shop.cart import total


    def show(items):
        print(total(items))
    //- /shop/other.py
    def nothing():
        return None
"""
OPENED = ("shop/cart.py", "shop/page.py", "shop/other.py")


async def offered(editor: Editor, seconds: float = 0.0) -> list[str]:
    """The files in which it is offered, once it has had so long to be known."""
    found: list[str] = []
    await asyncio.sleep(seconds)
    for path in OPENED:
        uri = editor.uri(path)
        if uri not in editor.buffers:
            editor.open(path)
        line = editor.buffers[uri].split("\n").index(next(x for x in editor.buffers[uri].split("\n") if "def " in x))
        if any(entry["title"] == "Finish this change" for entry in await editor.menu(uri, line)):
            found.append(path)
    return found


async def until_offered(editor: Editor, wanted: list[str], seconds: float = LONGEST) -> None:
    async with asyncio.timeout(seconds):
        while (found := await offered(editor, 0.1)) != wanted:
            print(found)


async def test_it_is_offered_in_what_changed_and_in_what_names_that(start: Start, tmp_path: Path):
    editor: Editor = await start(FILES)
    repository(editor.root, {})
    assert await editor.entries(editor.open("shop/other.py"), 0, "Explain")
    assert await offered(editor, 1.0) == [], "nothing was begun"
    cart = editor.root / "shop" / "cart.py"
    cart.write_text(cart.read_text().replace("total(items)", "total(items, tax)"))
    editor.forget()
    await until_offered(editor, ["shop/cart.py", "shop/page.py"])
    git(editor.root, "commit", "-qam", "done")
    editor.forget()
    await until_offered(editor, [])


async def test_what_is_typed_and_not_saved_is_begun_too(start: Start):
    editor: Editor = await start(FILES)
    repository(editor.root, {})
    uri = editor.open("shop/other.py")
    assert await editor.entries(uri, 0, "Explain")
    assert await offered(editor, 1.0) == []
    editor.type(uri, editor.buffers[uri].replace("None", "1"))
    assert await offered(editor) == ["shop/other.py"]


async def test_without_a_repository_there_is_nothing_to_finish(start: Start):
    editor: Editor = await start(FILES)
    assert await editor.entries(editor.open("shop/other.py"), 0, "Explain")
    assert await offered(editor, 1.0) == []
