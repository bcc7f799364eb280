"""What becomes of an edit when the file moved on meanwhile? A three-way merge by lines, or a conflict; never markers.

diff3 (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007) over the changed spans of both sides. Ranges that
overlap or touch conflict, as in git. Only the contents of lines are compared: a changed line end is no changed line,
and the result has the line ends of `ours`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from context.snapshot import main_eol
from lsp_server.edits.change import Hunk
from lsp_server.edits.compare import Span, changed_spans
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import content, contents, ends_open

Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both sides changed one place: lines `start_line` to `end_line` of `ours`, 1-based, both included.

    A place between two lines has an `end_line` one less than its `start_line`. `ours` and `theirs` are its lines.
    """

    start_line: int
    end_line: int
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines [start, end) of ours become `lines`; `clashes` if ours had changed them too, and differently."""

    start: int
    end: int
    lines: tuple[str, ...]
    clashes: bool


def merge(base: str, ours: str, theirs: str) -> str | Conflict:
    """`ours` with the changes from `base` to `theirs`, or the first conflict.

    Where lines repeat, a change can be seen at more than one place. The texts are compared from both ends, and only if
    both ways agree is the result the answer.
    """
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    sides = contents(base), contents(ours), contents(theirs)
    forward, backward = _regions(*sides), _regions_from_the_end(*sides)
    for region in (*forward, *backward):
        if region.clashes:
            return _conflict(region, sides[1])
    eol = main_eol(ours if content(ours) != ours or len(sides[1]) > 1 else theirs)
    merged, other = (
        apply_hunks(ours, [Hunk(region.start, region.end, region.lines) for region in regions], eol)
        for regions in (forward, backward)
    )
    if merged != other:
        differing = [region for region in forward if region not in backward]
        return _conflict((differing or backward)[0], sides[1])
    if merged and ends_open(ours) == ends_open(base) != ends_open(theirs):
        return content(merged) if ends_open(theirs) else merged + eol
    return merged


def _regions(base: Lines, ours: Lines, theirs: Lines) -> list[_Region]:
    """What theirs changes, in the lines of ours; a region that ours changed alike is left out."""
    our_spans, their_spans = changed_spans(base, ours), changed_spans(base, theirs)
    regions: list[_Region] = []
    our_reaches = _reaches(base, ours, our_spans, is_ours=True)
    their_reaches = _reaches(base, theirs, their_spans, is_ours=False)
    for our_group, their_group in _groups(our_reaches, their_reaches):
        if not their_group:
            continue
        start = min(span.start for span in (*our_group, *their_group))
        end = max(span.end for span in (*our_group, *their_group))
        our_start, our_end = _image(start, end, our_group, our_spans)
        their_start, their_end = _image(start, end, their_group, their_spans)
        lines = tuple(theirs[their_start:their_end])
        if lines != tuple(ours[our_start:our_end]):
            regions.append(_Region(our_start, our_end, lines, bool(our_group)))
    return regions


def _regions_from_the_end(base: Lines, ours: Lines, theirs: Lines) -> list[_Region]:
    """The same with all texts read from their ends."""
    count = len(ours)
    return [
        _Region(count - region.end, count - region.start, region.lines[::-1], region.clashes)
        for region in reversed(_regions(base[::-1], ours[::-1], theirs[::-1]))
    ]


@dataclass(frozen=True, slots=True)
class _Reach:
    """A span of one side, and the base lines [start, end) between which it could as well be seen."""

    start: int
    end: int
    span: Span
    is_ours: bool


def _groups(ours: Sequence[_Reach], theirs: Sequence[_Reach]) -> Iterator[tuple[list[Span], list[Span]]]:
    """Spans of both sides that may overlap or touch in the base belong together."""
    group: list[_Reach] = []
    end = 0
    for reach in sorted((*ours, *theirs), key=lambda reach: (reach.start, reach.end)):
        if group and reach.start > end:
            yield _by_side(group)
            group = []
        group.append(reach)
        end = max(end, reach.end) if len(group) > 1 else reach.end
    if group:
        yield _by_side(group)


def _by_side(group: Sequence[_Reach]) -> tuple[list[Span], list[Span]]:
    spans = sorted(group, key=lambda reach: reach.span.start)
    return [reach.span for reach in spans if reach.is_ours], [reach.span for reach in spans if not reach.is_ours]


def _reaches(base: Lines, side: Lines, spans: Sequence[Span], *, is_ours: bool) -> list[_Reach]:
    """How far each pure insertion or deletion slides: up past lines like its last, down past lines like its first."""
    reaches: list[_Reach] = []
    for at, span in enumerate(spans):
        top = spans[at - 1].end if at else 0
        bottom = spans[at + 1].start if at + 1 < len(spans) else len(base)
        start, end = span.start, span.end
        block = side[span.new_start : span.new_end] if start == end else base[start:end]
        if start == end or span.new_start == span.new_end:
            while start > top and base[start - 1] == block[(start - span.start - 1) % len(block)]:
                start -= 1
            while end < bottom and base[end] == block[(end - span.end) % len(block)]:
                end += 1
        reaches.append(_Reach(start, end, span, is_ours))
    return reaches


def _image(start: int, end: int, group: Sequence[Span], spans: Sequence[Span]) -> tuple[int, int]:
    """Where lines [start, end) of the base are on one side; `group` are the spans of that side within them."""
    if group:
        first, last = group[0], group[-1]
        return first.new_start - (first.start - start), last.new_end + (end - last.end)
    shift = 0
    for span in spans:
        if span.start >= end:
            break
        shift = span.new_end - span.end
    return start + shift, end + shift


def _conflict(region: _Region, ours: Lines) -> Conflict:
    lines = "\n".join(ours[region.start : region.end])
    return Conflict(region.start + 1, region.end, lines, "\n".join(region.lines))
