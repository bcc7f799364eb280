"""Which words of a text are code, and neither in a string nor in a comment?"""

import re

from context.parsing.code import COMMENTS
from context.parsing.languages import language_of
from context.parsing.parse import PARSE_SECONDS, parse_within

_WORD = re.compile(r"\w+")
_TEXT = re.compile(r"string|content|fragment|text|char|escape|heredoc|regex|pattern")
"""Leaves that hold a text, by their kind: what is put into it from outside has leaves of its own."""

Words = frozenset[tuple[int, str]]
"""1-based lines with words."""


def code_words(path: str, text: str) -> Words | None:
    """The words of a text that are code, with their lines; None where that cannot be told.

    A file of no language that is known holds no code.
    """
    language = language_of(path)
    if language is None:
        return frozenset()
    source = text.encode("utf-8", "surrogatepass")
    tree = parse_within(language, source, PARSE_SECONDS)
    if tree is None:
        return None
    found: set[tuple[int, str]] = set()
    cursor = tree.walk()
    while True:
        node = cursor.node
        is_code = node is not None and node.type not in COMMENTS and not _TEXT.search(node.type)
        if node is not None and is_code and not node.child_count:
            row = node.start_point[0] + 1
            for at, line in enumerate(source[node.start_byte : node.end_byte].decode("utf-8", "replace").split("\n")):
                found |= {(row + at, word) for word in _WORD.findall(line)}
        if (node is None or node.type not in COMMENTS) and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return frozenset(found)
