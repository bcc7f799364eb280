"""How is an expression written in place of a name? In brackets where it would be read otherwise without them."""

from context.parsing.parse import Node
from lsp_server.recipes.python.steps import text_of

ATOMS = (
    frozenset(
        {
            "identifier",
            "integer",
            "float",
            "true",
            "false",
            "none",
            "ellipsis",
            "attribute",
            "subscript",
            "call",
            "list",
        }
    )
    | {"dictionary", "set", "parenthesized_expression", "list_comprehension", "set_comprehension", "string", "tuple"}
    | {
        "dictionary_comprehension",
        "generator_expression",
    }
)
"""Expressions that are one piece wherever they stand."""

APART = frozenset({"argument_list", "return_statement", "subscript", "list", "set", "expression_statement"})
"""What holds an expression so that it is read as a whole."""


def written(value: Node, place: Node, text: str = "") -> str:
    """The text of an expression at the place of a name; `text` where it is not the node's own."""
    text = text or text_of(value)
    kind, parent = value.type, place.parent
    is_bare_tuple = kind in {"expression_list", "yield", "named_expression", "lambda"} or (
        kind == "tuple" and not text.startswith("(")
    )
    within = parent.type if parent is not None else ""
    if within == "interpolation":
        return text if kind in {"identifier", "attribute"} else f"({text})"
    if within == "attribute" and kind in {"integer", "float"}:
        return f"({text})"
    if kind in ATOMS and not is_bare_tuple and not ("\n" in text and kind in {"attribute", "subscript", "call"}):
        return text
    is_whole = within in APART or (
        within == "assignment" and parent is not None and parent.child_by_field_name("right") == place
    )
    is_value = within == "keyword_argument"
    return text if (is_whole or is_value) and not is_bare_tuple and "\n" not in text else f"({text})"
