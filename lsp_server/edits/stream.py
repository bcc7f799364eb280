"""Which blocks of a reply are finished while it is still being written? For showing them, never for applying them.

Whether the reply is a change is decided when it has ended, by all of it: a later line can take an earlier block back,
as the end of a model's thinking does.
"""

import re
from dataclasses import dataclass, replace

from lsp_server.edits.blocks import Block, WholeFile
from lsp_server.edits.reply import parse

_ENDS_A_BLOCK = re.compile(r"[>+]{5,9}\s*REPLACE|`{3}|~{3}|\*{3} |@@|diff --git |--- ", re.IGNORECASE)
"""How a line begins below which a block may be finished, in any format."""

SHORT = 20_000
"""So many characters are parsed again whenever a block may have ended."""

PATIENCE = 0.02
"""By so much must a longer reply have grown to be parsed again, or it would take its square in time."""

_DIFF = re.compile(r"^(?:@@|diff --git |--- )", re.MULTILINE)
_NO_DIFF = re.compile(r"^(?:\*{3} |[<-]{5,9}\s*SEARCH\b)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stream:
    """What has come so far, how much of it is whole lines that were looked at, and how many blocks were handed on.

    `parsed` is how much of it was parsed last; `due`: a block may have ended since.
    """

    text: str = ""
    seen: int = 0
    handed: int = 0
    parsed: int = 0
    due: bool = False


def feed(stream: Stream, text: str, default_path: str | None = None) -> tuple[Stream, tuple[Block, ...]]:
    """The stream with more text, and the blocks that this finished, in their order."""
    whole = stream.text + text
    lines_end = max(whole.rfind("\n") + 1, stream.seen)
    new_lines = whole[stream.seen : lines_end]
    due = stream.due or any(_ENDS_A_BLOCK.match(line) for line in new_lines.split("\n"))
    is_early = stream.parsed > SHORT and lines_end - stream.parsed < stream.parsed * PATIENCE
    if not due or is_early:
        return replace(stream, text=whole, seen=lines_end, due=due), ()
    done = finished(whole[:lines_end], default_path)
    handed = max(stream.handed, len(done))
    return Stream(whole, lines_end, handed, lines_end), done[stream.handed :]


def finish(stream: Stream, default_path: str | None = None) -> tuple[Block, ...]:
    """The blocks that were not handed on yet, when the reply has ended."""
    return parse(stream.text, default_path).blocks[stream.handed :]


def finished(text: str, default_path: str | None) -> tuple[Block, ...]:
    """The blocks that no further line changes, as far as the lines so far can tell."""
    parsed = parse(text, default_path)
    blocks = parsed.blocks
    if any(isinstance(block, WholeFile) and not block.is_named for block in blocks):
        return ()
    # The last hunk of a diff goes on until the next one begins.
    is_diff = _DIFF.search(text) is not None and _NO_DIFF.search(text) is None
    return blocks[:-1] if is_diff else blocks
