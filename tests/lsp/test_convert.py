"""Positions in three encodings, places, and URIs."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, Range

from context.snapshot import Place
from lsp_server.client import Encoding
from lsp_server.convert import (
    line_starts,
    offset_at,
    path_text,
    position_at,
    to_path,
    to_place,
    to_text_edits,
    to_uri,
    units,
)
from lsp_server.edits.diff import text_edits
from tests.lsp.editor import edited

texts = st.text(alphabet="aé𝒳\n\r\t \u2028\x0c", max_size=40)
encodings = st.sampled_from(list(Encoding))


def at(line: int, character: int) -> Position:
    return Position(line=line, character=character)


def test_columns_count_the_code_units_of_each_encoding():
    assert [units("é𝒳", encoding) for encoding in (Encoding.Utf8, Encoding.Utf16, Encoding.Utf32)] == [6, 3, 2]


@given(text=texts, encoding=encodings, data=st.data())
def test_every_offset_has_one_position_and_comes_back(text: str, encoding: Encoding, data: st.DataObject):
    offset = data.draw(st.integers(min_value=0, max_value=len(text)))
    if text[max(offset - 1, 0) : offset + 1] == "\r\n":
        return  # no position lies within a line end
    position = position_at(text, offset, encoding)
    assert offset_at(text, position, encoding) == offset


@given(text=texts)
def test_lines_end_where_lsp_says_and_nowhere_else(text: str):
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    assert len(line_starts(text)) == unified.count("\n") + 1


def test_a_column_beyond_the_line_is_its_end_and_one_within_a_character_is_none():
    assert offset_at("ab\r\ncd", at(0, 9), Encoding.Utf16) == 2
    assert offset_at("𝒳b", at(0, 1), Encoding.Utf16) is None
    assert offset_at("é", at(0, 1), Encoding.Utf8) is None
    assert offset_at("a\n", at(2, 0), Encoding.Utf8) == 2
    assert offset_at("a\n", at(2, 1), Encoding.Utf8) is None
    assert offset_at("a\n", at(3, 0), Encoding.Utf8) is None


@given(before=texts, after=texts, encoding=encodings)
def test_an_editor_that_applies_our_edits_gets_the_text_that_was_meant(before: str, after: str, encoding: Encoding):
    # The oracle counts lines by line feeds only.
    before, after = (text.replace("\r", "") for text in (before, after))
    sent = [
        {
            "range": {
                "start": {"line": edit.range.start.line, "character": edit.range.start.character},
                "end": {"line": edit.range.end.line, "character": edit.range.end.character},
            },
            "newText": edit.new_text,
        }
        for edit in to_text_edits(before, text_edits(before, after), encoding)
    ]
    assert edited(before, sent, encoding.value) == after
    assert all(position["line"] < len(line_starts(before)) for edit in sent for position in edit["range"].values())


def test_a_selection_of_whole_lines_leaves_out_the_line_where_it_ends():
    assert to_place("a.py", Range(start=at(1, 0), end=at(3, 0))) == Place("a.py", 2, 3)
    assert to_place("a.py", Range(start=at(1, 0), end=at(3, 1))) == Place("a.py", 2, 4)
    assert to_place("a.py", Range(start=at(1, 4), end=at(1, 4))) == Place("a.py", 2, 2)


names = st.text(alphabet="aé𝒳 %#?&+;:~'()[]", min_size=1, max_size=12).filter(lambda name: name not in (".", ".."))


@given(parts=st.lists(names, min_size=1, max_size=4))
def test_any_file_name_survives_its_uri(parts: list[str]):
    path = Path("/", *parts)
    uri = to_uri(path)
    assert uri.isascii()
    assert to_path(uri) == path


def test_windows_drives_are_understood_in_every_spelling():
    assert to_uri(PureWindowsPath(r"C:\a b\é.py")) == "file:///C:/a%20b/%C3%A9.py"
    assert path_text("file:///c%3A/a%20b/x.py", windows=True) == "c:/a b/x.py"
    assert path_text("file:///C:/x.py", windows=True) == "C:/x.py"
    assert path_text("file:///x.py", windows=True) is None
    assert to_uri(PurePosixPath("/c:/x")) == "file:///c%3A/x"


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "https://host/a.py",
        "git:/a.py",
        "file://host/share/a.py",
        "file:////host/share",
        "file:///a%00b",
        "file:a.py",
        "a.py",
        "",
        "file://[",
    ],
)
def test_what_is_no_file_of_this_machine_has_no_path(uri: str):
    assert to_path(uri) is None
