"""What becomes of an edit when the file moved on meanwhile? A three-way merge by lines, or a conflict; never markers.

diff3 (Khanna, Kunal, Pierce: A Formal Investigation of Diff3, 2007) over the changed spans of both sides. Ranges that
overlap or touch conflict, as in git. Only the contents of lines are compared: a changed line end is no changed line,
and the result has the line ends of `ours`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from context.snapshot import main_eol
from lsp_server.edits.change import Hunk
from lsp_server.edits.compare import Compare, Span, changed_spans, changed_spans_otherwise, fits, is_coarse
from lsp_server.edits.hunks import apply_hunks
from lsp_server.edits.lines import content, contents, ends_open
from lsp_server.edits.sections import Section, sections, torn_sections

Lines = Sequence[str]
COMPARISONS: tuple[Compare, ...] = (changed_spans, changed_spans_otherwise)


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
class _Reach:
    """A span of one side, and the base lines [start, end) between which it could as well be seen."""

    start: int
    end: int
    span: Span
    is_ours: bool

    @property
    def slides(self) -> bool:
        """Whether there is more than one place for it."""
        return (self.start, self.end) != (self.span.start, self.span.end)


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines [start, end) of ours become `lines`; `clashes` if ours had changed them too, and differently."""

    start: int
    end: int
    lines: tuple[str, ...]
    clashes: bool

    def moved(self, lines: int) -> "_Region":
        """The same region counted from so many lines further up."""
        return replace(self, start=self.start + lines, end=self.end + lines)


def merge(base: str, ours: str, theirs: str) -> str | Conflict:
    """`ours` with the changes from `base` to `theirs`, or the first conflict.

    Where lines repeat, a change can be seen at more than one place. The texts are compared in several ways, and only if
    all agree is the result the answer.
    """
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    sides = contents(base), contents(ours), contents(theirs)
    eol = main_eol(ours if content(ours) != ours or len(sides[1]) > 1 else theirs)
    regions: list[_Region] = []
    cut = tuple(_sections(*sides))
    torn = torn_sections(cut)
    for at, section in enumerate(cut):
        found = _merged(section) if at not in torn else _whole(section)
        if isinstance(found, _Region):
            return _conflict(found.moved(section.our_start), sides[1])
        regions += (region.moved(section.our_start) for region in found)
    merged = apply_hunks(ours, [Hunk(region.start, region.end, region.lines) for region in regions], eol)
    if merged and ends_open(ours) == ends_open(base) != ends_open(theirs):
        return content(merged) if ends_open(theirs) else merged + eol
    return merged


def _sections(base: Lines, ours: Lines, theirs: Lines) -> Iterable[Section]:
    """Texts that can be compared at once are: a cut decides what was moved, which they need not let it."""
    if fits(base, ours) and fits(base, theirs):
        return (Section(base, ours, theirs, 0),)
    return sections(base, ours, theirs)


def _whole(section: Section) -> _Region:
    """A section in which what was changed cannot be told."""
    return _Region(0, len(section.ours), tuple(section.theirs), clashes=True)


def _merged(section: Section) -> list[_Region] | _Region:
    """What theirs changes in a section, or the place where both clash or the ways of comparing do not agree."""
    texts = base, ours, theirs = section.base, section.ours, section.theirs
    if (is_coarse(base, ours) and base != theirs) or (is_coarse(base, theirs) and base != ours):
        # Long spans that are not the shortest may end at lines that belong to what changed.
        return _Region(0, len(ours), tuple(theirs), clashes=True)
    ways = [find(*texts, compare) for compare in COMPARISONS for find in (_regions, _regions_from_the_end)]
    if clash := next((region for regions in ways for region in regions if region.clashes), None):
        return clash
    first, *others = ways
    if any(other != first and _applied(section.ours, other) != _applied(section.ours, first) for other in others):
        return next(region for regions in ways for region in regions if any(region not in way for way in ways))
    return first


def _applied(lines: Lines, regions: Sequence[_Region]) -> list[str]:
    after: list[str] = []
    position = 0
    for region in sorted(regions, key=lambda region: (region.start, region.end)):
        after += (*lines[position : region.start], *region.lines)
        position = region.end
    return [*after, *lines[position:]]


def _regions(base: Lines, ours: Lines, theirs: Lines, compare: Compare) -> list[_Region]:
    """What theirs changes, in the lines of ours; a region that ours changed alike is left out."""
    our_spans, their_spans = compare(base, ours), compare(base, theirs)
    reaches = (
        *(_reach(base, ours, our_spans, at, is_ours=True) for at in range(len(our_spans))),
        *(_reach(base, theirs, their_spans, at, is_ours=False) for at in range(len(their_spans))),
    )
    regions: list[_Region] = []
    for group in _groups(reaches):
        ours_in, theirs_in = ([reach.span for reach in group if reach.is_ours == side] for side in (True, False))
        if not theirs_in:
            continue
        start, end = min(reach.span.start for reach in group), max(reach.span.end for reach in group)
        our_start, our_end = _image(start, end, ours_in, our_spans)
        their_start, their_end = _image(start, end, theirs_in, their_spans)
        lines = tuple(theirs[their_start:their_end])
        is_same = lines == tuple(ours[our_start:our_end])
        if not is_same or any(reach.slides for reach in group):
            regions.append(_Region(our_start, our_end, lines, bool(ours_in)))
    return regions


def _regions_from_the_end(base: Lines, ours: Lines, theirs: Lines, compare: Compare) -> list[_Region]:
    """The same with all texts read from their ends."""
    count = len(ours)
    return [
        _Region(count - region.end, count - region.start, region.lines[::-1], region.clashes)
        for region in reversed(_regions(base[::-1], ours[::-1], theirs[::-1], compare))
    ]


def _reach(base: Lines, side: Lines, spans: Sequence[Span], at: int, *, is_ours: bool) -> _Reach:
    """How far an insertion or a deletion slides: up past lines like its last, down past lines like its first."""
    span = spans[at]
    start, end = span.start, span.end
    block = side[span.new_start : span.new_end] if start == end else base[start:end]
    if start == end or span.new_start == span.new_end:
        top = spans[at - 1].end if at else 0
        bottom = spans[at + 1].start if at + 1 < len(spans) else len(base)
        while start > top and base[start - 1] == block[(start - span.start - 1) % len(block)]:
            start -= 1
        while end < bottom and base[end] == block[(end - span.end) % len(block)]:
            end += 1
    return _Reach(start, end, span, is_ours)


def _groups(reaches: Sequence[_Reach]) -> Iterator[list[_Reach]]:
    """What may overlap or touch in the base belongs together."""
    group: list[_Reach] = []
    end = -1
    for reach in sorted(reaches, key=lambda reach: (reach.start, reach.end, reach.span.start)):
        if group and reach.start > end:
            yield sorted(group, key=lambda reach: reach.span.start)
            group = []
        group.append(reach)
        end = max(end, reach.end)
    if group:
        yield sorted(group, key=lambda reach: reach.span.start)


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
