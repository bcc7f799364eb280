"""What does a description ask about, and what in it is noise?

Long descriptions are mostly report: headings, steps, versions, boxes to tick. What they are about is in the title, is
said again and again, and is spelled as code. `read` weighs every word by that before anything is searched for.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from context.parsing.words import terms_of, words
from context.retrieval.signals import Signals
from context.retrieval.traces import Frame, frames

MOST_CHARACTERS = 20_000

_FENCE = re.compile(r"\s*(?:```|~~~)")
_LIST_ITEM = re.compile(r"\s*[-*+]\s")
_TITLE_MARK = re.compile(r"(?i)[\s#*]*(?:title\b[\s:*]*)?")
_HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\b[a-z][a-z+]{1,9}://[^\s)>\]\"'`]+")
_HASH = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,}\b", re.IGNORECASE)
_TICK_BOX = re.compile(r"\s*[-*]\s*\[[ xX]?\]")
_VERSION = re.compile(
    r"""[\s>*-]*["']?[A-Za-z][\w .+-]{0,40}["']?\s*(?:==|[:=])\s*
        ["'{(]{0,2}(?:v?\d[\w.+-]*|None|null|true|false|N/?A|)["'),}]{0,3}\s*,?\s*(?:\(.*\)|\[.*\])?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_TICKED = re.compile(r"`([^`\n]+)`")
_CODE = re.compile(r"[a-z0-9][A-Z]|_")

_REPORT_WORDS = """
able actual actually add added additional additionally after again already also although always appear appears attempt
attempting attempts because become been before behave behaves behavior behaviour being between both bug bugs cannot
case cases cause caused causes causing change changes check checklist clear clearly code complete confirm consider
consistent consistently context correct correctly create current currently describe description details did different
directly doing don during each either ensure ensures environment even example examples exist existing exists expect
expected expects explicit explicitly fail failing fails feature fix fixed following further get gets give given go
going good happen happened happens hello help here hi however impact implement implementation implemented improve
incorrect incorrectly instead introduce issue issues know lack lacks lead leads leading line log logs longer look made
main make makes making maybe mechanism mentioned minimal multiple new note notes now observe occur occurs once open
order output parameter please possible potential potentially present prevent prevents previously problem problems
proper properly proposed provide provided provides purpose reason regardless related relevant remain report reproduce
reproducible request require required requires response result resulting results return returned returns running
scenario screenshot screenshots see seem seems set similar simply since solution solve solves some something specific
specifically steps still step suggest summary support sure system take thank thanks therefore thing things think
though through time title tried trigger try trying two unable unclear understand unexpected unless unnecessary until
usage user users version versions via want wants way whether within without work workaround works wrong
"""
REPORT_TERMS = frozenset(term for word in words(_REPORT_WORDS) for term in terms_of(word))
"""Terms of words that stand in descriptions of all kinds and say little of what one is about."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A description as it was understood.

    `text` is what is left without noise, `terms` says how much each term counts, `frames` are lines that it points to.
    """

    text: str
    terms: Mapping[str, float]
    frames: tuple[Frame, ...]


def read(description: str, signals: Signals) -> Reading:
    """Reads a description of up to `MOST_CHARACTERS`; what is longer is cut."""
    text = _HTML_COMMENT.sub(" ", description[:MOST_CHARACTERS])
    counts: defaultdict[str, float] = defaultdict(float)
    kept: list[str] = []
    fenced = titled = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        is_noise = _TICK_BOX.match(line) or _VERSION.match(line)
        if not is_noise:
            kept.append(line)
        bare = _HASH.sub(" ", _LINK.sub(" ", line))
        factor = signals.fenced if fenced else 1.0 if titled or _LIST_ITEM.match(line) else signals.title
        _count(counts, bare, factor * signals.noise if is_noise else factor, signals, code_block=fenced)
        if signals.noise:
            for link in (*_LINK.findall(line), *_HASH.findall(line)):
                _count(counts, link, factor * signals.noise, signals, code_block=True)
        titled = titled or (not fenced and _TITLE_MARK.sub("", line, count=1) != "")
    terms = {term: count**signals.repeat for term, count in counts.items() if count > 0}
    return Reading("\n".join(kept), terms, frames(text))


def _count(counts: defaultdict[str, float], line: str, factor: float, signals: Signals, *, code_block: bool) -> None:
    """Adds what the words of a line count. A number says something only within a name."""
    if factor == 0:
        return
    ticked = frozenset[str]() if code_block else {word for span in _TICKED.findall(line) for word in words(span)}
    for word in words(line):
        is_code = word in ticked or _CODE.search(word) is not None
        for term in terms_of(word):
            if term.isdigit():
                continue
            counts[term] += factor * (signals.code if is_code else signals.report if term in REPORT_TERMS else 1.0)
