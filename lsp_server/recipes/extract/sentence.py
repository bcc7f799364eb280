"""Is a sentence about taking code out, and where to? `extract lines 10-20 into parse_header`."""

import ast
import builtins
import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import Literal

from lsp_server.edits.change import Problem
from lsp_server.recipes.phrasing import QUOTE, matched, unquoted
from lsp_server.recipes.plan import Example, Refused

EXTRACT = "(extract|pull out|pull|factor out|move|turn|put)"
INTO = "(into|to|as|in|out into)"
A = "[a] [an] [the] [new] [own] [local] [module] [its own]"
CALLED = "[called] [named]"
LINES = "[the] (lines|line|rows) {first} (-|to|through|until|and) {last} [(of|in|from) {path}]"
LINE = "[the] (line|row) {first} [(of|in|from) {path}]"
BETWEEN = "[the] (lines|code) from {begin} (to|through|until) {end} (in|of) {path}"
THESE = "(this|these|these lines|this code|this block|the selection|the selected lines|selection|the selected code)"
WHAT = f"{A} [{{kind:function|method|helper|helper function}}] {CALLED} {{name}}"

FUNCTION = (
    f"{EXTRACT} {BETWEEN} {INTO} {WHAT}",
    f"{EXTRACT} {LINES} {INTO} {WHAT}",
    f"{EXTRACT} {LINE} {INTO} {WHAT}",
    f"{EXTRACT} {THESE} {INTO} {WHAT}",
    f"(extract|make) {A} {{kind:function|method}} {CALLED} {{name}} (from|of|out of) {THESE}",
    f"(extract|make) {A} {{kind:function|method}} {CALLED} {{name}} (from|of|out of) {LINES}",
)
UNNAMED = tuple(f"{EXTRACT} {what} {INTO} {A} (function|method|helper|helper function)" for what in (THESE, LINES))
VARIABLE = (
    f"{EXTRACT} [the] [expression] {{code}} {INTO} {A} (variable|local|local variable) {CALLED} {{name}}",
    f"extract {A} variable {CALLED} {{name}} (from|for|of) [the] [expression] {{code}}",
    f"(introduce|make) {A} variable {CALLED} {{name}} (for|from|of) [the] [expression] {{code}}",
    f"(introduce|make|extract) {A} variable (for|from) [the] [expression] {{code}} (called|named) {{name}}",
)
TAKEN = "[the] [literal] [number] [string] {literal}"
MAGIC = "[magic] (number|literal|string|value)"
CONSTANT = tuple(
    sentence + where
    for where in (" in {path}", "")
    for sentence in (
        f"(make|turn|extract|move|pull) {TAKEN} [{INTO}] {A} constant {CALLED} {{name}}",
        f"(extract|introduce|make|add) {A} constant {CALLED} {{name}} (for|from|of) {TAKEN}",
        f"(extract|turn|move|pull) [the] {MAGIC} {{literal}} {INTO} {CALLED} {{upper:[A-Z][A-Z0-9_]*}}",
    )
)
NO_NAMES = frozenset(
    {
        "component",
        "constant",
        "file",
        "folder",
        "function",
        "helper",
        "method",
        "mixin",
        "module",
        "package",
        "utility",
        "variable",
    }
)
"""Words for what code may go into, which name none."""

FUNCTION_PHRASINGS = (
    "extract lines 10-20 into parse_header",
    "extract lines 10 to 20 of pkg/core.py into a function parse_header",
    "extract this into a method parse_header",
    "extract the selection into parse_header",
    "make a function parse_header out of these lines",
    "extract the lines from `head = read()` to `return head` in pkg/core.py into parse_header",
)
VARIABLE_PHRASINGS = (
    "extract `price * count` into a variable total",
    "introduce a variable total for `price * count`",
    "extract a variable total from `price * count`",
)
CONSTANT_PHRASINGS = (
    "make 86400 a constant SECONDS_PER_DAY",
    "extract 86400 into the constant SECONDS_PER_DAY",
    'introduce a constant ENCODING for "utf-8" in pkg/core.py',
)
FUNCTION_EXAMPLE = Example(
    "extract lines 3-5 of bill.py into add_up",
    """
    //- /bill.py
    def bill(prices: list[float], rate: float) -> str:
        title = "Bill"
        total = 0.0
        for price in prices:
            total += price * rate
        return f"{title}: {total}"
    """,
)
VARIABLE_EXAMPLE = Example(
    "extract `price * count` into a variable total",
    """
    //- /bill.py
    def bill(price: float, count: int) -> str:
        return f"{count} for {price * count}$0"
    """,
)
CONSTANT_EXAMPLE = Example(
    "make 86400 a constant SECONDS_PER_DAY",
    """
    //- /times.py
    import time


    def tomorrow() -> float:$0
        return time.time() + 86400


    def days(seconds: float) -> float:
        return seconds / 86400
    """,
)


@dataclass(frozen=True, slots=True)
class ExtractFunction:
    """Lines, 1-based and inclusive, that become a function; those of the place where `first` is 0.

    Where `begin` is said, they are the lines from the only one with this text to the next one with the text `end`.
    """

    name: str
    first: int = 0
    last: int = 0
    path: str = ""
    kind: Literal["function", "method", ""] = ""
    begin: str = ""
    end: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        lines = f"lines {self.first} to {self.last}" if self.first else "the selected lines"
        lines = f"the lines from `{self.begin}` to `{self.end}`" if self.begin else lines
        return f"Extract {lines}{f' of {self.path}' if self.path else ''} into {self.kind or 'function'} {self.name}"

    def names(self) -> tuple[str, ...]:
        """Nothing outside of the file is looked at."""
        return ()


@dataclass(frozen=True, slots=True)
class ExtractVariable:
    """An expression, as code, that gets a name."""

    name: str
    code: str

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Extract {self.code} into variable {self.name}"

    def names(self) -> tuple[str, ...]:
        """Nothing outside of the file is looked at."""
        return ()


@dataclass(frozen=True, slots=True)
class ExtractConstant:
    """A literal that gets a name in its module, at all its places there."""

    name: str
    literal: str
    path: str = ""

    def sentence(self) -> str:
        """What will be done, for the user."""
        return f"Make {self.literal} the constant {self.name}{f' in {self.path}' if self.path else ''}"

    def names(self) -> tuple[str, ...]:
        """Nothing outside of the file is looked at."""
        return ()


def understand_function(sentence: str) -> ExtractFunction | Refused | None:
    """The lines that a sentence wants to be a function."""
    sentence = re.sub(r"\b(?:lines?\s+)?[lL](\d+)\s*[-\u2013]\s*[lL]?(\d+)\b", r"lines \1 to \2", sentence)
    sentence = re.sub(r"(?<=\d)\s*[-\u2013]\s*(?=\d)", " to ", sentence)
    found = matched(FUNCTION, sentence)
    if matched(UNNAMED, sentence) is not None:
        return _refused("Say what it is to be called: `extract this into a method parse_header`.")
    if found is None:
        return None
    name, kind = unquoted(found["name"]), found.get("kind", "").lower()
    if not _looks_like_name(name, found):
        return None
    first = int(found.get("first", 0))
    last = int(found.get("last", first))
    problem = name_problem(name) or (
        f"Lines {first} to {last} are none." if first > last or ("first" in found and not first) else ""
    )
    if problem:
        return _refused(problem)
    path = unquoted(found.get("path", "")).replace("\\", "/")
    said = "method" if kind == "method" else "function" if "function" in kind else ""
    begin, end = _code(found.get("begin", "")).strip(), _code(found.get("end", "")).strip()
    if "begin" in found and not (begin and end and "`" in sentence):
        return None  # "extract code from the parser to the lexer" names no lines.
    return ExtractFunction(name, first, last, path, said, begin, end)


def understand_variable(sentence: str) -> ExtractVariable | Refused | None:
    """The expression that a sentence wants to be a variable."""
    found = matched(VARIABLE, sentence)
    if found is None:
        return None
    code, name = _code(found["code"]), unquoted(found["name"])
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return _refused(problem) if (problem := name_problem(name)) else ExtractVariable(name, code)


def understand_constant(sentence: str) -> ExtractConstant | Refused | None:
    """The literal that a sentence wants to be a constant."""
    found = matched(CONSTANT, sentence)
    if found is None:
        return None
    literal, name = found["literal"].strip("`"), unquoted(found.get("name", found.get("upper", "")))
    if "upper" in found and not name.isupper():
        return None  # "extract the number 3 into a variable" says nothing of a constant.
    literal = re.sub("[\u201c\u201d]", '"', re.sub("[\u2018\u2019]", "'", literal))
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | complex | str | bytes):
        return _refused(f"{literal} is no number, string or bytes: name one of these.")
    path = unquoted(found.get("path", "")).replace("\\", "/")
    return _refused(problem) if (problem := name_problem(name)) else ExtractConstant(name, literal, path)


def name_problem(name: str) -> str:
    """Why something new cannot be called so; empty where it can."""
    if not name.isidentifier():
        return f"`{name}` is not a name that Python allows: use letters, digits and underscores."
    if iskeyword(name):
        return f"`{name}` is a keyword of Python: choose another name."
    if hasattr(builtins, name):
        return f"`{name}` is a builtin of Python, which the new name would hide: choose another name."
    if name.startswith("__"):
        return f"`{name}` has a meaning of its own in Python: choose another name."
    return ""


def _looks_like_name(name: str, found: dict[str, str]) -> bool:
    """Whether a word is a name rather than prose: "move these to production"."""
    if name.lower() in NO_NAMES and not found.get("kind"):
        return False
    is_said = bool(found.get("kind")) or "first" in found or "begin" in found
    return is_said or "_" in name or not name.islower()


def _code(text: str) -> str:
    return re.sub(rf"^{QUOTE}|{QUOTE}$", "", text) if text[:1] in "`\u2018\u201c" else text


def _refused(message: str) -> Refused:
    return Refused((Problem("FORMAT", message),))
