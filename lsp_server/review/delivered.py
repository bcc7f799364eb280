"""What is noted of a change that was made, or that was to be made? How it ended, and where it is not as was meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lsp_server.edits.change import ChangeSet
from lsp_server.review.audit import Audit
from lsp_server.review.identity import change_sha
from lsp_server.review.journal import Record


@dataclass(frozen=True, slots=True)
class Made:
    """A change, its entry in the journal, how it ended, and what each file holds where that is known.

    `left_out` are the lines, by path, that the user did not take; none for a whole file.
    """

    change: ChangeSet
    record: Record
    entry: str
    outcome: str
    where: Literal["editor", "terminal"]
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    left_out: Mapping[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])


def note_made(audit: Audit, root: Path, made: Made) -> None:
    """Notes it; a second event says so where files hold something else than was meant. Blocks."""
    values: dict[str, object] = {
        "change": change_sha(made.change),
        "journal": made.entry,
        "made_by": made.record.made_by,
        "outcome": made.outcome,
        "paths": made.change.paths(),
        "where": made.where,
    }
    if made.left_out:
        values["left_out"] = {path: list(lines) for path, lines in made.left_out.items()}
    undoes = {"undoes": made.record.undoes} if made.record.undoes else {}
    audit.add("undo" if made.record.made_by == "undo" else "apply", root, values | undoes)
    if made.outcome == "partial":
        audit.add("mismatch", root, {"change": values["change"], "journal": made.entry, "files": dict(made.files)})
