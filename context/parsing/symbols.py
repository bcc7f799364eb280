"""What does a file define, and what does it refer to? Our own queries over its syntax tree.

Trees can be half a million levels deep, so nothing here recurses and nothing walks up to a parent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import tree_sitter

from context.parsing.declarators import declared
from context.parsing.docstrings import docstring
from context.parsing.imports import MOST_BYTES, import_paths
from context.parsing.languages import Language, language_of
from context.parsing.parse import PARSE_SECONDS, Node, Tree, parse_within, query, query_without_imports
from context.parsing.stubs import is_stub

FUNCTION_KINDS = frozenset({"function", "method"})
CONTAINER_KINDS = frozenset({"class", "interface", "implementation", "enum"})
"""A function directly within one of these is a method."""

DEEPEST = 500
"""What is nested deeper than so many nodes is not looked at: the time for a match grows with its depth."""

RUBBLE = 10_000


class Definition(NamedTuple):
    """Something that a file defines. Lines are 1-based, both ends included; `name_line` is where the name stands.

    `container` are the names around it, outermost first, joined by dots. `stub` says of a function or method that its
    body is empty: nothing but a docstring, comments, or a statement that it is not implemented. An index makes so many
    of them that the time which a dataclass takes would be felt.
    """

    name: str
    kind: str
    start_line: int
    end_line: int
    name_line: int
    container: str
    stub: bool
    docstring: str = ""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The definitions of a file in source order, how often it refers to each name, and what it imports.

    `imports` are the paths of `context.parsing.imports` in source order, each once.
    """

    definitions: tuple[Definition, ...] = ()
    references: Mapping[str, int] = field(default_factory=dict[str, int])
    imports: tuple[str, ...] = ()


class _Found(NamedTuple):
    """A matched definition before it is known what it stands in. `start` and `end` count bytes."""

    start: int
    end: int
    node: Node
    name: Node
    body_of: Node
    kind: str
    receiver: str


def outline(path: str, text: str) -> tuple[Definition, ...]:
    """The definitions of a text in source order with their docstrings; none where the language is not known."""
    language = language_of(path)
    if language is None:
        return ()
    source = text.encode("utf-8", "surrogatepass")
    tree = parse_within(language, source, PARSE_SECONDS)
    if tree is None:
        return ()
    return documented(language, tree, source).definitions


def symbols_in(path: str, text: str) -> Symbols:
    """The definitions, references and imports of a text; none where the language is not known or parsing takes long."""
    language = language_of(path)
    source = text.encode("utf-8", "surrogatepass")
    tree = parse_within(language, source, PARSE_SECONDS) if language else None
    if language is None or tree is None:
        return Symbols()
    found, references, imports = _matches(language, tree, source, query(language))
    return Symbols(tuple(_definitions(language, found, source)), references, imports)


def documented(language: Language, tree: Tree, source: bytes) -> Symbols:
    """Definitions with their docstrings, references and imports: all that there is to know of an open file."""
    found, references, imports = _matches(language, tree, source, query(language))
    lines = source.decode("utf-8", "replace").split("\n")
    definitions = tuple(
        definition._replace(docstring=docstring(language, match.node, match.body_of, source, lines))
        for definition, match in zip(_definitions(language, found, source), found, strict=True)
    )
    return Symbols(definitions, references, imports)


def symbols_of(path: str, source: bytes) -> Symbols | None:
    """What the index keeps of a file: definitions without docstrings, and references, but no imports.

    None where the parser takes too long, and nothing in them where the language is not known.
    """
    language = language_of(path)
    if language is None:
        return Symbols()
    tree = parse_within(language, source, PARSE_SECONDS)
    if tree is None:
        return None
    found, references, _ = _matches(language, tree, source, query_without_imports(language))
    return Symbols(tuple(_definitions(language, found, source)), references)


def _matches(
    language: Language, tree: Tree, source: bytes, asked: tree_sitter.Query
) -> tuple[list[_Found], dict[str, int], tuple[str, ...]]:
    references: list[Node] = []
    imports: list[tuple[int, str]] = []
    found: dict[int, _Found] = {}
    if _is_rubble(tree):
        return [], {}, ()
    # The query has no time limit of its own: tree-sitter 0.26's progress callback for queries crashes the process.
    cursor = tree_sitter.QueryCursor(asked, match_limit=65_536)
    cursor.set_max_start_depth(DEEPEST)
    for _, captures in cursor.matches(tree.root_node):
        if "reference" in captures:
            references.append(captures["reference"][0])
        elif "import" in captures:
            imports += _imported(language, captures, source)
        else:
            for each in _defined(captures, source):
                at = each.name.start_byte
                if at not in found or each.start < found[at].start:
                    found[at] = each
    in_order = sorted(found.values(), key=lambda match: (match.start, -match.end))
    names = Counter([source[node.start_byte : node.end_byte] for node in references])
    counted = {name.decode("utf-8", "replace"): count for name, count in names.items()}
    return in_order, counted, tuple(dict.fromkeys(path for _, path in sorted(imports)))


def _defined(captures: dict[str, list[Node]], source: bytes) -> list[_Found]:
    """What one match defines."""
    for capture, nodes in captures.items():
        if capture.startswith("definition."):
            kind, node = capture[11:], nodes[0]
            break
    else:
        return []
    start, end = node.start_byte, node.end_byte
    if len(captures) == 2 and "name" in captures:
        return [_Found(start, end, node, name, node, kind, "") for name in captures["name"]]
    body_of = captures["body_of"][0] if "body_of" in captures else node
    scopes: Sequence[Node] = captures.get("container", ())
    names: Sequence[Node] = captures.get("name", ())
    if "declarator" in captures:
        found = declared(captures["declarator"][0])
        if found is None or (kind == "function" and not found.is_function):
            return []
        kind = "function" if found.is_function and kind == "constant" else kind
        names, scopes = (found.name,), found.scopes
    container = ".".join([_text(scope, source) for scope in scopes]) if scopes else ""
    return [_Found(start, end, node, name, body_of, kind, container) for name in names]


def _imported(language: Language, captures: dict[str, list[Node]], source: bytes) -> list[tuple[int, str]]:
    """The paths of a matched import, each with its place. A function that imports is known by its name alone."""
    node = captures["import"][0]
    if node.end_byte - node.start_byte > MOST_BYTES:
        return []
    if "import.function" in captures and _text(captures["import.function"][0], source) not in language.importers:
        return []
    module = _text(captures["import.module"][0], source) if "import.module" in captures else ""
    return [(node.start_byte, path) for path in import_paths(_text(node, source), module)]


def _is_rubble(tree: Tree) -> bool:
    """Whether the parser gave up on most of a file: a query's time grows with the square of such a heap of tokens."""
    root = tree.root_node
    heaps = [root] if root.is_error else []
    if root.has_error and root.child_count < RUBBLE:
        heaps += [child for child in root.children if child.is_error]
    return any(heap.child_count >= RUBBLE for heap in heaps)


def _definitions(language: Language, found: Sequence[_Found], source: bytes) -> list[Definition]:
    """Works out what stands in what from the spans alone."""
    definitions: list[Definition] = []
    around: list[tuple[_Found, Definition]] = []
    for match in found:
        start, end, node, name, body_of, kind, container = match
        # What one node defines twice, as in `int a, b;`, does not stand in itself.
        while around and (around[-1][0].end <= start or (around[-1][0].end == end and around[-1][0].node == node)):
            around.pop()
        outer = around[-1][1] if around else None
        if kind == "function" and (container or (outer is not None and outer.kind in CONTAINER_KINDS)):
            kind = "method"
        if outer is not None:
            container = f"{_qualified(outer)}.{container}" if container else _qualified(outer)
        first, last = node.start_point[0], node.end_point
        definition = Definition(
            _text(name, source),
            kind,
            first + 1,
            # A node that ends at the start of a line has its last character on the line before.
            last[0] if last[1] == 0 and last[0] > first else last[0] + 1,
            name.start_point[0] + 1,
            container.replace("::", "."),
            kind in FUNCTION_KINDS and is_stub(language, body_of, source),
        )
        definitions.append(definition)
        around.append((match, definition))
    return definitions


def _qualified(definition: Definition) -> str:
    return f"{definition.container}.{definition.name}" if definition.container else definition.name


def _text(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")
