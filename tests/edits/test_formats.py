"""Does what the model is told agree with what is read from its reply?"""

from lsp_server.edits.blocks import Replacement
from lsp_server.edits.change import Problem
from lsp_server.edits.formats import FORMATS, INSTRUCTIONS
from lsp_server.edits.reply import NO_EDIT, parse
from tests.edits.checks import check_edit


def test_the_example_in_the_instructions_is_a_reply():
    parsed = parse(INSTRUCTIONS)
    assert parsed.problems == ()
    (block,) = parsed.blocks
    assert isinstance(block, Replacement)
    assert block.path == "app/prices.py"
    check_edit(
        {"app/prices.py": "".join(f"{line}\n" for line in block.old)},
        INSTRUCTIONS,
        {"app/prices.py": "".join(f"{line}\n" for line in block.new)},
    )


def test_the_instructions_name_what_is_refused():
    for words in (
        "placeholder",
        "nothing else",
        "as they are shown",
        "new file",
        "nothing after the last block or file",
        "whole file",
    ):
        assert words in INSTRUCTIONS.lower()


def test_each_format_is_recognised_before_those_that_it_could_be_taken_for():
    assert [row.name for row in FORMATS] == [
        "edit tool call",
        "SEARCH/REPLACE blocks",
        "*** Begin Patch",
        "unified diff",
        "whole files",
    ]


def test_no_format_reads_anything_into_nothing():
    for row in FORMATS:
        assert not row.recognises([])
    assert parse("") == parse("Hello.") == type(parse(""))((), (Problem("NO_EDIT", NO_EDIT),))
