"""What does a test demand, and how does one text of it demand less than another?"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from lsp_server.review.checkpoints.demands.cases import Cases
from lsp_server.review.checkpoints.demands.raised import Expected, wider
from lsp_server.review.checkpoints.demands.reach import Reach
from lsp_server.review.checkpoints.demands.tolerance import Tolerance, looser


@dataclass(frozen=True, slots=True)
class Demands:
    """What a test demands; of several tests of one name, what they demand together."""

    reach: Reach = field(default_factory=Reach)
    cases: Cases = field(default_factory=Cases)
    tolerances: tuple[Tolerance, ...] = ()
    expected: tuple[Expected, ...] = ()
    replaced: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    is_too_deep: bool = False

    def __add__(self, other: "Demands") -> "Demands":
        return Demands(
            self.reach + other.reach,
            self.cases + other.cases,
            self.tolerances + other.tolerances,
            self.expected + other.expected,
            self.replaced | other.replaced,
            self.called | other.called,
            self.is_too_deep or other.is_too_deep,
        )

    def less_than(self, before: "Demands", elsewhere: Callable[[], Collection[str]]) -> str:
        """How this demands less than `before`, in words, or nothing; `elsewhere` are cases of other tests."""
        was, now = before.reach, self.reach
        # An assertion may stand in a test more than once.
        lost = was.always - now.always
        if self.is_too_deep and not before.is_too_deep:
            return "it is nested too deeply to be followed"
        if lost & (now.never - was.never):
            return "places are not run any more, or what fails in them is caught"
        if lost & (now.sometimes - was.sometimes):
            return "places count only on a condition"
        more = sorted(each for each in self.replaced - before.replaced if re.split(r"\W", each)[-1] in before.called)
        if more:
            return f"it replaces what it calls: {', '.join(more)}"
        if now.firm < was.firm and now.fixed > was.fixed:
            return "what holds for almost any value now stands where a value was named"
        return (
            self.cases.fewer_than(before.cases, elsewhere)
            or looser(before.tolerances, self.tolerances, {*was.always, *was.sometimes})
            or wider(before.expected, self.expected)
        )


def total(found: Iterable[Demands]) -> Demands:
    """What tests of one name demand together."""
    return sum(found, Demands())
