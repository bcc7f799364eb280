"""Does a change write a secret where none was? What looks like a key or a password in its new lines.

The gate puts secrets back into a reply, so a model that was made to could have them written anywhere, into an address
too. The detectors are those that keep secrets from leaving.
"""

from collections.abc import Iterator

from clients.redaction import find_secrets
from lsp_server.edits.change import ChangeSet, Create, edit_in
from lsp_server.review.verdict import Concern

RULE = "secrets"


def new_secrets(change: ChangeSet) -> tuple[Concern, ...]:
    """A concern for each secret in a line that the change makes, unless the file held it before."""
    return tuple(
        Concern(RULE, "approve", path, f"{path}, line {line}: holds what looks like a secret ({kind}).", line)
        for path, before, first, text in _passages(change)
        for kind, line in _found(path, before, first, text)
    )


def _found(path: str, before: str, first: int, text: str) -> Iterator[tuple[str, int]]:
    for span in find_secrets(text, path):
        if text[span.start : span.end] not in before:
            yield span.kind, first + text.count("\n", 0, span.start)


def _passages(change: ChangeSet) -> Iterator[tuple[str, str, int, str]]:
    """The path, the text before, the 1-based line in the text after, and the new lines of each hunk."""
    for operation in change.operations:
        edit = edit_in(operation)
        if isinstance(operation, Create):
            yield operation.path, "", 1, operation.text
        elif edit is not None:
            grown = 0
            for hunk in sorted(edit.hunks, key=lambda each: (each.start, each.end)):
                yield operation.path, edit.before, hunk.start + grown + 1, "\n".join(hunk.lines)
                grown += len(hunk.lines) - (hunk.end - hunk.start)
