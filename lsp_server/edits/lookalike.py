"""Which characters look alike? Models write typographic quotes, dashes and blanks for plain ones, and the reverse.

What the reply leaves as it is keeps the file's characters. Where new lines would have to guess them, there is no place.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from lsp_server.edits.compare import changed_spans

_ALIKE = {
    "'": "‘’‚‛′",
    '"': "“”„‟″",
    "-": "‐‑‒–—−",
    " ": "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
}
_TO_PLAIN = str.maketrans({special: plain for plain, specials in _ALIKE.items() for special in specials})


def folded(line: str) -> str:
    """A line in plain characters, composed (NFC), without trailing blanks; as long as the composed line."""
    return (line if line.isascii() else unicodedata.normalize("NFC", line).translate(_TO_PLAIN)).rstrip()


def folded_lines(lines: Sequence[str]) -> list[str]:
    """All lines of a file, folded."""
    return [folded(line) for line in lines]


def in_the_files_characters(old: Sequence[str], found: Sequence[str], new: Sequence[str]) -> tuple[str, ...] | None:
    """The new lines with the characters of the file where the reply wrote others; None where that would be a guess.

    `old` and `found` are the same lines as the reply and as the file write them.
    """
    written: dict[str, set[str]] = {}
    for ours, theirs in zip(old, found, strict=True):
        for character, real in _pairs(ours, theirs):
            written.setdefault(character, set()).add(real)
    fancy = {
        character: reals for character, reals in written.items() if not character.isascii() and reals != {character}
    }
    spans = changed_spans([folded(line) for line in old], [folded(line) for line in new])
    changed = [line for span in spans for line in new[span.new_start : span.new_end]]
    flattened = {
        character
        for span in spans
        for ours, theirs in zip(old[span.start : span.end], found[span.start : span.end], strict=True)
        for character, real in _pairs(ours, theirs)
        if character.isascii() and character != real
    }
    if flattened or any(len(reals) > 1 and character in line for character, reals in fancy.items() for line in changed):
        return None
    table = str.maketrans({character: min(reals) for character, reals in fancy.items() if len(reals) == 1})
    return tuple(line.translate(table) for line in new)


def _pairs(ours: str, theirs: str) -> Iterator[tuple[str, str]]:
    composed = (unicodedata.normalize("NFC", line).rstrip() for line in (ours, theirs))
    return zip(next(composed), next(composed), strict=False)
