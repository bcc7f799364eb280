"""Which types in quotes, and which comments, mean the symbol?

Types in quotes and `# type:` comments are read as code. A comment that shows the symbol is shown to a person.
"""

import re

from context.parsing.languages import LANGUAGES
from context.parsing.parse import parse
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.pieces import may_make
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import AttributeUse, Quote, find_scope
from lsp_server.recipes.python.values import judge_attribute
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.rename.documents import is_code_span
from lsp_server.recipes.rename.python_places import Places, Reach, judge_name, replaced
from lsp_server.recipes.rename.strings import is_simple, judge_string

PYTHON = LANGUAGES[0]
TYPE_COMMENT = re.compile(rb"#\s*type:\s*(?!ignore\b)")

BUILTIN_GENERICS = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
NO_TYPES = frozenset({"Literal", "LiteralString"})
"""What a module of types holds whose brackets take no types."""

TYPE_MODULES = frozenset({"typing", "typing_extensions", "collections.abc", "collections"})


def quoted_places(symbol: Symbol, file: PythonFile) -> Places:
    """The places in a file's strings and comments."""
    places = Places()
    for quote in file.names.quotes:
        if symbol.old.encode() not in (quote.node.text or b""):
            if may_make(quote.node, frozenset({symbol.old.encode()})):
                places.sites.append(site(file, quote.node, "a string that may make the name"))
            continue
        if quote.node.type == "comment":
            _judge_comment(symbol, file, quote, places)
        elif is_simple(quote.node) and (quote.is_type or _is_within_generic(file, quote)):
            content = quote.node.named_children[1]
            _judge_type(symbol, file, quote, content.text or b"", content.start_byte, places)
        else:
            judge_string(symbol, file, quote, places)
    return places


def _is_within_generic(file: PythonFile, quote: Quote) -> bool:
    """Whether a string stands between the brackets of a known generic, outside of an annotation too."""
    node = quote.node.parent
    while node is not None and node.type in {"binary_operator", "list", "tuple", "parenthesized_expression"}:
        node = node.parent
    head = node.child_by_field_name("value") if node is not None and node.type == "subscript" else None
    root, _, last = (head.text or b"").decode("utf-8", "replace").rpartition(".") if head is not None else ("", "", "")
    if head is None or last in NO_TYPES:
        return False
    found = find_scope(file.names.scopes, root or last, quote.scope, quote.node.start_byte)
    if found is None:
        return not root and last in BUILTIN_GENERICS
    bindings = file.names.scopes[found.scope].bindings[root or last]
    return all(binding.kind in {"import", "from"} and binding.module in TYPE_MODULES for binding in bindings)


def _judge_comment(symbol: Symbol, file: PythonFile, quote: Quote, places: Places) -> None:
    text = quote.node.text or b""
    typed = TYPE_COMMENT.match(text)
    if typed:
        _judge_type(symbol, file, quote, text[typed.end() :], quote.node.start_byte + typed.end(), places)
    elif is_code_span(text.decode("utf-8", "replace"), symbol.old):
        places.sites.append(site(file, quote.node, "in a comment"))


def _judge_type(symbol: Symbol, file: PythonFile, quote: Quote, text: bytes, start: int, places: Places) -> None:
    """A type that stands in quotes or in a comment; types in quotes within it too."""
    pending = [(text, start)]
    while pending:
        content, offset = pending.pop()
        names = read_names(parse(PYTHON, content).root_node, frozenset({symbol.old}), "type")
        for use in names.uses:
            owner = judge_name(symbol, file, quote.scope, quote.node.start_byte)
            if isinstance(owner, int):
                places.splices.append(replaced(use.node, symbol.new, offset))
                places.reaches.append(Reach(quote.node, quote.scope, owner))
            elif owner is not None:
                places.sites.append(site(file, quote.node, owner))
        for attribute in names.attributes:
            reading = judge_attribute(symbol, file, AttributeUse(attribute.node, attribute.receiver, quote.scope))
            if reading.certain:
                places.splices.append(replaced(attribute.node, symbol.new, offset))
            elif reading.perhaps:
                places.sites.append(site(file, quote.node, reading.perhaps))
        pending += [
            (inner.node.named_children[1].text or b"", offset + inner.node.named_children[1].start_byte)
            for inner in names.quotes
            if inner.is_type and inner.node.type == "string" and is_simple(inner.node)
        ]
