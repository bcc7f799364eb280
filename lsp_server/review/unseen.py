"""Does a change bring in characters that a reviewer cannot see?

Zero-width, bidirectional and tag characters can make code read differently from what runs (Boucher and Anderson, Trojan
Source, 2021) or carry hidden instructions for the next model.
"""

import unicodedata
from collections import Counter

from lsp_server.edits.change import ChangeSet
from lsp_server.edits.lines import contents
from lsp_server.review.verdict import Finding, Level

TOOL = "characters"
LEVEL_OF_RULE: dict[str, Level] = {"no-character": "deny"}
"""Half of a pair in UTF-16 can be told in JSON, and in no file: what looks at the file would not see its text."""

_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
_ORDINARY_CONTROLS = frozenset("\t\n\r\f")
_JOINER = "\u200d"


def new_unseen(change: ChangeSet) -> tuple[Finding, ...]:
    """One finding for each changed line that holds invisible characters which the file did not have so often before."""
    return tuple(finding for path, before, after in change.sides() for finding in _in_text(path, before, after))


def is_unseen(character: str) -> bool:
    """Whether a character shows nothing and is no ordinary white space."""
    if character.isascii():
        return unicodedata.category(character) == "Cc" and character not in _ORDINARY_CONTROLS
    selector = "\ufe00" <= character <= "\ufe0e" or "\U000e0100" <= character <= "\U000e01ef"
    return selector or character in _BLANK_LETTERS or unicodedata.category(character) in ("Cf", "Cc", "Cs", "Zl", "Zp")


def visible(text: str) -> str:
    """A text for people to read, in which every character that hides is written out."""
    return "".join(f"\\u{ord(each):04x}" if is_unseen(each) else each for each in text)


def _in_text(path: str, before: str, after: str) -> list[Finding]:
    if after.isascii() and after.isprintable():
        return []
    known = Counter(_unseen_in(line) for line in contents(before))
    findings: list[Finding] = []
    for number, line in enumerate(contents(after), 1):
        unseen = _unseen_in(line)
        if not unseen:
            continue
        if known[unseen]:
            known[unseen] -= 1
            continue
        names = ", ".join(f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip() for character in unseen)
        rule = "no-character" if any(unicodedata.category(each) == "Cs" for each in unseen) else "invisible"
        findings.append(Finding(TOOL, rule, path, number, f"the new text holds invisible characters: {names}"))
    return findings


def _unseen_in(line: str) -> str:
    """The invisible characters of a line, each once, in order."""
    if line.isascii() and line.replace("\t", "").isprintable():
        return ""
    return "".join(dict.fromkeys(filter(is_unseen, _without_joined_pictures(line))))


def _without_joined_pictures(line: str) -> str:
    """The line without the joiners between two pictures, which make one of them (UTS 51)."""
    if _JOINER not in line:
        return line
    kept: list[str] = []
    for at, character in enumerate(line):
        above = line[:at].rstrip("\ufe0f")[-1:]
        is_picture = _is_picture(above) or "\U0001f3fb" <= above <= "\U0001f3ff"
        if character != _JOINER or not (is_picture and _is_picture(line[at + 1 : at + 2])):
            kept.append(character)
    return "".join(kept)


def _is_picture(character: str) -> bool:
    return bool(character) and unicodedata.category(character) == "So"
