"""Which words does a text hold? Identifiers as written, and the terms that search compares.

`loadUserNames` is one word; its terms are `loadusername` (the whole), `load`, `user`, `name`: lower case, parted at
camelCase and snake_case, lightly stemmed. Terms of single letters and of the commonest words are left out.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W\d]\w*")
_ASCII_WORD = re.compile(r"[^\W\d]\w*", re.ASCII)
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")

_COMMON = """
an and are as at be been but by can could did do does done for from had has have how if in into is it its just like
may might more most much must my need needs no not of on only or other our out over same shall she should so some
such than that the their them then there these they this those to too under up use used uses using very was we were
what when where which while who why will with would yes you your self def return let const var function func fn elif
else end int str none true false null new public static void import string etc also any all each both
"""

COMMON = frozenset(_COMMON.split())
"""Words of English and of programming languages that say nothing about what a piece of code is for."""

_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "e", "y")
_SHORTEST_STEM = 3


def words(text: str) -> list[str]:
    """All identifier-like words in order, as written, those within strings and comments included."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def stem(term: str) -> str:
    """A term without its commonest English ending; both sides of a comparison go through here."""
    if not term.endswith(_SUFFIXES):
        return term
    for suffix in _SUFFIXES:
        if term.endswith(suffix) and len(term) - len(suffix) >= _SHORTEST_STEM and not term.endswith("ss"):
            return term[: -len(suffix)]
    return term


@lru_cache(maxsize=50_000)
def terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word: the whole, then its parts where there are several."""
    parts = _PART.findall(word)
    found = (word, *parts) if len(parts) > 1 else parts or (word,)
    return tuple(term for part in found if (term := _term(part)))


@lru_cache(maxsize=50_000)
def _term(part: str) -> str:
    """The term of a part; empty for one that is left out. The parts of words repeat far more often than the words."""
    lowered = part.strip("_").lower()
    return stem(lowered) if len(lowered) > 1 and lowered not in COMMON else ""


class WordCache(dict[str, str]):
    """What a function makes of each word, worked out once per word: most words of a project stand in it many times."""

    _MOST = 200_000

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, word: str) -> str:
        if len(self) >= self._MOST:
            self.clear()
        made = self[word] = self._make(word)
        return made

    def text(self, found: Iterable[str]) -> str:
        """What is made of some words, separated by spaces."""
        return " ".join(map(self.__getitem__, found))


def term_text(word: str) -> str:
    """The terms of a word, separated by spaces."""
    return " ".join(terms_of(word))


_CAPITALS = {ord("A") + number: chr(0xC0 + number) for number in range(26)}
_CAPITAL_BYTES = bytes(byte + 0xC0 - ord("A") if byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" else byte for byte in range(256))


def cased(text: str) -> str:
    """Words for a table that knows no case: their capitals are other letters."""
    if text.isascii():
        return text.encode("ascii").translate(_CAPITAL_BYTES).decode("latin-1")
    return text.translate(_CAPITALS)
