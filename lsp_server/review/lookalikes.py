"""Does a change bring in words that read like others? Two scripts in one word, or letters that become others.

A Cyrillic `а` in a name is another name that looks the same (Boucher and Anderson, Trojan Source, 2021, homoglyphs),
wherever it stands. A full-width `ｅ` is read by Python as the plain one in a name; in a string or a comment it is what
it looks like, and so is a word that consists of such letters alone. Which words are code is handed in.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Set

from lsp_server.edits.change import ChangeSet
from lsp_server.edits.lines import contents
from lsp_server.review.unseen import TOOL
from lsp_server.review.verdict import Finding

FEWEST_ALIKE = 3
"""A name of fewer letters, as `ρ` or `αν`, is one of a formula."""

_WORD = re.compile(r"\w+")
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝѵԍьгАВЕКМНОРСТУХІЈЅԌҮοανρυικτωχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧոսօցհьᴀᴄᴏᴜᴠ")


Words = Callable[[str, str], Set[tuple[int, str]] | None]
"""The words of a text that are code, with their 1-based lines, by its path and the text; None where nobody can tell."""


def new_lookalikes(change: ChangeSet, code: Words) -> tuple[Finding, ...]:
    """One finding for each changed line with such a word that its file did not have before."""
    return tuple(finding for path, before, after in change.sides() for finding in _in_text(path, before, after, code))


def is_mixed(word: str) -> bool:
    """Whether a word mixes Latin letters with ones that look like them."""
    latin = any(letter.isascii() and letter.isalpha() for letter in word)
    return latin and any(letter in _LIKE_LATIN for letter in word)


def is_for_others(word: str) -> bool:
    """Whether a word stands for other letters than it shows, once it is a name."""
    return any(
        unicodedata.decomposition(letter).startswith(("<font>", "<wide>")) and letter.isalpha() for letter in word
    )


def is_alike_as_name(word: str) -> bool:
    """Whether a word is another one once it is a name: `oſ` is `os` to Python, and nobody tells `сору` from `copy`."""
    if any(_is_letter_for_ascii(letter) for letter in word):
        return True
    return len(word) >= FEWEST_ALIKE and all(letter in _LIKE_LATIN for letter in word)


def _is_letter_for_ascii(letter: str) -> bool:
    return not letter.isascii() and letter.isidentifier() and unicodedata.normalize("NFKC", letter).isascii()


def _lookalikes(path: str, text: str, code: Words) -> Mapping[int, list[str]]:
    """The words of a text that read like others, by line."""
    found: dict[int, list[str]] = {}
    for number, line in enumerate(contents(text), 1):
        if not line.isascii():
            found[number] = [word for word in _WORD.findall(line) if is_mixed(word) or _may_be_alike(word)]
    if all(is_mixed(word) for words in found.values() for word in words):
        return found
    named = code(path, text)

    def counts(number: int, word: str) -> bool:
        return is_mixed(word) or (is_for_others(word) if named is None else (number, word) in named)

    return {number: [word for word in words if counts(number, word)] for number, words in found.items()}


def _may_be_alike(word: str) -> bool:
    return is_for_others(word) or is_alike_as_name(word)


def _in_text(path: str, before: str, after: str, code: Words) -> list[Finding]:
    if after.isascii():
        return []
    known = Counter(word for words in _lookalikes(path, before, code).values() for word in words)
    findings: list[Finding] = []
    for number, words in _lookalikes(path, after, code).items():
        new = [word for word in words if not known[word]]
        known.subtract(words)
        if new:
            shown = ", ".join(dict.fromkeys(word.encode("ascii", "backslashreplace").decode() for word in new))
            findings.append(Finding(TOOL, "look-alike", path, number, f"words that read like others: {shown}"))
    return findings
