"""What did the review say? The lattice of levels, findings and the verdict over a whole change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["allow", "confirm", "approve", "deny"]
LEVELS: tuple[Level, ...] = ("allow", "confirm", "approve", "deny")
"""From the mildest to the strictest."""

CheckState = Literal["pass", "new-findings", "tool-missing", "timeout", "crashed", "not-run"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `line` is 1-based in the text after the change."""

    tool: str
    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level of one operation of the change; `start_line` is 1-based in the text before it."""

    path: str
    start_line: int
    level: Level
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a whole change and the states of all checks."""

    judgements: tuple[Judgement, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: Mapping[str, CheckState] = field(default_factory=dict[str, CheckState])

    @property
    def level(self) -> Level:
        """The strictest level of all judgements."""
        levels: list[Level] = [judgement.level for judgement in self.judgements]
        return strictest(*levels)

    @property
    def reasons(self) -> tuple[str, ...]:
        """All reasons, each once, in order."""
        return tuple(dict.fromkeys(reason for judgement in self.judgements for reason in judgement.reasons))


def strictest(*levels: Level) -> Level:
    """The strictest of some levels; `allow` for none."""
    return LEVELS[max((LEVELS.index(level) for level in levels), default=0)]
