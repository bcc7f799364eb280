"""Could a person have written this value as a word, or is it a secret? Judged from the characters alone."""

import math
import re
from collections import Counter
from itertools import pairwise

_SAMPLE_WORDS = re.compile(
    r"your|my|the|an|some|any|test|testing|example|sample|dummy|fake|mock|change|changeme|changeit|me|placeholder|insert|replace"
    r"|enter|none|null|true|false|todo|redacted|hidden|secrets?|passwords?|passwd|pass|tokens?|keys?|abc|foo|bar|baz|qux|hello"
    r"|world|user|admin|root|guest|default|string|value"
)
_WORDS = re.compile(r"[a-z]*(?:[ _\-.:/@][a-z]*)*[.:!?]?", re.IGNORECASE)
_TEMPLATE = re.compile(
    r"\$\{|\{\{|\{\w*\}|%\(|(?:^|[\s:/])%[sd](?:$|[\s:/.,@])|^%[A-Z_]+%$|^\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+)$|^<.*>$|\.{3}|\*{3}|…"
    r"|^(?:https?|file)://|^\.{0,2}/|\\[dwsb]|\[a-z|\(\?"
)
_REFERENCE = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+\d?")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"(?:0x)?[0-9a-f]+", re.IGNORECASE)
_DIGEST = re.compile(r"(?:sha\d+|md5|h1)[-:=]", re.IGNORECASE)
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop")


def is_plausible_secret(value: str, shortest: int = 8) -> bool:
    """Whether a value that stands under a secret's name is one: long enough, no words, template or sample."""
    if len(value) < shortest or _TEMPLATE.search(value) or (_REFERENCE.fullmatch(value) and not looks_random(value)):
        return False
    if _WORDS.fullmatch(value):
        return _CONSONANTS.search(value) is not None or _mixes_cases(value)
    if " " in value and not re.search(r"\d", value):
        return False
    return not _is_sample(value) and len(set(value)) > 3


def _is_sample(value: str) -> bool:
    """`test-password`, `your_key_123`: words with short numbers, one of which nobody would take for a secret."""
    words = [re.sub(r"\d{1,4}$", "", part) for part in re.split(r"[_\-. ]", value.lower())]
    return any(_SAMPLE_WORDS.fullmatch(word) for word in words) and all(word.isalpha() for word in words if word)


def looks_random(value: str) -> bool:
    """Whether a value was made by a machine: 16 characters or more, digits among letters, no run of the alphabet."""
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    if len(value) < 16 or digits < 2 or letters < 2 or any(run[:8] in value.lower() for run in _RUNS):
        return False
    return entropy(value) >= 3.2 and _switches(value) >= len(value) / 8


def looks_like_data(value: str) -> bool:
    """Whether a random-looking literal is a hash, an id or a path: public, unless its name says otherwise."""
    if _UUID.search(value) or _HEX.fullmatch(value) or _DIGEST.match(value):
        return True
    parts = re.split(r"[/_\-]", value)
    return len(parts) > 2 and all(part.isalpha() or part.isdigit() or not part for part in parts)


def entropy(value: str) -> float:
    """Shannon's entropy in bits per character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def _mixes_cases(value: str) -> bool:
    return len(value) >= 12 and " " not in value and _switches(value) > len(value) / 3


def _switches(value: str) -> int:
    """How often the kind of character (upper, lower, digit, other) changes from one to the next."""
    kinds = ["u" if c.isupper() else "l" if c.islower() else "d" if c.isdigit() else "o" for c in value]
    return sum(before != after for before, after in pairwise(kinds))
