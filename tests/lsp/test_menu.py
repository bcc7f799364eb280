"""The menu opens at once: what is not known yet is left out, and there the next time."""

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor

SLOW = (
    "-c",
    "import asyncio, sys\n"
    "from context.buffers import Buffers\n"
    "looked = Buffers.outline\n"
    "async def slowly(self, path, text, sha):\n"
    "    while 'gate' not in globals(): await asyncio.sleep(0.01)\n"
    "    return await looked(self, path, text, sha)\n"
    "Buffers.outline = slowly\n"
    "from lsp_server import server\n"
    "from lsp_server.features import execute_command\n"
    "def stop_all(session):\n"
    "    globals()['gate'] = True\n"
    "    return {}\n"
    "execute_command.stop_all = stop_all\n"
    "sys.exit(server.serve_stdio())\n",
)
"""A server whose outlines wait until the command `patchwright.cancel` opens a gate."""


async def test_a_menu_waits_for_no_outline_and_the_next_one_has_it(start: Start):
    editor: Editor = await start("//- /a.py\n# do it\ndef slug(title):\n    return title\n", arguments=SLOW)
    uri = editor.open("a.py")
    found = await editor.entries(uri, 0, "Implement this comment")
    assert found, "what needs no outline is there"
    assert not [entry for entry in await editor.menu(uri, 2) if entry["title"].startswith("Explain")]
    await editor.request("workspace/executeCommand", {"command": "patchwright.cancel", "arguments": []})
    assert await editor.entries(uri, 2, "Explain slug")
    editor.type(uri, "x = 1\n" + editor.buffers[uri])
    assert await editor.entries(uri, 3, "Explain slug")
