"""Where are the secrets in a text? Spans of what must not leave, with few false alarms.

Three ways, each for what the others miss: token formats of known issuers (the detectors of `detect-secrets`, without
their `verify`, which would ask the issuer, and a table of our own), random-looking string literals, and values of
names that speak of secrets. A value that reads like words, a template or a sample is no secret; a hash is one only if
its name says so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from clients.randomness import is_plausible_secret, looks_like_data, looks_random

if TYPE_CHECKING:
    from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a text that are a secret of some kind."""

    start: int
    end: int
    kind: str


def find_secrets(text: str, path: str = "") -> list[Span]:
    """Secrets in a text, in order and apart from each other. `path` says what kind of file it is."""
    spans = [*_issued_tokens(text), *_private_keys(text), *_named_values(text, path), *_credentials_in_addresses(text)]
    if not _is_lock_file(path):
        spans += _random_literals(text)
    return merge(spans)


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined under the kind of the first."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            merged.append(span)
    return merged


def worth_finding_again(secret: str) -> bool:
    """Whether a secret is special enough to be looked for where nothing around it says that it is one."""
    return len(secret) >= 8 and not secret.isalpha()


# Formats that `detect-secrets` does not know, or of which it finds only a part.
_TOKEN_FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("JSON web token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?")),
    ("GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9_]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("model provider key", re.compile(r"(?<![\w-])sk-(?=[\w-]*\d)[A-Za-z0-9][\w-]{18,}")),
    ("GitLab token", re.compile(r"(?<![\w-])gl(?:pat|dt|rt|soat|ffct)-[\w-]{20,}")),
    ("Google key", re.compile(r"\b(?:AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,})")),
    ("Hugging Face token", re.compile(r"\bhf_[A-Za-z0-9]{30,}")),
    ("npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}|(?<=:_authToken=)[^\s\"'$]{8,}|(?<=:_auth=)[^\s\"'$]{8,}")),
    ("Slack token", re.compile(r"(?<![\w-])xox[abeoprs]-[\w-]{10,}|(?<![\w-])xapp-\d-[\w-]{10,}")),
    ("Stripe key", re.compile(r"\b(?:[sr]k|whsec)_(?:live_|test_)?(?=\w*\d)[A-Za-z0-9]{24,}")),
    ("DigitalOcean token", re.compile(r"\bdo[opr]_v1_[a-f0-9]{64}")),
    ("Shopify token", re.compile(r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}")),
    ("age key", re.compile(r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}")),
    ("Azure account key", re.compile(r"(?<=AccountKey=)[A-Za-z0-9+/]{40,}={0,2}")),
    (
        "authorization header",
        re.compile(r"(?i:\b(?:bearer|basic)\s+)(?P<secret>[\w.~+/-]{16,}={0,2})"),
    ),
)

# Found here in another way: whole key blocks, passwords alone, whole web tokens; the patterns for npm and OpenAI take
# time with the square of a line's length. Addresses of machines are no secrets.
_LEFT_OUT = {
    "PrivateKeyDetector",
    "BasicAuthDetector",
    "JwtTokenDetector",
    "GitHubTokenDetector",
    "NpmDetector",
    "OpenAIDetector",
    "IPPublicDetector",
}


@lru_cache(maxsize=1)
def _detectors() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Formats of `detect-secrets`: only their patterns, since its `analyze_line` may call `verify`, on the network."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector

    classes: Iterable[type[BasePlugin]] = get_mapping_from_secret_type_to_class().values()
    formats: list[tuple[str, re.Pattern[str]]] = []
    for kind in classes:
        if issubclass(kind, RegexBasedDetector) and kind.__name__ not in _LEFT_OUT:
            patterns = cast("Iterable[re.Pattern[str]]", kind().denylist)  # pyright: ignore[reportUnknownMemberType]
            formats += ((str(kind.secret_type), pattern) for pattern in patterns)
    return tuple(formats)


def _issued_tokens(text: str) -> Iterator[Span]:
    for kind, pattern in _TOKEN_FORMATS:
        for match in pattern.finditer(text):
            if "secret" not in pattern.groupindex:
                yield Span(*match.span(), kind)
            elif is_plausible_secret(match["secret"]):
                yield Span(*match.span("secret"), kind)
    for kind, pattern in _detectors():
        done = 0
        for match in pattern.finditer(text):
            if match.start() < done:
                continue
            start, end = match.span(1) if pattern.groups and len(match[1] or "") >= 8 else match.span()
            value = text[start:end]
            start += len(value) - len(value.lstrip("\"'`=: \t\r\n"))
            end = _token_end(text, end - len(value) + len(value.rstrip("\"'`=: \t\r\n")))
            done = end
            if any(character.isdigit() for character in text[start:end]):
                yield Span(start, end, kind)


_TOKEN_REST = re.compile(r"[A-Za-z0-9_-]*={0,2}")


def _token_end(text: str, end: int) -> int:
    """The end of the word that a format of fixed length stopped in."""
    match = _TOKEN_REST.match(text, end)
    return match.end() if match else end


_KEY_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:Proc-Type|DEK-Info|Version|Comment): [^\n]*|[A-Za-z0-9+/=\s\\\"',#*|>])*"
    r"(?P<end>-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?"
)
_PUTTY_KEY = re.compile(r"PuTTY-User-Key-File-\d[\s\S]{0,4000}?Private-MAC: [0-9a-f]+")
_KEY_LINES = re.compile(r"(?:(?:^|\n)[ \t\"'#*]*[A-Za-z0-9+/]{64}[ \t\"'\\n+,]*(?=\n|$)){3,}")
_KEY_RUN = re.compile(r"[A-Za-z0-9+/=]{24,}")


def _private_keys(text: str) -> Iterator[Span]:
    """Key blocks with their marks; without an end mark as far as they look like one, without any by their lines."""
    for match in _KEY_BLOCK.finditer(text):
        runs = list(_KEY_RUN.finditer(text, match.start(), match.end()))
        if runs:
            yield Span(match.start(), match.end() if match["end"] else runs[-1].end(), "private key")
    for pattern in (_PUTTY_KEY, _KEY_LINES):
        for match in pattern.finditer(text):
            yield Span(match.start() + (match[0][0] == "\n"), match.end(), "private key")


_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"`<>]*:(?P<secret>[^\s/'\"`<>]{4,200})@[\w\[]", re.IGNORECASE
)


def _credentials_in_addresses(text: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(text):
        if is_plausible_secret(match["secret"], shortest=5):
            yield Span(*match.span("secret"), "password in an address")


_NAME = re.compile(
    r"(?P<word>pass(?:word|wd|phrase)|pwd|secrets?|tokens?|(?:api|access|account|auth|client|db|encryption|master|private|service|"
    r"shared|signing|storage)[_-]?key|credentials?|(?<![a-z])p(?:w|ass)(?![a-z])|(?<=_)pass(?![a-z])|(?-i:(?<=[a-z])Pass(?![a-z])))"
    r"(?P<rest>[\w-]*)",
    re.IGNORECASE,
)
# `token_url`, `passwordField`, `secretary`, `tokenize`: not the secret itself.
_NOT_ITSELF = re.compile(
    r"[\w-]*?(?:ur[il]|name|path|file|field|header|type|label|hint|prefix|pattern|regex|format|help|text|message|error|validator|"
    r"class|param|algorithm|endpoint|kind|icon|button|input|scheme|method|policy|[_-]re|[_-]id|(?-i:Id))s?$|(?:ary|iz|less|ful)",
    re.IGNORECASE,
)
_QUOTED_VALUE = re.compile(
    r"[\"'`\])]{0,3}(?:\s*:\s*[\w.|\[\]&<>*?' ]{1,40})?[ \t]*(?::=|=>|={1,3}|!==?|:|,|\()[ \t]*@?"
    r"(?P<prefix>[rbuf]{0,2})(?P<quote>[\"'`])(?P<secret>(?:(?!(?P=quote))[^\\\n]|\\.){6,4000})(?P=quote)",
    re.IGNORECASE,
)
_BARE_VALUE = re.compile(r"[\"']?[ \t]*(?:[:=]|=>)[ \t]*(?P<secret>[^\s\"'`,;(){}<>\[\]]{8,300})(?=[\s\"'`,;]|$)")
_CONFIGURATION_SUFFIXES = {
    ".yaml",
    ".yml",
    ".ini",
    ".cfg",
    ".conf",
    ".properties",
    ".env",
    ".sh",
    ".bash",
    ".zsh",
    ".toml",
    ".example",
}


def _named_values(text: str, path: str) -> Iterator[Span]:
    """`password = "..."` and its like; bare values only where files hold them, or where they look random."""
    in_configuration = PurePosixPath(path).suffix.lower() in _CONFIGURATION_SUFFIXES or "dockerfile" in path.lower()
    for name in _NAME.finditer(text):
        if _NOT_ITSELF.match(name["rest"]):
            continue
        if value := _QUOTED_VALUE.match(text, name.end()):
            is_template = "f" in value["prefix"].lower() and "{" in value["secret"]
            if not is_template and is_plausible_secret(value["secret"]):
                yield Span(*value.span("secret"), "value of a secret name")
        elif value := _BARE_VALUE.match(text, name.end()):
            enough = is_plausible_secret if in_configuration else looks_random
            if enough(value["secret"]):
                yield Span(*value.span("secret"), "value of a secret name")


def _random_literals(text: str) -> Iterator[Span]:
    detector = _entropy_detector()
    for match in detector.regex.finditer(text):
        value = match[2]
        if (
            20 <= len(value) <= 500
            and not looks_like_data(value)
            and looks_random(value)
            and detector.calculate_shannon_entropy(value) > (4.0 if len(value) >= 32 else detector.entropy_limit)
        ):
            yield Span(*match.span(2), "random text")


@lru_cache(maxsize=1)
def _entropy_detector() -> "HighEntropyStringsPlugin":
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return Base64HighEntropyString(limit=4.3)


_LOCK_FILES = {
    "package-lock.json",
    "go.sum",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "packages.lock.json",
    "cartfile.resolved",
}


def _is_lock_file(path: str) -> bool:
    name = PurePosixPath(path).name.lower()
    return name in _LOCK_FILES or name.endswith((".lock", ".lock.json", ".resolved"))
