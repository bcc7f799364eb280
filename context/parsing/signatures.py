"""Which lines are the signature of a definition? What a reader needs of it where its body does not fit.

From the line of its name to where its parameters end and its body begins; decorators and comments above are left out.
"""

from collections.abc import Sequence

MOST_LINES = 8
_OPENING, _CLOSING = "([", ")]"


def signature_lines(lines: Sequence[str], name_line: int, end_line: int) -> tuple[int, int]:
    """The first and the last line (1-based) of the signature of a definition that ends at `end_line`."""
    depth = 0
    last = min(end_line, name_line + MOST_LINES - 1, len(lines))
    for number in range(name_line, last + 1):
        line = lines[number - 1]
        depth += sum(line.count(sign) for sign in _OPENING) - sum(line.count(sign) for sign in _CLOSING)
        if depth <= 0:
            return name_line, number
    return name_line, last
