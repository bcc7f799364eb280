"""What is the syntax tree of a text, and where is it broken?

Parsing holds the GIL for as long as the file takes, so the server calls this in a worker process (see `workers`).
"""

import importlib
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import count

import tree_sitter

from context.parsing.languages import Language, language_of

Node = tree_sitter.Node
Tree = tree_sitter.Tree

PARSE_SECONDS = 2.0
"""The CPU time that one file may take; a source of 1 MiB in any language needs about 0.6 s."""

READ_BYTES = 262_144

QUICK_BYTES = 65_536
"""A source of so many bytes is parsed in about a second whatever it holds, and needs no clock."""

ASKED_BETWEEN = 32
"""Of so many times that the parser asks whether to go on, the clock is looked at once: it costs a tenth of the parsing.

The parser asks some thousand times in a second.
"""

COSTLY_RUN = 2000
"""So many of a language's costly signs in a row are not parsed."""


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """An ERROR or MISSING node: `line` is 1-based, `text` its beginning for a message."""

    line: int
    kind: str
    text: str


TOO_SLOW = SyntaxFault(1, "too slow to parse", "")


@lru_cache
def grammar(language: Language) -> tree_sitter.Language:
    """The compiled grammar of a language, from its own wheel."""
    module = importlib.import_module(language.module)
    # The wheels hand out a capsule, which the annotations cannot tell from the deprecated integer.
    return tree_sitter.Language(getattr(module, language.function)())  # pyright: ignore[reportDeprecated]


def parse(language: Language, source: bytes) -> Tree:
    """The tree of a source in UTF-8. Never fails: what does not fit the grammar becomes an ERROR node."""
    return tree_sitter.Parser(grammar(language)).parse(source)


def parse_within(language: Language, source: bytes, seconds: float, old: Tree | None = None) -> Tree | None:
    """The tree of a source, or None when that takes more than `seconds` of CPU (random bytes take 10 s per megabyte).

    `old` is the tree of an older text, edited to where this one's parts stand: what did not change is taken from it.
    A node's text is to be cut from the source: tree-sitter 0.26 crashes on `Node.text` in such a tree.
    """
    parser = tree_sitter.Parser(grammar(language))
    if language.costly and language.costly * COSTLY_RUN in source:
        return None
    if len(source) <= QUICK_BYTES:
        return parser.parse(source) if old is None else parser.parse(source, old)
    # Of the thread's own time: on a busy machine every large file would be given up otherwise.
    deadline = time.thread_time() + seconds
    view = memoryview(source)

    def read(offset: int, _point: object) -> memoryview:
        return view[offset : offset + READ_BYTES]

    asked = count(1)

    def is_late(_offset: int, _has_error: object) -> bool:
        return next(asked) % ASKED_BETWEEN == 0 and time.thread_time() > deadline

    try:
        # The time limit works only with a callback that hands the source out in slices.
        if old is None:
            return parser.parse(read, progress_callback=is_late)
        return parser.parse(read, old, progress_callback=is_late)
    except ValueError:
        return None


def first_child(node: Node) -> Node | None:
    """The first named child; tree-sitter raises for a node that has none, as the body of broken code may."""
    return node.named_child(0) if node.named_child_count else None


@lru_cache
def query(language: Language) -> tree_sitter.Query:
    """Our own query for definitions, references and imports of a language."""
    return tree_sitter.Query(grammar(language), _query_text(language))


@lru_cache
def query_without_imports(language: Language) -> tree_sitter.Query:
    """The same for definitions and references alone: a fifth of the matches are imports."""
    made, text = tree_sitter.Query(grammar(language), _query_text(language)), _query_text(language).encode()
    for number in range(made.pattern_count):
        if b"@import" in text[made.start_byte_for_pattern(number) : made.end_byte_for_pattern(number)]:
            made.disable_pattern(number)
    return made


def _query_text(language: Language) -> str:
    folder = resources.files("context.parsing") / "queries"
    return "\n".join((folder / f"{name}.scm").read_text("utf-8") for name in language.query_files)


def syntax_faults(path: str, text: str) -> tuple[SyntaxFault, ...]:
    """The faults in a text in source order; none where the language of `path` is not known.

    A text that cannot be parsed in `PARSE_SECONDS` has one fault, which says so.
    """
    language = language_of(path)
    if language is None:
        return ()
    source = text.encode("utf-8", "surrogatepass")
    tree = parse_within(language, source, PARSE_SECONDS)
    return (TOO_SLOW,) if tree is None else tree_faults(tree, source)


def tree_faults(tree: Tree, source: bytes | None = None) -> tuple[SyntaxFault, ...]:
    """The outermost ERROR nodes and all MISSING nodes of a tree; walks with a cursor, since trees can be very deep.

    `source` must be given for a tree of `parse_within`, whose nodes cannot tell their text.
    """
    faults: list[SyntaxFault] = []
    if not tree.root_node.has_error:
        return ()
    cursor = tree.walk()
    while True:
        node = cursor.node
        if node is not None and (node.is_error or node.is_missing):
            kind = f"missing {node.type!r}" if node.is_missing else "syntax error"
            found = node.text or b"" if source is None else source[node.start_byte : node.end_byte]
            text = found[:60].decode("utf-8", "replace").split("\n")[0]
            faults.append(SyntaxFault(node.start_point[0] + 1, kind, text))
        descend = node is not None and node.has_error and not node.is_error
        if descend and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return tuple(faults)
