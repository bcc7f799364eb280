"""What does a reply hold beside its patch? Prose is fine; an edit in another form must not be passed over."""

from collections.abc import Sequence

from lsp_server.edits.blocks import Block, WholeFile
from lsp_server.edits.change import Problem
from lsp_server.edits.formats import whole_file
from lsp_server.edits.formats.fences import fences
from lsp_server.edits.formats.naming import path_alone


def others_beside(
    lines: Sequence[str], ranges: Sequence[range], form: str, blocks: Sequence[Block]
) -> tuple[Problem, ...]:
    """A problem for whole files outside of the lines that were read as `form`, and for one that may hold those lines.

    A path above the fence of a patch is that of a file in it; another may be meant to hold the patch itself.
    """
    read = {number for span in ranges for number in span}
    paths = {part for block in blocks for part in (block.path, f"a/{block.path}", f"b/{block.path}")}
    for fence in fences(lines):
        above = next((lines[at] for at in range(fence.start - 1, -1, -1) if lines[at].strip()), "")
        named = path_alone(above)
        if named and named not in paths and read & set(range(fence.start + 1, fence.end)):
            message = (
                f"{named} stands above {form} that changes other files. Leave it out, or send the file as a block."
            )
            return (Problem("FORMAT", message, named),)
    rest = ["" if number in read else line for number, line in enumerate(lines)]
    files = whole_file.named_files(rest, 1)
    if any(isinstance(block, WholeFile) and any(line.strip() for line in block.lines) for block in files.blocks):
        message = f"the reply mixes {form} with whole files. Write all of it in one form."
        return (Problem("FORMAT", message),)
    return tuple(problem for problem in files.problems if problem.code in ("FORMAT", "TRUNCATED"))[:1]
