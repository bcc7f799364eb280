"""Open documents follow the editor exactly, and say so when they cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from lsp_server.client import Encoding
from lsp_server.convert import line_starts, position_at
from lsp_server.documents import Document, Documents, apply_changes

URI = "file:///ws/a.py"


def part(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    first, last = (types.Position(line=line, character=character) for line, character in (start, end))
    return types.TextDocumentContentChangePartial(range=types.Range(start=first, end=last), text=text)


def whole(text: str) -> types.TextDocumentContentChangeWholeDocument:
    return types.TextDocumentContentChangeWholeDocument(text=text)


def check_change(before: str, *changes: object, version: int = 2, encoding: Encoding = Encoding.Utf16) -> Document:
    return apply_changes(Document(URI, before, 1), version, changes, encoding)  # pyright: ignore[reportArgumentType]


texts = st.text(alphabet="aé𝒳\n\r \u2028\x0c", max_size=30)


@given(text=texts, encoding=st.sampled_from(list(Encoding)), data=st.data())
def test_edits_in_any_encoding_end_in_the_editors_text(text: str, encoding: Encoding, data: st.DataObject):
    document, expected = Document(URI, text, 1), text
    for version in range(2, 8):
        start, end = sorted(data.draw(st.integers(0, len(expected))) for _ in range(2))
        if any(expected[max(cut - 1, 0) : cut + 1] == "\r\n" for cut in (start, end)):
            continue
        new = data.draw(texts)
        span = types.Range(start=position_at(expected, start, encoding), end=position_at(expected, end, encoding))
        change = types.TextDocumentContentChangePartial(range=span, text=new)
        document = apply_changes(document, version, [change], encoding)
        expected = expected[:start] + new + expected[end:]
        assert (document.text, document.doubt) == (expected, "")


def test_changes_of_one_notification_build_on_each_other():
    document = check_change("ab\n", part((0, 0), (0, 1), "xx"), part((0, 2), (0, 3), ""))
    assert document.text == "xx\n"


@pytest.mark.parametrize(
    "change",
    [
        part((0, 2), (0, 1), "reversed"),
        part((1, 0), (0, 0), "reversed"),
        part((7, 0), (8, 0), "outside"),
        part((2, 1), (2, 1), "outside"),
        part((0, 1), (0, 1), "within a surrogate pair"),
    ],
)
def test_a_change_that_cannot_be_meant_puts_the_document_in_doubt(change: object):
    document = check_change("𝒳b\n", change)
    assert document.doubt
    assert document.text == "𝒳b\n"


@pytest.mark.parametrize("version", [1, 0, -5])
def test_a_version_that_does_not_rise_puts_the_document_in_doubt(version: int):
    assert "version" in check_change("a", whole("b"), version=version).doubt


def test_doubt_stays_until_the_whole_text_comes():
    doubted = check_change("a\n", part((9, 0), (9, 0), "?"))
    still = apply_changes(doubted, 3, [part((0, 0), (0, 0), "x")], Encoding.Utf16)
    healed = apply_changes(still, 4, [whole("new"), part((0, 3), (0, 3), "!")], Encoding.Utf16)
    assert still.doubt
    assert (healed.text, healed.doubt) == ("new!", "")


def test_a_document_is_found_however_its_uri_is_encoded():
    documents = Documents()
    documents.opened("file:///ws/a%20b%3A.py", "x", 1)
    found = documents.get("file:///ws/a b:.py")
    assert found is not None
    assert found.text == "x"
    documents.closed("file:///ws/a%20b:.py")
    assert documents.all() == ()


def test_a_change_of_a_document_that_is_not_open_is_ignored():
    documents = Documents()
    documents.changed(URI, 2, [whole("x")])
    assert documents.get(URI) is None


def test_form_feeds_and_unicode_separators_end_no_line():
    assert len(line_starts("a\x0cb\u2028c\x85d\x1ce")) == 1
