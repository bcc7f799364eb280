"""What do other tools say of a file? Their diagnostics as the evidence that a model goes by.

    line 3: `os` imported but unused (Ruff F401)
        import os

A line of the file stands below what is said of it, so that nobody has to count.
"""

from collections.abc import Iterable, Sequence

from context.snapshot import FileText, Place
from lsp_server.actions.ask import Diagnosis, Evidence
from lsp_server.actions.describe import shortened
from lsp_server.edits.lines import contents

MOST_DIAGNOSES = 60
"""More are not mended well at once; the rest is there when one asks again."""

MESSAGE_CHARACTERS = 2000
LINE_CHARACTERS = 300


def overlapping(diagnoses: Iterable[Diagnosis], place: Place) -> tuple[Diagnosis, ...]:
    """Those that touch the lines of a place."""
    return tuple(each for each in diagnoses if each.start_line <= place.end_line and each.end_line >= place.start_line)


def ordered(diagnoses: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    """As many as can be mended at once in the order of their lines, what two tools say alike once."""
    known: dict[tuple[int, str], Diagnosis] = {}
    for each in diagnoses:
        known.setdefault((each.start_line, " ".join(each.message.split()).casefold()), each)
    return tuple(sorted(known.values(), key=lambda each: each.start_line)[:MOST_DIAGNOSES])


def described(diagnoses: Sequence[Diagnosis]) -> str:
    """The description of an ask to mend them: what they say, a line each."""
    return "\n".join(shortened(each.message, MESSAGE_CHARACTERS) for each in diagnoses)


def spanned(file: FileText, diagnoses: Sequence[Diagnosis]) -> Place:
    """The lines from the first to the last of them, within the file: an editor's list may be older than its text."""
    last = max(1, len(contents(file.text)))
    start = min(max(1, min(each.start_line for each in diagnoses)), last)
    return Place(file.path, start, min(max(start, *(each.end_line for each in diagnoses)), last))


def evidence_of(file: FileText, diagnoses: Sequence[Diagnosis]) -> Evidence:
    """What a model is shown of them."""
    lines = contents(file.text)
    said = [text for each in diagnoses for text in _said(each, lines)]
    return Evidence("", "\n".join(said), file.path)


def _said(diagnosis: Diagnosis, lines: Sequence[str]) -> Iterable[str]:
    message = diagnosis.message.strip()[:MESSAGE_CHARACTERS].replace("\n", "\n  ")
    rule = f" ({diagnosis.rule})" if diagnosis.rule else ""
    yield f"line {diagnosis.start_line}: {message}{rule}"
    if 1 <= diagnosis.start_line <= len(lines):
        yield f"    {lines[diagnosis.start_line - 1].strip()[:LINE_CHARACTERS]}"
