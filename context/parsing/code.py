"""Is the code of two texts the same, whatever their comments and docstrings say?

Compared are the syntax trees without comments: every token, and how they nest, since an indented line of Python is
another. Python's docstrings are left out with every other statement that is a string alone and does nothing. Comments
that a tool or a compiler acts upon are code: `//go:build`, `# type: ignore`, a first line with `#!`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

import tree_sitter

from context.parsing.languages import Language, language_of
from context.parsing.parse import PARSE_SECONDS, parse_within

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment"})
DIRECTIVE = re.compile(
    rb"#!|//go:|// ?\+build|# *(?:type:|noqa|pragma|pylint:|mypy:|pyright:|cython:|fmt:|isort:|.*coding[:=])"
    rb"|(?://|/\*) *(?:@ts-|eslint|nolint|prettier-ignore|@flow|NOLINT|istanbul|c8 ignore|webpack)"
    rb"|# *(?:frozen_string_literal|rubocop|shellcheck)|-- *luacheck"
)
MOST_SHOWN = 60
_END = b")"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the code of a text is another: the 1-based line, what stands there, and what stood there before."""

    line: int
    text: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    """A leaf of the tree, or an end of a node that holds some. `line` is 0-based."""

    text: bytes
    line: int


def code_difference(path: str, before: str, after: str) -> Difference | None:
    """The first place of `after` whose code is not that of `before`; the first line where that cannot be told."""
    language = language_of(path)
    if before == after:
        return None
    if language is None:
        return Difference(1, "no language that is known here")
    old, new = _tree(language, before), _tree(language, after)
    if old is None or new is None:
        return Difference(1, "too much to parse")
    line = was = 0
    for one, other in zip_longest(_tokens(language, *old), _tokens(language, *new)):
        if other is not None and other.text != _END:
            line = other.line
        if one is not None and one.text != _END:
            was = one.line
        if one is None or other is None or one.text != other.text:
            return Difference(line + 1, _shown(after, line), _shown(before, was))
    return None


def _shown(text: str, line: int) -> str:
    lines = text.encode("utf-8", "surrogatepass").split(b"\n")
    return lines[line].decode("utf-8", "replace").strip()[:MOST_SHOWN]


def _tree(language: Language, text: str) -> tuple[tree_sitter.Tree, bytes] | None:
    source = text.encode("utf-8", "surrogatepass")
    tree = parse_within(language, source, PARSE_SECONDS)
    return None if tree is None else (tree, source)


def _tokens(language: Language, tree: tree_sitter.Tree, source: bytes) -> Iterator[_Token]:
    """The tokens in source order, with the ends of nodes between them; walks with a cursor, trees can be very deep."""
    cursor = tree.walk()
    open_nodes: list[bool] = []
    while True:
        node = cursor.node
        passed = node is None or _is_passed(language, node)
        if node is not None and not passed and not node.child_count:
            text = source[node.start_byte : node.end_byte].strip()
            if text or node.is_missing:
                yield _Token(b"=" + text, node.start_point[0])
        elif node is not None and not passed and node.is_named:
            yield _Token(b"(" + node.type.encode(), node.start_point[0])
        elif node is not None and passed and DIRECTIVE.match(source, node.start_byte, node.end_byte):
            yield _Token(source[node.start_byte : node.end_byte].rstrip(), node.start_point[0])
        if not passed and cursor.goto_first_child():
            open_nodes.append(node is not None and node.is_named)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            parent = cursor.node
            if open_nodes.pop() and parent is not None:
                yield _Token(_END, parent.end_point[0])


def _is_passed(language: Language, node: tree_sitter.Node) -> bool:
    """Whether a node says something and does nothing."""
    if node.type in COMMENTS:
        return True
    if language.name != "python" or node.type != "expression_statement" or node.named_child_count != 1:
        return False
    string = node.named_children[0]
    if string.type not in ("string", "concatenated_string"):
        return False
    parts = string.named_children if string.type == "concatenated_string" else [string]
    return not any(child.type == "interpolation" for part in parts for child in part.named_children)
