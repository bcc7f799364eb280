r"""Where does one message end and the next begin? The header framing of the base protocol, from any slices of bytes.

    Content-Length: 17\r\n
    \r\n
    {"jsonrpc":"2.0"}

A length that is missing, wrong or too large raises `FramingError`, as does the first byte that no header can have:
from there on nothing can be trusted to be a message, so the caller says so and ends instead of waiting, deaf, for bytes
that never come.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_HEADER_BYTES = 4096
MAX_BODY_BYTES = 64 * 1024 * 1024

_BEGINS_HEADER = re.compile(rb"(?:[A-Za-z-]+[ \t]*:[^\r\n]*\r\n)*(?:[A-Za-z-]+[ \t]*(?::[^\r\n]*)?)?\r?")
"""What the bytes of a header are, up to any of them."""


class FramingError(ValueError):
    """The bytes are not a message; the text says why, without quoting them."""


@dataclass(slots=True)
class Frames:
    """Holds the bytes that do not make a whole message yet."""

    _buffer: bytearray = field(default_factory=bytearray)
    _length: int | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that are complete with these bytes, in order."""
        self._buffer += data
        while (body := self._next()) is not None:
            yield body

    @property
    def ends_within_a_message(self) -> bool:
        """Whether an end of input now would cut a message."""
        return bool(self._buffer) or self._length is not None

    def _next(self) -> bytes | None:
        if self._length is None:
            end = self._buffer.find(b"\r\n\r\n", 0, MAX_HEADER_BYTES)
            if end < 0:
                if len(self._buffer) >= MAX_HEADER_BYTES:
                    raise FramingError(f"no header ends within {MAX_HEADER_BYTES:,} bytes")
                if not _BEGINS_HEADER.fullmatch(self._buffer):
                    raise FramingError("what should be a header is none")
                return None
            self._length = _content_length(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
        if len(self._buffer) < self._length:
            return None
        # Through a view: a slice of the buffer would be one more copy of what may be large.
        with memoryview(self._buffer) as view:
            body = bytes(view[: self._length])
        del self._buffer[: self._length]
        self._length = None
        return body


def frame(body: bytes) -> bytes:
    """A body with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _content_length(header: bytes) -> int:
    """The length that a header names, in bytes; exactly one, since two readers must not see two messages in it."""
    found: list[int] = []
    for line in header.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon:
            raise FramingError("a header line has no colon")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            if not (digits.isdigit() and len(digits) <= 12):
                raise FramingError("Content-Length is not a number")
            found.append(int(digits))
    if len(found) != 1:
        raise FramingError(f"a header has {len(found)} Content-Length lines")
    if found[0] > MAX_BODY_BYTES:
        raise FramingError(f"a message of {found[0]:,} bytes is larger than {MAX_BODY_BYTES:,}")
    return found[0]
