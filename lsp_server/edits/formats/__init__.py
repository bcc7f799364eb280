"""Which formats can a reply have? A table, in the order in which they are recognised.

A format is one module that holds what the model is told (`INSTRUCTIONS`) and the parser for what it then writes. To add
one: write its module, put its row here, and give it a test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsp_server.edits.blocks import ParsedReply
from lsp_server.edits.formats import begin_patch, search_replace, tool_call, unified_diff, whole_file

Parser = Callable[[Sequence[str], str | None], ParsedReply]


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table. Both functions get the reply's lines without their ends, `parse` the default path too."""

    name: str
    recognises: Callable[[Sequence[str]], bool]
    parse: Parser


FORMATS: tuple[Format, ...] = (
    Format("edit tool call", tool_call.recognises, tool_call.parse),
    Format("SEARCH/REPLACE blocks", search_replace.recognises, search_replace.parse),
    Format("*** Begin Patch", begin_patch.recognises, begin_patch.parse),
    Format("unified diff", unified_diff.recognises, unified_diff.parse),
    Format("whole files", whole_file.recognises, whole_file.parse),
)

INSTRUCTIONS = f"{search_replace.INSTRUCTIONS}\n{whole_file.INSTRUCTIONS}"
"""What a model is told of the reply's form."""
