"""What does a sentence leave unsaid that the sentence before it, or its own beginning, says?

`in pkg/core.py, rename load_user to fetch_user` names the file first; `rename a_b to c_d and e_f to g_h` says its verb
once; `remove the parameters a and b from fetch` are two steps. Each is written out here, as sentences of the table.
Nothing is decided: what comes of it must be understood as any other sentence is.
"""

import ast
import re
from collections.abc import Iterator

from lsp_server.recipes.phrasing import QUOTE

PLACE = re.compile(
    rf"(?:(?:in|inside|within)\s+(?:the\s+)?(?:(?:file|module)\s+)?{QUOTE}?(?P<place>[\w-]+(?:[./\\][\w-]+)+){QUOTE}?"
    rf"\s*[,:]?|{QUOTE}?(?P<file>[\w./\\-]+\.(?:pyi?|[mc]?[jt]sx?|go)){QUOTE}?\s*[,:\u2013-]?)\s+(?P<rest>\S.*)",
    re.IGNORECASE,
)
"""A file or a dotted module, then what is to be done there: `in pkg/core.py rename …`, `pkg/core.py: rename …`."""

OWN_PLACE = re.compile(r"\w[/\\]\w|\w\.(?:pyi?|[mc]?[jt]sx?|go)\b")
"""What tells that a step names a file itself."""

THANKS = re.compile(r"(?:[\s,.!?;]+(?:pl[sz]|please|thanks|thank you|thx))+$", re.IGNORECASE)
"""Polite words behind a sentence."""

TURN = re.compile(
    r"[,;]?\s+[(]?(?=(?:but|if|and|except|only|unless|when|without|not|because|so|where|in|then|using)\s)",
    re.IGNORECASE,
)
"""Where a sentence may go on with what no recipe does."""

PARAMETERS = re.compile(
    r"(?P<verb>add|remove|drop|delete)\s+(?:the\s+|(?:two|three|four)\s+)?(?:new\s+)?(?:parameter|param|argument|arg)s\s+"
    r"(?P<list>.+?)\s+(?P<to>to|from|of)\s+(?P<symbol>[^\s,]+)",
    re.IGNORECASE,
)
LIST = re.compile(r"\s*,\s+(?:and\s+)?|\s+and\s+")

PAIR = re.compile(r"`?(?P<old>[\w.]+)`?(?:\(\))?\s*(?:\sto\s|\sinto\s|\sas\s|->|=>|\u2192)\s*\S+", re.IGNORECASE)
"""What stands behind a first renaming or move whose verb it shares."""

VERB = re.compile(r"\b(?:rename|move)\b", re.IGNORECASE)
CODE = re.compile(r"\w_\w|[a-z0-9][A-Z]|\w\.\w")
"""What no plain word looks like."""

NAMED = r"(?P<old>[\w.`]*[\w`])"
NEAR = (
    (
        rf"(?:change|replace|turn|refactor)\s+{NAMED}\s+(?:to|with|by|into|as)\s+(?P<new>[\w.`]+)(?:\s+everywhere)?",
        "rename {old} to {new}",
    ),
    (
        rf"(?:change|replace)\s+(?:all\s+)?(?:calls|uses)\s+(?:to|of)\s+{NAMED}\s+(?:to|with|by)\s+(?P<new>[\w.`]+)",
        "rename {old} to {new}",
    ),
    (rf"rename\s+{NAMED}\s+(?P<new>[\w.`]+)", "rename {old} to {new}"),
    (rf"(?:mv|move)\s+{NAMED}\s+(?P<new>[\w./`]+)", "move {old} to {new}"),
    (rf"move\s+{NAMED}\s+(?:to|into|in)\s+(?P<new>[\w/]*\w)", "move {old} to {new}.py"),
    (
        r"add\s+(?:an?\s+|the\s+)?(?P<old>`\w+`|`?\w+\s*[:=].+?|\w+_\w+)\s+to\s+(?P<new>(?!\S+\.pyi?\b)[\w.`]+)",
        "add parameter {old} to {new}",
    ),
    (rf"import\s+{NAMED}\s+from\s+(?P<new>[\w.`]+)", "add an import of {old} from {new}"),
)
"""Sentences that are near one of the table, and what they may mean: it is offered, never done."""


def with_place(sentence: str) -> Iterator[str]:
    """A sentence that begins with its place, with the place at its end or behind the symbol, where recipes look."""
    found = PLACE.fullmatch(sentence)
    if found is None or re.search(r"\bit\b|\b(?:in|from)\s+\S+[./]\S+", found["rest"], re.IGNORECASE):
        return
    rest, place = found["rest"], (found["place"] or found["file"]).replace("\\", "/")
    yield f"{rest} in {place}"
    head, to, tail = rest.rpartition(" to ")
    if to:
        yield f"{head} in {place}{to}{tail}"


def placed_alike(sentence: str, part: str, before: str) -> tuple[str, ...]:
    """How a later step of a sentence may be read: the place that the sentence begins with holds for all its steps."""
    readings = tuple(each for each in (part, continued(part, before)) if each)
    found = PLACE.fullmatch(sentence)
    if found is None:
        return readings
    placed = tuple(f"{sentence[: found.start('rest')]}{each}" for each in readings)
    return (*placed, *readings) if OWN_PLACE.search(part) else placed


def beginnings(sentence: str) -> Iterator[str]:
    """A sentence without its end, the longest first: what is asked for may be more than can be done."""
    for turn in reversed([*TURN.finditer(sentence)]):
        yield sentence[: turn.start()]


def spread(sentence: str) -> list[str]:
    """One sentence for each parameter of a list; none where it is no list."""
    found = PARAMETERS.fullmatch(sentence)
    parts = _parameters(found["list"]) if found is not None else []
    if found is None or len(parts) < 2:
        return []
    return [f"{found['verb']} parameter {part} {found['to']} {found['symbol']}" for part in parts]


def _parameters(text: str) -> list[str]:
    """`a: str = ", "` and `b` of `a: str = ", " and b`; what is no parameter as a whole goes on at the next comma."""
    parts, start = list[str](), 0
    for end, begin in (*(mark.span() for mark in LIST.finditer(text)), (len(text), len(text))):
        try:
            ast.parse(f"def _(*, {text[start:end]}): pass")
        except (SyntaxError, ValueError):
            continue
        parts.append(text[start:end])
        start = begin
    return [*parts, text[start:]] if start < len(text) else parts


def continued(part: str, before: str) -> str:
    """`get_b to load_b` behind `rename get_a to load_a`, with its verb; nothing where that would be a guess.

    A name that looks like a plain word could be part of another sentence; and where the first name says its class or
    module, one that does not may mean the same or not.
    """
    verb, pair = VERB.search(before), PAIR.fullmatch(part)
    if verb is None or pair is None or not CODE.search(pair["old"]):
        return ""
    first = PAIR.search(before, verb.end())
    if first is None or ("." in first["old"] and "." not in pair["old"]):
        return ""
    return f"{verb[0]} {part}"


def near(sentence: str) -> Iterator[str]:
    """What a sentence may have meant."""
    for pattern, meant in NEAR:
        found = re.fullmatch(pattern, sentence, re.IGNORECASE)
        if found is not None and any(CODE.search(name) or "`" in name for name in found.groupdict().values()):
            yield meant.format_map(found.groupdict())
