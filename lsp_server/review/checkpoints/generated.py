"""Is a file made by a program? What is changed in it by hand is lost when it is made anew, so a person is asked."""

import re
from collections.abc import Iterator
from itertools import islice

from lsp_server.edits.lines import contents
from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern

RULE = "generated"

HEAD_LINES = 15
_SAYS_SO = re.compile(
    r"@generated\b|<auto-?generated\b|\bdo not (?:edit|modify)\b|\b(?:auto(?:matically|-)? ?generated|code generated) "
    r"(?:by|from)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\.pb\.(?:go|cc|h|c|swift)$|_pb2(?:_grpc)?\.pyi?$|_pb\.(?:rb|js)$|\.(?:g|designer|generated)\.cs$|\.min\.(?:js|css)$",
    re.IGNORECASE,
)


def generated(scene: Scene) -> Iterator[Concern]:
    """A concern for each file that a program made, where its text changes."""
    for pair in scene.pairs:
        if pair.before is not None and pair.after not in (None, pair.before) and (why := _why(pair)):
            message = f"{pair.path} is generated ({why}): what is changed here is lost when it is made anew."
            yield Concern(RULE, "confirm", pair.path, message)


def _why(pair: Pair) -> str:
    """How it is known that a file is made by a program; empty where nothing says so."""
    for number, line in enumerate(islice(contents(pair.before or ""), HEAD_LINES), start=1):
        if _SAYS_SO.search(line):
            return f"line {number} says so"
    return "by its name" if _NAMED.search(pair.path) else ""
