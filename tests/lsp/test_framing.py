"""Messages are found in any slices of bytes, and what is no message ends it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.framing import MAX_BODY_BYTES, Frames, FramingError, frame

slices = st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=30)


@given(bodies=st.lists(st.binary(max_size=60), max_size=6), sizes=slices)
def test_bodies_come_out_as_they_went_in_whatever_the_slices(bodies: list[bytes], sizes: list[int]):
    stream = b"".join(frame(body) for body in bodies)
    frames, found, start, turn = Frames(), [], 0, 0
    while start < len(stream):
        size = sizes[turn % len(sizes)]
        found += list(frames.feed(stream[start : start + size]))
        start, turn = start + size, turn + 1
    assert found == bodies
    assert not frames.ends_within_a_message


@given(body=st.binary(min_size=1, max_size=60), data=st.data())
def test_a_cut_message_is_noticed_and_never_handed_out(body: bytes, data: st.DataObject):
    cut = data.draw(st.integers(min_value=1, max_value=len(frame(body)) - 1))
    frames = Frames()
    assert list(frames.feed(frame(body)[:cut])) == []
    assert frames.ends_within_a_message


@given(header=st.from_regex(rb"(?:[A-Za-z-]{1,9}[ \t]{0,2}:[^\r\n]{0,9}\r\n){0,3}", fullmatch=True), data=st.data())
def test_no_beginning_of_a_header_is_taken_for_something_else(header: bytes, data: st.DataObject):
    stream = b"Content-Length: 2\r\n" + header.replace(b"ontent", b"") + b"\r\n"
    cut = data.draw(st.integers(min_value=0, max_value=len(stream) - 1))
    assert list(Frames().feed(stream[:cut])) == []


def test_header_names_have_no_case_and_other_headers_are_ignored():
    stream = b"content-length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}"
    assert list(Frames().feed(stream)) == [b"{}"]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: x\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: two\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"Content-Length: " + str(MAX_BODY_BYTES + 1).encode() + b"\r\n\r\n",
        b"no header at all\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 0x2\r\n\r\n{}",
        b"Content-Length: " + "٢".encode() + b"\r\n\r\n{}",
        b"X-Long: " + b"x" * 5000,
        b'{"jsonrpc": "2.0"',
        b"Content-Length: 2\n\n{}",
        b"Content-Length: 2\r\n{",
        b"\xff\xfe",
        b"\r\n",
    ],
)
def test_what_cannot_be_framed_is_an_error_at_once(header: bytes):
    with pytest.raises(FramingError):
        list(Frames().feed(header))
