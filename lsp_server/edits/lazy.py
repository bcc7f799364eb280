"""Does new text hold a placeholder where code should be? "... existing code ...", "rest unchanged".

Such a line would delete what it stands for. A line that the old text holds too is no placeholder.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from lsp_server.edits.indent import depth_of

PROSE = frozenset({".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".tex", ""})
"""Files where a sentence may say that something is unchanged."""

LONGEST = 200
"""A placeholder is short; what is longer is not looked at, so that no line takes long."""

_COMMENT = re.compile(
    r"(?:#+|//+|/\*+|\*+|--+|<!--|;+|%+|\{/?\*|\(\*|\"{3}|'{3}|[\[({<])\s*(.*?)\s*(?:\*+[/})]|-->|\"{3}|'{3}|[\])}>])?"
)
_DOTS = r"(?:\.{3,}|…)"
_WORDS = (
    r"(?:rest|remain\w*|existing|unchanged|same|previous\w*|omitted|others?|more|continue\w*|keep|kept|code|as before)"
)
_THINGS = (
    r"(?:code|file|function|class|method|implementation|module|body|logic|imports|script|methods|functions|content)"
)
_DOTTED = re.compile(
    rf"{_DOTS}.*\b{_WORDS}\b.*"
    rf"|(?:the |your )?(?:rest|remaining|existing|other|previous|same)\b.*\b{_THINGS}\b.*{_DOTS}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    rf"(?:the |your )?(?:rest|remainder) of (?:the |your |this )?(?:original |existing )?{_THINGS}\b.{{0,40}}"
    rf"|(?:the |your )?(?:existing|remaining|previous|original|other|unchanged) {_THINGS}"
    rf"(?: (?:here|goes here|stays?|remains?|unchanged|is|are|the|same|as|before|omitted)\b)*\W*"
    rf"|(?:\w+ ){{0,4}}(?:remains?|stays?|is|are|left) (?:unchanged|the same(?: as before)?|as before)\W*"
    rf"|(?:unchanged|same as (?:before|above)|no changes?(?: here| needed)?)\W*",
    re.IGNORECASE,
)
_ALL_DOTS = re.compile(_DOTS)


def placeholder(path: str, old: Sequence[str], new: Sequence[str]) -> str | None:
    """The first placeholder in `new`, None if there is none."""
    known = {line.strip() for line in old}
    prose = PurePosixPath(path).suffix.lower() in PROSE
    for number, line in enumerate(new):
        text = line.strip()
        if (
            0 < len(text) <= LONGEST
            and text not in known
            and (_is_placeholder(text, prose=prose) or _is_gap(path, new, number))
        ):
            return text
    return None


def _is_placeholder(text: str, *, prose: bool) -> bool:
    comment = _COMMENT.fullmatch(text)
    inside = comment[1].strip("()[]{} ") if comment else text
    if (comment or text.startswith(("...", "…"))) and _DOTTED.fullmatch(inside):
        return True
    return bool(comment) and not prose and bool(_ALL_DOTS.fullmatch(inside) or _SENTENCE.fullmatch(inside))


def _is_gap(path: str, new: Sequence[str], number: int) -> bool:
    """Whether a line of three dots stands among others; alone under a `:` it is Python's empty body."""
    if new[number].strip() not in ("...", "…"):
        return False
    if PurePosixPath(path).suffix not in (".py", ".pyi"):
        return PurePosixPath(path).suffix.lower() not in PROSE
    indent = depth_of(new[number])
    above = next((line for line in reversed(new[:number]) if line.strip()), "")
    below = next((line for line in new[number + 1 :] if line.strip()), "")
    is_body = above.rstrip().endswith((":", '"""', "'''"))
    return not is_body or (below != "" and depth_of(below) >= indent > 0)
