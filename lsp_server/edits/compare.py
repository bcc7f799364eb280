"""Which lines differ between two texts? Changed ranges, by a longest common subsequence of the lines.

`rapidfuzz` finds it with bit operations (Hyyrö 2004), in time and memory of the product of both lengths. What is too
long for that is first split at lines that are unique in both texts (patience diff, Bram Cohen).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from lsp_server.edits.sections import increasing, unique_places

MAX_CELLS = 16_000_000
"""The largest product of line counts that is compared at once: 2 MB of bits, a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines [start, end) of the old text became lines [new_start, new_end) of the new one."""

    start: int
    end: int
    new_start: int
    new_end: int

    def moved(self, old: int, new: int) -> "Span":
        """The same span counted from `old` and `new` lines further up."""
        return Span(self.start + old, self.end + old, self.new_start + new, self.new_end + new)


Compare = Callable[[Sequence[str], Sequence[str]], list[Span]]


def changed_spans(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """The spans that differ, in order, with at least one equal line between any two of them."""
    return _within_common_ends(old, new, _compare)


def changed_spans_otherwise(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Spans that explain the same change as shortly, and differently where lines repeat: common ends are not kept.

    The same as `changed_spans` for texts that are too long to compare at once.
    """
    if not fits(old, new):
        return changed_spans(old, new)
    spans = _by_subsequence(["\nold", *old, "\nold"], ["\nnew", *new, "\nnew"])
    inside = (
        Span(
            max(span.start - 1, 0),
            min(span.end - 1, len(old)),
            max(span.new_start - 1, 0),
            min(span.new_end - 1, len(new)),
        )
        for span in spans
    )
    return [span for span in inside if span.start < span.end or span.new_start < span.new_end]


def _within_common_ends(old: Sequence[str], new: Sequence[str], compare: Compare) -> list[Span]:
    prefix, middle_old, middle_new = _middle(old, new)
    if not middle_old and not middle_new:
        return []
    return [span.moved(prefix, prefix) for span in compare(middle_old, middle_new)]


def _middle(old: Sequence[str], new: Sequence[str]) -> tuple[int, Sequence[str], Sequence[str]]:
    """How many lines both begin with alike, and what is left of each without those and the ones they end with."""
    shortest = min(len(old), len(new))
    prefix = 0
    while prefix < shortest and old[prefix] == new[prefix]:
        prefix += 1
    suffix = 0
    while suffix < shortest - prefix and old[-1 - suffix] == new[-1 - suffix]:
        suffix += 1
    return prefix, old[prefix : len(old) - suffix], new[prefix : len(new) - suffix]


def _compare(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    return _by_subsequence(old, new) if fits(old, new) else _by_unique_lines(old, new)


def fits(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two texts can be compared at once."""
    return len(old) * len(new) <= MAX_CELLS


def is_coarse(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two texts are too long for the shortest spans, even without their common ends."""
    _, middle_old, middle_new = _middle(old, new)
    return not fits(middle_old, middle_new)


def _by_subsequence(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for code in Indel.opcodes(old, new):
        if code.tag == "equal":
            continue
        span = Span(code.src_start, code.src_end, code.dest_start, code.dest_end)
        if spans and spans[-1].end == span.start and spans[-1].new_end == span.new_start:
            span = _joined(spans.pop(), span)
        spans.append(span)
    return spans


def _joined(first: Span, second: Span) -> Span:
    return Span(first.start, second.end, first.new_start, second.new_end)


def _by_unique_lines(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """Compares what lies between the lines that are unique in both texts and in the same order."""
    spans: list[Span] = []
    old_from = new_from = 0
    for old_at, new_at in (*_anchors(old, new), (len(old), len(new))):
        between = _within_common_ends(old[old_from:old_at], new[new_from:new_at], _compare_between)
        spans.extend(span.moved(old_from, new_from) for span in between)
        old_from, new_from = old_at + 1, new_at + 1
    return spans


def _compare_between(old: Sequence[str], new: Sequence[str]) -> list[Span]:
    """What is still too long is one span: right, if not minimal."""
    return _by_subsequence(old, new) if fits(old, new) else [Span(0, len(old), 0, len(new))]


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest increasing run of pairs of unique lines."""
    in_new = unique_places(new)
    pairs = [(at, in_new[line]) for line, at in unique_places(old).items() if line in in_new]
    return [pairs[at] for at in increasing([new_at for _, new_at in pairs])]
