"""Where does a class, or one that it inherits from, read the name of its class while it runs? `type(self).__name__`.

What is made of the name becomes another with a renaming: a text that is shown, a key, a table.
"""

import re

from lsp_server.recipes.plan import Site
from lsp_server.recipes.python.classes import order_of
from lsp_server.recipes.python.names import PythonFile, Symbol
from lsp_server.recipes.python.scopes import Binding
from lsp_server.recipes.python.world import Value, World, opened, scope_of

NAME_READ = re.compile(rb"\b(?:type\(\w+\)|\w+\.__class__|cls|klass|new_cls)\.__(?:qual)?name__\b")


def name_reads(symbol: Symbol, file: PythonFile, binding: Binding) -> list[Site]:
    """The lines of a class and its bases in the workspace that read the name of the class."""
    world, sites = World(symbol), list[Site]()
    own = Value("class", file.path, scope_of(file, binding.node.parent))
    for value in order_of(world, own).classes:
        holder = opened(world, value.path)
        node = holder.names.scopes[value.scope].node if holder is not None and value.scope >= 0 else None
        if holder is None or node is None:
            continue
        for found in NAME_READ.finditer(holder.source, node.start_byte, node.end_byte):
            row = holder.lines.at(found.start())
            text = holder.source[holder.lines.start(row) : holder.lines.start(row + 1)]
            line = text.decode("utf-8", "replace").strip()
            sites.append(Site(value.path, row + 1, line, "reads the name of its class while it runs"))
    return sites
