"""What does an open buffer hold after a keystroke? Its last tree, edited, spares most of the parsing.

Runs in the one worker process that serves buffers, whose memory is this module's. What comes out is what `symbols`,
`parse` and `extract` say of the same text: a tree that tree-sitter made from an older one can differ from a fresh one
where the text has errors (tree-sitter issue 4001), so such a text is parsed anew. A process that has just started
knows no trees and parses everything once.
"""

from collections import OrderedDict
from dataclasses import dataclass

from context.parsing.extract import Extract, Extracted, Source, extract_symbols
from context.parsing.languages import Language, language_of
from context.parsing.parse import PARSE_SECONDS, TOO_SLOW, SyntaxFault, Tree, parse_within, tree_faults
from context.parsing.symbols import Definition, Symbols, documented
from context.workspace.reading import extract_known

MOST_BUFFERS = 32
MOST_BYTES = 8_000_000
"""Of the texts whose trees are kept; a tree takes about ten times the memory of its text."""

_CONTINUES = range(0x80, 0xC0)


@dataclass(frozen=True, slots=True)
class Change:
    """The one place where two texts differ, as byte offsets: `start` in both, the ends in each."""

    start: int
    old_end: int
    new_end: int


@dataclass(slots=True)
class _Parsed:
    """The last text of a buffer with its tree, None for one that took too long, and its symbols once asked for."""

    source: bytes
    tree: Tree | None
    symbols: Symbols | None = None


_buffers: OrderedDict[str, _Parsed] = OrderedDict()


def buffer_outline(path: str, text: str) -> tuple[Definition, ...]:
    """As `symbols.outline`."""
    language = language_of(path)
    if language is None:
        return ()
    return _symbols(language, path, text.encode("utf-8", "surrogatepass")).definitions


def buffer_faults(path: str, text: str) -> tuple[SyntaxFault, ...]:
    """As `parse.syntax_faults`."""
    language = language_of(path)
    if language is None:
        return ()
    source = text.encode("utf-8", "surrogatepass")
    tree = _parsed(language, path, source).tree
    return (TOO_SLOW,) if tree is None else tree_faults(tree, source)


def buffer_extract(path: str, text: str, sha: str) -> Extract:
    """As the index extracts a file; see `extract.Extract`."""
    language = language_of(path)
    source = text.encode("utf-8", "surrogatepass")
    return extract_symbols(source, sha, _symbols(language, path, source) if language is not None else Symbols())


def buffer_saved(root: str, source: Source) -> Extracted | None:
    """As the index reads a file, when its bytes are those that its buffer was last seen with; None for any other."""

    def known(data: bytes) -> Symbols | None:
        language, buffer = language_of(source.path), _buffers.get(source.path)
        if language is None or buffer is None or buffer.tree is None or buffer.source != data:
            return None
        return _symbols(language, source.path, data)

    return extract_known(root, source, known) if source.path in _buffers else None


def change_between(old: bytes, new: bytes) -> Change:
    """The smallest change that leads from one text to another; its ends part no character in UTF-8."""
    start = _alike(old, new)
    most = min(len(old), len(new)) - start
    tail = _alike_at_end(old, new, most)
    while start and (_continues(old, start) or _continues(new, start)):
        start -= 1
    while tail and (_continues(old, len(old) - tail) or _continues(new, len(new) - tail)):
        tail -= 1
    return Change(start, len(old) - tail, len(new) - tail)


def _symbols(language: Language, path: str, source: bytes) -> Symbols:
    parsed = _parsed(language, path, source)
    if parsed.symbols is None:
        parsed.symbols = documented(language, parsed.tree, source) if parsed.tree is not None else Symbols()
    return parsed.symbols


def _parsed(language: Language, path: str, source: bytes) -> _Parsed:
    known = _buffers.pop(path, None)
    if known is None or known.source != source:
        tree = _changed_tree(language, known, source) if known is not None else None
        known = _Parsed(source, tree if tree is not None else parse_within(language, source, PARSE_SECONDS))
    _buffers[path] = known
    while len(_buffers) > 1 and (
        len(_buffers) > MOST_BUFFERS or sum(len(each.source) for each in _buffers.values()) > MOST_BYTES
    ):
        _buffers.popitem(last=False)
    return known


def _changed_tree(language: Language, known: _Parsed, source: bytes) -> Tree | None:
    """The tree of a text from that of an older one; None where a fresh one could differ."""
    if known.tree is None:
        return None
    old, change = known.source, change_between(known.source, source)
    # The tree is thrown away afterwards, whatever comes of this.
    known.tree.edit(
        change.start,
        change.old_end,
        change.new_end,
        _point(old, change.start),
        _point(old, change.old_end),
        _point(source, change.new_end),
    )
    tree = parse_within(language, source, PARSE_SECONDS, known.tree)
    return tree if tree is not None and not tree.root_node.has_error else None


def _point(source: bytes, offset: int) -> tuple[int, int]:
    """The 0-based row and the column in bytes."""
    return source.count(b"\n", 0, offset), offset - (source.rfind(b"\n", 0, offset) + 1)


def _alike(old: bytes, new: bytes) -> int:
    """How many bytes two texts begin with alike; halving, so that whole stretches are compared at once."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _alike_at_end(old: bytes, new: bytes, most: int) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _continues(source: bytes, offset: int) -> bool:
    """Whether the byte at an offset is within a character."""
    return offset < len(source) and source[offset] in _CONTINUES
