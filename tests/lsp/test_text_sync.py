"""The text that the server holds is the editor's, after any edits, in each encoding."""

import random
from typing import Any

import pytest
from lsprotocol import types

from lsp_server.client import Encoding
from lsp_server.documents import Document, apply_changes
from tests.lsp.text_sync import Oracle

STEPS = 10_000


@pytest.mark.parametrize("encoding", list(Encoding))
def test_random_edits_end_in_the_oracles_text(encoding: Encoding):
    oracle = Oracle(encoding.value, random.Random(7))
    document = Document("file:///a.py", "", 0)
    for version in range(1, STEPS + 1):
        document = apply_changes(document, version, [change(oracle.step())], encoding)
        assert (document.text, document.doubt) == (oracle.text, "")
    assert document.text


def change(said: dict[str, Any]) -> types.TextDocumentContentChangePartial:
    start, end = (types.Position(**said["range"][name]) for name in ("start", "end"))
    return types.TextDocumentContentChangePartial(range=types.Range(start=start, end=end), text=said["text"])
