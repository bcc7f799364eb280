"""What is left behind of an ask? No key and no secret in logs, on the wire, in the audit log, the ledger or a page."""

import json
from pathlib import Path

from tests.lsp.conftest import Start
from tests.lsp.editor import Editor
from tests.model_server import ModelServer, Reply

SECRET = "AKIA" + "Q3EGRIZSAMPLE7KX"
KEY = "sk-canary-9f31c2"

LOUD = (
    "-c",
    "import logging, sys; logging.basicConfig(level=logging.DEBUG); from lsp_server.server import serve_stdio;"
    "sys.exit(serve_stdio())",
)

FILES = f"""
    //- /app.py
    # make it louder with the greeting of canary-word-4471
    ACCESS = "{SECRET}"
    END = 1
"""

GOOD = "app.py\n```python\n<<<<<<< SEARCH\nEND = 1\n=======\nEND = 2\n>>>>>>> REPLACE\n```\n"
BAD = "app.py\n```python\n<<<<<<< SEARCH\nMISSING = 1\n=======\nEND = 2\n>>>>>>> REPLACE\n```\n"
KEEPS_TEXTS = ("journal", "approvals")
"""What takes a change back, and what waits, is the user's own text; only the user can read it."""


async def test_no_key_and_no_secret_is_left_anywhere(start: Start, tmp_path: Path, model: ModelServer):
    environment = {"PATCHWRIGHT_ENDPOINT": model.base_url, "PATCHWRIGHT_MODEL": "m", "PATCHWRIGHT_API_KEY": KEY}
    editor: Editor = await start(FILES, environment=environment, arguments=LOUD)
    uri = editor.open("app.py")
    for replies in ([Reply(status=401, body=KEY.encode())], [Reply(status=500)] * 9, [BAD, BAD], [GOOD]):
        model.play(replies)
        result = await editor.pick(uri, 0, "Implement this comment")
    assert result["outcome"] == "done", result
    sent = "".join(json.dumps(request.body) for request in model.requests)
    assert "PATCHWRIGHT_SECRET_1" in sent
    assert SECRET not in sent
    told = json.dumps(editor.told) + json.dumps(editor.asked)
    assert KEY not in told
    await editor.stop()
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    kept = {
        path: path.read_bytes() for path in files if path.relative_to(tmp_path / "state").parts[0] not in KEEPS_TEXTS
    }
    assert any("audit" in path.parts for path in kept)
    kept[Path("log")] = editor.log.encode()
    assert "DEBUG" in editor.log
    for place, data in kept.items():
        for canary in (KEY, SECRET, "canary-word-4471"):
            assert canary.encode() not in data, place
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
