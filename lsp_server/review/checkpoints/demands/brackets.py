"""What stands between two brackets of a text in any language? Its elements, split at commas.

Brackets and commas in strings and comments do not count.
"""

import re
from dataclasses import dataclass

_PART = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[\[({]|[\])}]|,|[^\[\](){},\"'`/]+|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The elements between two brackets, with one space for any, and where the text goes on behind them."""

    elements: tuple[str, ...]
    end: int


def enclosed(text: str, start: int) -> Enclosed:
    """Reads from the opening bracket at `start`; up to the end of the text where it is never closed."""
    level, parts, element = 0, list[str](), list[str]()
    end = len(text)
    for found in _PART.finditer(text, start):
        part = found[0]
        if part.startswith(("//", "/*")):
            continue
        level += (part in "[({") - (part in "])}")
        if not level:
            end = found.end()
            break
        if part == "," and level == 1:
            parts.append("".join(element))
            element.clear()
        elif level > 1 or found.start() > start:
            element.append(part)
    parts.append("".join(element))
    return Enclosed(tuple(" ".join(part.split()) for part in parts if part.strip()), end)
