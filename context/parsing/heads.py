"""What does a file import? The few lines at its head that a reader of any piece of it needs."""

import re
from collections.abc import Sequence

MOST_TOKENS = 200
"""A longer head is cut: it says most in its first lines."""

LOOKED_AT = 150

_IMPORT = re.compile(
    # A sentence in a comment may begin with "import", too: what follows must be what a language lets follow.
    r"(?:@\w+\s+)?import(?:\s+(?:static|type|struct|class|enum|func|protocol|given))?\s*"
    r"(?:[\"'({*]|[\w.$*]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.{]+(?:\s+as\s+\w+)?)*\s*(?:[;#,({=\\]|//|$)|.*\bfrom\s*[\"'])"
    r"|from\s+[\w.]+\s+import\b|export\s.*\bfrom\b|(?:pub\s+)?use\s.*[;{,]\s*$"
    r"|(?:<\?php\s+)?(?:package|namespace)\s+[\w.\\]+\s*;?\s*$|#\s*(?:include|import)\b"
    r"|(?:global\s+)?using\s[^()]*;\s*$|(?:require|include)(?:_relative|_once)?\s*[('\"\w]|(?:source|\.)\s+['\"\w./$~]"
    r"|(?:const|let|var|local)\s.*\brequire\b"
)
_OPENING, _CLOSING = "([{", ")]}"


def import_lines(lines: Sequence[str]) -> tuple[int, int] | None:
    """The first and the last line (1-based) of the imports that stand together at a file's head; None without any.

    What is imported further down, after other code, is left to the pieces that it stands in.
    """
    first = last = 0
    depth = 0
    for number, line in enumerate(lines[:LOOKED_AT], 1):
        if depth <= 0 and not _IMPORT.match(line):
            if first and line.strip() and not line.lstrip().startswith(("#", "//", "/*", "*", "--")):
                break
            continue
        depth = max(depth, 0) + sum(line.count(sign) for sign in _OPENING) - sum(line.count(sign) for sign in _CLOSING)
        first, last = first or number, number
    if not first:
        return None
    size = 0
    for number in range(first, last + 1):
        size += len(lines[number - 1]) + 1
        if size > MOST_TOKENS * 4:
            return (first, number - 1) if number > first else None
    return first, last
