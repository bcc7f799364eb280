r"""What is a line? Text up to `\n`, `\r\n` or `\r`, and nothing else.

`str.splitlines` also breaks at form feeds and U+2028, which would shift every line after them.
"""

import re

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """The lines with their ends; joined they are the text. The last has no end where the text has none."""
    return _LINE.findall(text)


def content(line: str) -> str:
    """A line without its end."""
    return line.rstrip("\r\n")


def contents(text: str) -> list[str]:
    """The lines without their ends."""
    return [content(line) for line in split_lines(text)]


def end_of(line: str) -> str:
    """The end of a line; empty for a last line without one."""
    return line[len(content(line)) :]


def ends_open(text: str) -> bool:
    """Whether the last line of a text has no end."""
    return bool(text) and not text.endswith(("\n", "\r"))


def with_final_newline(text: str, eol: str, *, wanted: bool | None) -> str:
    """The text with a final newline or without one; as it is for None."""
    if wanted is None or not text or wanted != ends_open(text):
        return text
    return text + eol if wanted else text[: len(text) - len(end_of(split_lines(text)[-1]))]
