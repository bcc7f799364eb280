"""Which strings, comments and documents mean the symbol?

Types in quotes and `# type:` comments are read as code; so are entries of `__all__` and dotted paths given to `patch`.
Whatever else looks like the symbol is shown to a person, and a string that merely has the same text is counted.
"""

import re
from pathlib import PurePosixPath

from context.languages import LANGUAGES, language_of
from context.parse import Node, parse
from context.snapshot import FileText
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python_imports import resolve
from lsp_server.recipes.python_names import (
    EXTERNAL,
    UNKNOWN,
    PythonFile,
    Symbol,
    exports,
    is_symbol,
    judge_attribute,
    star_source,
    symbol_stems,
    values,
)
from lsp_server.recipes.python_scopes import MODULE_SCOPE, AttributeUse, Quote
from lsp_server.recipes.python_walk import read_names
from lsp_server.recipes.rename_python import Places, Reach, judge_name, replaced, site
from lsp_server.recipes.splices import Splice

PYTHON = LANGUAGES[0]
TYPE_COMMENT = re.compile(rb"#\s*type:\s*(?!ignore\b)")
DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*)?(?:\.[^\W\d]\w*)*")
PATCHERS = frozenset({"patch", "setattr", "delattr"})
"""Calls that take the full dotted path of what they replace: `mock.patch`, `monkeypatch.setattr`."""

BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr", "object", "attrgetter", "methodcaller", "multiple"})
"""Calls that take the name of an attribute; `object` and `multiple` are those of `mock.patch`."""


def quoted_places(symbol: Symbol, file: PythonFile) -> Places:
    """The places in a file's strings and comments."""
    places = Places()
    for quote in file.names.quotes:
        if symbol.old.encode() not in (quote.node.text or b""):
            continue
        if quote.node.type == "comment":
            _judge_comment(symbol, file, quote, places)
        elif quote.is_type and _is_simple(quote.node):
            content = quote.node.named_children[1]
            _judge_type(symbol, file, quote, content.text or b"", content.start_byte, places)
        else:
            _judge_string(symbol, file, quote, places)
    return places


def _is_simple(node: Node) -> bool:
    """Whether a string's content is its value: one piece, no escapes, no prefix that changes it."""
    parts = node.named_children
    return (
        len(parts) == 3
        and parts[1].type == "string_content"
        and not parts[1].named_children
        and not set((parts[0].text or b"").lower()) & set(b"fbt")
        and (node.parent is None or node.parent.type != "concatenated_string")
    )


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
            if inner.is_type and inner.node.type == "string" and _is_simple(inner.node)
        ]


def _judge_string(symbol: Symbol, file: PythonFile, quote: Quote, places: Places) -> None:
    node = quote.node
    content = b"".join(part.text or b"" for part in node.named_children if part.type == "string_content").decode(
        "utf-8", "replace"
    )
    if content == symbol.old:
        _judge_name_string(symbol, file, quote, places)
    elif DOTTED.fullmatch(content) and re.search(rf"[.:]{re.escape(symbol.old)}\b", content) and _is_simple(node):
        _judge_path_string(symbol, file, quote, content, places)
    elif quote.is_type and re.search(rf"\b{re.escape(symbol.old)}\b", content):
        places.sites.append(site(file, node, "a type in a string that cannot be read exactly"))
    elif is_code_span(content, symbol.old):
        for line in range(node.start_point[0], node.end_point[0] + 1):
            text = file.file.text.split("\n")[line].strip()
            if is_code_span(text, symbol.old):
                places.sites.append(Site(file.path, line + 1, text, "in a docstring or text"))
    elif re.search(rf"\b{re.escape(symbol.old)}\b", content):
        places.mentions.append(node.start_byte)


def _judge_name_string(symbol: Symbol, file: PythonFile, quote: Quote, places: Places) -> None:
    """A string that is just the name: an entry of `__all__`, the argument of `getattr`, or anything else."""
    node = quote.node
    if quote.scope == MODULE_SCOPE and _is_export(node):
        bound = symbol.old in file.names.scopes[MODULE_SCOPE].bindings
        is_it = is_symbol(symbol, file.path, MODULE_SCOPE) if bound else star_source(symbol, file) is not None
        if is_it and _is_simple(node):
            places.splices.append(replaced(node.named_children[1], symbol.new))
        elif is_it or not bound:
            places.sites.append(site(file, node, "an entry of `__all__` that nothing in this file binds"))
        return
    function, first = _call_around(node)
    if function in BY_NAME and first is not None and first != node:
        found = values(symbol, file, first, quote.scope)
        likely = {UNKNOWN, EXTERNAL} & found or any(exports(symbol, value) for value in found)
        if likely and (first.text or b"") not in {b"self", b"cls"}:
            places.sites.append(site(file, node, f"a name in a string, given to `{function}`"))
            return
    bindings = file.names.scopes[MODULE_SCOPE].bindings
    if "__getattr__" in bindings or function in {"attrgetter", "methodcaller"}:
        places.sites.append(site(file, node, "a name in a string that may be looked up"))
    elif quote.is_type:
        places.sites.append(site(file, node, "a type in a string that cannot be read exactly"))
    elif symbol.is_class and function:
        places.sites.append(site(file, node, f"the name of the class in a string, given to `{function}`"))
    else:
        places.mentions.append(node.start_byte)


def _judge_path_string(symbol: Symbol, file: PythonFile, quote: Quote, content: str, places: Places) -> None:
    """`"pkg.core.load_user"`: certain where `patch` takes it and it resolves, else for a person to see."""
    node = quote.node
    parts = [part for part in re.split(r"([.:])", content) if part]
    function, first = _call_around(node)
    for index, part in enumerate(parts):
        if part != symbol.old or index < 2:
            continue
        prefix = "".join(parts[: index - 1]).replace(":", ".")
        if exports(symbol, resolve(symbol.modules, file.path, prefix)):
            if function in PATCHERS and first == node:
                start = node.named_children[1].start_byte + len("".join(parts[:index]).encode())
                places.splices.append(Splice(start, start + len(part.encode()), symbol.new))
            else:
                places.sites.append(site(file, node, f"names {prefix}.{symbol.old} in a string"))
            return
        if parts[index - 2] in symbol_stems(symbol) or (symbol.is_class and len(parts) == 3):
            places.sites.append(site(file, node, f"`{prefix}` may be the module that holds it"))
            return
    places.mentions.append(node.start_byte)


def _is_export(node: Node) -> bool:
    """Whether a string is part of a statement about `__all__`."""
    current = node.parent
    while current is not None and current.type not in {"assignment", "augmented_assignment", "call"}:
        if current.type in {"block", "module", "argument_list"} and current.type != "argument_list":
            return False
        current = current.parent
    if current is None:
        return False
    target = current.child_by_field_name("left") or current.child_by_field_name("function")
    return target is not None and (target.text or b"").partition(b".")[0] == b"__all__"


def _call_around(node: Node) -> tuple[str, Node | None]:
    """The last name of the function that a string is given to, and the call's first argument."""
    arguments = node.parent
    if arguments is None or arguments.type != "argument_list" or arguments.parent is None:
        return "", None
    function = arguments.parent.child_by_field_name("function")
    name = (function.text or b"").rpartition(b".")[2].decode("utf-8", "replace") if function is not None else ""
    return name, arguments.named_children[0]


def is_code_span(text: str, name: str) -> bool:
    """Whether a text shows a name as code: between backticks, called, dotted, or imported."""
    word = rf"(?<![\w'\"]){re.escape(name)}(?![\w'\"])"
    return bool(re.search(rf"`[^`\n]*{word}[^`\n]*`|{word}\(|\w\.{word}|\bimport\b.*{word}|{word}\.\w", text))


def document_sites(file: FileText, name: str) -> list[Site]:
    """The lines of a document, template or configuration file that mention a name; source of other languages has none.

    In prose a name that is also an ordinary word counts only where it is shown as code.
    """
    if language_of(file.path) is not None:
        return []
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    is_prose = PurePosixPath(file.path).suffix.lower() in {".md", ".rst", ".txt", ".markdown", ""}
    looks_like_code = "_" in name or not name.islower()
    sites: list[Site] = []
    fenced = False
    for number, line in enumerate(file.text.split("\n"), 1):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if word.search(line) and (not is_prose or looks_like_code or fenced or is_code_span(line, name)):
            sites.append(
                Site(file.path, number, line.strip(), "in a document" if is_prose else "in another kind of file")
            )
    return sites
