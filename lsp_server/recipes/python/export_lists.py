"""Which lists of names stand in `__all__`, and do they stay in order when one of the names becomes another?"""

from context.parsing.parse import Node
from lsp_server.recipes.python.names import PythonFile, all_statements
from lsp_server.recipes.python.placement import order_of_names
from lsp_server.recipes.python.steps import text_of
from lsp_server.recipes.splices import Splice, spliced

FEWEST = 3
"""Entries that a list must have for its order to be meant: two are in some order anyway."""


def export_lists(file: PythonFile) -> list[Node]:
    """The lists and tuples of strings alone, within the statements about `__all__`."""
    return [each for statement in all_statements(file) for each in _lists(statement)]


def entries_of(brackets: Node) -> list[Node]:
    """The strings of a list."""
    return [each for each in brackets.named_children if each.type == "string"]


def name_in(entry: Node) -> str:
    """What a string says."""
    return "".join(text_of(part) for part in _contents(entry))


def kept_in_order(file: PythonFile, splices: list[Splice]) -> list[Splice]:
    """The splices of a file, with the names of a sorted list of exports changing places where it must stay sorted."""
    for brackets in export_lists(file):
        splices = _in_order(file, brackets, splices)
    return splices


def _in_order(file: PythonFile, brackets: Node, splices: list[Splice]) -> list[Splice]:
    contents = [_contents(entry) for entry in entries_of(brackets)]
    # A comment belongs to the entry beside it, which would have to take it along.
    is_plain = all(len(parts) == 1 for parts in contents) and len(contents) == brackets.named_child_count
    if not is_plain or len(contents) < FEWEST:
        return splices
    parts = [parts[0] for parts in contents]
    fresh = {(splice.start, splice.end): splice.text for splice in splices}
    after = [fresh.get((part.start_byte, part.end_byte), text_of(part)) for part in parts]
    order = order_of_names([text_of(part) for part in parts])
    wanted = sorted(after, key=order) if order is not None else after
    moved = [number for number, name in enumerate(after) if name != wanted[number]]
    if not moved:
        return splices
    start, end = parts[moved[0]].start_byte, parts[moved[-1]].end_byte
    names = [
        Splice(part.start_byte, part.end_byte, name)
        for part, name in zip(parts, wanted, strict=True)
        if start <= part.start_byte < end
    ]
    text = spliced(file.source[start:end], names, start).decode("utf-8", "surrogatepass")
    return [*(each for each in splices if not start <= each.start < end), Splice(start, end, text)]


def _contents(entry: Node) -> list[Node]:
    return [part for part in entry.named_children if part.type == "string_content"]


def _lists(statement: Node) -> list[Node]:
    """The lists and tuples of strings within a statement."""
    found: list[Node] = []
    stack = [statement.child_by_field_name("right") or statement.child_by_field_name("arguments") or statement]
    while stack:
        node = stack.pop()
        if node.type in {"list", "tuple", "expression_list"}:
            if all(each.type in {"string", "comment"} for each in node.named_children):
                found.append(node)
        elif node.type in {"binary_operator", "parenthesized_expression", "argument_list"}:
            stack.extend(reversed(node.named_children))
    return found
