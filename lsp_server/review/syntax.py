"""Does every changed file still parse at least as well as before?

The parser is handed in. For Python the compiler has the last word: it accepts what a grammar may not know yet, and
rejects what a grammar lets pass, such as a `return` outside of a function.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol

from lsp_server.edits.change import ChangeSet, Create, Edit, Rename
from lsp_server.edits.compare import Span, changed_spans
from lsp_server.edits.lines import contents
from lsp_server.review.verdict import Finding

PYTHON = frozenset({".py", ".pyi", ".pyw"})
TOOL = "syntax"
_SHOWN = 3
"""So many faults of a file are named."""


class Fault(Protocol):
    """A place where a text does not fit its grammar."""

    @property
    def line(self) -> int:
        """Where it is, from 1."""
        ...

    @property
    def kind(self) -> str:
        """What it is."""
        ...

    @property
    def text(self) -> str:
        """How it begins."""
        ...


Faults = Callable[[str, str], Sequence[Fault]]
"""The faults of a text, by its path and the text."""


def new_faults(change: ChangeSet, faults: Faults) -> tuple[Finding, ...]:
    """What the change breaks: faults that a file did not have before, at most a few for each file.

    A file that parsed must still parse. One that was broken may have a fault only in a line that had one, and no more
    of them than before.
    """
    findings: list[Finding] = []
    for operation in change.operations:
        match operation:
            case Create(path, text):
                findings += _worse(path, "", text, faults)
            case Edit(path=path, before=before, after=after):
                findings += _worse(path, before, after, faults)
            case Rename(path, new_path, edit=Edit(before=before, after=after)):
                # What the file is called afterwards says which grammar it must fit.
                found = _worse(new_path, before, after, faults)
                findings += (replace(finding, path=path) for finding in found)
            case _:
                pass
    return tuple(findings)


def _worse(path: str, before: str, after: str, faults: Faults) -> list[Finding]:
    if PurePosixPath(path).suffix in PYTHON:
        broken = _compile_fault(after)
        if broken is None:
            return []
        if before and _compile_fault(before) is None:
            line, message = broken
            return [Finding(TOOL, "does-not-compile", path, line, f"{message}; the file compiled before")]
    found = faults(path, after)
    if not found:
        return []
    known = faults(path, before) if before else ()
    new = _unknown(known, found, contents(before), contents(after))
    if not new and len(found) > len(known):
        new = list(found)
    return [Finding(TOOL, "does-not-parse", path, fault.line, _message(fault)) for fault in new[:_SHOWN]]


def _unknown(
    known: Sequence[Fault], found: Sequence[Fault], before: Sequence[str], after: Sequence[str]
) -> list[Fault]:
    """The faults in lines that had none before, and that do not replace lines that had one."""
    was_broken = {fault.line - 1 for fault in known}
    broken: set[int] = set()
    old = new = 0
    for span in (*changed_spans(before, after), Span(len(before), len(before), len(after), len(after))):
        broken.update(new + line - old for line in was_broken if old <= line < span.start)
        if any(span.start <= line < span.end for line in was_broken):
            broken.update(range(span.new_start, span.new_end))
        old, new = span.end, span.new_end
    return [fault for fault in found if fault.line - 1 not in broken]


def _message(fault: Fault) -> str:
    return f"{fault.kind} at “{fault.text.strip()}”" if fault.text.strip() else fault.kind


def _compile_fault(text: str) -> tuple[int, str] | None:
    """The 1-based line and the message of what the compiler of this Python rejects, None if it takes the text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<changed file>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        return 1, f"cannot be compiled ({type(error).__name__})"
    return None
