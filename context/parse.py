"""What is the syntax tree of a text, and where is it broken?

Parsing holds the GIL for as long as the file takes, so the server calls this in a worker process (see `workers`).
"""

import importlib
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter

from context.languages import Language, language_of

Node = tree_sitter.Node
Tree = tree_sitter.Tree


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """An ERROR or MISSING node: `line` is 1-based, `text` its beginning for a message."""

    line: int
    kind: str
    text: str


@lru_cache
def grammar(language: Language) -> tree_sitter.Language:
    """The compiled grammar of a language, from its own wheel."""
    module = importlib.import_module(language.module)
    return tree_sitter.Language(getattr(module, language.function)())


def parse(language: Language, source: bytes) -> Tree:
    """The tree of a source in UTF-8. Never fails: what does not fit the grammar becomes an ERROR node."""
    return tree_sitter.Parser(grammar(language)).parse(source)


def syntax_faults(path: str, text: str) -> tuple[SyntaxFault, ...]:
    """The faults in a text in source order; none where the language of `path` is not known."""
    language = language_of(path)
    if language is None:
        return ()
    return tree_faults(parse(language, text.encode("utf-8", "surrogatepass")))


def tree_faults(tree: Tree) -> tuple[SyntaxFault, ...]:
    """The outermost ERROR nodes and all MISSING nodes of a tree; walks with a cursor, since trees can be very deep."""
    faults: list[SyntaxFault] = []
    if not tree.root_node.has_error:
        return ()
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None and (node.is_error or node.is_missing):
            kind = f"missing {node.type!r}" if node.is_missing else "syntax error"
            text = (node.text or b"")[:60].decode("utf-8", "replace").split("\n")[0]
            faults.append(SyntaxFault(node.start_point[0] + 1, kind, text))
        descend = node is not None and node.has_error and not node.is_error
        if descend and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return tuple(faults)
