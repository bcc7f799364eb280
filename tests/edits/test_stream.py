"""Is each block of a reply handed on when it is finished, and is it the one that the whole reply gives?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lsp_server.edits.blocks import Block
from lsp_server.edits.reply import parse
from lsp_server.edits.stream import Stream, feed, finish
from tests.edits.test_places import block

BLOCKS = "Sure.\n\n" + block("a.py", "x\n", "y\n") + block("b.py", "", "```\nz\n```\n") + "Done.\n"
FILES = "a.py\n```python\nx = 1\n```\n\nb.md\n````\n```\ny\n```\n````\n"
PATCH = "*** Begin Patch\n*** Update File: a.py\n@@\n-x\n+y\n@@\n-1\n+2\n*** Add File: b.py\n+z\n*** End Patch\n"
DIFF = (
    "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n@@ -9 +9 @@\n-1\n+2\n--- /dev/null\n+++ b/c.py\n@@ -0,0 +1 @@\n+z\n"
)
FENCED = f"```diff\n{DIFF}```\n"
CALLS = '{"path": "a.py", "old_str": "x", "new_str": "y"}\n{"path": "b.py", "old_str": "x", "new_str": "y"}\n'
REPLIES = (BLOCKS, FILES, PATCH, DIFF, FENCED, CALLS, f"<think>{BLOCKS}</think>\n{FILES}", BLOCKS.replace("\n", "\r\n"))


def handed_on(pieces: list[str]) -> list[Block]:
    stream = Stream()
    blocks: list[Block] = []
    for piece in pieces:
        stream, finished = feed(stream, piece)
        blocks += finished
    return [*blocks, *finish(stream)]


@pytest.mark.parametrize("reply", REPLIES)
def test_character_by_character_gives_the_blocks_of_the_whole(reply: str):
    assert handed_on(list(reply)) == list(parse(reply).blocks) != []


@settings(max_examples=150)
@given(st.sampled_from(REPLIES), st.data())
def test_any_pieces_give_the_blocks_of_the_whole(reply: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=6)))
    pieces = [reply[start:end] for start, end in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    assert handed_on(pieces) == list(parse(reply).blocks)


@pytest.mark.parametrize(("reply", "first"), [(BLOCKS, ">>>>>>> REPLACE\n"), (FILES, "1\n```\n"), (PATCH, "+y\n@@\n")])
def test_a_block_is_handed_on_with_its_last_line(reply: str, first: str):
    end = reply.index(first) + len(first)
    stream, none = feed(Stream(), reply[: end - 1])
    assert none == ()
    assert feed(stream, reply[end - 1 : end])[1] == parse(reply).blocks[:1]
