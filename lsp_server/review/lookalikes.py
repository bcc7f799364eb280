"""Does a change bring in words that read like others? Two scripts in one word, or letters that become others.

A Cyrillic `а` in a name is another name that looks the same (Boucher and Anderson, Trojan Source, 2021, homoglyphs); a
full-width `ｅ` is read by Python as the plain one.
"""

import re
import unicodedata
from collections import Counter

from lsp_server.edits.change import ChangeSet
from lsp_server.edits.lines import contents
from lsp_server.review.unseen import TOOL
from lsp_server.review.verdict import Finding

_WORD = re.compile(r"\w+")
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝѵԍьгАВЕКМНОРСТУХІЈЅԌҮοανρυικτωχϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧոսօցհьᴀᴄᴏᴜᴠ")


def new_lookalikes(change: ChangeSet) -> tuple[Finding, ...]:
    """One finding for each changed line with such a word that its file did not have before."""
    return tuple(finding for path, before, after in change.sides() for finding in _in_text(path, before, after))


def is_lookalike(word: str) -> bool:
    """Whether a word mixes Latin letters with ones that look like them, or stands for other letters than it shows."""
    if word.isascii():
        return False
    latin = any(letter.isascii() and letter.isalpha() for letter in word)
    if latin and any(letter in _LIKE_LATIN for letter in word):
        return True
    return any(
        unicodedata.decomposition(letter).startswith(("<font>", "<wide>")) and letter.isalpha() for letter in word
    )


def _in_text(path: str, before: str, after: str) -> list[Finding]:
    if after.isascii():
        return []
    known = Counter(word for word in _WORD.findall(before) if is_lookalike(word))
    findings: list[Finding] = []
    for number, line in enumerate(contents(after), 1):
        words = [] if line.isascii() else [word for word in _WORD.findall(line) if is_lookalike(word)]
        new = [word for word in words if not known[word]]
        known.subtract(words)
        if new:
            shown = ", ".join(dict.fromkeys(word.encode("ascii", "backslashreplace").decode() for word in new))
            findings.append(Finding(TOOL, "look-alike", path, number, f"words that read like others: {shown}"))
    return findings
