"""Which strings are the symbol's name, or a path to it?

Entries of `__all__` and dotted paths given to `patch` are certain. A string that a program may look the symbol up by is
shown to a person; one that merely has the same text is counted.
"""

import re

from context.parsing.parse import Node
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.imports import module_of, resolve
from lsp_server.recipes.python.names import (
    PythonFile,
    Symbol,
    all_statements,
    exports,
    is_computed,
    is_symbol,
    star_source,
    symbol_stems,
)
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, Quote
from lsp_server.recipes.python.values import EXTERNAL, UNKNOWN, values
from lsp_server.recipes.rename.documents import is_code_span, looks_like_code
from lsp_server.recipes.rename.python_places import Places, replaced
from lsp_server.recipes.splices import Splice

DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?::[^\W\d]\w*)?(?:\.[^\W\d]\w*)*")
NAMESPACE = re.compile(rb"\b(?:globals|locals|vars|dir)\(|__dict__$")
"""What holds things under their names."""

PATCHERS = frozenset({"patch", "setattr", "delattr"})
"""Calls that take the full dotted path of what they replace: `mock.patch`, `monkeypatch.setattr`."""

BY_NAME = frozenset({"getattr", "setattr", "hasattr", "delattr", "object", "attrgetter", "methodcaller", "multiple"})
"""Calls that take the name of an attribute; `object` and `multiple` are those of `mock.patch`."""

EVALUATORS = frozenset({"eval", "exec", "compile"})
PRINTERS = frozenset({"len", "print"})


def judge_string(symbol: Symbol, file: PythonFile, quote: Quote, places: Places) -> None:
    """The places in a string that is not a type."""
    node, word = quote.node, re.compile(rf"\b{re.escape(symbol.old)}\b")
    content = content_of(node)
    if content == symbol.old:
        _judge_name(symbol, file, quote, places)
    elif DOTTED.fullmatch(content) and _is_in_path(symbol, content) and is_simple(node):
        _judge_path(symbol, file, quote, content, places)
    elif quote.is_type and word.search(content):
        places.sites.append(site(file, node, "a type in a string that cannot be read exactly"))
    elif any(is_code_span(line, symbol.old) for line in content.splitlines()):
        places.sites.extend(shown_lines(symbol, file, node))
    elif word.search(content):
        places.mentions.append(node.start_byte)


def _is_in_path(symbol: Symbol, content: str) -> bool:
    """Whether a dotted path leads through the name: a module may be the first of it."""
    before = "(?:^|[.:])" if symbol.path else "[.:]"
    return re.search(rf"{before}{re.escape(symbol.old)}\b", content) is not None


def is_simple(node: Node) -> bool:
    """Whether a string's content is its value: one piece, no escapes, no prefix that changes it."""
    parts = node.named_children
    return (
        len(parts) == 3
        and parts[1].type == "string_content"
        and not parts[1].named_children
        and not set((parts[0].text or b"").lower()) & set(b"fbt")
        and (node.parent is None or node.parent.type != "concatenated_string")
    )


def content_of(node: Node) -> str:
    """What a string says, with `{}` for what an f-string computes."""
    parts = [b"{}" if part.type == "interpolation" else part.text or b"" for part in node.named_children[1:-1]]
    return b"".join(parts).decode("utf-8", "replace")


def shown_lines(symbol: Symbol, file: PythonFile, node: Node) -> list[Site]:
    """The lines of a string that show the name as code."""
    start, end = node.named_children[0].end_byte, node.named_children[-1].start_byte
    first, last = file.lines.at(start), file.lines.at(end)
    if first == last:
        return [site(file, node, "in a docstring or text")]
    sites: list[Site] = []
    for row in range(first, last + 1):
        begin, behind = file.lines.start(row), file.lines.start(row + 1)
        if is_code_span(file.source[max(start, begin) : min(end, behind)].decode("utf-8", "replace"), symbol.old):
            text = file.source[begin:behind].decode("utf-8", "replace").strip()
            sites.append(Site(file.path, row + 1, text, "in a docstring or text"))
    return sites


def _judge_name(symbol: Symbol, file: PythonFile, quote: Quote, places: Places) -> None:
    """A string that is just the name: an entry of `__all__`, what is looked up, or anything else."""
    node = quote.node
    if _is_export(node):
        bound = symbol.old in file.names.scopes[MODULE_SCOPE].bindings
        is_it = is_symbol(symbol, file.path, MODULE_SCOPE) if bound else star_source(symbol, file) is not None
        is_it = is_it or (not bound and exports(symbol, module_of(symbol.modules, file.path)))
        if is_it and is_simple(node):
            places.splices.append(replaced(node.named_children[1], symbol.new))
        elif is_it or not bound:
            places.sites.append(site(file, node, "an entry of `__all__` that nothing in this file binds"))
        return
    reason = _lookup(symbol, file, quote) or _guess(symbol, file, quote)
    if reason:
        places.sites.append(site(file, node, reason))
    else:
        places.mentions.append(node.start_byte)


def _lookup(symbol: Symbol, file: PythonFile, quote: Quote) -> str:
    """By what the code around a string looks its name up; empty if it does not."""
    node, parent = quote.node, quote.node.parent
    function, first = call_around(node)
    if function in BY_NAME and first is not None and first != node:
        found = values(symbol, file, first, quote.scope)
        likely = {UNKNOWN, EXTERNAL} & found or any(exports(symbol, value) for value in found)
        if likely and (first.text or b"") not in {b"self", b"cls"}:
            return f"a name in a string, given to `{function}`"
    if function in EVALUATORS:
        return f"code in a string, given to `{function}`"
    if function in {"attrgetter", "methodcaller"} or "__getattr__" in file.names.scopes[MODULE_SCOPE].bindings:
        return "a name in a string that may be looked up"
    if quote.is_type:
        return "a type in a string that cannot be read exactly"
    container = parent.parent if parent is not None and parent.type == "argument_list" else parent
    receiver = container.named_children[0] if container is not None and container.named_children else None
    if container is not None and receiver is not None and container.type in {"subscript", "call"}:
        if receiver.type == "attribute" and container.type == "call":
            receiver = receiver.named_children[0]
        if NAMESPACE.search(receiver.text or b""):
            return "a name in a string, looked up in a namespace"
    if parent is not None and parent.type == "comparison_operator":
        others = [other.text or b"" for other in parent.named_children if other != node]
        if any(NAMESPACE.search(text) or text.endswith((b"__name__", b"__qualname__")) for text in others):
            return "a name in a string, compared with names"
    return ""


def _guess(symbol: Symbol, file: PythonFile, quote: Quote) -> str:
    """Why a string is likely to mean the symbol though nothing is seen to look it up; empty where it is not."""
    bound = symbol.old in file.names.scopes[MODULE_SCOPE].bindings and is_symbol(symbol, file.path, MODULE_SCOPE)
    if quote.scope == MODULE_SCOPE and bound and any(is_computed(statement) for statement in all_statements(file)):
        return "a name in a string, of which `__all__` may be made"
    is_listed = quote.node.parent is not None and quote.node.parent.type in {"list", "tuple", "set"}
    if quote.scope == MODULE_SCOPE and bound and is_listed:
        return "a name in a list of names"
    if symbol.is_registered:
        return "a name in a string, by which a decorator may have made it known"
    parent, function = quote.node.parent, call_around(quote.node)[0]
    if function in PRINTERS:
        return ""
    is_key = parent is not None and parent.type == "pair" and parent.child_by_field_name("key") == quote.node
    is_index = parent is not None and parent.type == "subscript"
    if symbol.is_class and not is_key and (looks_like_code(symbol.old) or function):
        return "the name of the class in a string"
    if looks_like_code(symbol.old) and not is_key and not is_index:
        return "the name in a string"
    return ""


def _judge_path(symbol: Symbol, file: PythonFile, quote: Quote, content: str, places: Places) -> None:
    """`"pkg.core.load_user"`: certain where `patch` takes it and it resolves, else for a person to see."""
    node = quote.node
    parts = [part for part in re.split(r"([.:])", content) if part]
    function, first = call_around(node)
    for index, part in enumerate(parts):
        if part != symbol.old or (index < 2 and not (symbol.path and index == 0)):
            continue
        prefix = "".join(parts[: max(index - 1, 0)]).replace(":", ".")
        is_module = index == 0 and resolve(symbol.modules, file.path, part) == symbol.path
        if is_module or (index and exports(symbol, resolve(symbol.modules, file.path, prefix))):
            if function in PATCHERS and first == node:
                start = node.named_children[1].start_byte + len("".join(parts[:index]).encode())
                places.splices.append(Splice(start, start + len(part.encode()), symbol.new))
            else:
                named = f"{prefix}.{symbol.old}".lstrip(".")
                places.sites.append(site(file, node, f"names {named} in a string"))
            return
        if (index and parts[index - 2] in symbol_stems(symbol)) or (symbol.is_class and len(parts) == 3):
            places.sites.append(site(file, node, f"`{prefix}` may be the module that holds it"))
            return
    if symbol.is_registered:
        places.sites.append(site(file, node, "a name in a string, by which a decorator may have made it known"))
    else:
        places.mentions.append(node.start_byte)


def _is_export(node: Node) -> bool:
    """Whether a string is part of a statement about `__all__`."""
    current = node.parent
    while current is not None and current.type not in {"block", "module", "lambda"}:
        target = current.child_by_field_name("left") or current.child_by_field_name("function")
        named = (target.text or b"") if target is not None else b""
        if current.type in {"assignment", "augmented_assignment"}:
            return re.match(rb"__all__\s*(?:$|\[)", named) is not None
        if current.type == "call" and named.startswith(b"__all__."):
            return True
        current = current.parent
    return False


def call_around(node: Node) -> tuple[str, Node | None]:
    """The last name of the function that a string is given to, and the call's first argument."""
    arguments = node.parent
    if arguments is None or arguments.type != "argument_list" or arguments.parent is None:
        return "", None
    function = arguments.parent.child_by_field_name("function")
    name = (function.text or b"").rpartition(b".")[2].decode("utf-8", "replace") if function is not None else ""
    return name, arguments.named_children[0]
