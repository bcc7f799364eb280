"""Which places of a Python file mean a member of some classes: certainly, perhaps, or not at all?"""

import re
from collections.abc import Iterable, Iterator

from context.parsing.parse import Node
from lsp_server.edits.change import Problem
from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.classes import definer, order_of
from lsp_server.recipes.python.imports import resolve
from lsp_server.recipes.python.names import PythonFile
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import AttributeUse, Call, Quote, find_scope
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.types import module_member, types_of
from lsp_server.recipes.python.world import Value, Values, World
from lsp_server.recipes.rename.documents import is_code_span, looks_like_code
from lsp_server.recipes.rename.python_places import Places, doubt, replaced
from lsp_server.recipes.rename.strings import BY_NAME, DOTTED, PATCHERS, call_around, content_of, is_simple, shown_lines
from lsp_server.recipes.splices import Splice

COPIERS = frozenset({"replace", "_replace", "evolve", "assoc"})
"""Functions that take the fields of their first argument as keywords."""

Family = frozenset[Value]


def member_places(world: World, family: Family, file: PythonFile) -> Places:
    """All places of a file: definitions, attributes, names in class bodies, keywords, strings and comments."""
    places = Places()
    old = world.symbol.old
    own = {value.scope for value in family if value.path == file.path}
    for scope in sorted(own):
        for binding in file.names.scopes[scope].bindings.get(old, ()):
            if binding.kind in {"import", "from"}:
                line = file.lines.at(binding.node.start_byte) + 1
                message = f"{file.path}:{line} imports the name into the class: change that line first."
                places.problems.append(Problem("CONFLICT", message, file.path))
            else:
                places.splices.append(replaced(binding.node, world.symbol.new))
    for use in file.names.uses:
        found = find_scope(file.names.scopes, old, use.scope, use.node.start_byte) if use.name == old else None
        if found is not None and found.scope in own and found.sure:
            places.splices.append(replaced(use.node, world.symbol.new))
        elif found is not None and found.scope in own:
            places.sites.append(site(file, use.node, "the class may or may not have its own by then"))
    for attribute in file.names.attributes:
        if text_of(attribute.node) == old:
            _judge(world, family, file, attribute, places)
    for call in file.names.calls:
        _judge_keywords(world, family, file, call, places)
    for quote in file.names.quotes:
        if old.encode() in (quote.node.text or b""):
            _judge_quote(world, family, file, quote, places)
    return places


def verdict(world: World, family: Family, found: Values) -> str | None:
    """Whether the attribute of some values is the member: empty for certainly, a reason for perhaps, None for no."""
    answers = {_answer(world, family, value) for value in found}
    if answers == {""}:
        return ""
    if "" in answers:
        return "it may be of another class here"
    reasons = sorted(answer for answer in answers if answer)
    return reasons[0] if reasons else None


def _answer(world: World, family: Family, value: Value) -> str | None:
    match value.kind:
        case "instance" | "class" | "super":
            owner = definer(world, value, world.symbol.old)
            if owner is not None:
                return "" if owner in family else None
            if value.kind == "super" and Value("class", value.path, value.scope) in family:
                return ""
            return "its class does not define it; one that inherits from it may"
        case "outside":
            has_outside = any(order_of(world, each).outside for each in family)
            return f"`{value.path}` is outside the workspace, and so is a base of the class" if has_outside else None
        case "unknown":
            return "it is not known what the receiver is"
        case _:
            return None


def _judge(world: World, family: Family, file: PythonFile, use: AttributeUse, places: Places) -> None:
    if use.receiver.type == "dotted_name" or use.node.parent is None or use.node.parent.type == "keyword_argument":
        found = _dotted_receiver(world, file, use)
    else:
        found = types_of(world, file, use.receiver, use.scope)
    _put(world, file, use.node, verdict(world, family, found), places)


def _put(world: World, file: PythonFile, node: Node, reason: str | None, places: Places) -> None:
    if reason == "":
        places.splices.append(replaced(node, world.symbol.new))
    elif reason is None:
        places.mentions.append(node.start_byte)
    else:
        doubt(places, file, node, reason, world.symbol.new)


def _dotted_receiver(world: World, file: PythonFile, use: AttributeUse) -> Values:
    """What stands before the name in a `case` pattern (`Color.RED`), or is given to `patch.multiple`."""
    if use.receiver.type != "dotted_name":
        return types_of(world, file, use.receiver, use.scope)
    return _named(world, file, [text_of(part) for part in use.receiver.named_children if part != use.node], use.scope)


def _named(world: World, file: PythonFile, parts: list[str], scope: int) -> Values:
    """What a dotted name means in a scope of a file."""
    from lsp_server.recipes.python.types import attribute_types, name_types

    found = name_types(world, file, parts[0], scope, len(file.source), frozenset())
    for part in parts[1:]:
        found = frozenset(each for value in found for each in attribute_types(world, value, part, frozenset()))
    return found


def keywords_of(call: Node) -> Iterator[tuple[Node, Node]]:
    """The keywords that a call or a class pattern gives, with their names."""
    arguments = call if call.type == "class_pattern" else call.child_by_field_name("arguments")
    for argument in arguments.named_children if arguments is not None else ():
        inner = argument.named_children[0] if argument.type == "case_pattern" and argument.named_children else argument
        if inner.type in {"keyword_argument", "keyword_pattern"} and inner.named_children:
            yield inner, inner.named_children[0]


def _judge_keywords(world: World, family: Family, file: PythonFile, call: Call, places: Places) -> None:
    """`User(name=...)` where the fields make the constructor, `replace(user, name=...)`, `case User(name=x)`."""
    for _, name in keywords_of(call.node):
        if text_of(name) != world.symbol.old:
            continue
        if call.node.type == "class_pattern":
            parts = text_of(call.node.named_children[0]).split(".")
            found = frozenset(_instance(value) for value in _named(world, file, parts, call.scope))
            _put(world, file, name, verdict(world, family, found), places)
            continue
        function = call.node.child_by_field_name("function")
        arguments = call.node.child_by_field_name("arguments")
        if function is None or arguments is None:
            continue
        tail = text_of(function).rpartition(".")[2]
        if tail in COPIERS:
            receiver = function.child_by_field_name("object") if tail == "_replace" else arguments.named_children[0]
            found = types_of(world, file, receiver, call.scope) if receiver is not None else frozenset[Value]()
            _put(world, file, name, verdict(world, family, found), places)
        elif _has_fields(world, family, file):
            made = types_of(world, file, function, call.scope)
            plain = [value for value in made if value.kind == "class" and definer(world, value, "__init__") is None]
            hits = frozenset(value for value in plain if definer(world, value, world.symbol.old) in family)
            if hits and hits == made:
                places.splices.append(replaced(name, world.symbol.new))
            elif hits:
                places.sites.append(site(file, name, "a keyword that may be given to the constructor"))


def _instance(value: Value) -> Value:
    return Value("instance", value.path, value.scope) if value.kind == "class" else value


def _has_fields(world: World, family: Family, file: PythonFile) -> bool:
    """Whether the member is a field: annotated in a class body."""
    from lsp_server.recipes.python.world import opened

    for value in family:
        holder = file if value.path == file.path else opened(world, value.path)
        bindings = holder.names.scopes[value.scope].bindings.get(world.symbol.old, ()) if holder is not None else ()
        for binding in bindings:
            parent = binding.node.parent
            if parent is not None and parent.type == "assignment" and parent.child_by_field_name("type") is not None:
                return True
    return False


def _judge_quote(world: World, family: Family, file: PythonFile, quote: Quote, places: Places) -> None:
    node, old = quote.node, world.symbol.old
    if node.type == "comment":
        if is_code_span(text_of(node), old):
            places.sites.append(site(file, node, "in a comment"))
        return
    content = content_of(node)
    if content == old:
        _judge_name(world, family, file, quote, places)
    elif DOTTED.fullmatch(content) and re.search(rf"[.:]{re.escape(old)}\b", content):
        _judge_path(world, family, file, quote, content, places)
    elif any(is_code_span(line, old) for line in content.splitlines()):
        places.sites.extend(_lines(world, file, node))
    elif re.search(rf"\b{re.escape(old)}\b", content):
        places.mentions.append(node.start_byte)


def _lines(world: World, file: PythonFile, node: Node) -> Iterable[Site]:
    return shown_lines(world.symbol, file, node)


def _judge_name(world: World, family: Family, file: PythonFile, quote: Quote, places: Places) -> None:
    """A string that is just the name: given to `getattr`, listed in `__slots__`, or anything else."""
    node, old = quote.node, world.symbol.old
    function, first = call_around(node)
    if function in BY_NAME and first is not None and first != node:
        reason = verdict(world, family, types_of(world, file, first, quote.scope))
        if reason == "" and is_simple(node):
            places.splices.append(replaced(node.named_children[1], world.symbol.new))
        elif reason is not None:
            places.sites.append(site(file, node, f"a name in a string, given to `{function}`"))
        return
    parent = node.parent
    if Value("class", file.path, quote.scope) in family and is_simple(node) and _is_listing(node):
        places.splices.append(replaced(node.named_children[1], world.symbol.new))
        return
    is_key = parent is not None and (parent.type == "subscript" or parent.child_by_field_name("key") == node)
    if (looks_like_code(old) and not is_key) or function in BY_NAME:
        places.sites.append(site(file, node, "the name in a string"))
    else:
        places.mentions.append(node.start_byte)


def _is_listing(node: Node) -> bool:
    """Whether a string is part of `__slots__` or `__match_args__`."""
    current: Node | None = node
    while current is not None and current.type != "assignment":
        current = current.parent
    return current is not None and text_of(current.child_by_field_name("left")) in {"__slots__", "__match_args__"}


def _judge_path(world: World, family: Family, file: PythonFile, quote: Quote, content: str, places: Places) -> None:
    """`"pkg.core.Store.fetch"`: certain where `patch` takes it and it resolves, else for a person to see."""
    node, old = quote.node, world.symbol.old
    parts = content.replace(":", ".").split(".")
    at = parts.index(old) if old in parts else 0
    reason = None
    if at >= 2:
        module = resolve(world.symbol.modules, file.path, ".".join(parts[: at - 1]))
        found = module_member(world, module, parts[at - 1], frozenset()) if module is not None else frozenset[Value]()
        reason = verdict(world, family, found) if found else None
    function, first = call_around(node)
    if reason == "" and function in PATCHERS and first == node and is_simple(node):
        start = node.named_children[1].start_byte + len(".".join(parts[:at]).encode()) + 1
        places.splices.append(Splice(start, start + len(old.encode()), world.symbol.new))
    elif reason == "" or looks_like_code(old) or (at >= 1 and parts[at - 1][:1].isupper()):
        places.sites.append(site(file, node, "a dotted name in a string"))
    else:
        places.mentions.append(node.start_byte)
