"""Does the change name a host that was not there? A link or a call can carry data out to it.

Hosts that nobody owns, as in examples, and this machine itself are left out, and so are those that stood before in a
file of the change.
"""

import re
from collections.abc import Iterator

from lsp_server.review.checkpoints.scene import Pair, Scene
from lsp_server.review.verdict import Concern, Level

RULE = "hosts"

_URL = re.compile(r"(?i)\b(?:https?|wss?|ftp|s?ftp|ssh|git|s3|gs)://(?:[^\s/@\"'`<>()]*@)?([\w.-]+|\[[0-9a-f:]+\])")
_NOBODYS = re.compile(
    r"(?i)(?:.*\.)?(?:example\.(?:com|org|net)|localhost|test|example|invalid|local)|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]"
    r"|(?:www\.)?w3\.org|schemas\.\w[\w.]*|json-schema\.org"
)
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|<!--|\"\"\"|''')")
DOCUMENTS = (".md", ".rst", ".txt", ".adoc", ".html", ".svg")
MOST_LINES = 50_000


def new_hosts(scene: Scene) -> Iterator[Concern]:
    """A concern for each host at the first line that names it; tests may name any."""
    known = {host for pair in scene.pairs for host in _hosts(pair.before or "")}
    for pair in scene.pairs:
        if scene.reading.is_test(pair.path):
            continue
        for number, line in pair.added()[:MOST_LINES]:
            for host in _hosts(line):
                if host not in known:
                    known.add(host)
                    message = f"{pair.path}, line {number}: {host} is a new host."
                    yield Concern(RULE, _level(pair, line), pair.path, message, number)


def _level(pair: Pair, line: str) -> Level:
    return "confirm" if pair.path.lower().endswith(DOCUMENTS) or _COMMENT.match(line) else "approve"


def _hosts(text: str) -> list[str]:
    return [found for host in _URL.findall(text) if not _NOBODYS.fullmatch(found := host.lower().rstrip("."))]
