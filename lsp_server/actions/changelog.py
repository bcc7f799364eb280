"""Where does the project list what changed? How that list begins, for a model that is to add to it."""

import re

from context.snapshot import FileText, Snapshot
from lsp_server.actions.ask import Evidence
from lsp_server.actions.services import Services
from lsp_server.edits.lines import contents

LINES = 30
FILES = tuple(
    f"{name}{suffix}" for name in ("CHANGELOG", "CHANGES", "HISTORY", "NEWS") for suffix in (".md", ".rst", ".txt", "")
)
"""At the top of the project, newest entry first."""

_SPOKEN_OF = re.compile(r"\b(?:change[- ]?logs?|release notes|(?:list|log) of changes)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:CHANGES|HISTORY|NEWS)\b")


def asks_for_entry(description: str) -> bool:
    """Whether a description speaks of the list of changes."""
    return any(words.search(description) for words in (_SPOKEN_OF, _NAMED))


def head_of_changes(snapshot: Snapshot, services: Services) -> tuple[Evidence, ...]:
    """How the list begins; nothing where there is none. Reads files."""
    for path in FILES:
        file = snapshot.file(path) if services.may_leave(path) else None
        if isinstance(file, FileText):
            shown = "\n".join(contents(file.text)[:LINES])
            return (Evidence(f"{path} begins so:", shown, path),)
    return ()
