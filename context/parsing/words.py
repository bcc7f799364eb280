"""Which words does a text hold? Identifiers as written, and the terms that search compares.

`loadUserNames` is one word; its terms are `loadusername` (the whole), `load`, `user`, `name`: lower case, parted at
camelCase and snake_case, lightly stemmed. Terms of single letters and of the commonest words are left out.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

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
_SUFFIXES_BY_LAST = {
    last: tuple((suffix, len(suffix) + _SHORTEST_STEM) for suffix in _SUFFIXES if suffix[-1] == last)
    for last in {suffix[-1] for suffix in _SUFFIXES}
}

_SPACED = bytes(byte if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256))
_DIGITS = b"0123456789"


def words(text: str) -> list[str]:
    """All identifier-like words in order, as written, those within strings and comments included."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text)


def tokens(data: bytes) -> list[bytes]:
    """The words of a text in UTF-8, cut out at ASCII signs alone, in half the time.

    Some have digits before them or are nothing but digits, and one that is not ASCII may be several with signs between.
    """
    return data.translate(_SPACED).split()


def stem(term: str) -> str:
    """A term without its commonest English ending; both sides of a comparison go through here."""
    for suffix, shortest in _SUFFIXES_BY_LAST.get(term[-1:], ()):
        if len(term) >= shortest and term.endswith(suffix):
            return term if term.endswith("ss") else term[: -len(suffix)]
    return term


def terms_of(word: str) -> tuple[str, ...]:
    """The terms of one word: the whole, then its parts where there are several."""
    if word.isascii() and word.isalpha() and word.islower():
        found = (_term(word),)
    else:
        parts = _PART.findall(word)
        found = (whole_term(word), *map(_term, parts)) if len(parts) > 1 else (_term(parts[0] if parts else word),)
    return tuple(filter(None, found))


def whole_term(word: str) -> str:
    """The term of a word as a whole: one of its terms. Empty for one that is left out."""
    lowered = word.strip("_").lower()
    return stem(lowered) if len(lowered) > 1 and lowered not in COMMON else ""


_term = lru_cache(maxsize=50_000)(whole_term)
"""The term of a part: the parts of words repeat far more often than the words."""


class TermCache(dict[bytes, bytes]):
    """The terms of each token, separated by spaces, worked out once: most words of a project stand in it many times."""

    _MOST = 200_000

    def __missing__(self, token: bytes) -> bytes:
        if len(self) >= self._MOST:
            self.clear()
        if token.isascii():
            found: Iterable[str] = terms_of(token.lstrip(_DIGITS).decode())
        else:
            found = chain.from_iterable(map(terms_of, words(token.decode("utf-8", "replace"))))
        made = self[token] = " ".join(found).encode()
        return made

    def text(self, found: Iterable[bytes]) -> str:
        """The terms of some tokens, separated by spaces."""
        return b" ".join(map(self.__getitem__, found)).decode()


_CAPITALS = {ord("A") + number: chr(0xC0 + number) for number in range(26)}
_CAPITAL_BYTES = bytes(byte + 0xC0 - ord("A") if byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ" else byte for byte in range(256))


def cased(text: str) -> str:
    """Words for a table that knows no case: their capitals are other letters."""
    if text.isascii():
        return text.encode("ascii").translate(_CAPITAL_BYTES).decode("latin-1")
    return text.translate(_CAPITALS)
