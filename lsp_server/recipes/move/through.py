"""What reaches a moved symbol as an attribute of the old module: `core.load` becomes `new.load`, with its import.

The import stands beside the one that brought the old module, and in its place where nothing else needs that. Where the
name of the new module is taken, the symbol is imported itself.
"""

import builtins
from dataclasses import dataclass, field

from context.parsing.parse import Node
from lsp_server.recipes.move.imports import import_statement, own_entries, reference
from lsp_server.recipes.move.removal import ADVICE, Removal
from lsp_server.recipes.move.within import outermost_function
from lsp_server.recipes.python.imports import INIT_FILES, dotted_name
from lsp_server.recipes.python.names import PythonFile, Symbol, is_alone
from lsp_server.recipes.python.parameters import without
from lsp_server.recipes.python.placement import ImportLine
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE, AttributeUse, Binding, find_scope, visible_scopes
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.values import judge_attribute, values
from lsp_server.recipes.python.walk import read_names
from lsp_server.recipes.splices import Splice


@dataclass(frozen=True, slots=True)
class Access:
    """The import that a file reaches the old module by, the nodes that do, and the lines that they need instead."""

    binding: Binding
    statement: Node
    scope: int
    roots: list[Node] = field(default_factory=list[Node])
    lines: dict[str, ImportLine] = field(default_factory=dict[str, ImportLine])


def rewrite_attributes(removal: Removal, file: PythonFile) -> None:
    """All uses through the old module in one file; those that are not certain are listed."""
    accesses: dict[int, Access] = {}
    for symbol in removal.ground.symbols:
        for use in file.names.attributes:
            if text_of(use.node) != symbol.old:
                continue
            reading = judge_attribute(symbol, file, use)
            if reading.perhaps:
                removal.sites.append(site(file, use.node, reading.perhaps))
            elif reading.certain and symbol.module in values(symbol, file, use.receiver, use.scope):
                why = _rewrite(removal, file, symbol, use, accesses)
                if why and not removal.stays_reachable:
                    at = file.lines.at(use.node.start_byte) + 1
                    message = f"{file.path}:{at} reaches {symbol.old} through the old module, and {why}. {ADVICE}"
                    removal.refuse("CONFLICT", message, file.path)
    for access in accesses.values():
        removal.add(file.path, *_imported(file, access))


def _rewrite(removal: Removal, file: PythonFile, symbol: Symbol, use: AttributeUse, accesses: dict[int, Access]) -> str:
    """Changes one use, or says why it cannot be."""
    whole = use.node.parent
    if use.receiver.type not in {"identifier", "attribute"} or whole is None or whole.type != "attribute":
        return "not by plain names"
    if removal.ground.block.holds(use.node) and file.path == removal.ground.old.path:
        return "moves itself"
    if _is_set(whole):
        return "sets it there"
    if removal.ground.arrives_in(file.path):
        return _own_name(removal, file, symbol, use, whole)
    found = _access(file, use)
    if isinstance(found, str):
        return found
    binding, statement, scope = found
    chosen = _line_for(removal, file, symbol, use, binding)
    if chosen is None:
        return f"`{symbol.old}` means something else there"
    line, text = chosen
    access = accesses.setdefault(statement.start_byte, Access(binding, statement, scope))
    access.lines[line.text] = line
    access.roots.append(_root(use.receiver))
    removal.add(file.path, Splice(whole.start_byte, whole.end_byte, text))
    return ""


def _own_name(removal: Removal, file: PythonFile, symbol: Symbol, use: AttributeUse, whole: Node) -> str:
    """The new module itself has the symbol by its name alone."""
    visible = visible_scopes(file.names.scopes, symbol.old, use.scope)
    if any(symbol.old in file.names.scopes[index].bindings for index in visible if index != MODULE_SCOPE):
        return f"`{symbol.old}` means something else there"
    if outermost_function(use.node) is None and not file.path.endswith(".pyi"):
        return "needs it before it is there"
    removal.add(file.path, Splice(whole.start_byte, whole.end_byte, symbol.old))
    return ""


def _is_set(whole: Node) -> bool:
    parent = whole.parent
    while parent is not None and parent.type in {"pattern_list", "tuple_pattern", "list_pattern"}:
        whole, parent = parent, parent.parent
    return parent is not None and (
        parent.type == "delete_statement"
        or (parent.type in {"assignment", "augmented_assignment"} and parent.child_by_field_name("left") == whole)
    )


def _root(node: Node) -> Node:
    while node.type == "attribute":
        receiver = node.child_by_field_name("object")
        if receiver is None:
            break
        node = receiver
    return node


def _access(file: PythonFile, use: AttributeUse) -> tuple[Binding, Node, int] | str:
    """The import that a use goes through, its statement and its scope; or why it is not clear."""
    root = _root(use.receiver)
    name = text_of(root)
    found = find_scope(file.names.scopes, name, use.scope, root.start_byte) if root.type == "identifier" else None
    if found is None:
        return "it is not said by which import"
    bindings = file.names.scopes[found.scope].bindings[name]
    packages = all(each.kind == "import" and not each.aliased for each in bindings)
    if any(each.kind not in {"import", "from"} for each in bindings) or (len(bindings) > 1 and not packages):
        return f"`{name}` is bound more than once"
    statement = import_statement(bindings[0])
    if statement is None or not is_alone(file, statement):
        return "its import shares a line"
    return bindings[0], statement, found.scope


def _line_for(
    removal: Removal, file: PythonFile, symbol: Symbol, use: AttributeUse, binding: Binding
) -> tuple[ImportLine, str] | None:
    """The import in the style of the old one and what the use becomes; the symbol itself where that name is taken."""
    modules, new = removal.ground.modules, removal.ground.new
    is_relative = binding.kind == "from" and binding.module.startswith(".")
    named = reference(modules, file.path, new, relative=is_relative)
    package, dot, stem = named.rpartition(".")
    if use.receiver.type == "attribute" and binding.kind == "import" and not binding.aliased:
        dotted = dotted_name(modules, new)
        if dotted.partition(".")[0] == binding.name or _is_free(file, dotted.partition(".")[0], use.scope):
            return ImportLine(dotted), f"{dotted}.{symbol.old}"
    elif use.receiver.type == "identifier" and not new.endswith(INIT_FILES) and _is_free(file, stem, use.scope):
        parent = package or ("." if dot else "")
        parent += "." if parent and not parent.strip(".") and package else ""
        return (ImportLine(parent, stem) if parent else ImportLine(stem)), f"{stem}.{symbol.old}"
    if not _is_free(file, symbol.old, use.scope):
        return None
    return ImportLine(named, symbol.old), symbol.old


def _is_free(file: PythonFile, name: str, scope: int) -> bool:
    """Whether a file can get a name without that any use of it means something else."""
    if any(name in file.names.scopes[index].bindings for index in visible_scopes(file.names.scopes, name, scope)):
        return False
    if not hasattr(builtins, name) and not file.names.stars:
        return True
    return not any(use.name == name for use in read_names(file.tree.root_node, frozenset({name})).uses)


def _imported(file: PythonFile, access: Access) -> list[Splice]:
    """The new imports, in the place of the old one if nothing else needs it."""
    statement, eol = access.statement, file.file.eol
    row = file.lines.at(statement.start_byte)
    start, end = file.lines.start(row), file.lines.start(file.lines.at(statement.end_byte) + 1)
    indent = file.source[start : statement.start_byte].decode("utf-8", "replace")
    texts = [line.text for _, line in sorted(access.lines.items())]
    listed = statement.children_by_field_name("name")
    is_needed = _is_needed(file, access)
    if not is_needed and len(listed) == 1:
        return [Splice(statement.start_byte, statement.end_byte, f"{eol}{indent}".join(texts))]
    gone = [] if is_needed else without(listed, own_entries(statement, [access.binding]))
    ends = "" if file.source[:end].endswith((b"\n", b"\r")) else eol
    return [*gone, Splice(end, end, ends + "".join(f"{indent}{text}{eol}" for text in texts))]


def _is_needed(file: PythonFile, access: Access) -> bool:
    """Whether something else may need what the old import binds."""
    name = access.binding.name
    names = read_names(file.tree.root_node, frozenset({name}))
    changed = {node.start_byte for node in access.roots}
    others = [use for use in names.uses if use.name == name and use.node.start_byte not in changed]
    is_shared = len(file.names.scopes[access.scope].bindings[name]) > 1
    is_export = access.scope == MODULE_SCOPE and file.path.endswith(INIT_FILES)
    return bool(others or names.quotes) or is_shared or is_export
