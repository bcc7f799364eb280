"""How is a change written so that it can be taken back? What takes it back is on the disk before the first byte."""

from pathlib import Path

from lsp_server.commands.disk import is_torn, write_change
from lsp_server.commands.terminal import remarks
from lsp_server.edits.change import ChangeSet, Problem
from lsp_server.review.audit import Audit
from lsp_server.review.delivered import Made, note_made
from lsp_server.review.journal import Journal, Record


def write_kept(root: Path, change: ChangeSet, record: Record, state: Path) -> tuple[Problem, ...]:
    """Writes a change below `root` and keeps it in the journal. No problems: all is written. Any: nothing is.

    What could not even be put back is partly written, and stays there to be taken back.
    """
    journal = Journal(state, root)
    try:
        entry = journal.begin(change, record)
    except OSError as error:
        message = (
            f"What undo needs cannot be kept in {state} ({error.strerror}), so nothing was written. Make room there,"
            " or name another folder with PATCHWRIGHT_STATE."
        )
        return (Problem("UNWRITABLE", message),)
    problems = write_change(root, change)
    outcome = "partial" if is_torn(problems) else "failed" if problems else "done"
    journal.end(entry, outcome)
    audit = Audit(state)
    note_made(audit, root, Made(change, record, entry, outcome, "terminal"))
    if warning := audit.taken_warning():
        remarks().print(warning, style="yellow", markup=False)
    return problems
