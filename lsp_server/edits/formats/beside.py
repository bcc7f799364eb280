"""What does a reply hold beside its patch? Prose is fine; an edit in another form must not be passed over."""

from collections.abc import Sequence

from lsp_server.edits.blocks import WholeFile
from lsp_server.edits.change import Problem
from lsp_server.edits.formats import whole_file


def others_beside(lines: Sequence[str], ranges: Sequence[range], form: str) -> tuple[Problem, ...]:
    """A problem for whole files outside of the lines that were read as `form`."""
    read = {number for span in ranges for number in span}
    rest = ["" if number in read else line for number, line in enumerate(lines)]
    files = whole_file.named_files(rest, 1)
    if any(isinstance(block, WholeFile) and any(line.strip() for line in block.lines) for block in files.blocks):
        message = f"the reply mixes {form} with whole files. Write all of it in one form."
        return (Problem("FORMAT", message),)
    return ()
