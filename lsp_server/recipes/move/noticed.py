"""What would notice that code stands in another module? `__name__` and `__file__`, a metaclass, `cls.__module__`.

None of it can be decided from the text: each place is shown.
"""

import re
from collections.abc import Iterator

from context.parsing.parse import Node
from lsp_server.recipes.move.removal import Removal
from lsp_server.recipes.python.classes import order_of
from lsp_server.recipes.python.names import PythonFile, descendants
from lsp_server.recipes.python.places import site
from lsp_server.recipes.python.scopes import MODULE_SCOPE
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.python.world import Value, World, opened, scope_of

OWN_NAMES = frozenset({"__name__", "__file__", "__package__", "__spec__", "__path__", "__doc__"})
"""What Python sets in each module."""

QUIET_METACLASSES = frozenset({"ABCMeta", "type", "EnumMeta", "EnumType"})


def list_noticed(removal: Removal) -> None:
    """Notes the places of the moved lines and of what their classes inherit from."""
    old, block = removal.ground.old, removal.ground.block
    for node in descendants(old.tree.root_node):
        if node.type == "identifier" and text_of(node) in OWN_NAMES and block.holds(node) and not _is_member(node):
            why = f"reads {text_of(node)}, which is that of the new module then"
            removal.sites.append(site(old, node, why))
    world = World(removal.ground.symbols[0])
    for symbol in removal.ground.symbols:
        for binding in old.names.scopes[MODULE_SCOPE].bindings.get(symbol.old, ()):
            scope = scope_of(old, binding.node.parent) if binding.kind == "class" else -1
            for value in order_of(world, Value("class", old.path, scope)).classes if scope >= 0 else ():
                holder = opened(world, value.path)
                node = holder.names.scopes[value.scope].node if holder is not None else None
                if holder is not None and node is not None:
                    removal.sites.extend(site(holder, each, why) for each, why in _in_class(holder, node))


def _is_member(node: Node) -> bool:
    """Whether an identifier is the name behind a dot: `other.__name__` is another's."""
    parent = node.parent
    return parent is not None and parent.type == "attribute" and parent.child_by_field_name("attribute") == node


def _in_class(holder: PythonFile, node: Node) -> Iterator[tuple[Node, str]]:
    """The metaclass of a class, and where the class reads which module it is in."""
    bases = node.child_by_field_name("superclasses")
    for each in bases.named_children if bases is not None else ():
        name = text_of(each.child_by_field_name("value")).rpartition(".")[2]
        is_metaclass = each.type == "keyword_argument" and text_of(each.child_by_field_name("name")) == "metaclass"
        if is_metaclass and name not in QUIET_METACLASSES:
            yield each, f"the metaclass {name} makes the class: look whether it minds where"
    if re.search(rb"\.__module__\b", holder.source[node.start_byte : node.end_byte]):
        for each in descendants(node):
            if each.type == "attribute" and text_of(each.child_by_field_name("attribute")) == "__module__":
                yield each, "reads the module of the class while it runs"
