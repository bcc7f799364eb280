"""Does a change bring in what could carry data out? New hosts, addresses made of data, and text that nobody can read.

A reply is plain text here, and no link in it is followed; but what is applied may be run or shown later. A host counts
as known if a changed file named it before.
"""

import re
from collections.abc import Iterator, Sequence

from lsp_server.edits.change import ChangeSet
from lsp_server.edits.lines import contents
from lsp_server.review.verdict import Finding, Level

TOOL = "addresses"

LEVEL_OF_RULE: dict[str, Level] = {
    "new-host": "confirm",
    "data-in-address": "approve",
    "shown-from-host": "approve",
    "encoded": "approve",
    "encoded-code": "approve",
}

_ADDRESS = re.compile(r"(?<![\w.])(?:[A-Za-z][A-Za-z0-9+.-]{1,15}:)?//(?P<rest>[^\s\"'<>`\\]+)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,15}://")
_NUMBERS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?=[:/])")
_HOST = re.compile(r"(?:[^@/?#]*@)?(\[[0-9a-f:.]+\]|[^:/?#\])},;]+)", re.IGNORECASE)
_NAME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}\Z|[\d.]+\Z|\[.*\]\Z", re.IGNORECASE)
_MADE_OF_DATA = re.compile(r"[{}]|\$\w|\$\(|%[sd(]|%\w")
_GOES_ON = re.compile(r"""["'`]\s*(?:\+|%|\.\s*format|\.\.|<<|,\s*\w|\$)""")
_SHOWN = re.compile(r"!\[[^\]]*\]\(|<(?:img|iframe|script|link|object|embed|video|audio)\b|\burl\(", re.IGNORECASE)
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{160,}|(?:\\x[0-9a-fA-F]{2}){24,}")
_DECODES = re.compile(
    r"b64decode|b32decode|a85decode|\batob\(|fromhex|unhexlify|rot_?13|Buffer\.from\(|base64\s+-{1,2}d"
)
_RUNS = re.compile(
    r"\b(?:exec|eval|compile|__import__|system|popen|Popen|spawn\w*|execSync|Function|run|check_output)\s*\(|\|\s*(?:ba|z)?sh\b"
)

_QUOTES = ('"', "'", "`")
_HERE = re.compile(
    r"localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|(?:.*\.)?(?:example|test|invalid|localhost)", re.IGNORECASE
)
_RESERVED = ("example.com", "example.org", "example.net", "www.w3.org", "json-schema.org", "www.apache.org", "spdx.org")
"""Hosts that nobody listens at, and names of standards that only look like addresses."""


def new_addresses(change: ChangeSet) -> tuple[Finding, ...]:
    """One finding for each new line that names a host which no changed file named before, or that hides what it is."""
    before = [text for _, text, _ in change.sides()]
    known = {host for text in before for line in contents(text) for _, host in _hosts(_unescaped(line))}
    old = {line.strip() for text in before for line in contents(text)}
    findings: list[Finding] = []
    for path, _, after in change.sides():
        for number, line in enumerate(contents(after), 1):
            if line.strip() and line.strip() not in old:
                findings += (Finding(TOOL, rule, path, number, said) for rule, said in _said_of(line, known))
    return tuple(findings)


def _said_of(written: str, known: set[str]) -> Iterator[tuple[str, str]]:
    line = _unescaped(written)
    new = [(rest, host) for rest, host in _hosts(line) if host not in known and not is_here(host)]
    for rest, host in new:
        if _MADE_OF_DATA.search(rest) or _GOES_ON.match(line, line.find(rest) + len(rest)):
            yield "data-in-address", f"an address at the new host {_plain(host)} is made of data"
        elif _SHOWN.search(line):
            yield "shown-from-host", f"whoever shows this asks the new host {_plain(host)}"
        else:
            yield "new-host", f"names the new host {_plain(host)}"
    if _DECODES.search(line) and _RUNS.search(line):
        yield "encoded-code", "runs text that is encoded, so that nobody can read what it does"
    elif _is_encoded(line):
        yield "encoded", "holds a long encoded text, which nobody can read"


def _hosts(line: str) -> Sequence[tuple[str, str]]:
    """The addresses of an unescaped line without their scheme, each with its host in lower case."""
    if "//" not in line and not _NUMBERS.search(line):
        return ()
    found: list[tuple[str, str]] = []
    for match in _ADDRESS.finditer(line):
        rest = match["rest"]
        host = _HOST.match(rest)
        name = host[1].rstrip(".").lower() if host else ""
        # Without a scheme it may be a comment or a path, but for one in quotes.
        in_quotes = line[max(0, match.start() - 1) : match.start()] in _QUOTES
        if _NAME.match(name) and (_SCHEME.match(match[0]) or in_quotes or _SHOWN.search(line)):
            found.append((rest, name))
    found += ((line[match.start() :].split(maxsplit=1)[0], match[0]) for match in _NUMBERS.finditer(line))
    return list(dict.fromkeys(found))


def _unescaped(line: str) -> str:
    """A line with `\\/` as the slash that it is in JSON and JavaScript."""
    return line.replace("\\/", "/")


def is_here(host: str) -> bool:
    """Whether a host is this machine, or one that is reserved."""
    return bool(_HERE.fullmatch(host)) or host.endswith(tuple(f".{name}" for name in _RESERVED)) or host in _RESERVED


def _is_encoded(line: str) -> bool:
    run = _ENCODED.search(line)
    if run is None:
        return False
    text = run[0]
    return text.startswith("\\x") or sum(any(map(kind, text)) for kind in (str.islower, str.isupper, str.isdigit)) >= 2


def _plain(host: str) -> str:
    """A host as words, which nothing makes a link of."""
    return host.replace(".", "[.]")
