"""May a string become one of some names when a program puts its pieces together? `f"load_{kind}"` may: `load_user`."""

import re

from context.parsing.parse import Node

PLACE = re.compile(rb"%s|\{\w*\}")
"""Where `%` or `format` puts something into a string."""

SHORTEST = 3
"""Characters that a piece must have in common with a name: less would be in too many strings."""

LONGEST_REST = 200
"""Bytes of an expression that may stand in a string beside a piece of a name."""


def may_make(node: Node, names: frozenset[bytes]) -> bool:
    """Whether a string is a part of one of the names, and something else is put beside it."""
    if not names or node.type != "string" or node.end_byte - node.start_byte > max(map(len, names)) + LONGEST_REST:
        return False
    if node.named_child_count < SHORTEST:
        return False
    text, parent = node.text or b"", node.parent
    if b"{" not in text and b"%" not in text and (parent is None or parent.type != "binary_operator"):
        return False
    parts = [rb"{}" if part.type == "interpolation" else part.text or b"" for part in node.named_children[1:-1]]
    content = b"".join(parts)
    if len(re.sub(rb"\W", b"", PLACE.sub(b"", content))) < SHORTEST or len(content) > max(map(len, names)) + 20:
        return False
    pieces = [re.escape(piece) for piece in PLACE.split(content)]
    if len(pieces) == 1 and parent is not None and parent.type == "binary_operator" and b"+" in _operator(parent):
        is_first = parent.child_by_field_name("left") == node
        pieces = [*pieces, b""] if is_first else [b"", *pieces]
    pattern = re.compile(rb"\w+".join(pieces))
    return len(pieces) > 1 and any(pattern.fullmatch(name) for name in names)


def _operator(node: Node) -> bytes:
    operator = node.child_by_field_name("operator")
    return (operator.text or b"") if operator is not None else b""
