"""Where does a text hold code that fits a pattern? The one module that knows ast-grep, which is loaded on first use."""

import re
from dataclasses import dataclass, field

CALL = re.compile(r"[\w.:>$-]+\(.*\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters [start, end) that fit; `parts` are those of each `$X`, empty ranges for `$$$X` that stands for none.

    `comments` stand within it, but in no part.
    """

    start: int
    end: int
    parts: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    comments: int = 0


def find_hits(language: str, text: str, pattern: str, parts: list[str]) -> list[Hit] | None:
    """All places of a text that fit a pattern, outer ones first; None for a pattern that is no code of the language.

    `parts` are the `$X` and `$$$X` of the pattern.
    """
    from ast_grep_py import Pattern, SgNode, SgRoot

    # At the top level of C, `f(x)` declares something.
    is_call = language in {"c", "cpp"} and CALL.fullmatch(pattern) is not None
    within = Pattern(context=f"void _() {{ {pattern}; }}", selector="call_expression", strictness="smart")
    try:
        nodes = SgRoot(text, language).root().find_all(pattern=within if is_call else pattern)
    except (RuntimeError, UnicodeEncodeError):
        return None

    def of(node: SgNode, part: str) -> tuple[int, int]:
        name = part.lstrip("$")
        several = node.get_multiple_matches(name) if part.startswith("$$$") else []
        one = node.get_match(name) if not part.startswith("$$$") else None
        found = [one] if one is not None else several
        if not found:
            return (-1, -1)
        return found[0].range().start.index, found[-1].range().end.index

    def comments(node: SgNode, inner: list[tuple[int, int]]) -> int:
        count, stack = 0, [node]
        while stack:
            each = stack.pop()
            start = each.range().start.index
            if any(first <= start < last for first, last in inner):
                continue
            count += each.kind().endswith("comment")
            stack.extend(each.children())
        return count

    hits: list[Hit] = []
    for node in nodes:
        captured = {part: of(node, part) for part in parts}
        around = node.range()
        hits.append(Hit(around.start.index, around.end.index, captured, comments(node, list(captured.values()))))
    return sorted(hits, key=lambda hit: (hit.start, -hit.end))
