"""What does a definition say of itself? Python's docstring, in other languages the comment right above it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from context.parsing.languages import Language
from context.parsing.parse import Node, first_child

_ATTRIBUTE_LINE = re.compile(r"\s*(?:#!?\[|@|\[[A-Z]|template\s*<)")
_TAG = re.compile(r"</?(?:summary|remarks|para)\s*/?>")


def docstring(language: Language, node: Node, body_of: Node, source: bytes, lines: Sequence[str]) -> str:
    """The documentation of the definition at `node`, without its marks; empty when there is none."""
    if language.name == "python":
        return _python_docstring(body_of, source)
    return _comment_above(node.start_point[0], lines, _comment_line(language))


def _python_docstring(node: Node, source: bytes) -> str:
    body = node.child_by_field_name("body")
    first = first_child(body) if body is not None else None
    string = first_child(first) if first is not None and first.type == "expression_statement" else None
    if string is None or string.type != "string":
        return ""
    parts = (child for child in string.named_children if child.type == "string_content")
    content = "".join(source[each.start_byte : each.end_byte].decode("utf-8", "replace") for each in parts)
    return "\n".join(line.strip() for line in content.strip().split("\n"))


def _comment_above(row: int, lines: Sequence[str], comment_line: re.Pattern[str]) -> str:
    """The comment that ends on the line above a 0-based row; attributes in between are passed."""
    comment: list[str] = []
    for number in range(row - 1, -1, -1):
        line = lines[number]
        if _ATTRIBUTE_LINE.match(line) and not comment:
            continue
        matched = comment_line.match(line)
        if matched is None:
            break
        comment.append(_TAG.sub("", matched[1]).strip())
    return "\n".join(reversed(comment)).strip()


@lru_cache
def _comment_line(language: Language) -> re.Pattern[str]:
    marks = [re.escape(mark) for mark in language.comment_marks]
    return re.compile(rf"\s*(?!#!)(?:{'|'.join(marks)})\s?(.*?)\s*(?:\*/|\]\])?\s*$")
