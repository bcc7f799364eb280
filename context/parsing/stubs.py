"""Is the body of a function empty? Nothing but comments, a docstring, or a statement that it is not implemented."""

import re
from functools import lru_cache

from context.parsing.languages import Language
from context.parsing.parse import Node, first_child

MOST_BYTES = 2000
"""A longer body is not looked at."""

_MAY_SAY_NOTHING = re.compile(rb"[A-Za-z]{0,3}[\"']|pass\b|\.\.\.|raise\b|#")
_FIELD = re.compile(rb"\b(?:private|protected|public|readonly)\s")
_NOT_IMPLEMENTED = r"""["'`][^"'`]*(?:not[ ]?(?:yet[ ])?|un)implemented[^"'`]*["'`]"""
_SAYS_NOTHING = re.compile(
    rf"""\s*(?:\{{|=>?)?\s*(?:
        throw\s+(?:new\s+)?[\w.:\\]+\s*\(\s*{_NOT_IMPLEMENTED}\s*\)
        | throw\s+(?:new\s+)?[\w.\\]*(?:UnsupportedOperation|NotImplemented)(?:Exception|Error)\s*(?:\([^)]*\))?
        | (?:todo|unimplemented)!?\s*\([^)]*\)
        | panic!?\s*\(\s*{_NOT_IMPLEMENTED}\s*\)
        | (?:fatalError|preconditionFailure)\s*\(\s*(?:{_NOT_IMPLEMENTED})?\s*\)
        | error\s*\(?\s*{_NOT_IMPLEMENTED}\s*(?:,\s*\d+\s*)?\)?
        | \?\?\?
        | (?:raise|fail)[\s(]+NotImplementedError\b[^\n]*
        | :[ \t]*
    )?\s*;?\s*\}}?\s*""",
    re.VERBOSE | re.IGNORECASE,
)


def is_stub(language: Language, node: Node, source: bytes) -> bool:
    """Whether a function's body says nothing. One that is only declared, without any body, is no stub."""
    body = node.child_by_field_name("body") or _unnamed_body(node)
    if language.name == "python":
        return body is not None and _python_body_says_nothing(body, source)
    if body is None:
        # What ends with a word but has no statements has no node for its body.
        return node.child_count > 0 and node.children[-1].type == "end"
    if body.end_byte - body.start_byte > MOST_BYTES or _is_constructor_that_sets(node, source):
        return False
    text = source[body.start_byte : body.end_byte].decode("utf-8", "replace")
    return _SAYS_NOTHING.fullmatch(_comments(language).sub("", text)) is not None


def _is_constructor_that_sets(node: Node, source: bytes) -> bool:
    """Whether fields are set before the body: `Foo(int x) : x_(x) {}`, `constructor(private x: number) {}`."""
    if any(child.type in ("field_initializer_list", "constructor_initializer") for child in node.named_children):
        return True
    parameters = node.child_by_field_name("parameters")
    return parameters is not None and _FIELD.search(source, parameters.start_byte, parameters.end_byte) is not None


def _unnamed_body(node: Node) -> Node | None:
    last = node.named_child(node.named_child_count - 1) if node.named_child_count else None
    return last if last is not None and last.type == "function_body" else None


@lru_cache
def _comments(language: Language) -> re.Pattern[str]:
    marks = [re.escape(language.line_comment) + r"[^\n]*"]
    if language.block_comment:
        opening, closing = map(re.escape, language.block_comment)
        marks.insert(0, f"{opening}.*?{closing}")
    return re.compile("|".join(marks), re.DOTALL)


def _python_body_says_nothing(body: Node, source: bytes) -> bool:
    # Most bodies begin with something else, which a look at the text tells without a node for each statement.
    return (
        _MAY_SAY_NOTHING.match(source, body.start_byte) is not None
        and body.named_child_count <= 12
        and all(_says_nothing(child, source, first=position == 0) for position, child in enumerate(body.named_children))
    )


def _says_nothing(statement: Node, source: bytes, *, first: bool) -> bool:
    """Whether a Python statement could stand in an empty body."""
    if statement.type in ("comment", "pass_statement"):
        return True
    if statement.type == "raise_statement":
        text = source[statement.start_byte : statement.end_byte].decode("utf-8", "replace")
        return re.match(r"raise\s+NotImplementedError\b", text) is not None
    inner = first_child(statement) if statement.type == "expression_statement" else None
    return inner is not None and (inner.type == "ellipsis" or (first and inner.type == "string"))
