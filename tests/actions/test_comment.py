"""Which comment is at a place? One string is a file; `|` marks the cursor's line."""

import pytest

from context.snapshot import Place, from_buffer
from lsp_server.actions.comment import comment_at, request_in


def check_comment(path: str, marked: str, expected: tuple[str, int, int] | None) -> None:
    lines = marked.split("\n")
    cursor = next(number for number, line in enumerate(lines, 1) if "|" in line)
    file = from_buffer(path, marked.replace("|", ""), 1)
    found = comment_at(file, Place(path, cursor, cursor))
    assert (found and (found.text, found.place.start_line, found.place.end_line)) == expected


def test_a_line_comment_is_found_with_its_lines():
    check_comment("a.py", "x = 1\n# greet a user|\ny = 2\n", ("greet a user", 2, 2))


def test_a_block_of_line_comments_is_one_description():
    check_comment("a.py", "# greet a user\n# by name|\n# politely\n", ("greet a user\nby name\npolitely", 1, 3))


def test_a_comment_of_another_indentation_is_another_comment():
    check_comment("a.py", "# outer\n    # inner|\n# outer\n", ("inner", 2, 2))


@pytest.mark.parametrize("line", ["x = 1  # set x", "", "x = '#'", "#", "#   "])
def test_code_and_empty_comments_are_no_description(line: str):
    check_comment("a.py", line + "|\n", None)


@pytest.mark.parametrize("line", ["#!/usr/bin/env python", "# type: ignore", "# noqa: E501", "# pyright: strict"])
def test_comments_for_tools_are_no_description(line: str):
    check_comment("a.py", line + "|\n", None)


def test_documentation_comments_lose_their_markers():
    check_comment("a.rs", "/// greets a user|\nfn f() {}\n", ("greets a user", 1, 1))


def test_a_block_comment_is_found_from_any_of_its_lines():
    check_comment("a.ts", "/*\n * greet a user\n * by name|\n */\nf()\n", ("greet a user\nby name", 1, 4))


def test_code_after_a_block_comment_is_not_inside_it():
    check_comment("a.go", "/* done */\nfunc f() {}|\n", None)


def test_an_unclosed_block_comment_is_no_description():
    check_comment("a.java", "/* never closed|\nclass A {}\n", None)


def test_a_file_with_windows_line_ends_counts_the_same_lines():
    check_comment("a.py", "x = 1\r\n# greet|\r\n", ("greet", 2, 2))


def test_a_line_beyond_the_file_has_no_comment():
    assert comment_at(from_buffer("a.py", "# x\n", 1), Place("a.py", 9, 9)) is None


def test_the_line_that_names_the_interpreter_is_not_part_of_the_description_below_it():
    check_comment("a.py", "#!/usr/bin/env python\n# greet a user|\n", ("greet a user", 2, 2))


@pytest.mark.parametrize(
    ("path", "marked", "expected"),
    [
        ("a.rb", "# greet a user|\ndef f; end\n", ("greet a user", 1, 1)),
        ("Rakefile", "# greet a user|\n# by name\n", ("greet a user\nby name", 1, 2)),
        ("a.rb", "=begin\ngreet a user|\n=end\n", ("greet a user", 1, 3)),
        ("a.cpp", "int a;\n// greet a user|\n", ("greet a user", 2, 2)),
        ("a.h", "/* greet a user\n * by name| */\n", ("greet a user\nby name", 1, 2)),
        ("a.lua", "-- greet a user|\n-- by name\n", ("greet a user\nby name", 1, 2)),
        ("a.lua", "--[[ greet a user|\nby name ]]\nlocal a = 1\n", ("greet a user\nby name", 1, 2)),
        ("a.lua", "--[[ done ]]\nlocal a = b[c[1]]|\n", None),
        ("A.cs", "/// greet a user|\n", ("greet a user", 1, 1)),
        ("a.php", "<?php\n// greet a user|\n", ("greet a user", 2, 2)),
        ("a.kt", "// greet a user|\n", ("greet a user", 1, 1)),
        ("a.swift", "// greet a user|\n", ("greet a user", 1, 1)),
        ("a.scala", "/** greet a user| */\n", ("greet a user", 1, 1)),
        ("a.sh", "#!/bin/sh\n# greet a user|\n", ("greet a user", 2, 2)),
    ],
)
def test_every_language_has_its_own_comments(path: str, marked: str, expected: tuple[str, int, int] | None):
    check_comment(path, marked, expected)


@pytest.mark.parametrize(
    ("path", "marked", "expected"),
    [
        ("a.py", "# patchwright: greet a user|\n", ("greet a user", 1, 1)),
        ("a.py", "# Greets.\n# Patchwright:greet a user|\n# by name\n", ("greet a user\nby name", 2, 3)),
        ("a.py", "# Greets.|\n# patchwright: greet a user\n", ("greet a user", 2, 2)),
        ("a.py", "# patchwright: one|\n# patchwright: two\n", ("one", 1, 1)),
        ("a.py", "# patchwright: one\n# patchwright: two|\n", ("two", 2, 2)),
        ("a.py", "# noqa: E501\n# patchwright: one|\n", ("one", 2, 2)),
        ("a.py", "# patchwright:|\n", ("patchwright:", 1, 1)),
        ("a.ts", "/*\n * Greets.\n * patchwright: greet a user|\n */\n", ("greet a user", 1, 4)),
        ("a.rs", "/// patchwright: greet|\r\n", ("greet", 1, 1)),
    ],
)
def test_a_line_that_speaks_to_us_by_name_is_the_description(path: str, marked: str, expected: tuple[str, int, int]):
    check_comment(path, marked, expected)


def requested(path: str, text: str, first: int, last: int) -> tuple[str, int, bool] | None:
    found = request_in(from_buffer(path, text, 1), Place(path, first, last))
    return found and (found.text, found.place.start_line, found.is_whole)


def test_a_request_is_found_in_a_selection_and_behind_code():
    assert requested("a.py", "x = 1\n\n# patchwright: faster\ny = 2\n", 1, 4) == ("faster", 3, True)
    assert requested("a.py", "x = f()  # patchwright: use g\n", 1, 1) == ("use g", 1, False)
    assert requested("a.go", 'x := f("a") // patchwright: use g\n', 1, 1) == ("use g", 1, False)
    assert requested("a.ts", "/* Greets.\n patchwright: politely */\n", 1, 2) == ("politely", 1, False)
    assert requested("a.py", "x = 1\n# patchwright: faster\n", 1, 1) is None
    assert requested("a.py", "# plain comment\n", 1, 1) is None


def test_a_request_within_a_string_is_none():
    assert requested("a.py", "x = '# patchwright: no'\n", 1, 1) is None
    assert requested("a.js", 'x = "// patchwright: no"\n', 1, 1) is None
