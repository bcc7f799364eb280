"""How is a phrasing written as data, and how is a sentence matched with it?

A template is words and slots: `add [a] {kind:parameter|argument} {field} to {symbol}`. `[...]` may be left out, `(a|b)`
is one of several, `{slot}` takes what its row in SLOTS allows, `{slot:a|b}` one of the words. Case, quotes, polite
words around the sentence and the number of spaces do not matter. A template decides nothing: operands are parsed
afterwards.
"""

import re
from collections.abc import Iterable
from functools import cache

QUOTE = "[\"'`\u2018\u2019\u201c\u201d]"
POLITE = (
    r"(?:(?:[-*\u2022]|\d{1,2}[.)]|please|pls|plz|kindly|now|also|first(?:\s+of\s+all)?|finally|refactor(?:ing)?:|"
    r"let'?s|just|(?:can|could|would|will)\s+(?:you|u|we)|i\s+think|"
    r"i\s+(?:want|need)(?:\s+you)?\s+to|"
    r"(?:i'd|i\s+would|we'd)\s+like(?:\s+you)?\s+to|we\s+(?:should|need\s+to|want\s+to|must)|todo|fixme)\s*[:,]?\s+)*"
)
NAME = rf"{QUOTE}?[^\W\d]\w*(?:\(\s*\))?{QUOTE}?"
PATH = rf"{QUOTE}?[\w./\\-]*\w{QUOTE}?"
MODULE = r"(?:(?:the|an?)\s+)?(?:new\s+)?(?:(?:file|module)\s+(?:(?:called|named)\s+)?)?"
"""Words before the path of a module."""

KINDS = "function|func|fn|def|coroutine|class|dataclass|method|classmethod|staticmethod|constructor|symbol"

SLOTS = {
    "name": NAME,
    "symbol": (
        rf"(?:(?:the|our|my)\s+)?(?:(?:{KINDS})\s+)?{QUOTE}?(?:[\w./\\-]+\.pyi?::?)?[^\W\d]\w*(?:\.[^\W\d]\w*)*(?:\(\s*\))?"
        rf"{QUOTE}?(?:\s+(?:{KINDS}))?(?:\s+(?:in|from|of|on|inside)\s+(?:the\s+)?(?:(?:file|module|class)\s+)?{PATH}(?:\s+class)?)?"
    ),
    "path": PATH,
    "folder": rf"{QUOTE}?[\w./\\-]*[\w/]{QUOTE}?",
    "module": rf"{MODULE}{PATH}",
    "number": r"\d+",
    "first": r"\d+",
    "last": r"\d+",
}
"""What stands in a slot; any other slot takes any text, as little as fits."""

FIRM = re.compile(r"\{\w+(?::([^{}]*))?\}|\(([^()]*)\)|([^\s(){}]+)")
"""The words of a slot, the words between brackets, or a word."""

REGEX = frozenset("\\?*+")
"""What tells that a slot's words are patterns."""

LONGEST = 600
"""Characters: a longer description is no recipe's, and need not be matched."""


def matched(templates: Iterable[str], sentence: str) -> dict[str, str] | None:
    """The text of each slot of the first template that the whole sentence fits; None for none."""
    if len(sentence) > LONGEST:
        return None
    said = sentence.casefold()
    for template in templates:
        if not all(any(word in said for word in words) for words in _needed(template)):
            continue
        found = _compiled(template).fullmatch(sentence)
        if found is not None:
            return {name: text.strip() for name, text in found.groupdict().items() if text is not None}
    return None


def unquoted(text: str) -> str:
    """A name or a path without the quotes around it and the brackets of a call."""
    return re.sub(rf"\(\s*\)(?={QUOTE}?$)", "", text).strip(" \"'`\u2018\u2019\u201c\u201d")


@cache
def _needed(template: str) -> tuple[tuple[str, ...], ...]:
    """The words that stand in every sentence of a template, each with what may stand for it.

    A look for them spares most templates, which take long to compile.
    """
    firm, left_out = template, 1
    while left_out:
        firm, left_out = re.subn(r"\[[^][]*\]", " ", firm)
    places = [slot or group or word for slot, group, word in FIRM.findall(firm.casefold())]
    written = [place.split("|") for place in places if place and not set(place) & REGEX]
    return tuple(tuple(words.split()[0] for words in each) for each in written)


@cache
def _compiled(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+(?::[^}]*)?\})", template)
    text = "".join(_slot(part) if part.startswith("{") else _words(part) for part in parts)
    return re.compile(POLITE + text + r"(?:\s*,?\s*please)?", re.IGNORECASE | re.DOTALL)


def _words(text: str) -> str:
    """Words of a template; what stands in square brackets may be left out with the space behind it."""
    text = re.sub(r"([.+?*])", r"\\\1", text)
    text = text.replace("(", "(?:")
    text = text.replace("] ", r"\s+)?").replace("]", ")?").replace("[", "(?:")
    return re.sub(r" +", r"\\s+", text)


def _slot(part: str) -> str:
    name, _, words = part[1:-1].partition(":")
    if words:
        return rf"(?P<{name}>{words.replace(' ', chr(92) + 's+')})"
    return rf"(?P<{name}>{SLOTS.get(name.rstrip('0123456789'), '.+?')})"
